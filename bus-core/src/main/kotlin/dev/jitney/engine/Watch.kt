// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import java.util.concurrent.ConcurrentHashMap

private const val AGAIN_NANOS = 5_000_000L

/**
 * Looks at the places where handlers run when the first of their limits has come (TMO-2, TMO-5).
 * Handlers that end in time cost it nothing: it looks at whatever runs then.
 *
 * INVARIANTS: [nextLook] is not later than any limit that is armed. A runner first makes its limit
 * visible and then reads nextLook; a look first sets nextLook to never and then reads the limits; so
 * one of them sees the other. A call with long limits only is made visible without a fence, so that a look
 * may miss one that is just beginning: hence each look is repeated [AGAIN_NANOS] later, and so is the look
 * for a call that is to be stopped.
 */
internal class Watch(private val timers: Timers) : Runnable {
    private val places = ConcurrentHashMap.newKeySet<Execution>()
    private var scheduled: AutoCloseable? = null
    private var closed = false
    private var again: AutoCloseable? = null

    @Volatile
    private var nextLook = Timers.NEVER

    /** How often an event has gone from one place to another: whoever looked meanwhile may have seen it in neither. */
    @Volatile
    var moves: Int = 0
        private set

    @Synchronized
    fun moved() {
        moves++
    }

    fun add(execution: Execution) {
        places.add(execution)
    }

    fun remove(execution: Execution) {
        places.remove(execution)
    }

    /** The events that run, or ran last, in these places. */
    fun running(): List<EnginePublication> = places.mapNotNull { it.event }

    /** The events that have left these places, and whose end is not told yet. */
    fun ending(): List<EnginePublication> = places.mapNotNull { it.lastEvent }

    fun arm(moment: Long) {
        if (moment < nextLook) schedule(moment)
    }

    @Synchronized
    private fun schedule(moment: Long) {
        if (closed || moment >= nextLook) return
        scheduled?.close()
        nextLook = moment
        scheduled = timers.scheduleAt(moment, this)
    }

    /** Looks at all places; the time that was set has come. */
    override fun run() {
        synchronized(this) {
            nextLook = Timers.NEVER
            scheduled = null
        }
        check()
        lookAgain()
    }

    private fun check() {
        val now = timers.nanoTime()
        var next = Timers.NEVER
        for (place in places) next = minOf(next, place.check(now))
        arm(next)
    }

    /** Looks at all places in a moment: a call may be beginning that cannot be seen yet. */
    @Synchronized
    fun lookAgain() {
        if (closed || !timers.coarse || again != null) return
        again = timers.schedule(AGAIN_NANOS) {
            synchronized(this) { again = null }
            check()
        }
    }

    @Synchronized
    fun close() {
        closed = true
        scheduled?.close()
        scheduled = null
        again?.close()
    }
}

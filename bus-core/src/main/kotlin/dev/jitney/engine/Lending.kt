// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import java.util.concurrent.atomic.AtomicInteger

/**
 * Lends a lane to events that handlers wait for, while the lane's own handler waits (NST-2): without
 * it a handler that awaits its child on a serial bus would wait for ever.
 *
 * INVARIANTS: [waiting] are the lane's started events whose handlers wait, with how often; [soon] are
 * events that some handler waits for, in the order of asking; [out] events run on loan. A loan begins
 * only while every started event of the lane waits: those on loan, and the lane's own if one is
 * [taken]. All but that are guarded by this; [lent] and [busy] mirror them for a look without the lock.
 *
 * An event runs on the asking thread only if that thread waits for this very event. On top of any
 * other stack it could keep a handler from going on whose wait is over, and wait for that handler.
 */
internal class Lending(private val run: (EnginePublication, here: Boolean) -> Unit) {
    private val waiting = HashMap<EnginePublication, Int>()
    private val soon = ArrayDeque<EnginePublication>()
    private var out = 0
    private val busy = AtomicInteger()

    /** Whether the lane itself runs an event; set by the lane. */
    @Volatile
    var taken: Boolean = false

    /** Whether an event runs on loan; the lane takes no other one until it is done. */
    @Volatile
    var lent: Boolean = false
        private set

    fun add(awaited: EnginePublication) {
        synchronized(this) {
            soon.addLast(awaited)
            busy.incrementAndGet()
        }
        lend(awaited)
    }

    fun begin(handling: EnginePublication) {
        synchronized(this) {
            waiting.merge(handling, 1, Int::plus)
            busy.incrementAndGet()
        }
        lend()
    }

    @Synchronized
    fun end(handling: EnginePublication) {
        val left = waiting[handling] ?: return
        if (left == 1) waiting.remove(handling) else waiting[handling] = left - 1
        busy.decrementAndGet()
    }

    /** The lane's own event has ended, or, with null, was taken already. What its handlers began to wait for and no longer do is no wait. */
    fun ended(own: EnginePublication?) {
        if (busy.get() == 0) return
        synchronized(this) { forget(own) }
        lend()
    }

    /** Gives the lane, when it is free, the event to take before its queue. */
    fun poll(): EnginePublication? {
        if (busy.get() == 0) return null
        return synchronized(this) { next() }
    }

    /** An event that ran on loan has ended, or, with null, did not run because it was taken already. */
    fun giveBack(borrower: EnginePublication?) {
        synchronized(this) {
            forget(borrower)
            out--
            lent = out > 0
        }
        lend()
    }

    private fun lend(awaitedHere: EnginePublication? = null) {
        while (true) {
            val next = synchronized(this) {
                val started = if (taken) out + 1 else out
                // With none started the lane is free and takes the next one itself.
                if (started == 0 || waiting.size < started) return
                next()?.also {
                    out++
                    lent = true
                }
            }
            run(next ?: return, next === awaitedHere)
        }
    }

    private fun forget(ended: EnginePublication?) {
        if (ended != null) waiting.remove(ended)?.let { busy.addAndGet(-it) }
    }

    private fun next(): EnginePublication? = soon.removeFirstOrNull()?.also { busy.decrementAndGet() }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import java.time.Duration
import java.util.concurrent.TimeUnit

/**
 * The threads that lanes run on: one for each processor, one more for each that is known to wait
 * ([resize]), and more when tasks wait though none was begun lately. A handler may block without
 * saying so, and then keeps no lane of this or another bus from running for more than a moment.
 *
 * Threads that are no longer needed end within [IDLE_SECONDS] of idleness. Under traffic each would find something to
 * do for ever, hence [settle], which lowers how many are kept to the most that were needed since it last looked.
 *
 * INVARIANTS: [watched] is true while a look is scheduled, which is so whenever tasks wait for which no thread may be
 * woken and a look has not just begun. All else is guarded by the monitor.
 */
internal open class HandlerThreads(private val timers: Timers) : Workers.Owner {
    private val workers = Workers(Named("jitney-"), TimeUnit.SECONDS.toNanos(IDLE_SECONDS), this)
    private var waiting = 0
    private var grown = 0
    private var shrinking = false
    private var closed = false
    private var waitsLongest: Runnable? = null
    private var kept = PARALLELISM
    private var mostNeeded = PARALLELISM
    private var settling = false

    init {
        apply()
    }

    private val allowed: Int get() = maxOf(1, PARALLELISM + waiting + grown)

    /** How many threads there are now. */
    val count: Int get() = workers.count

    @Volatile
    private var watched = false

    fun execute(task: Runnable) {
        if (!workers.execute(task)) runLate(task)
    }

    override fun crowded() {
        if (!watched) watch()
    }

    override fun failed(e: Throwable): Unit = engineFailed(e)

    /** So many threads more than before are known to wait, or fewer. */
    @Synchronized
    fun resize(by: Int) {
        waiting += by
        apply()
    }

    private fun apply() {
        mostNeeded = maxOf(mostNeeded, allowed)
        kept = maxOf(kept, allowed)
        workers.allow(allowed, kept)
        settleLater()
    }

    private fun settleLater() {
        if (settling || closed || kept == allowed) return
        settling = true
        timers.schedule(SETTLE_NANOS, ::settle)
    }

    /** Lets the threads go past those that were needed lately; each when it has done what it is at. */
    @Synchronized
    private fun settle() {
        settling = false
        kept = mostNeeded
        mostNeeded = allowed
        apply()
    }

    @Synchronized
    private fun watch() {
        if (watched || closed) return
        watched = true
        timers.schedule(LOOK_NANOS, ::look)
    }

    private fun look() {
        val next = synchronized(this) {
            watched = false
            workers.next.also {
                if (it != null && it === waitsLongest) grow()
                waitsLongest = it
            }
        }
        if (next != null) watch()
    }

    /** No thread has come back since the last look: all are held up, unless one has nothing to do but get a processor. */
    private fun grow() {
        val active = workers.active
        mostNeeded = maxOf(mostNeeded, active + 1)
        if (workers.coming || active < allowed) return
        grown = minOf(MOST_GROWN, grown + maxOf(1, active + 1 - allowed))
        apply()
        shrinkLater()
    }

    private fun shrinkLater() {
        if (grown == 0 || shrinking || closed) return
        shrinking = true
        timers.schedule(SHRINK_NANOS, ::shrink)
    }

    /** Keeps as many more threads as are still held up, or half of them where all have something to do. */
    @Synchronized
    private fun shrink() {
        shrinking = false
        grown = if (workers.next == null) minOf(grown, maxOf(0, workers.active - waiting)) else grown / 2
        apply()
        shrinkLater()
    }

    fun shutdown() {
        synchronized(this) { closed = true }
        workers.close()
        // Closing from a handler: its own thread cannot be waited for.
        if (Thread.currentThread() is PoolThread) return
        // Whoever is still there was left behind by its bus, past the limit of its closing.
        if (!workers.await(Duration.ofSeconds(1))) workers.stop().forEach(::runLate)
    }

    // What a bus that closes leaves undone must still come to its end, or someone would wait for ever.
    private fun runLate(task: Runnable) = PoolThread(task, "jitney-late").start()

    companion object {
        const val IDLE_SECONDS = 10L
        val PARALLELISM = maxOf(2, Runtime.getRuntime().availableProcessors())
        private const val LOOK_NANOS = 10_000_000L
        private const val SHRINK_NANOS = 1_000_000_000L
        private const val SETTLE_NANOS = IDLE_SECONDS * 1_000_000_000L / 2
        private const val MOST_GROWN = 4_096
    }
}

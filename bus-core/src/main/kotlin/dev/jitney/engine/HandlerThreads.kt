// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit

/**
 * The threads that lanes run on: one for each processor, one more for each that is known to wait
 * ([resize]), and more when tasks wait though none was begun lately. A handler may block without
 * saying so, and then keeps no lane of this or another bus from running for more than a moment.
 *
 * Threads that are no longer needed end within [IDLE_SECONDS], as those that are idle for as long. Under traffic none
 * ever is: tasks go to whoever has waited longest, so any number of threads gets enough of them to stay. Hence
 * [settle], which lowers how many there may be to the most that were needed since it last looked.
 *
 * INVARIANTS: [watched] is true while a look is scheduled, which is so whenever tasks wait and a look
 * has not just begun. All else is guarded by the monitor.
 */
internal class HandlerThreads(private val timers: Timers) {
    private val queue = LinkedBlockingQueue<Runnable>()
    private val threads =
        ThreadPoolExecutor(PARALLELISM, PARALLELISM, IDLE_SECONDS, TimeUnit.SECONDS, queue, Named("jitney-"))
            .apply { allowCoreThreadTimeOut(true) }
    private var waiting = 0
    private var grown = 0
    private var shrinking = false
    private var closed = false
    private var waitsLongest: Runnable? = null
    private var mostNeeded = PARALLELISM
    private var settling = false

    /** How many threads there are now. */
    val count: Int get() = threads.poolSize

    @Volatile
    private var watched = false

    fun execute(task: Runnable) {
        try {
            threads.execute(task)
        } catch (_: RejectedExecutionException) {
            return runLate(task)
        }
        if (!watched && !queue.isEmpty()) watch()
    }

    /** So many threads more than before are known to wait, or fewer. */
    @Synchronized
    fun resize(by: Int) {
        waiting += by
        apply()
    }

    private fun apply() {
        val needed = maxOf(1, PARALLELISM + waiting + grown)
        mostNeeded = maxOf(mostNeeded, needed)
        if (needed > threads.maximumPoolSize) threads.maximumPoolSize = needed
        threads.corePoolSize = needed
        settleLater()
    }

    private fun settleLater() {
        if (settling || closed || threads.maximumPoolSize == threads.corePoolSize) return
        settling = true
        timers.schedule(SETTLE_NANOS, ::settle)
    }

    /** Ends the threads past those that were needed lately; each when it has done what it is at. */
    @Synchronized
    private fun settle() {
        settling = false
        threads.maximumPoolSize = mostNeeded
        mostNeeded = threads.corePoolSize
        settleLater()
    }

    @Synchronized
    private fun watch() {
        if (watched || closed) return
        watched = true
        timers.schedule(LOOK_NANOS, ::look)
    }

    private fun look() {
        synchronized(this) {
            watched = false
            if (queue.isEmpty()) return shrinkLater()
            val next = queue.peek()
            if (next != null && next === waitsLongest) grow()
            waitsLongest = next
        }
        if (!queue.isEmpty()) watch()
    }

    /** No thread has come back since the last look: all are held up, unless one has nothing to do but get a processor. */
    private fun grow() {
        val active = threads.activeCount
        mostNeeded = maxOf(mostNeeded, active + 1)
        if (active < threads.poolSize && threads.corePoolSize <= threads.poolSize) return
        grown = minOf(MOST_GROWN, grown + maxOf(1, threads.poolSize + 1 - threads.corePoolSize))
        apply()
    }

    private fun shrinkLater() {
        waitsLongest = null
        if (grown == 0 || shrinking || closed) return
        shrinking = true
        timers.schedule(SHRINK_NANOS, ::shrink)
    }

    /** Keeps as many more threads as are still held up. */
    @Synchronized
    private fun shrink() {
        shrinking = false
        grown = minOf(grown, maxOf(0, threads.activeCount - waiting))
        apply()
        shrinkLater()
    }

    fun shutdown() {
        synchronized(this) { closed = true }
        threads.shutdown()
        // Closing from a handler: its own thread cannot be waited for.
        if (Thread.currentThread() is PoolThread) return
        // Whoever is still there was left behind by its bus, past the limit of its closing.
        if (!threads.awaitTermination(1, TimeUnit.SECONDS)) threads.shutdownNow().forEach(::runLate)
    }

    // What a bus that closes leaves undone must still come to its end, or someone would wait for ever.
    private fun runLate(task: Runnable) = PoolThread(task, "jitney-late").apply { isDaemon = true }.start()

    companion object {
        const val IDLE_SECONDS = 10L
        val PARALLELISM = maxOf(2, Runtime.getRuntime().availableProcessors())
        private const val LOOK_NANOS = 10_000_000L
        private const val SHRINK_NANOS = 1_000_000_000L
        private const val SETTLE_NANOS = IDLE_SECONDS * 1_000_000_000L / 2
        private const val MOST_GROWN = 4_096
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.engine.Timers.Companion.LATE_NANOS
import dev.jitney.event.EventClock
import dev.jitney.spi.TimeSource
import java.time.Duration
import java.util.concurrent.Future
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.ScheduledThreadPoolExecutor
import java.util.concurrent.ThreadFactory
import java.util.concurrent.TimeUnit

/** Where the engine's time limits, back-offs and time-outs come from. */
internal interface Timers {
    /** Nanoseconds since some moment in the past; never negative, never running backwards. */
    fun nanoTime(): Long

    /** The same, late by up to [LATE_NANOS] while there is much to do, and some thirty times cheaper then. */
    fun coarseNanoTime(): Long = nanoTime()

    /** Whether [coarseNanoTime] is ever late. */
    val coarse: Boolean get() = false

    /** Runs [action] once, after [delayNanos], unless it is closed before. The action must be quick. */
    fun schedule(delayNanos: Long, action: Runnable): AutoCloseable

    companion object {
        /** A moment that does not come. */
        const val NEVER: Long = Long.MAX_VALUE

        /** How far behind a coarse clock may be. */
        const val LATE_NANOS: Long = 2_000_000

        /** The moment [nanos] after [now]; zero nanoseconds mean no limit. */
        fun after(now: Long, nanos: Long): Long = if (nanos == 0L || nanos > NEVER - now) NEVER else now + nanos
    }
}

/** The time of a clock that whoever built the bus has in hand. */
internal class SourceTimers(private val source: TimeSource) : Timers {
    private val origin = source.instant()

    override fun nanoTime(): Long = nanosOf(Duration.between(origin, source.instant()))

    override fun schedule(delayNanos: Long, action: Runnable): AutoCloseable =
        source.schedule(Duration.ofNanos(delayNanos), action)
}

/** The machine's own time. Its one thread is there while something is scheduled, and 10 s longer; none after the end. */
internal class RealTimers : Timers {
    // Not now: a coarse look may lie before it.
    private val origin = System.nanoTime() - 1_000 * LATE_NANOS

    @Volatile
    private var closed = false
    private val executor = ScheduledThreadPoolExecutor(1, TimerThreads()).apply {
        removeOnCancelPolicy = true
        setKeepAliveTime(10, TimeUnit.SECONDS)
        allowCoreThreadTimeOut(true)
    }

    override fun nanoTime(): Long = System.nanoTime() - origin

    override fun coarseNanoTime(): Long = EventClock.coarseNanoTime() - origin

    override val coarse: Boolean get() = true

    override fun schedule(delayNanos: Long, action: Runnable): AutoCloseable {
        if (closed) return AutoCloseable { }
        return try {
            Scheduled(executor.schedule(action, delayNanos, TimeUnit.NANOSECONDS))
        } catch (_: RejectedExecutionException) {
            AutoCloseable { }
        }
    }

    fun shutdown() {
        closed = true
        executor.shutdownNow()
    }

    private class TimerThreads : ThreadFactory {
        override fun newThread(task: Runnable) = Thread(task, "jitney-timer").apply { isDaemon = true }
    }

    private class Scheduled(private val action: Future<*>) : AutoCloseable {
        override fun close() {
            action.cancel(false)
        }
    }
}

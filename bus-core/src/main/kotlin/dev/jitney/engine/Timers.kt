// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.engine.Timers.Companion.LATE_NANOS
import dev.jitney.event.EventClock
import dev.jitney.spi.TimeSource
import java.time.Duration
import java.util.concurrent.Executor
import java.util.concurrent.Future
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.ScheduledThreadPoolExecutor
import java.util.concurrent.ThreadFactory
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean

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

    /** As [schedule], at a moment by [nanoTime]; soon if that is over. */
    fun scheduleAt(moment: Long, action: Runnable): AutoCloseable = schedule(maxOf(0, moment - nanoTime()), action)

    companion object {
        /** A moment that does not come. */
        const val NEVER: Long = Long.MAX_VALUE

        /** How far behind a coarse clock may be. */
        const val LATE_NANOS: Long = 2_000_000

        /** The moment [nanos] after [now]; zero nanoseconds mean no limit. */
        fun after(now: Long, nanos: Long): Long = if (nanos == 0L || nanos > NEVER - now) NEVER else now + nanos
    }
}

/** The time of a clock that whoever built the bus has in hand. What is due when it is set runs by [executor]. */
internal class SourceTimers(private val source: TimeSource, private val executor: Executor) : Timers {
    private val origin = source.instant()

    override fun nanoTime(): Long = nanosOf(Duration.between(origin, source.instant()))

    override fun schedule(delayNanos: Long, action: Runnable): AutoCloseable =
        source.schedule(Duration.ofNanos(delayNanos), action)

    /** The time may be moved between a look at it and the setting of a timer, and by nobody after that. */
    override fun scheduleAt(moment: Long, action: Runnable): AutoCloseable {
        val once = Once(action)
        var now = nanoTime()
        repeat(MOST_MOVES) {
            if (now >= moment) return once.also(executor::execute)
            val before = now
            once.timer = schedule(moment - before, once)
            now = nanoTime()
            if (now == before) return once
            once.timer?.close()
        }
        // It moves by itself, and the timer is late by what passes between two looks.
        once.timer = schedule(maxOf(0, moment - now), once)
        return once
    }

    /** Runs the action once, by whichever comes first of those who have it, unless it is closed. */
    private class Once(private val action: Runnable) : AtomicBoolean(), Runnable, AutoCloseable {
        var timer: AutoCloseable? = null

        override fun run() {
            if (compareAndSet(false, true)) action.run()
        }

        override fun close() {
            set(true)
            timer?.close()
        }
    }

    private companion object {
        const val MOST_MOVES = 3
    }
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

    /** Whether its thread is there. */
    val hasThread: Boolean get() = executor.poolSize > 0

    /** Nothing that was scheduled runs from now on. An action may call this. */
    fun shutdown() {
        closed = true
        executor.shutdownNow()
        // The interrupt is for a thread that sleeps.
        if (Thread.currentThread() is TimerThread) Thread.interrupted()
    }

    private class TimerThreads : ThreadFactory {
        override fun newThread(task: Runnable): Thread = TimerThread(task)
    }

    private class TimerThread(task: Runnable) : Thread(task, "jitney-timer") {
        init {
            isDaemon = true
        }
    }

    private class Scheduled(private val action: Future<*>) : AutoCloseable {
        override fun close() {
            action.cancel(false)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import java.time.Duration
import java.time.Instant
import java.time.InstantSource

/** A clock with timers, both of which move when a test says so; timers run on its thread. Safe for concurrent use. */
internal class ManualTime : InstantSource {
    private class Timer(val due: Instant, val task: Runnable)

    // Guarded by this.
    private val timers = ArrayList<Timer>()
    private var now = START

    /** How many timers are neither due nor closed. */
    val timersLeft: Int
        @Synchronized get() = timers.size

    @Synchronized
    override fun instant(): Instant = now

    @Synchronized
    fun schedule(delay: Duration, task: Runnable): AutoCloseable {
        val timer = Timer(now + delay, task)
        timers += timer
        return AutoCloseable { synchronized(this) { timers -= timer } }
    }

    /** Moves time on and runs what becomes due, in order. */
    fun advance(by: Duration) {
        val end = instant() + by
        while (true) (takeDue(end) ?: break).task.run()
        set(end)
    }

    @Synchronized
    private fun takeDue(end: Instant): Timer? {
        val next = timers.filter { it.due <= end }.minByOrNull { it.due } ?: return null
        timers -= next
        now = next.due
        return next
    }

    /** Sets the clock, forward or back, without running anything. */
    @Synchronized
    fun set(to: Instant) {
        now = to
    }
}

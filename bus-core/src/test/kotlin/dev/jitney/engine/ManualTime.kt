// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import java.time.Duration
import java.time.Instant
import java.time.InstantSource

/** A clock with timers, both of which move when a test says so. Not thread-safe. */
internal class ManualTime : InstantSource {
    private class Timer(val due: Instant, val task: Runnable)

    private val timers = ArrayList<Timer>()
    private var now = START

    /** How many timers are neither due nor closed. */
    val timersLeft: Int get() = timers.size

    override fun instant(): Instant = now

    fun schedule(delay: Duration, task: Runnable): AutoCloseable {
        val timer = Timer(now + delay, task)
        timers += timer
        return AutoCloseable { timers -= timer }
    }

    /** Moves time on and runs what becomes due, in order. */
    fun advance(by: Duration) {
        val end = now + by
        while (true) {
            val next = timers.filter { it.due <= end }.minByOrNull { it.due } ?: break
            timers -= next
            now = next.due
            next.task.run()
        }
        now = end
    }

    /** Sets the clock, forward or back, without running anything. */
    fun set(to: Instant) {
        now = to
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.worlds

import dev.jitney.spi.TimeSource
import java.time.Duration
import java.time.Instant
import java.util.concurrent.ScheduledThreadPoolExecutor
import java.util.concurrent.TimeUnit

/** True time as a clock of the user's own: for it the engine looks at no limit a second time. */
internal object WorldClock : TimeSource {
    private val start = Instant.parse("2026-01-01T00:00:00Z")
    private val origin = System.nanoTime()
    private val timers = ScheduledThreadPoolExecutor(1) { Thread(it, "world-clock").apply { isDaemon = true } }
        .apply { removeOnCancelPolicy = true }

    override fun instant(): Instant = start.plusNanos(System.nanoTime() - origin)

    override fun schedule(delay: Duration, action: Runnable): AutoCloseable {
        val timer = timers.schedule(action, maxOf(0, delay.toNanos()), TimeUnit.NANOSECONDS)
        return AutoCloseable { timer.cancel(false) }
    }
}

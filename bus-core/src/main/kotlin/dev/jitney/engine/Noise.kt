// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.engine.NoiseFilter.Verdict
import dev.jitney.event.Topics
import java.time.Duration
import java.time.InstantSource

/** Silences what repeats too often, and says so when a silence begins and when it ends (DUP-2). */
internal class Noise(
    private val threshold: Int,
    private val window: Duration,
    private val clock: InstantSource,
    private val timers: Timers,
    private val pool: HandlerPool,
    private val system: SystemEvents,
) {
    private val filter = NoiseFilter(threshold, window, closed = system::silenceEnds)

    // Set for the first silence that ends. Guarded by this, as is all below.
    private var timer: AutoCloseable? = null
    private var due = Timers.NEVER
    private var closed = false

    /** Says whether the event is to be suppressed. The bus's own events never are. */
    fun silences(publication: EnginePublication): Boolean {
        val event = publication.event()
        if (Topics.isSystem(event.topic())) return false
        val now = clock.instant()
        val verdict = filter.arrive(event.source()!!, event.topic(), event.severity(), now)
        if (verdict == Verdict.OPEN) {
            val moment = timers.nanoTime()
            expireAt(moment, Duration.between(clock.instant(), now).plus(window))
            system.silenceBegins(event, threshold)
        }
        return verdict != Verdict.PASS
    }

    // The moment is read before the clock: too early a look sets the next one.
    @Synchronized
    private fun expireAt(moment: Long, later: Duration) {
        val end = moment + nanosOf(later)
        if (closed || end >= due) return
        timer?.close()
        due = end
        timer = timers.scheduleAt(end) { pool.execute(::expire) }
    }

    private fun expire() {
        synchronized(this) {
            timer?.close()
            timer = null
            due = Timers.NEVER
        }
        val moment = timers.nanoTime()
        val now = clock.instant()
        filter.expire(now)?.let { expireAt(moment, Duration.between(now, it)) }
    }

    /** Ends all silences with their summaries; to be called while the bus still takes events of its own. */
    fun close() {
        synchronized(this) {
            closed = true
            timer?.close()
        }
        filter.close()
    }
}

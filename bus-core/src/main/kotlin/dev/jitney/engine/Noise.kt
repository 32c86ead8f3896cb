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
    private var timer: AutoCloseable? = null
    private var closed = false

    /** Says whether the event is to be suppressed. The bus's own events never are. */
    fun silences(publication: EnginePublication): Boolean {
        val event = publication.event()
        if (Topics.isSystem(event.topic())) return false
        val verdict = filter.arrive(event.source()!!, event.topic(), event.severity(), clock.instant())
        if (verdict == Verdict.OPEN) {
            expireIn(window)
            system.silenceBegins(event, threshold)
        }
        return verdict != Verdict.PASS
    }

    @Synchronized
    private fun expireIn(delay: Duration) {
        if (closed || timer != null) return
        timer = timers.schedule(nanosOf(delay)) { pool.execute(::expire) }
    }

    private fun expire() {
        synchronized(this) { timer = null }
        val now = clock.instant()
        filter.expire(now)?.let { expireIn(Duration.between(now, it)) }
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

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.Event
import java.math.BigDecimal
import java.time.Duration
import java.time.Instant

/**
 * Keeps the gaps that events had when they happened, divided by a factor.
 *
 * @param factor 0 does not wait
 * @param now nanoseconds from any origin
 * @param sleep waits that many nanoseconds
 */
internal class Pace(
    private val factor: Double,
    private val now: () -> Long = System::nanoTime,
    private val sleep: (Long) -> Unit = ::sleepNanos,
) {
    private var first: Instant? = null
    private var started = 0L

    val waits: Boolean get() = factor > 0

    /** Waits until it is the event's turn; one that is older than those before it has its turn at once. */
    fun await(event: Event) {
        if (!waits || !event.hasTime()) return
        val begin = first
        if (begin == null) {
            first = event.time()
            started = now()
            return
        }
        val due = (Duration.between(begin, event.time()).toMillis() * NANOS_PER_MILLI / factor).toLong()
        val left = due - (now() - started)
        if (left > 0) sleep(left)
    }

    companion object {
        private const val NANOS_PER_MILLI = 1_000_000.0

        /** @throws CliFailure if the text is no speed */
        fun of(text: String?): Pace = when (text) {
            null, "max", "0" -> Pace(0.0)
            else -> Pace(factor(text))
        }

        private fun factor(text: String): Double {
            val number = text.removeSuffix("x").removeSuffix("X")
            val factor = runCatching { BigDecimal(number).toDouble() }.getOrNull()
            if (factor != null && factor > 0 && factor.isFinite()) return factor
            throw CliFailure(
                ErrorCode.USAGE,
                "'--speed' is '$text', expected max, or a factor such as 1x, 10x or 0.5x.",
            )
        }

        private fun sleepNanos(nanos: Long) = Thread.sleep(nanos / 1_000_000, (nanos % 1_000_000).toInt())
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import java.time.Duration

/** Spans of time as the command line writes them: `250ms 15s 5m 2h 7d 2w`, as configurations do. */
internal object Durations {
    private val units = mapOf(
        "ms" to 1L,
        "s" to 1_000L,
        "m" to 60_000L,
        "h" to 3_600_000L,
        "d" to 86_400_000L,
        "w" to 604_800_000L,
    )

    const val ACCEPTED = "a span of time such as 250ms, 15s, 5m, 2h, 7d or 2w"

    /** Returns the span, or null if the text is none. */
    fun parse(text: String): Duration? {
        val digits = text.takeWhile { it in '0'..'9' }
        val unit = units[text.substring(digits.length)] ?: return null
        val number = digits.toLongOrNull() ?: return null
        return if (number > Long.MAX_VALUE / unit / 2) null else Duration.ofMillis(number * unit)
    }

    /** @throws CliFailure if the text is no span, naming the option */
    fun require(option: String, text: String): Duration = parse(text)
        ?: throw CliFailure(ErrorCode.TIME, "'$option' is '$text', expected $ACCEPTED.")
}

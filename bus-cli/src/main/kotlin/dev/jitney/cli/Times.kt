// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import java.time.DateTimeException
import java.time.Instant
import java.time.InstantSource
import java.time.LocalDate
import java.time.LocalDateTime
import java.time.OffsetDateTime
import java.time.ZoneOffset

/** Moments as the command line writes them. Without a zone a time is UTC, so that it means the same everywhere. */
internal object Times {
    const val ACCEPTED =
        "a time such as 2026-05-04T09:00Z, 2026-05-04 (both UTC without a zone), 15m, 2h, 1d, 2w (ago), today or yesterday"

    /** @throws CliFailure if the text is no moment, naming the option */
    fun require(option: String, text: String, clock: InstantSource): Instant = parse(text, clock)
        ?: throw CliFailure(ErrorCode.TIME, "'$option' is '$text', expected $ACCEPTED.")

    private fun parse(text: String, clock: InstantSource): Instant? {
        val now = clock.instant()
        when (text) {
            "now" -> return now
            "today" -> return midnight(now)
            "yesterday" -> return midnight(now).minusSeconds(SECONDS_PER_DAY)
        }
        return try {
            val ago = Durations.parse(text)
            if (ago != null) now.minus(ago) else written(text.uppercase().replaceFirst(' ', 'T'))
        } catch (_: DateTimeException) {
            null
        }
    }

    private fun written(text: String): Instant = when {
        'T' !in text -> LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
        zoned(text) -> OffsetDateTime.parse(text).toInstant()
        else -> LocalDateTime.parse(text).toInstant(ZoneOffset.UTC)
    }

    private fun zoned(text: String): Boolean {
        val time = text.substring(text.indexOf('T'))
        return time.endsWith('Z') || '+' in time || '-' in time
    }

    private fun midnight(now: Instant): Instant =
        Instant.ofEpochSecond(Math.floorDiv(now.epochSecond, SECONDS_PER_DAY) * SECONDS_PER_DAY)

    private const val SECONDS_PER_DAY = 86_400L
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import java.time.Duration
import java.time.Instant
import java.time.LocalDate
import java.time.ZoneOffset
import kotlin.math.abs

/** How text output looks: colours, and how it shows times. */
internal class Style(private val io: Io, private val colored: Boolean, private val mode: TimeMode) {
    fun dim(text: String): String = paint("2", text)

    fun bold(text: String): String = paint("1", text)

    fun red(text: String): String = paint("31", text)

    fun yellow(text: String): String = paint("33", text)

    /** Returns a moment in few characters, for lines: today's without the date. */
    fun moment(time: Instant): String = when (mode) {
        TimeMode.LOCAL -> short(time, io.zone.rules.getOffset(time))
        TimeMode.UTC -> short(time, ZoneOffset.UTC) + "Z"
        TimeMode.RELATIVE -> ago(time)
        TimeMode.EPOCH -> epoch(time)
    }

    /** Returns a moment in full. */
    fun fullMoment(time: Instant): String = when (mode) {
        TimeMode.LOCAL -> io.zone.rules.getOffset(time).let {
            "${date(time, it)} ${clock(time, it)} ${it.id.replace("Z", "UTC")}"
        }

        TimeMode.UTC -> "${date(time, ZoneOffset.UTC)} ${clock(time, ZoneOffset.UTC)} UTC"

        TimeMode.RELATIVE -> ago(time)

        TimeMode.EPOCH -> epoch(time)
    }

    private fun short(time: Instant, offset: ZoneOffset): String {
        val day = date(time, offset)
        return if (day == date(io.clock.instant(), offset)) clock(time, offset) else "$day ${clock(time, offset)}"
    }

    private fun ago(time: Instant): String {
        val span = Duration.between(time, io.clock.instant())
        val seconds = span.abs().seconds
        val text = when {
            seconds < 1 -> return "now"
            seconds < MINUTE -> "$seconds s"
            seconds < HOUR -> "${seconds / MINUTE} min"
            seconds < DAY -> "${seconds / HOUR} h"
            else -> "${seconds / DAY} d"
        }
        return if (span.isNegative) "in $text" else "$text ago"
    }

    private fun epoch(time: Instant): String {
        val millis = time.toEpochMilli()
        val sign = if (millis < 0) "-" else ""
        return "$sign${abs(millis) / THOUSAND}.${pad(abs(millis) % THOUSAND, 3)}"
    }

    private fun date(time: Instant, offset: ZoneOffset): String =
        LocalDate.ofEpochDay(Math.floorDiv(time.epochSecond + offset.totalSeconds, DAY)).toString()

    private fun clock(time: Instant, offset: ZoneOffset): String {
        val second = Math.floorMod(time.epochSecond + offset.totalSeconds, DAY)
        val millis = time.nano / NANOS_PER_MILLI
        val minutes = "${pad(second / HOUR, 2)}:${pad(second / MINUTE % MINUTE, 2)}"
        return "$minutes:${pad(second % MINUTE, 2)}.${pad(millis.toLong(), 3)}"
    }

    private fun pad(number: Long, digits: Int) = number.toString().padStart(digits, '0')

    private fun paint(code: String, text: String) = if (colored) "\u001b[${code}m$text\u001b[0m" else text

    companion object {
        private const val THOUSAND = 1000L
        private const val MINUTE = 60L
        private const val HOUR = 3600L
        private const val DAY = 86_400L
        private const val NANOS_PER_MILLI = 1_000_000

        fun of(io: Io, settings: Settings): Style {
            val time = settings.time?.let { choose<TimeMode>("--time", it) } ?: TimeMode.LOCAL
            return Style(io, colored(io, settings.color), time)
        }

        private fun colored(io: Io, asked: String?): Boolean = when (asked) {
            "always" -> true
            "never" -> false
            null, "auto" -> automatic(io)
            else -> throw CliFailure(ErrorCode.USAGE, "'--color' is '$asked', expected auto, always or never.")
        }

        // An empty NO_COLOR counts as not set: no-color.org
        private fun automatic(io: Io): Boolean = when {
            !io.environment("NO_COLOR").isNullOrEmpty() -> false
            !io.environment("FORCE_COLOR").isNullOrEmpty() -> true
            else -> io.descriptors.stdoutTerminal && io.environment("TERM") != "dumb"
        }
    }
}

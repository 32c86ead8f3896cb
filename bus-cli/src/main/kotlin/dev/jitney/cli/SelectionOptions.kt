// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import com.github.ajalt.clikt.parameters.groups.OptionGroup
import com.github.ajalt.clikt.parameters.options.multiple
import com.github.ajalt.clikt.parameters.options.option
import dev.jitney.event.Selection
import dev.jitney.event.Severity
import java.time.Instant
import java.time.InstantSource

/** The one grammar that says which events are meant; all conditions must hold. */
internal class SelectionOptions : OptionGroup("Selection") {
    val since by option(
        "--since",
        metavar = "TIME",
        help = "From this time on: 15m, 2h, 1d, 2w, today, 2026-05-04T09:00Z",
    )
    val until by option("--until", metavar = "TIME", help = "Before this time")
    val source by option("--source", metavar = "SOURCE", help = "From this source; repeatable").multiple()
    val severity by option(
        "--severity",
        metavar = "SEV",
        help = "info, warning or critical; warning+ for worse too",
    ).multiple()
    val correlation by option("--correlation", metavar = "ID", help = "Of this story")
    val key by option("--key", metavar = "KEY", help = "With this ordering key")
    val id by option("--id", metavar = "ID", help = "With this id; repeatable").multiple()

    /** Says whether any of these options was given. */
    fun given(): Boolean = since != null || until != null || correlation != null || key != null ||
        source.isNotEmpty() || severity.isNotEmpty() || id.isNotEmpty()

    /**
     * @param patterns as for [ofTopics]
     * @param before an upper limit of another option, which holds as well
     */
    fun selection(patterns: List<String>, clock: InstantSource, before: Instant? = null): Selection {
        val selection = ofTopics(patterns)
        source.forEach(selection::source)
        id.forEach(selection::id)
        severity.forEach { severity(it, selection) }
        correlation?.let(selection::correlationId)
        key?.let(selection::key)
        since?.let { selection.since(Times.require("--since", it, clock)) }
        val upper = until?.let { Times.require("--until", it, clock) }
        listOfNotNull(upper, before).minOrNull()?.let(selection::until)
        return selection.build()
    }

    private fun severity(text: String, selection: Selection.Builder) {
        val name = text.removeSuffix("+")
        val severity = Severity.values().firstOrNull { it.wireName() == name.lowercase() } ?: throw CliFailure(
            ErrorCode.USAGE,
            "'--severity' is '$text', expected info, warning or critical, or one of them with '+' for worse too.",
        )
        if (name == text) selection.severity(severity) else selection.severityAtLeast(severity)
    }

    companion object {
        /** Returns a selection by topics and patterns; a `!` in front leaves out what matches. */
        fun ofTopics(patterns: List<String>): Selection.Builder {
            val selection = Selection.builder()
            for (pattern in patterns) {
                if (pattern.startsWith("!")) selection.exclude(pattern.substring(1)) else selection.pattern(pattern)
            }
            return selection
        }
    }
}

/** Reads the most of something that is wanted: 0 stands for all, as it does for every command. */
internal fun limit(text: String): Long = count("--limit", text).let { if (it == 0L) Long.MAX_VALUE else it }

/** Reads a number of things, 0 or more. */
internal fun count(option: String, text: String): Long = text.toLongOrNull()?.takeIf { it >= 0 }
    ?: throw CliFailure(ErrorCode.USAGE, "'$option' is '$text', expected a whole number, 0 or more.")

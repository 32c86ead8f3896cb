// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import com.github.ajalt.clikt.parameters.groups.OptionGroup
import com.github.ajalt.clikt.parameters.options.multiple
import com.github.ajalt.clikt.parameters.options.option
import dev.jitney.event.Event
import dev.jitney.event.Severity

/** What every published event of one command line gets. */
internal class PublishOptions : OptionGroup("Event") {
    val headers by option("-H", "--header", metavar = "K=V", help = "Header; repeatable").multiple()
    val key by option("-k", "--key", metavar = "KEY", help = "Ordering key")
    val severity by option("--severity", metavar = "SEV", help = "info, warning or critical")
    val source by option("--source", metavar = "SOURCE", help = "Who says so (default: bus)")
    val correlation by option(
        "--correlation",
        metavar = "ID",
        help = "The story that it belongs to (default: its own id)",
    )
    val causation by option("--causation", metavar = "ID", help = "The event that caused it")
    val id by option("--id", metavar = "ID", help = "Its id (default: a new one)")
    val subject by option("--subject", metavar = "TEXT", help = "What in the source it is about")
    val contentType by option("--content-type", metavar = "TYPE", help = "Default: JSON if it parses, else text/plain")

    /** Puts what was given over the fields of a builder; call [check] first. */
    fun apply(event: Event.Builder) {
        severity?.let { event.severity(severity(it)) }
        source?.let(event::source)
        key?.let(event::key)
        correlation?.let(event::correlationId)
        causation?.let(event::causationId)
        id?.let(event::id)
        subject?.let(event::subject)
        for (header in headers) event.header(header.substringBefore('='), header.substringAfter('='))
    }

    /** @throws CliFailure if a value is not accepted */
    fun check() {
        severity?.let(::severity)
        for (header in headers) {
            if (header.indexOf('=') < 1) {
                throw CliFailure(ErrorCode.USAGE, "'--header' is '$header', expected NAME=VALUE.")
            }
        }
        for ((option, value) in listOf(
            "--id" to id,
            "--source" to source,
            "--correlation" to correlation,
            "--causation" to causation,
        )) {
            if (value != null && value.isEmpty()) throw CliFailure(ErrorCode.USAGE, "'$option' is '', expected a text.")
        }
    }

    private fun severity(text: String): Severity = Severity.values().firstOrNull { it.wireName() == text.lowercase() }
        ?: throw CliFailure(ErrorCode.USAGE, "'--severity' is '$text', expected info, warning or critical.")
}

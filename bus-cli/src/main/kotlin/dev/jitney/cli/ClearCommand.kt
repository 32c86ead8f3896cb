// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import com.github.ajalt.clikt.parameters.arguments.argument
import com.github.ajalt.clikt.parameters.arguments.multiple
import com.github.ajalt.clikt.parameters.groups.provideDelegate
import com.github.ajalt.clikt.parameters.options.flag
import com.github.ajalt.clikt.parameters.options.option
import dev.jitney.event.Selection
import dev.jitney.spi.EventStore
import dev.jitney.spi.PurgeOptions
import dev.jitney.spi.PurgeReport

/** `bus clear`: deletes stored events, having counted them and asked. */
internal class ClearCommand(io: Io) :
    BusCommand(
        io,
        "clear",
        "Delete stored events. Counts first and asks; without a terminal it needs --yes.",
        listOf(
            "bus clear notes --older 30d --dry-run",
            "bus clear 'debug.*' --keep 1000 --yes",
            "bus clear --all --confirm shop",
        ),
    ) {
    private val patterns by argument("PATTERN", help = "Topics; orders.* for all below, !x to leave out").multiple()
    private val selecting by SelectionOptions()
    private val older by option("--older", metavar = "DUR", help = "Only events older than this: 30d")
    private val keep by option("--keep", metavar = "N", help = "Keep the newest N of them")
    private val all by option("--all", help = "Every event of the bus; wants --confirm").flag()
    private val confirm by option(
        "--confirm",
        metavar = "BUS-NAME",
        help = "The name of the bus, as 'bus info' shows it",
    )
    private val ignoreCursors by option("--ignore-cursors", help = "Also what a named cursor has not passed yet").flag()
    private val dryRun by option("--dry-run", help = "Only say what would be deleted").flag()

    override fun execute() {
        val selection = selection()
        val options = PurgeOptions(true, ignoreCursors, keep?.let { count("--keep", it) } ?: 0)
        open().use { bus ->
            // A wrong name is a wrong bus, whatever there is to delete in it.
            confirm?.let { requireName(bus.store.info().name(), it) }
            val would = bus.store.purge(selection, options)
            if (!dryRun && would.events() > 0) {
                confirm(bus.store, would)
                report(bus.store.purge(selection, PurgeOptions(false, ignoreCursors, options.keepNewest())))
            } else {
                report(would)
            }
        }
    }

    private fun selection(): Selection {
        val limited = patterns.isNotEmpty() || selecting.given() || older != null || keep != null
        if (!all && !limited) {
            throw CliFailure(
                ErrorCode.USAGE,
                "There is nothing that says what to delete.",
                "a PATTERN, --older, --keep, or --all",
            )
        }
        if (all && limited) {
            throw CliFailure(
                ErrorCode.USAGE,
                "'--all' is every event and takes no other selection.",
                "bus clear --help",
            )
        }
        if (confirm != null && !all) {
            throw CliFailure(
                ErrorCode.USAGE,
                "'--confirm' belongs to '--all'; a selection needs --yes.",
                "bus clear --help",
            )
        }
        val before = older?.let { io.clock.instant().minus(Durations.require("--older", it)) }
        return selecting.selection(patterns, io.clock, before)
    }

    private fun requireName(name: String, given: String) {
        if (given == name) return
        throw CliFailure(ErrorCode.CONFIRM, "'--confirm' is '$given', but this bus is '$name'.", "--confirm '$name'")
    }

    private fun confirm(store: EventStore, would: PurgeReport) {
        val what = "${Sizes.events(would.events())} (${Sizes.text(would.bytes())})"
        if (all) return confirmName(store.info().name(), what)
        if (settings.yes) return
        if (!canAsk()) {
            throw CliFailure(
                ErrorCode.NEEDS_YES,
                "Deleting $what needs --yes when there is no terminal.",
                "--dry-run shows them, --yes deletes",
            )
        }
        val answer = talk.ask("Delete $what of ${Sizes.events(store.info().events())} in ${topics(would)}? [y/N]")
        if (answer?.lowercase() !in listOf("y", "yes")) throw declined()
    }

    private fun confirmName(name: String, what: String) {
        if (confirm != null) return
        if (!canAsk()) {
            throw CliFailure(
                ErrorCode.NEEDS_YES,
                "Deleting all events, $what, needs --confirm with the name of the bus.",
                "--confirm '$name'",
            )
        }
        if (talk.ask("Delete all events of bus '$name', $what? Type its name:") != name) throw declined()
    }

    private fun canAsk() = io.descriptors.canAsk && !settings.noInput

    private fun declined() = CliFailure(ErrorCode.DECLINED, "Nothing was deleted: the answer was no.")

    private fun topics(would: PurgeReport): String {
        val names = would.byTopic().keys
        return if (names.size <= MAX_NAMED) names.joinToString() else "${Sizes.count(names.size.toLong())} topics"
    }

    private fun report(report: PurgeReport) {
        if (format != Format.TEXT) return io.out.line(json(report)).let { }
        val verb = if (dryRun) "Would delete" else "Deleted"
        io.out.line("$verb ${Sizes.events(report.events())} (${Sizes.text(report.bytes())}).")
        for ((topic, events) in report.byTopic()) io.out.line("  $topic  ${Sizes.count(events)}")
        if (report.kept() >
            0
        ) {
            talk.note("${Sizes.events(report.kept())} of the selection stay: the newest, or needed by a cursor.")
        }
    }

    private fun json(report: PurgeReport): String = JsonOut().obj {
        field("kind", "bus.clear/1")
        field("dryRun", dryRun)
        field("deleted", report.events())
        field("kept", report.kept())
        field("bytes", report.bytes())
        key("topics").array {
            for ((topic, events) in report.byTopic()) {
                obj {
                    field("topic", topic)
                    field("deleted", events)
                }
            }
        }
    }.toString()

    private companion object {
        const val MAX_NAMED = 5
    }
}

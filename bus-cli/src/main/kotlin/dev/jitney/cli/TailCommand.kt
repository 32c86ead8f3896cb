// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import com.github.ajalt.clikt.parameters.arguments.argument
import com.github.ajalt.clikt.parameters.arguments.multiple
import com.github.ajalt.clikt.parameters.groups.provideDelegate
import com.github.ajalt.clikt.parameters.options.flag
import com.github.ajalt.clikt.parameters.options.option
import dev.jitney.event.Selection
import dev.jitney.spi.EventStore
import dev.jitney.spi.Position
import java.time.Duration

/** `bus tail`: follows events as they are stored. */
internal class TailCommand(io: Io) :
    BusCommand(
        io,
        "tail",
        "Follow events as they are stored, from the last ten on. (aliases: subscribe, sub)",
        listOf(
            "bus tail 'orders.*'",
            "bus tail --last 100 --no-follow -o jsonl",
            "bus tail --cursor backup -o jsonl --idle 5s",
        ),
    ) {
    private val patterns by argument("PATTERN", help = "Topics; orders.* for all below, !x to leave out").multiple()
    private val selecting by SelectionOptions()
    private val last by option("--last", metavar = "N", help = "Begin this many events back (default: 10)")
    private val onlyNew by option("--new", help = "Begin at the end").flag()
    private val from by option("--from", metavar = "POS", help = "Begin at start, end, OFFSET, -N or @TIME")
    private val noFollow by option("--no-follow", help = "Stop at the end").flag()
    private val idle by option("--idle", metavar = "DUR", help = "Stop after this long without an event")
    private val limit by option("-n", "--limit", metavar = "N", help = "Stop after this many events (0: do not)")
    private val cursor by option("--cursor", metavar = "NAME", help = "Go on where this name stopped, and remember")

    override fun execute() {
        val plan = plan()
        open().use { bus ->
            if (noFollow && patterns.isNotEmpty()) hint(bus.store)
            // A document that has no end is none.
            val output = if (format == Format.JSON && !plan.ends) Format.JSONL else format
            val printer = EventPrinter(bus.format, output, style, io.descriptors.stdoutTerminal)
            val list = ListWriter(io.out, output, "bus.events/1")
            Following(bus.store, io.out, list, ProblemReport(talk), printer::render).run(plan)
        }
    }

    // Who follows waits for topics that do not exist yet
    private fun hint(store: EventStore) {
        val none = store.topics(SelectionOptions.ofTopics(patterns).build()).use { it.next() == null }
        if (none) talk.note("No topic matches.")
    }

    private fun plan(): TailPlan {
        val starts =
            listOfNotNull(
                "--last".takeIf { last != null },
                "--new".takeIf { onlyNew },
                "--from".takeIf {
                    from !=
                        null
                },
            )
        if (starts.size > 1) {
            throw CliFailure(
                ErrorCode.USAGE,
                "'${starts[0]}' and '${starts[1]}' exclude each other.",
                "bus tail --help",
            )
        }
        return TailPlan(
            selection = selecting.selection(patterns, io.clock),
            start = start(),
            last = if (starts.isEmpty() && selecting.since == null) DEFAULT_LAST else last?.let { count("--last", it) },
            limit = limit?.let(::limit) ?: Long.MAX_VALUE,
            follow = !noFollow,
            idle = idle?.let { Durations.require("--idle", it) },
            cursor = cursor,
            announce = { if (io.descriptors.stderrTerminal) talk.note("-- following from $it; Ctrl-C to stop") },
        )
    }

    private fun start(): Position {
        val since = selecting.since
        return when {
            onlyNew -> Position.end()

            from != null -> Positions.require("--from", checkNotNull(from), io.clock)

            // What happened since then was stored since then; clocks may differ a little.
            since != null -> Position.at(Times.require("--since", since, io.clock).minus(CLOCK_SLACK))

            else -> Position.end()
        }
    }

    private companion object {
        const val DEFAULT_LAST = 10L
        val CLOCK_SLACK: Duration = Duration.ofMinutes(1)
    }
}

/**
 * What to follow.
 *
 * @param start where to begin, unless [last] or a saved cursor says so
 * @param last how many selected events back to begin, or null
 */
internal class TailPlan(
    val selection: Selection,
    val start: Position,
    val last: Long?,
    val limit: Long,
    val follow: Boolean,
    val idle: Duration?,
    val cursor: String?,
    val announce: (String) -> Unit,
) {
    /** Whether it stops by itself. */
    val ends: Boolean get() = !follow || idle != null || limit != Long.MAX_VALUE
}

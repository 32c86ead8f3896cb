// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import com.github.ajalt.clikt.parameters.arguments.argument
import com.github.ajalt.clikt.parameters.arguments.multiple
import com.github.ajalt.clikt.parameters.groups.provideDelegate
import com.github.ajalt.clikt.parameters.options.flag
import com.github.ajalt.clikt.parameters.options.option
import dev.jitney.event.Selection
import dev.jitney.spi.Position
import dev.jitney.spi.ReadOptions

/** `bus query`: stored events, then the end. */
internal class QueryCommand(io: Io) :
    BusCommand(
        io,
        "query",
        "Read stored events, then stop. Shows the newest, oldest of them first. (alias: history)",
        listOf(
            "bus query 'orders.*' '!orders.debug' --since 2h",
            "bus query --severity warning+ -n 10 -o jsonl",
            "bus query --since today --count",
        ),
    ) {
    private val patterns by argument("PATTERN", help = "Topics; orders.* for all below, !x to leave out").multiple()
    private val selecting by SelectionOptions()
    private val limit by option("-n", "--limit", metavar = "N", help = "How many, the newest (default: 50; 0: all)")
    private val order by option("--order", metavar = "ORDER", help = "asc: oldest first (default), or desc")
    private val counting by option("--count", help = "Only how many").flag()
    private val failEmpty by option("--fail-empty", help = "Exit with 4 when nothing matches").flag()

    override fun execute() {
        val limit = limit?.let(::limit) ?: DEFAULT_LIMIT
        val descending = descending()
        val selection = selecting.selection(patterns, io.clock)
        val found = open().use { bus ->
            if (counting) count(bus, selection) else show(bus, selection, limit, descending)
        }
        if (found == 0L) nothing()
    }

    private fun descending(): Boolean = when (val name = order) {
        null, "asc" -> false
        "desc" -> true
        else -> throw CliFailure(ErrorCode.USAGE, "'--order' is '$name', expected asc or desc.")
    }

    private fun count(bus: Bus, selection: Selection): Long {
        val started = System.nanoTime()
        val problems = ProblemReport(talk)
        bus.store.read(ReadOptions.forward().withSelection(selection).withOnProblem(problems)).use { reader ->
            val count = reader.count()
            problems.end()
            if (format == Format.TEXT) {
                io.out.line(count.toString())
            } else {
                io.out.line(countJson(count, reader.scanned(), (System.nanoTime() - started) / NANOS_PER_MILLI))
            }
            return count
        }
    }

    private fun countJson(count: Long, scanned: Long, millis: Long): String = JsonOut().obj {
        field("kind", "bus.count/1")
        field("count", count)
        field("scanned", scanned)
        field("elapsedMs", millis)
    }.toString()

    private fun show(bus: Bus, selection: Selection, limit: Long, descending: Boolean): Long {
        val printer = EventPrinter(bus.format, format, style, io.descriptors.stdoutTerminal)
        val problems = ProblemReport(talk)
        val list = ListWriter(io.out, format, "bus.events/1")
        val query =
            StoredQuery(bus.store, selection, problems) { list.item(printer.render(it).toByteArray(Charsets.UTF_8)) }
        val cut = list.of { if (limit == Long.MAX_VALUE) query.all(descending) else query.newest(limit, descending) }
        list.end(cut)
        problems.end()
        if (cut) talk.note("Showing the newest ${Sizes.count(limit)}; -n 0 for all.")
        return query.printed
    }

    private fun nothing() {
        if (failEmpty) {
            throw CliFailure(ErrorCode.NO_MATCH, "No stored event matches.", "bus topics")
        }
        if (!counting) talk.note("No stored event matches.")
    }

    private companion object {
        const val DEFAULT_LIMIT = 50L
        const val NANOS_PER_MILLI = 1_000_000L
    }
}

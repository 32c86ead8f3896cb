// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import com.github.ajalt.clikt.parameters.arguments.argument
import com.github.ajalt.clikt.parameters.arguments.multiple
import com.github.ajalt.clikt.parameters.options.option
import dev.jitney.event.Selection
import dev.jitney.spi.EventStore
import dev.jitney.spi.TopicStats
import java.time.Instant
import java.util.PriorityQueue

/** `bus topics`: which topics have events, and how many. */
internal class TopicsCommand(io: Io) :
    BusCommand(
        io,
        "topics",
        "List the topics that have events. ('bus topics list' is the same)",
        listOf("bus topics", "bus topics 'orders.*' --sort events -n 10", "bus topics -n 0 -o jsonl"),
    ) {
    private val words by argument("PATTERN", help = "Topics; orders.* for all below, !x to leave out").multiple()
    private val limit by option("-n", "--limit", metavar = "N", help = "How many (default: 1000; 0: all)")
    private val sort by option("--sort", metavar = "BY", help = "name (default), events, bytes or last")

    private var matched = 0L

    private enum class Order { NAME, EVENTS, BYTES, LAST }

    override fun execute() {
        val limit = limit?.let(::limit) ?: DEFAULT_LIMIT
        val order = sort?.let { choose<Order>("--sort", it) } ?: Order.NAME
        // The verb of cli.md; a topic of that name is found by a pattern such as list.* or by giving it twice
        val patterns = if (words.firstOrNull() == "list" || words.firstOrNull() == "ls") words.drop(1) else words
        val selection = SelectionOptions.ofTopics(patterns).build()
        open().use { bus ->
            val store = bus.store
            val named = order == Order.NAME
            val cut = if (named) byName(store, selection, limit) else byFigure(store, selection, limit, order)
            if (matched == 0L) talk.note(if (patterns.isEmpty()) "No topic has events." else "No topic matches.")
            if (cut) talk.note("Showing ${Sizes.count(limit)} of ${total(bus.store, patterns)} topics; -n 0 for all.")
        }
    }

    private fun total(store: EventStore, patterns: List<String>): String =
        if (patterns.isEmpty()) Sizes.count(store.info().topics()) else "the matching"

    private fun byName(store: EventStore, selection: Selection, limit: Long): Boolean {
        store.topics(selection).use { reader ->
            val rows = ArrayList<TopicStats>()
            val table = Table()
            var shown = 0L
            while (true) {
                val topic = reader.next() ?: break
                if (shown == limit) {
                    table.write(rows)
                    table.end(cut = true)
                    return true
                }
                rows.add(topic)
                shown++
                if (rows.size == BLOCK) table.write(rows).also { rows.clear() }
            }
            table.write(rows)
            table.end(cut = false)
            return false
        }
    }

    private fun byFigure(store: EventStore, selection: Selection, limit: Long, order: Order): Boolean {
        val smallestFirst = when (order) {
            Order.EVENTS -> compareBy(TopicStats::events)
            Order.BYTES -> compareBy(TopicStats::bytes)
            else -> compareBy<TopicStats> { it.lastTime() ?: Instant.MIN }
        }.thenByDescending(TopicStats::topic)
        val top = PriorityQueue(smallestFirst)
        var cut = false
        store.topics(selection).use { reader ->
            while (true) {
                top.add(reader.next() ?: break)
                if (top.size > limit) top.poll().also { cut = true }
            }
        }
        val table = Table()
        table.write(generateSequence { top.poll() }.toList().asReversed())
        table.end(cut)
        return cut
    }

    /** Rows under a heading; each block of rows has columns as wide as it needs. */
    private inner class Table {
        private val list = ListWriter(io.out, format, "bus.topics/1")
        private var first = true

        fun write(rows: List<TopicStats>) {
            matched += rows.size
            if (format == Format.TEXT) text(rows) else rows.forEach { list.item(json(it)) }
        }

        fun end(cut: Boolean) = list.end(cut)

        private fun text(rows: List<TopicStats>) {
            if (rows.isEmpty()) return
            val cells = rows.map {
                listOf(
                    it.topic(),
                    Sizes.count(it.events()),
                    Sizes.text(it.bytes()),
                    it.lastTime()?.let(style::moment) ?: "-",
                )
            }
            val heading = listOf("topic", "events", "bytes", "last")
            val widths = heading.indices.map { i -> maxOf(heading[i].length, cells.maxOf { it[i].length }) }
            if (first) io.out.line(style.dim(row(heading, widths)))
            first = false
            cells.forEach { io.out.line(row(it, widths)) }
        }

        private fun row(cells: List<String>, widths: List<Int>): String = listOf(
            cells[0].padEnd(widths[0]),
            cells[1].padStart(widths[1]),
            cells[2].padStart(widths[2]),
            cells[3],
        ).joinToString("  ")

        private fun json(topic: TopicStats): String = JsonOut().obj {
            field("topic", topic.topic())
            field("events", topic.events())
            field("bytes", topic.bytes())
            optional("lastTime", topic.lastTime()?.toString())
        }.toString()
    }

    private companion object {
        const val DEFAULT_LIMIT = 1000L
        const val BLOCK = 1000
    }
}

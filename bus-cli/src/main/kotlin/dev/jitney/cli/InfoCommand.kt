// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.spi.Cursor
import dev.jitney.spi.EventStore
import dev.jitney.spi.StoreInfo

/** `bus info`: what this bus is and holds. */
internal class InfoCommand(io: Io) :
    BusCommand(
        io,
        "info",
        "Show what this bus is and what it holds. (alias: status)",
        listOf("bus info", "bus info -d /var/lib/shop/.bus", "bus info -o json"),
    ) {
    override fun execute() {
        open().use { bus ->
            val info = bus.store.info()
            val cursors = cursors(bus.store)
            if (format == Format.TEXT) text(info, cursors) else io.out.line(json(info, cursors))
        }
    }

    private fun cursors(store: EventStore): List<Cursor> =
        if (store.capabilities().cursors()) store.cursors().list() else emptyList()

    private fun text(info: StoreInfo, cursors: List<Cursor>) {
        val out = io.out
        out.line(
            "${style.bold(Escapes.line(info.name()))}   ${Escapes.line(info.location())}   format ${info.format()}" +
                created(info),
        )
        out.line("${Sizes.events(info.events())} in ${topics(info.topics())}, ${Sizes.text(info.bytes())}")
        if (info.events() > 0) {
            val durable = if (info.durable() >= info.end()) "all on disk" else "on disk up to ${info.durable()}"
            out.line("offsets ${info.start()} to ${info.end().plus(-1)}, $durable")
        }
        for ((name, value) in info.details().toSortedMap()) out.line(Escapes.line("$name: $value"))
        for (cursor in cursors) out.line(Escapes.line(line(cursor)))
    }

    private fun created(info: StoreInfo) = info.created()?.let { "   created ${style.fullMoment(it)}" }.orEmpty()

    private fun topics(number: Long) = if (number == 1L) "1 topic" else "${Sizes.count(number)} topics"

    private fun line(cursor: Cursor): String {
        val idle = if (cursor.idle()) ", idle: holds nothing back" else ""
        val place = "at ${cursor.checkpoint()}, ${Sizes.count(cursor.lag())} behind"
        return "cursor ${cursor.name()}: $place, last used ${style.fullMoment(cursor.lastUsed())}$idle"
    }

    private fun json(info: StoreInfo, cursors: List<Cursor>): String = JsonOut().obj {
        field("kind", "bus.info/1")
        field("name", info.name())
        field("id", info.id())
        field("location", info.location())
        field("format", info.format().toLong())
        optional("created", info.created()?.toString())
        field("events", info.events())
        field("topics", info.topics())
        field("sizeBytes", info.bytes())
        field("startOffset", info.start().value())
        field("endOffset", info.end().value())
        field("durableOffset", info.durable().value())
        key("details").obj { for ((name, value) in info.details().toSortedMap()) field(name, value) }
        key("cursors").array { cursors.forEach { cursor(it) } }
    }.toString()

    private fun JsonOut.cursor(cursor: Cursor) {
        obj {
            field("name", cursor.name())
            field("checkpoint", cursor.checkpoint().value())
            field("lag", cursor.lag())
            field("lastUsed", cursor.lastUsed().toString())
            field("idle", cursor.idle())
        }
    }
}

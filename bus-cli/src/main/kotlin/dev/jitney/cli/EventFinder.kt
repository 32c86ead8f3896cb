// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.Offset
import dev.jitney.event.Selection
import dev.jitney.event.StoredEvent
import dev.jitney.spi.EventStore
import dev.jitney.spi.Position
import dev.jitney.spi.ReadOptions
import dev.jitney.spi.StoreProblem
import java.time.Instant

/** Finds one stored event by its id, by the beginning of its id, or by `#OFFSET`. */
internal class EventFinder(private val store: EventStore, private val problems: (StoreProblem) -> Unit) {
    /** @throws CliFailure if there is no such event, or several */
    fun find(text: String): StoredEvent {
        val offset = if (text.startsWith("#")) text.substring(1).toLongOrNull() else null
        if (offset != null && offset >= 0) return byOffset(offset) ?: throw none(text)
        return byId(text) ?: byBeginning(text) ?: throw none(text)
    }

    private fun byOffset(offset: Long): StoredEvent? =
        first(ReadOptions.forward().withFrom(Position.at(Offset.of(offset)))).takeIf { it?.offset()?.value() == offset }

    private fun byId(id: String): StoredEvent? {
        // Our own ids tell when they were made, which spares reading the whole log.
        val made = madeAt(id)
        val near = made?.let {
            Selection.builder().id(id).since(it.minusSeconds(SLACK)).until(it.plusSeconds(SLACK)).build()
        }
        return near?.let { newest(it) } ?: newest(Selection.builder().id(id).build())
    }

    private fun newest(selection: Selection): StoredEvent? = first(ReadOptions.newestFirst().withSelection(selection))

    private fun first(options: ReadOptions): StoredEvent? =
        store.read(options.withLimit(1).withOnProblem(problems)).use { it.next() }

    private fun byBeginning(text: String): StoredEvent? {
        var found: StoredEvent? = null
        store.read(ReadOptions.newestFirst()).use { reader ->
            while (true) {
                val stored = reader.next() ?: return found
                val id = stored.event().id()
                if (!id.startsWith(text) || id == found?.event()?.id()) continue
                if (found != null) throw ambiguous(text, found.event().id(), id)
                found = stored
            }
        }
    }

    // The first 48 bits of a UUID of version 7 are milliseconds since the epoch.
    private fun madeAt(id: String): Instant? {
        if (id.length != UUID_LENGTH || id[VERSION_AT] != '7') return null
        val millis = (id.substring(0, 8) + id.substring(9, 13)).toLongOrNull(16) ?: return null
        return Instant.ofEpochMilli(millis)
    }

    private fun none(text: String) =
        CliFailure(ErrorCode.NO_EVENT, "No stored event has the id '$text', or one that begins so.", "bus query")

    private fun ambiguous(text: String, one: String, other: String) = CliFailure(
        ErrorCode.AMBIGUOUS_ID,
        "Several ids begin with '$text', '$one' and '$other' among them.",
        "more characters of the id",
    )

    private companion object {
        const val SLACK = 60L
        const val UUID_LENGTH = 36
        const val VERSION_AT = 14
    }
}

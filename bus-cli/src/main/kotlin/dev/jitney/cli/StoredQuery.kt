// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.Offset
import dev.jitney.event.Selection
import dev.jitney.event.StoredEvent
import dev.jitney.spi.EventStore
import dev.jitney.spi.Position
import dev.jitney.spi.ReadOptions
import dev.jitney.spi.StoreProblem

/**
 * Reads stored events in the order that was asked for, in bounded memory: the newest are found from the end, and kept
 * while they are small; many or large ones are read a second time, forward.
 */
internal class StoredQuery(
    private val store: EventStore,
    private val selection: Selection,
    private val problems: (StoreProblem) -> Unit,
    private val print: (StoredEvent) -> Unit,
) {
    var printed = 0L
        private set

    /** Prints every event; nothing is cut. */
    fun all(descending: Boolean): Boolean {
        val options = if (descending) ReadOptions.newestFirst() else ReadOptions.forward()
        return print(options, Long.MAX_VALUE)
    }

    /** Prints the newest [limit] events and says whether there are more. */
    fun newest(limit: Long, descending: Boolean): Boolean {
        if (descending) return print(ReadOptions.newestFirst(), limit)
        val kept = ArrayDeque<StoredEvent>()
        var oldest: Offset? = null
        var seen = 0L
        var size = 0L
        var more = false
        store.read(options(ReadOptions.newestFirst(), limit)).use { reader ->
            while (true) {
                val stored = reader.next() ?: break
                if (seen == limit) {
                    more = true
                    break
                }
                seen++
                oldest = stored.offset()
                size += EventSizes.of(stored.event())
                if (seen <= MAX_KEPT && size <= MAX_SIZE) kept.addFirst(stored) else kept.clear()
            }
        }
        val from = oldest
        if (from == null ||
            kept.isNotEmpty()
        ) {
            kept.forEach(::emit)
        } else {
            print(ReadOptions.forward().withFrom(Position.at(from)), seen)
        }
        return more
    }

    private fun print(base: ReadOptions, limit: Long): Boolean {
        store.read(options(base, limit)).use { reader ->
            while (true) {
                val stored = reader.next() ?: return false
                if (printed == limit) return true
                emit(stored)
            }
        }
    }

    private fun emit(stored: StoredEvent) {
        print(stored)
        printed++
    }

    // One more than asked for tells whether the answer is cut.
    private fun options(base: ReadOptions, limit: Long): ReadOptions = base
        .withLimit(if (limit == Long.MAX_VALUE) limit else limit + 1)
        .withSelection(selection)
        .withOnProblem(problems)

    private companion object {
        const val MAX_KEPT = 200
        const val MAX_SIZE = 16L * 1024 * 1024
    }
}

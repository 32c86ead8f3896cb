// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.Event
import dev.jitney.event.Level
import dev.jitney.event.Offset
import dev.jitney.spi.EventStore
import dev.jitney.spi.StoreException
import java.time.Duration

/** Stores events in batches and tells [stored] of each, in order, when its level is reached. */
internal class Publisher(
    private val store: EventStore,
    private val level: Level,
    private val stored: (Event, Offset) -> Unit,
) {
    private val batch = ArrayList<Event>()

    /** How many events were stored. */
    var count = 0L
        private set

    fun add(event: Event) {
        batch.add(event)
    }

    /** How many events wait for [flush]. */
    val waiting: Int get() = batch.size

    /** @throws StoreException if the batch cannot be stored; those before it are */
    fun flush() {
        if (batch.isEmpty()) return
        val last = store.appendAndWait(ArrayList(batch), level, Duration.ZERO)
        for ((i, event) in batch.withIndex()) {
            // Not by equals: that of a record costs 8 ms when a process calls it first
            val offset = if (last.value() < 0) last else last.plus(i + 1L - batch.size)
            stored(event, offset)
        }
        count += batch.size
        batch.clear()
    }
}

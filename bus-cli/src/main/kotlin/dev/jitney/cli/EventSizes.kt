// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.Event
import dev.jitney.event.JsonPayload

/** How large events are in memory, roughly: an event may have 8 MB, so a number of them bounds nothing. */
internal object EventSizes {
    fun of(event: Event): Long = ofPayload(event.payload()) + event.headers().entries.sumOf { ofHeader(it) } +
        textsOf(event).sumOf { it.length.toLong() }

    private fun textsOf(event: Event): List<String> = listOfNotNull(
        event.id(),
        event.source(),
        event.key(),
        event.correlationId(),
        event.causationId(),
        event.subject(),
        event.dataSchema(),
        event.contentType(),
    )

    private fun ofPayload(payload: Any?): Long = when (payload) {
        is JsonPayload -> payload.length().toLong()
        is ByteArray -> payload.size.toLong()
        is String -> payload.length.toLong()
        else -> 0
    }

    private fun ofHeader(header: Map.Entry<String, String>): Long = header.key.length.toLong() + header.value.length
}

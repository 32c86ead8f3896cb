// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.Event
import dev.jitney.event.JsonPayload

/** How large an event from a store is in memory, roughly: what is small in any event counts nothing. */
internal object EventSize {
    fun of(event: Event): Long = ofPayload(event.payload()) + ofHeaders(event.headers())

    private fun ofPayload(payload: Any?): Long = when (payload) {
        is JsonPayload -> payload.length().toLong()
        is ByteArray -> payload.size.toLong()
        is CharSequence -> payload.length.toLong()
        else -> 0
    }

    private fun ofHeaders(headers: Map<String, String>): Long {
        var length = 0L
        for ((name, value) in headers) length += name.length + value.length
        return length
    }
}

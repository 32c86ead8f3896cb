// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.Event
import dev.jitney.event.StoredEvent
import dev.jitney.spi.EventFormat
import java.util.Base64

/** Writes events as `bus.event/1` objects; what an event does not have is left out. */
internal class EventJson(private val format: EventFormat, private val terminal: Boolean) {
    fun of(stored: StoredEvent): String {
        val event = stored.event()
        val json = JsonOut().obj {
            field("kind", "bus.event/1")
            field("topic", event.topic())
            if (stored.offset().value() >= 0) field("offset", stored.offset().value())
            field("id", event.id())
            if (event.hasTime()) field("time", event.time().toString())
            optional("source", event.source())
            field("severity", event.severity().wireName())
            optional("key", event.key())
            optional("correlationId", event.correlationId())
            optional("causationId", event.causationId())
            optional("subject", event.subject())
            optional("dataSchema", event.dataSchema())
            field("version", event.version())
            headers(event)
            optional("contentType", event.contentType())
            payload(event)
        }.toString()
        return if (terminal) Escapes.json(json) else json
    }

    private fun JsonOut.headers(event: Event) {
        if (event.headers().isEmpty()) return
        key("headers").obj { for ((name, value) in event.headers()) field(name, value) }
    }

    private fun JsonOut.payload(event: Event) {
        val payload = event.payload()
        when {
            !event.hasPayload() -> Unit
            payload is ByteArray -> field("payloadBase64", Base64.getEncoder().encodeToString(payload))
            payload is String && !ContentTypes.json(event.contentType()) -> field("payloadText", payload)
            else -> key("payload").verbatim(format.payloadJson(event))
        }
    }
}

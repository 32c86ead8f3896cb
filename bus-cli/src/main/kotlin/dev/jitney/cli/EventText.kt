// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.Event
import dev.jitney.event.Severity
import dev.jitney.event.StoredEvent
import dev.jitney.spi.EventFormat

/** Writes events for people: one line each, or one in full. */
internal class EventText(private val format: EventFormat, private val style: Style) {
    // Columns only ever grow, so that a stream lines up without being known in advance.
    private var topicWidth = 0
    private var offsetWidth = 0

    fun line(stored: StoredEvent): String {
        val event = stored.event()
        topicWidth = maxOf(topicWidth, minOf(event.topic().length, MAX_TOPIC_WIDTH))
        val offset = stored.offset().toString()
        offsetWidth = maxOf(offsetWidth, offset.length)
        return buildString {
            append(style.dim(if (event.hasTime()) style.moment(event.time()) else "-")).append("  ")
            append(
                style.bold(event.topic()),
            ).append(" ".repeat(maxOf(0, topicWidth - event.topic().length))).append("  ")
            append(offset.padEnd(offsetWidth))
            if (event.severity() != Severity.INFO) append("  ").append(severity(event.severity()))
            if (event.hasPayload()) append("  ").append(Escapes.line(payload(event)))
            event.causationId()?.let { append("  ").append(style.dim("← " + Escapes.line(it))) }
        }
    }

    /** Returns one event in full, over several lines. */
    fun full(stored: StoredEvent): String = buildString {
        val event = stored.event()
        append(style.bold(event.topic())).append(' ').append(stored.offset()).append('\n')
        row("id", event.id())
        row("stored", style.fullMoment(stored.storedAt()))
        if (event.hasTime()) row("time", style.fullMoment(event.time()))
        row("source", event.source())
        row("severity", event.severity().wireName().takeIf { event.severity() != Severity.INFO })
        row("key", event.key())
        row("correlation", event.correlationId()?.takeIf { it != event.id() })
        row("cause", event.causationId())
        row("subject", event.subject())
        row("schema", event.dataSchema())
        for ((name, value) in event.headers()) row("header", "$name: $value")
        payload(event, this)
    }

    private fun payload(event: Event, out: StringBuilder) {
        if (!event.hasPayload()) return
        val value = event.payload()
        val text = payload(event)
        val size = if (value is ByteArray) value.size else text.toByteArray(Charsets.UTF_8).size
        out.row("payload", "${event.contentType() ?: "application/json"}, ${Sizes.text(size.toLong())}")
        val json = value !is ByteArray && (value !is String || ContentTypes.json(event.contentType()))
        val lines = if (json) JsonPretty.of(text) else text
        out.append(lines.split('\n').joinToString("\n") { Escapes.line(it.removeSuffix("\r")) })
    }

    private fun StringBuilder.row(name: String, value: String?) {
        if (value != null) append(style.dim(name.padEnd(NAME_WIDTH))).append(Escapes.line(value)).append('\n')
    }

    private fun payload(event: Event): String {
        val payload = event.payload()
        return when {
            payload is ByteArray -> bytes(payload, event.contentType() ?: ContentTypes.BYTES)
            payload is String && !ContentTypes.json(event.contentType()) -> payload
            else -> format.payloadJson(event)
        }
    }

    private fun bytes(payload: ByteArray, type: String) = "(${Sizes.text(payload.size.toLong())} of $type)"

    private fun severity(severity: Severity): String = when (severity) {
        Severity.CRITICAL -> style.red(severity.wireName())
        else -> style.yellow(severity.wireName())
    }

    private companion object {
        const val MAX_TOPIC_WIDTH = 40
        const val NAME_WIDTH = 13
    }
}

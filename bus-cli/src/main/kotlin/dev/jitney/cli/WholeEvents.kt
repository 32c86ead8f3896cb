// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.Event
import dev.jitney.event.JsonPayload
import dev.jitney.spi.EventFormat
import dev.jitney.spi.EventFormatException
import java.time.Instant
import java.util.Base64

/**
 * Reads lines that are whole events: CloudEvents (they have `specversion`), or objects of our own names, as
 * `bus query -o jsonl` writes them: topic, payload, payloadText, payloadBase64, headers, key, and so on.
 */
internal class WholeEvents(private val format: EventFormat, private val topic: String?) {
    /** @param what names the line in messages */
    fun read(line: ByteArray, what: String): Event.Builder {
        val start = Utf8.start(line)
        val members = LinkedHashMap<String, JsonText.Member>()
        JsonText(line, start).members {
            if (members.put(it.name, it) != null) throw notAnEvent(what, "'${it.name}' is there twice")
        }?.let {
            throw notAnEvent(what, "byte ${it.position}, expected ${it.expected}")
        }
        if ("specversion" in
            members
        ) {
            return cloudEvent(if (start == 0) line else line.copyOfRange(start, line.size), what)
        }
        return Fields(format, line, members, what).event(topic)
    }

    private fun cloudEvent(line: ByteArray, what: String): Event.Builder = try {
        format.decode(line).toBuilder()
    } catch (e: EventFormatException) {
        throw notAnEvent(what, e.message.orEmpty().trimEnd('.'))
    }

    private class Fields(
        val format: EventFormat,
        val line: ByteArray,
        val members: Map<String, JsonText.Member>,
        val what: String,
    ) {
        fun event(defaultTopic: String?): Event.Builder {
            val unknown = members.keys - known
            if (unknown.isNotEmpty()) throw notAnEvent(what, "'${unknown.first()}' is not a known name")
            val topic = string("topic") ?: defaultTopic ?: throw notAnEvent(what, "'topic' is missing")
            val event = Event.builder(topic)
            fields(event)
            members["headers"]?.let { headers(it, event) }
            payload(event)
            return event
        }

        private fun fields(event: Event.Builder) {
            string("id")?.let(event::id)
            string("source")?.let(event::source)
            string("key")?.let(event::key)
            string("correlationId")?.let(event::correlationId)
            string("causationId")?.let(event::causationId)
            string("subject")?.let(event::subject)
            string("dataSchema")?.let(event::dataSchema)
            string("contentType")?.let(event::contentType)
            string("version")?.let(event::version)
            string("severity")?.let { event.severity(severity(it)) }
            string("time")?.let { event.time(time(it)) }
        }

        private fun payload(event: Event.Builder) {
            val given = payloadNames.filter { it in members }
            if (given.size > 1) throw notAnEvent(what, "'${given[0]}' and '${given[1]}' exclude each other")
            when (given.firstOrNull()) {
                "payload" -> event.payload(JsonPayload.of(raw(members.getValue("payload"))))
                "payloadText" -> text(event)
                "payloadBase64" -> event.payload(base64())
                else -> Unit
            }
        }

        private fun text(event: Event.Builder) {
            event.payload(string("payloadText"))
            if ("contentType" !in members) event.contentType(ContentTypes.TEXT)
        }

        private fun base64(): ByteArray = try {
            Base64.getDecoder().decode(string("payloadBase64").orEmpty())
        } catch (_: IllegalArgumentException) {
            throw notAnEvent(what, "'payloadBase64' is not base64")
        }

        private fun headers(member: JsonText.Member, event: Event.Builder) {
            val body = line.copyOfRange(member.from, member.to)
            val names = HashSet<String>()
            val problem = JsonText(body).members {
                if (!names.add(it.name)) throw notAnEvent(what, "header '${it.name}' is there twice")
                if (body[it.from] != QUOTE) throw notAnEvent(what, "header '${it.name}' is not a string")
                event.header(it.name, JsonText.decode(body, it.from, it.to))
            }
            if (problem != null) throw notAnEvent(what, "'headers' is not an object")
        }

        private fun string(name: String): String? {
            val member = members[name] ?: return null
            if (raw(member) == "null") return null
            if (line[member.from] !=
                QUOTE
            ) {
                throw notAnEvent(what, "'$name' is ${raw(member).take(MAX_SHOWN)}, expected a string")
            }
            return JsonText.decode(line, member.from, member.to)
        }

        private fun raw(member: JsonText.Member) = String(line, member.from, member.to - member.from, Charsets.UTF_8)

        private fun severity(text: String) = try {
            dev.jitney.event.Severity.parse(text)
        } catch (_: IllegalArgumentException) {
            throw notAnEvent(what, "'severity' is '$text', expected info, warning or critical")
        }

        // The wire form reads it, so that lines of both kinds take the same times
        private fun time(text: String): Instant = try {
            val time = raw(members.getValue("time"))
            val event = """{"specversion":"1.0","id":"t","source":"t","type":"t","time":$time}"""
            format.decode(event.toByteArray()).time()
        } catch (_: EventFormatException) {
            throw notAnEvent(what, "'time' is '$text', expected RFC 3339, for example 2026-05-04T09:00:00Z")
        }
    }

    private companion object {
        const val QUOTE = '"'.code.toByte()
        const val MAX_SHOWN = 40
        val payloadNames = listOf("payload", "payloadText", "payloadBase64")

        // kind, offset and state are what query adds; they mean nothing for a new event
        val known = payloadNames + listOf(
            "kind", "offset", "state", "topic", "id", "time", "source", "severity", "key", "correlationId",
            "causationId", "subject", "dataSchema", "contentType", "version", "headers",
        )

        fun notAnEvent(what: String, reason: String) =
            CliFailure(ErrorCode.JSON, "$what is not an event: $reason.", Refusals.HINT)
    }
}

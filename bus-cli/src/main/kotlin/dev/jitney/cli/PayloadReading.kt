// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.Event
import dev.jitney.event.JsonPayload
import dev.jitney.event.PayloadException

/**
 * Gives an event its payload from bytes: JSON where it parses, else text, else bytes; or what the content type says.
 * What is JSON as far as it is read, and too deep to be read on, is refused rather than taken for text.
 * A byte-order mark in front of JSON is no part of it; text and bytes stay as they are.
 *
 * @param contentType the type that was asked for, or null to find one
 */
internal class PayloadReading(private val contentType: String?) {
    /** @param what names the input in messages: `PAYLOAD`, `Line 17` */
    fun into(event: Event.Builder, bytes: ByteArray, what: String) {
        if (bytes.size > MAX_PAYLOAD) throw LineInput.tooLarge(what, MAX_PAYLOAD)
        val problem = if (ContentTypes.json(contentType)) JsonText(bytes, Utf8.start(bytes)).problem() else null
        when {
            !ContentTypes.json(contentType) -> event.payload(textOrBytes(bytes)).contentType(contentType)

            problem == null -> event.payload(json(bytes, what)).contentType(contentType)

            contentType != null || problem.tooDeep -> throw notJson(what, problem)

            else -> {
                val value = textOrBytes(bytes)
                event.payload(value).contentType(if (value is String) ContentTypes.TEXT else ContentTypes.BYTES)
            }
        }
    }

    private fun textOrBytes(bytes: ByteArray): Any = if (Utf8.valid(bytes)) String(bytes, Charsets.UTF_8) else bytes

    // Valid as a text, and yet no two readers need to agree on it (EVT-7)
    private fun json(bytes: ByteArray, what: String): JsonPayload = try {
        Utf8.start(bytes).let { JsonPayload.of(String(bytes, it, bytes.size - it, Charsets.UTF_8)) }
    } catch (e: PayloadException) {
        throw CliFailure(
            ErrorCode.JSON,
            "$what is not JSON: ${e.message.orEmpty().removePrefix("The payload is not JSON. ")}",
            AS_TEXT,
            e,
        )
    }

    private fun notJson(what: String, problem: JsonProblem) = CliFailure(
        ErrorCode.JSON,
        if (problem.tooDeep) {
            "$what is nested too deep: byte ${problem.position}, expected ${problem.expected}."
        } else {
            "$what is not JSON: byte ${problem.position}, expected ${problem.expected}."
        },
        AS_TEXT,
    )

    companion object {
        private const val AS_TEXT = "--content-type text/plain publishes it as text"

        /** The largest payload in bytes; the store has the last word on the whole event. */
        const val MAX_PAYLOAD: Int = 8 * 1024 * 1024
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.Event
import dev.jitney.event.JsonPayload

/**
 * Gives an event its payload from bytes: JSON where it parses, else text, else bytes; or what the content type says.
 *
 * @param contentType the type that was asked for, or null to find one
 */
internal class PayloadReading(private val contentType: String?) {
    /** @param what names the input in messages: `PAYLOAD`, `Line 17` */
    fun into(event: Event.Builder, bytes: ByteArray, what: String) {
        if (bytes.size > MAX_PAYLOAD) throw LineInput.tooLarge(what, MAX_PAYLOAD)
        val problem = if (ContentTypes.json(contentType)) JsonText(bytes).problem() else null
        when {
            !ContentTypes.json(contentType) -> event.payload(textOrBytes(bytes)).contentType(contentType)

            problem == null -> event.payload(JsonPayload.of(String(bytes, Charsets.UTF_8))).contentType(contentType)

            contentType != null -> throw notJson(what, problem)

            else -> {
                val value = textOrBytes(bytes)
                event.payload(value).contentType(if (value is String) ContentTypes.TEXT else ContentTypes.BYTES)
            }
        }
    }

    private fun textOrBytes(bytes: ByteArray): Any = if (Utf8.valid(bytes)) String(bytes, Charsets.UTF_8) else bytes

    private fun notJson(what: String, problem: JsonProblem) = CliFailure(
        ErrorCode.JSON,
        "$what is not JSON: byte ${problem.position}, expected ${problem.expected}.",
        "--content-type text/plain publishes it as text",
    )

    companion object {
        /** The largest payload in bytes; the store has the last word on the whole event. */
        const val MAX_PAYLOAD: Int = 8 * 1024 * 1024
    }
}

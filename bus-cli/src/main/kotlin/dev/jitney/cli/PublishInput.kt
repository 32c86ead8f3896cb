// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.Event
import java.io.IOException
import java.io.InputStream

/**
 * An event of a stream.
 *
 * @param place the line that it was read from: `Line 17 of standard input`
 */
internal class InputEvent(val event: Event, val place: String)

/** Reads a stream of lines in batches: what is there at once, up to a bound, so that a slow pipe is not held up. */
internal class PublishInput(
    stream: InputStream,
    private val what: String,
    private val skipBlank: Boolean,
    private val read: (ByteArray, String) -> Event,
) {
    private val lines = LineInput(stream, MAX_LINE)

    /** Returns the next events, none at the end of the input. */
    fun batch(): List<InputEvent> {
        val events = ArrayList<InputEvent>()
        var bytes = 0L
        while (events.size < MAX_EVENTS && bytes < MAX_BYTES && (events.isEmpty() || lines.ready())) {
            val line = readable(what, lines::next) ?: break
            if (skipBlank && blank(line)) continue
            bytes += line.size
            val name = "Line ${lines.number} of $what"
            events.add(InputEvent(Refusals.told(name) { read(line, name) }, name))
        }
        return events
    }

    private fun blank(line: ByteArray) = (Utf8.start(line) until line.size).all { line[it] in 0..SPACE }

    companion object {
        /** Reads from the input, or fails naming it. */
        inline fun <T> readable(what: String, read: () -> T): T = try {
            read()
        } catch (e: IOException) {
            throw CliFailure(ErrorCode.INPUT, "Reading $what failed: ${e.message}.", cause = e)
        }

        private const val SPACE = 0x20
        private const val MAX_EVENTS = 1000
        private const val MAX_BYTES = 1024L * 1024

        // A whole event around the largest payload, base64 and all
        private const val MAX_LINE = 12 * 1024 * 1024
    }
}

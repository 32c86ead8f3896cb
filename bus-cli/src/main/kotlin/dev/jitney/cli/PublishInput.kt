// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.Event
import java.io.InputStream

/** Reads a stream of lines in batches: what is there at once, up to a bound, so that a slow pipe is not held up. */
internal class PublishInput(
    stream: InputStream,
    private val what: String,
    private val skipBlank: Boolean,
    private val read: (ByteArray, String) -> Event,
) {
    private val lines = LineInput(stream, MAX_LINE)

    /** Returns the next events, none at the end of the input. */
    fun batch(): List<Event> {
        val events = ArrayList<Event>()
        var bytes = 0L
        while (events.size < MAX_EVENTS && bytes < MAX_BYTES && (events.isEmpty() || lines.ready())) {
            val line = lines.next() ?: break
            if (skipBlank && line.all { it <= SPACE }) continue
            bytes += line.size
            events.add(read(line, "Line ${lines.number} of $what"))
        }
        return events
    }

    private companion object {
        const val SPACE = ' '.code.toByte()
        const val MAX_EVENTS = 1000
        const val MAX_BYTES = 1024L * 1024

        // A whole event around the largest payload, base64 and all
        const val MAX_LINE = 12 * 1024 * 1024
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Event;
import dev.jitney.event.JsonPayload;
import dev.jitney.event.Selection;

/**
 * Reads and writes the wire form of events: the CloudEvents 1.0.2 JSON event format, one object per
 * line in UTF-8, without the line break (EVT-4 to EVT-6). The engine implements it; stores, sinks
 * and the command line are handed it through {@link PluginContext}.
 *
 * <p><b>Threads.</b> Safe for concurrent use, but a {@link EventScanner} or {@link LineMatcher}
 * belongs to one thread.
 *
 * <p><b>Failures.</b> Reading throws {@link EventFormatException} with the byte and what was
 * expected there, never another exception, whatever the bytes are.
 */
public interface EventFormat {

    /**
     * Writes one event on one line, without a line break. The attributes {@code id}, {@code source}
     * and {@code type} come first and {@code data} last, so that a reader can stop early. When it
     * fails the buffer's length is what it was.
     *
     * @throws EventFormatException if the payload cannot be written as JSON, with the cause
     */
    void encode(Event event, LineBuffer out);

    /**
     * Returns the line of one event in an array of its own; see {@link #encode(Event, LineBuffer)}.
     */
    default byte[] encode(Event event) {
        LineBuffer out = new LineBuffer(512);
        encode(event, out);
        return out.toBytes();
    }

    /**
     * Reads the line in {@code bytes[from..to)}, which must not contain a line break. White space
     * around the object is allowed. The bytes are copied where they are kept. The payload is
     * checked, but stays JSON until it is asked for: {@link dev.jitney.event.JsonPayload}, byte[]
     * for {@code data_base64}, String where the content type is not JSON.
     *
     * <p>Limits: 512 levels of nesting, numbers of 1 000 characters with exponents up to 100 000,
     * no key twice in an object.
     *
     * @throws EventFormatException if the line is not an event
     */
    Event decode(byte[] bytes, int from, int to);

    /** Reads a whole array; see {@link #decode(byte[], int, int)}. */
    default Event decode(byte[] bytes) {
        return decode(bytes, 0, bytes.length);
    }

    /**
     * Returns the payload as JSON text: {@code null} for a payload that is null.
     *
     * @throws EventFormatException if the payload cannot be written as JSON, or there is none
     */
    String payloadJson(Event event);

    /**
     * Returns a payload of this JSON text; the same as {@link JsonPayload#of}, but its objects are
     * read with the codecs of this format, and nothing has to be looked up.
     *
     * @throws dev.jitney.event.PayloadException if the text is not JSON, with the byte and what was
     *     expected there
     */
    default JsonPayload payload(String json) {
        return JsonPayload.of(json);
    }

    /** Returns a new scanner, which reads the head of a line without parsing the rest. */
    EventScanner scanner();

    /** Returns a new matcher, which decides on a line without parsing more of it than needed. */
    LineMatcher matcher(Selection selection);
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

/**
 * Finds topic, id, source and time of an encoded event without a full parse and without allocating.
 * One scanner is used again for many lines, by one thread; what it returns is that of the last line
 * scanned.
 */
public interface EventScanner {

    /**
     * Looks at the line in {@code bytes[from..to)}. The payload is skipped, not parsed, when it
     * comes last.
     *
     * <p>Time that stands behind the payload is found too, so a line without a time is read to its
     * end. A topic that is written with escapes, which no topic needs, is refused here, though
     * {@link EventFormat#decode(byte[], int, int)} takes it.
     *
     * @throws EventFormatException if the line is not an object, or a required attribute is missing
     *     or wrong as far as was read
     */
    void scan(byte[] bytes, int from, int to);

    /** Returns the index in the scanned array at which the topic starts, all ASCII, not escaped. */
    int topicFrom();

    /** Returns the index in the scanned array after the topic's last byte. */
    int topicTo();

    /** Returns the topic as a string. Allocates. */
    String topic();

    /** Returns the event's id as a string. Allocates. */
    String id();

    /** Returns the event's source as a string, as it is on the wire. Allocates. */
    String source();

    /**
     * Returns the event's time in milliseconds since the epoch, rounded down, or {@link
     * Long#MIN_VALUE} if it carries none.
     */
    long timeMillis();
}

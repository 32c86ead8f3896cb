// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Topics with their counts, in ascending order of name, each once. Belongs to one thread. What the
 * getters return is that of the topic advanced to.
 */
interface TopicSource extends Closeable {

    /** Goes on to the next topic, or returns false at the end. */
    boolean advance() throws IOException;

    /** Returns the array that begins with the name's bytes, all ASCII; it is used again. */
    byte[] name();

    int nameLength();

    /** Returns the name of the topic that a source is at. Allocates. */
    static String text(TopicSource topics) {
        return new String(topics.name(), 0, topics.nameLength(), StandardCharsets.US_ASCII);
    }

    long events();

    long bytes();

    /** Returns the greatest event time, or {@link Long#MIN_VALUE} if no event carries one. */
    long lastMillis();

    @Override
    void close() throws IOException;
}

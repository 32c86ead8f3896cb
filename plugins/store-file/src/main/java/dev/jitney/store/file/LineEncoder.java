// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Event;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.LineBuffer;
import java.util.List;

/** Writes events as whole lines into a buffer of the calling thread. */
final class LineEncoder {

    private static final int FIRST = 4 << 10;
    private static final int KEPT = 1 << 20;

    private final EventFormat format;
    private final long mostBytes;
    private final ThreadLocal<LineBuffer> buffers = new ThreadLocal<>();

    LineEncoder(EventFormat format, long mostBytes) {
        this.format = format;
        this.mostBytes = mostBytes;
    }

    /**
     * Encodes a batch; the buffer is good until the thread encodes again.
     *
     * @throws IllegalArgumentException if the batch is empty or an event has no source
     */
    LineBuffer encode(List<Event> batch) {
        if (batch.isEmpty()) {
            throw new IllegalArgumentException(
                    "a batch has one event or more, but this one has none");
        }
        LineBuffer out = buffers.get();
        if (out == null || out.array().length > KEPT) {
            out = new LineBuffer(FIRST);
            buffers.set(out);
        }
        out.length(0);
        for (Event event : batch) {
            if (event.source() == null) {
                throw new IllegalArgumentException(
                        "Event '"
                                + event.id()
                                + "' of topic '"
                                + event.topic()
                                + "' has no source. Publish it through a bus, or set one.");
            }
            int start = out.length();
            format.encode(event, out);
            long length = out.length() - start;
            if (length > mostBytes) {
                throw Failures.tooLarge(event, length, mostBytes);
            }
            out.write('\n');
        }
        return out;
    }
}

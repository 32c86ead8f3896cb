// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.Closeable;
import java.io.IOException;

/** A log that a benchmark appends to: ours or another. Closing it leaves its files. */
interface EventLog extends Closeable {

    /** What one thread appends with; made and used by that thread. */
    interface Writer {

        /** Appends the bytes of one event. */
        void write(byte[] event) throws Exception;

        /** Waits until all that this writer wrote has got where this log promises. */
        void finish() throws Exception;
    }

    Writer writer() throws Exception;

    /** Reads everything back and returns how many events there are and the sum of their numbers. */
    long[] readBack() throws Exception;

    @Override
    void close() throws IOException;

    /** Opens a new log. */
    interface Opener {
        EventLog open(java.nio.file.Path folder) throws Exception;
    }
}

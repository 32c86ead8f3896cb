// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file. Reads may run beside anything; writes are made by one thread at a time. */
interface StoreFile extends Closeable {

    /** Reads until the buffer is full or the file ends; returns how many bytes were read. */
    int read(ByteBuffer into, long position) throws IOException;

    /** Writes the whole buffer. When it fails, part of it may have been written. */
    void write(ByteBuffer from, long position) throws IOException;

    long size() throws IOException;

    void truncate(long size) throws IOException;

    /** Forces all that was written, by any process, to the device. */
    void force() throws IOException;
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing array of bytes that encoders write to and that is used again, so that encoding an event
 * need not allocate. Belongs to one thread at a time.
 */
public final class LineBuffer {

    private byte[] array;
    private int length;

    /** Returns an empty buffer with room for this many bytes at first. */
    public LineBuffer(int capacity) {
        array = new byte[capacity];
    }

    /**
     * Returns the bytes; those from {@link #length} on mean nothing. Changes when the buffer grows.
     */
    public byte[] array() {
        return array;
    }

    /** Returns how many bytes were written. */
    public int length() {
        return length;
    }

    /**
     * Forgets what was written behind this length, or claims bytes written straight to the array.
     */
    public void length(int length) {
        this.length = length;
    }

    /** Makes room for this many more bytes and returns the array. */
    public byte[] ensure(int more) {
        int needed = length + more;
        if (needed < 0) {
            throw new OutOfMemoryError("a line of more than 2 GiB");
        }
        if (needed > array.length) {
            int doubled = array.length < (1 << 30) ? array.length * 2 : Integer.MAX_VALUE - 8;
            array = Arrays.copyOf(array, Math.max(needed, doubled));
        }
        return array;
    }

    /** Writes one byte. */
    public void write(int value) {
        ensure(1)[length++] = (byte) value;
    }

    /** Writes some bytes. */
    public void write(byte[] bytes, int from, int to) {
        System.arraycopy(bytes, from, ensure(to - from), length, to - from);
        length += to - from;
    }

    /** Returns a copy of what was written. */
    public byte[] toBytes() {
        return Arrays.copyOf(array, length);
    }

    /** Returns what was written, read as UTF-8. */
    @Override
    public String toString() {
        return new String(array, 0, length, StandardCharsets.UTF_8);
    }
}

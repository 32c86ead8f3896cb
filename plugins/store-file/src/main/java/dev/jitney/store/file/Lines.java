// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Finds line breaks, eight bytes at a time. */
final class Lines {

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long BREAKS = 0x0a0a_0a0a_0a0a_0a0aL;
    private static final long LOW = 0x0101_0101_0101_0101L;
    private static final long HIGH = 0x8080_8080_8080_8080L;
    private static final long NOT_HIGH = ~HIGH;

    private Lines() {}

    /** Returns where the first line break in {@code bytes[from..to)} is, or -1. */
    static int first(byte[] bytes, int from, int to) {
        int i = from;
        for (; i + 8 <= to; i += 8) {
            long x = (long) LONG.get(bytes, i) ^ BREAKS;
            // The lowest bit set is exact; above it a borrow may have set others.
            long found = (x - LOW) & ~x & HIGH;
            if (found != 0) {
                return i + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        for (; i < to; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** Returns where the last line break in {@code bytes[from..to)} is, or -1. */
    static int last(byte[] bytes, int from, int to) {
        int i = to;
        for (; i - 8 >= from; i -= 8) {
            long found = exact((long) LONG.get(bytes, i - 8) ^ BREAKS);
            if (found != 0) {
                return i - 1 - (Long.numberOfLeadingZeros(found) >>> 3);
            }
        }
        for (i--; i >= from; i--) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** Returns how many line breaks {@code bytes[from..to)} has. */
    static int count(byte[] bytes, int from, int to) {
        int n = 0;
        int i = from;
        for (; i + 8 <= to; i += 8) {
            n += Long.bitCount(exact((long) LONG.get(bytes, i) ^ BREAKS));
        }
        for (; i < to; i++) {
            if (bytes[i] == '\n') {
                n++;
            }
        }
        return n;
    }

    /** Sets the high bit of exactly those bytes that are zero. */
    private static long exact(long x) {
        return ~((x & NOT_HIGH) + NOT_HIGH | x) & HIGH;
    }
}

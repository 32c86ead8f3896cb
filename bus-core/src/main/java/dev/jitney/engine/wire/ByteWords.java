// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Looks at bytes, eight at a time. */
final class ByteWords {

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGH = 0x8080_8080_8080_8080L;

    // True for what needs a look inside of a string: quote, backslash, control, not ASCII.
    private static final boolean[] SPECIAL = new boolean[256];

    static {
        for (int c = 0; c < 256; c++) {
            SPECIAL[c] = c < 0x20 || c == '"' || c == '\\' || c >= 0x80;
        }
    }

    private ByteWords() {}

    /** Returns where the first byte is that needs a look inside of a string, or the end. */
    static int passPlain(byte[] bytes, int from, int to) {
        int at = from;
        for (; at + 8 <= to; at += 8) {
            long x = (long) LONG.get(bytes, at);
            // The lowest bit set is exact; above it a borrow may have set others.
            long special =
                    (x | x - ONES * 0x20 | (x ^ ONES * '"') - ONES | (x ^ ONES * '\\') - ONES)
                            & HIGH;
            if (special != 0) {
                return at + (Long.numberOfTrailingZeros(special) >>> 3);
            }
        }
        while (at < to && !SPECIAL[bytes[at] & 0xff]) {
            at++;
        }
        return at;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** An immutable set of texts that is asked with bytes of UTF-8, without allocating. */
final class ByteStrings {

    private final byte[] @Nullable [] table;

    ByteStrings(Collection<String> texts) {
        table = new byte[Integer.highestOneBit(texts.size() * 2 + 1) * 2][];
        for (String text : texts) {
            byte[] bytes = utf8(text);
            int at = hash(bytes) & (table.length - 1);
            while (table[at] != null) {
                at = at + 1 & (table.length - 1);
            }
            table[at] = bytes;
        }
    }

    boolean contains(byte[] bytes, int from, int to) {
        int at = hash(bytes, from, to) & (table.length - 1);
        while (true) {
            byte[] member = table[at];
            if (member == null) {
                return false;
            }
            if (equal(member, bytes, from, to)) {
                return true;
            }
            at = at + 1 & (table.length - 1);
        }
    }

    static boolean equal(byte[] text, byte[] bytes, int from, int to) {
        return text.length == to - from && Arrays.equals(text, 0, text.length, bytes, from, to);
    }

    static int hash(byte[] bytes) {
        return hash(bytes, 0, bytes.length);
    }

    static int hash(byte[] bytes, int from, int to) {
        int hash = 1;
        for (int at = from; at < to; at++) {
            hash = 31 * hash + bytes[at];
        }
        return hash ^ hash >>> 15;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * The keys of the objects that are open, innermost last, to find one that is there twice without
 * making strings. Holds where each key is and a hash; an escaped key is compared by its text.
 */
final class JsonKeys {

    private static final int WIDTH = 4;

    // For each key: hash, from, to, 1 when escaped.
    private int[] entries = new int[8 * WIDTH];
    private int size;

    int size() {
        return size;
    }

    /** Forgets the keys behind this size. */
    void size(int size) {
        this.size = size;
    }

    /** Adds the reader's last string; false when a key since {@code mark} equals it. */
    boolean add(JsonReader reader, int mark) {
        int hash = hash(reader);
        for (int i = mark; i < size; i++) {
            if (entries[i * WIDTH] == hash && same(reader, i * WIDTH)) {
                return false;
            }
        }
        int at = size * WIDTH;
        if (at == entries.length) {
            entries = Arrays.copyOf(entries, 2 * at);
        }
        entries[at] = hash;
        entries[at + 1] = reader.stringFrom;
        entries[at + 2] = reader.stringTo;
        entries[at + 3] = reader.stringEscaped ? 1 : 0;
        size++;
        return true;
    }

    private static int hash(JsonReader reader) {
        if (reader.stringEscaped) {
            return ByteStrings.hash(ByteStrings.utf8(reader.text()));
        }
        return ByteStrings.hash(reader.bytes, reader.stringFrom, reader.stringTo);
    }

    private boolean same(JsonReader reader, int at) {
        if (reader.stringEscaped || entries[at + 3] != 0) {
            return reader.text().equals(text(reader, at));
        }
        return Arrays.equals(
                reader.bytes,
                reader.stringFrom,
                reader.stringTo,
                reader.bytes,
                entries[at + 1],
                entries[at + 2]);
    }

    /** Returns the keys since {@code mark}, for an object with so many that comparing is slow. */
    Set<String> texts(JsonReader reader, int mark) {
        Set<String> texts = new HashSet<>();
        for (int i = mark; i < size; i++) {
            texts.add(text(reader, i * WIDTH));
        }
        return texts;
    }

    private String text(JsonReader reader, int at) {
        return JsonText.unescape(reader.bytes, entries[at + 1], entries[at + 2]);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Counts events by topic while lines go by: a hash table with open addressing whose keys are bytes
 * in one array, so that a line costs no object. Belongs to one thread.
 */
final class TopicTable {

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long MIX = 0x9e37_79b9_7f4a_7c15L;
    private static final int PADDING = 8;
    private static final int FIRST_NAMES = 16 * 1024;
    private static final int FIRST_TOPICS = 512;
    private static final int INDEX_BITS = 24;
    private static final int INDEX_MASK = (1 << INDEX_BITS) - 1;

    private byte[] names = new byte[FIRST_NAMES];
    private int namesLength;
    private int count;
    private int[] slots = new int[FIRST_TOPICS * 2];
    private int[] nameAt = new int[FIRST_TOPICS];
    private int[] hashes = new int[FIRST_TOPICS];
    private int[] events = new int[FIRST_TOPICS];
    private long[] bytes = new long[FIRST_TOPICS];
    private long[] lastMillis = new long[FIRST_TOPICS];

    /** Returns how many topics there are, at most 16 million. */
    int count() {
        return count;
    }

    /** Returns about how much memory it takes. */
    long memory() {
        return names.length + 4L * slots.length + 28L * nameAt.length;
    }

    /** Counts one event; the topic has 1 to 255 bytes. */
    void add(byte[] line, int from, int to, long lineBytes, long millis) {
        int entry = find(line, from, to);
        events[entry]++;
        bytes[entry] += lineBytes;
        if (millis > lastMillis[entry]) {
            lastMillis[entry] = millis;
        }
    }

    /** Forgets all topics and gives their memory back. */
    void clear() {
        count = 0;
        namesLength = 0;
        names = new byte[FIRST_NAMES];
        slots = new int[FIRST_TOPICS * 2];
        nameAt = new int[FIRST_TOPICS];
        hashes = new int[FIRST_TOPICS];
        events = new int[FIRST_TOPICS];
        bytes = new long[FIRST_TOPICS];
        lastMillis = new long[FIRST_TOPICS];
    }

    private int find(byte[] line, int from, int to) {
        int hash = hash(line, from, to);
        int mask = slots.length - 1;
        int slot = hash & mask;
        while (slots[slot] != 0) {
            int entry = slots[slot] - 1;
            if (hashes[entry] == hash && same(entry, line, from, to)) {
                return entry;
            }
            slot = slot + 1 & mask;
        }
        return insert(slot, hash, line, from, to);
    }

    private static int hash(byte[] line, int from, int to) {
        long hash = to - from;
        int at = from;
        for (; at + 8 <= to; at += 8) {
            hash = (hash ^ (long) LONG.get(line, at)) * MIX;
            hash ^= hash >>> 29;
        }
        for (; at < to; at++) {
            hash = (hash ^ line[at]) * MIX;
        }
        hash ^= hash >>> 32;
        return (int) (hash * MIX >>> 32);
    }

    private boolean same(int entry, byte[] line, int from, int to) {
        int at = nameAt[entry];
        return Arrays.equals(names, at + 1, at + 1 + (names[at] & 0xff), line, from, to);
    }

    private int insert(int slot, int hash, byte[] line, int from, int to) {
        int length = to - from;
        if (namesLength + 1 + length + PADDING > names.length) {
            names = Arrays.copyOf(names, names.length * 2);
        }
        if (count == nameAt.length) {
            growEntries();
        }
        int entry = count++;
        nameAt[entry] = namesLength;
        names[namesLength++] = (byte) length;
        System.arraycopy(line, from, names, namesLength, length);
        namesLength += length;
        hashes[entry] = hash;
        events[entry] = 0;
        bytes[entry] = 0;
        lastMillis[entry] = Long.MIN_VALUE;
        slots[slot] = count;
        if (count * 2 > slots.length) {
            rehash();
        }
        return entry;
    }

    private void growEntries() {
        int size = count * 2;
        nameAt = Arrays.copyOf(nameAt, size);
        hashes = Arrays.copyOf(hashes, size);
        events = Arrays.copyOf(events, size);
        bytes = Arrays.copyOf(bytes, size);
        lastMillis = Arrays.copyOf(lastMillis, size);
    }

    private void rehash() {
        slots = new int[slots.length * 2];
        int mask = slots.length - 1;
        for (int entry = 0; entry < count; entry++) {
            int slot = hashes[entry] & mask;
            while (slots[slot] != 0) {
                slot = slot + 1 & mask;
            }
            slots[slot] = entry + 1;
        }
    }

    /** Returns the topics in order of name; the table must not change meanwhile. */
    TopicSource sorted() {
        return new Sorted(sortedEntries());
    }

    private int[] sortedEntries() {
        int[] order = new int[count];
        for (int entry = 0; entry < count; entry++) {
            order[entry] = entry;
        }
        sort(order, 0, count, 0);
        return order;
    }

    /**
     * Sorts names that share their first bytes by the five that follow what they all share, in one
     * array of numbers, and then those that are still equal.
     */
    private void sort(int[] order, int from, int to, int known) {
        if (to - from < 2) {
            return;
        }
        int shared = sharedPrefix(order, from, to, known);
        long[] keys = new long[to - from];
        int[] part = Arrays.copyOfRange(order, from, to);
        for (int i = 0; i < keys.length; i++) {
            keys[i] = key(part[i], shared) & -1L << INDEX_BITS | i;
        }
        Arrays.sort(keys);
        for (int i = 0; i < keys.length; i++) {
            order[from + i] = part[(int) keys[i] & INDEX_MASK];
        }
        for (int i = 0; i < keys.length; ) {
            int end = i + 1;
            while (end < keys.length && (keys[end] ^ keys[i]) >>> INDEX_BITS == 0) {
                end++;
            }
            sort(order, from + i, from + end, shared + 5);
            i = end;
        }
    }

    private int sharedPrefix(int[] order, int from, int to, int known) {
        int first = nameAt[order[from]] + 1;
        int shared = names[first - 1] & 0xff;
        for (int i = from + 1; i < to && shared > known; i++) {
            int at = nameAt[order[i]] + 1;
            int most = Math.min(shared, names[at - 1] & 0xff);
            int differs = Arrays.mismatch(names, first, first + most, names, at, at + most);
            shared = differs < 0 ? most : differs;
        }
        return shared;
    }

    /** Returns up to eight bytes behind the shared ones as a number that sorts like them: ASCII. */
    private long key(int entry, int shared) {
        int at = nameAt[entry];
        int length = (names[at] & 0xff) - shared;
        if (length <= 0) {
            return 0;
        }
        long eight = (long) BIG.get(names, at + 1 + shared);
        return length >= 8 ? eight : eight & -1L << 8 * (8 - length);
    }

    private final class Sorted implements TopicSource {

        private final int[] order;
        private final byte[] name = new byte[TopicPage.MOST_NAME];
        private int next;
        private int entry;

        Sorted(int[] order) {
            this.order = order;
        }

        @Override
        public boolean advance() {
            if (next == order.length) {
                return false;
            }
            entry = order[next++];
            System.arraycopy(names, nameAt[entry] + 1, name, 0, nameLength());
            return true;
        }

        @Override
        public byte[] name() {
            return name;
        }

        @Override
        public int nameLength() {
            return names[nameAt[entry]] & 0xff;
        }

        @Override
        public long events() {
            return events[entry];
        }

        @Override
        public long bytes() {
            return bytes[entry];
        }

        @Override
        public long lastMillis() {
            return lastMillis[entry];
        }

        @Override
        public void close() {}
    }
}

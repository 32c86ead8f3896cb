// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The part of a log that a reader has in memory: one array, used again and again. */
final class Window {

    /** Bytes held, unless a line is longer. */
    static final int CAPACITY = 256 * 1024;

    private static final int LEAST = 16 * 1024;

    private @Nullable SegmentView view;
    private byte[] bytes = new byte[LEAST];
    private long start;
    private int filled;
    private boolean cut;

    /** Changes over to a log; nothing of it is held yet. */
    void turnTo(SegmentView view) {
        this.view = view;
        clear();
    }

    /** Forgets what is held. */
    void clear() {
        start = 0;
        filled = 0;
        cut = false;
    }

    byte[] bytes() {
        return bytes;
    }

    /** Returns where in the log the first byte held is. */
    long start() {
        return start;
    }

    /** Returns where in the log the last byte held ends. */
    long end() {
        return start + filled;
    }

    /** Says whether the log ended before the last fill did. */
    boolean cut() {
        return cut;
    }

    boolean holds(long from, long to) {
        return start <= from && to <= end();
    }

    /** Holds what lies from a position on, up to a limit at most. */
    void fillFrom(long from, long limit) throws IOException {
        SegmentView of = view;
        if (of == null) {
            throw new IllegalStateException("no log is open");
        }
        makeRoom(limit - from);
        int wanted = (int) Math.min(bytes.length, limit - from);
        filled = 0;
        start = from;
        filled = of.read(bytes, 0, wanted, from);
        cut = filled < wanted;
    }

    /** Holds what lies in front of a position, from a limit on at most. */
    void fillUpTo(long limit, long to) throws IOException {
        makeRoom(to - limit);
        fillFrom(Math.max(limit, to - bytes.length), to);
    }

    /** A tail that gets a few events at a time needs no more than them. */
    private void makeRoom(long wanted) {
        if (bytes.length < CAPACITY && wanted > bytes.length) {
            bytes = new byte[(int) Math.min(CAPACITY, Long.highestOneBit(wanted) * 2)];
        }
    }

    /** Makes room for more bytes, up to a limit; says whether there is more than before. */
    boolean grow(long limit) {
        int size = (int) Math.min(limit, 2L * bytes.length);
        if (size <= bytes.length) {
            return false;
        }
        bytes = new byte[size];
        clear();
        return true;
    }
}

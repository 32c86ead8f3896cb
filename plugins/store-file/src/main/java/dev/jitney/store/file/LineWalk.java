// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Walks over the lines of one region of a log after the other, through a window that is used again,
 * and sums up what it passes. A line that is longer than allowed is passed over without being held.
 *
 * <p><b>Threads.</b> Belongs to one thread.
 */
final class LineWalk {

    /** Where the bytes are. */
    interface Bytes {
        /** Reads bytes; returns fewer than asked for only at the end. */
        int read(byte[] into, int at, int length, long position) throws IOException;
    }

    private static final int WINDOW = 256 * 1024;
    private static final long MOST_WINDOW = Integer.MAX_VALUE - 8;

    private final Bytes bytes;
    private final int longest;
    private final CRC32C crc = new CRC32C();
    private final byte[] trailer = new byte[BatchMark.TRAILER];
    private long limit;
    private byte[] window = new byte[WINDOW];
    private long windowAt;
    private int filled;

    private long regionEnd;
    private long markAt;
    private long at;
    private boolean atEnd;

    private int from;
    private int to;
    private long position;
    private long length;
    private boolean tooLong;
    private boolean broken;

    /**
     * @param limit where the bytes end that may be read at all
     * @param longest the most bytes of a line that is held, its break not counted
     */
    LineWalk(Bytes bytes, long limit, long longest) {
        this.bytes = bytes;
        this.limit = limit;
        this.longest = (int) Math.min(longest, 1 << 30);
    }

    /**
     * Allows to read further than before, which only bytes that no longer change make sense for.
     */
    void limit(long limit) {
        this.limit = limit;
    }

    /** Goes to a region; one behind the other is cheapest. */
    void enter(long regionFrom, long regionLength) {
        regionEnd = regionFrom + regionLength;
        markAt = Math.max(regionFrom, regionEnd - BatchMark.TRAILER);
        at = regionFrom;
        atEnd = false;
        crc.reset();
        if (at < windowAt || at > windowAt + filled) {
            windowAt = at;
            filled = 0;
        }
    }

    /** Goes on to the next line of the region, or returns false at its end. */
    boolean next() throws IOException {
        if (atEnd || at >= regionEnd) {
            return false;
        }
        position = at;
        tooLong = false;
        int searched = 0;
        while (true) {
            int start = (int) (at - windowAt);
            int end = (int) Math.min(filled, regionEnd - windowAt);
            int found = Lines.first(window, start + searched, end);
            if (found >= 0) {
                return line(start, found, true);
            }
            searched = end - start;
            boolean whole = windowAt + filled >= regionEnd;
            if (!whole && searched > longest) {
                // Not worth holding: pass over what is there.
                tooLong = true;
                sum(start, end);
                at += searched;
                searched = 0;
            }
            if (whole || !fill()) {
                atEnd = true;
                return (searched > 0 || tooLong)
                        && line((int) (at - windowAt), (int) (at - windowAt) + searched, false);
            }
        }
    }

    private boolean line(int start, int end, boolean withBreak) {
        from = start;
        to = end;
        broken = withBreak;
        int behind = withBreak ? end + 1 : end;
        sum(start, behind);
        at = windowAt + behind;
        length = at - position;
        tooLong |= end - start > longest;
        return true;
    }

    /** Sums up {@code window[start..end)} as far as it is not the region's mark. */
    private void sum(int start, int end) {
        int most = (int) Math.min(end, markAt - windowAt);
        if (most > start) {
            crc.update(window, start, most - start);
        }
    }

    /** Reads more behind what the window holds, and says whether there was any. */
    private boolean fill() throws IOException {
        int start = (int) (at - windowAt);
        if (filled == window.length) {
            if (start == 0) {
                window = Arrays.copyOf(window, (int) Math.min(MOST_WINDOW, window.length * 2L));
            } else {
                System.arraycopy(window, start, window, 0, filled - start);
                windowAt = at;
                filled -= start;
            }
        }
        int room = (int) Math.min(window.length - filled, limit - windowAt - filled);
        int read = room <= 0 ? 0 : bytes.read(window, filled, room, windowAt + filled);
        filled += Math.max(0, read);
        return read > 0;
    }

    /**
     * Returns the checksum of the region's bytes up to its mark, when all its lines were passed;
     * see {@link BatchMark}.
     */
    int crc() {
        return (int) crc.getValue();
    }

    /** Says whether the region ends with a mark of this checksum and a line break. */
    boolean endsWithMark(int value) throws IOException {
        int start = (int) (markAt - windowAt);
        byte[] held = window;
        if (regionEnd - markAt < BatchMark.TRAILER) {
            return false;
        }
        if (markAt < windowAt || regionEnd > windowAt + filled) {
            held = trailer;
            start = 0;
            if (bytes.read(trailer, 0, BatchMark.TRAILER, markAt) < BatchMark.TRAILER) {
                return false;
            }
        }
        return BatchMark.endsBatch(held, start, value);
    }

    /** Says whether the region ended before its last byte. */
    boolean cutOff() {
        return at < regionEnd;
    }

    /** Returns the window; it changes with the next line. */
    byte[] array() {
        return window;
    }

    /** Returns where the line begins in the window. */
    int from() {
        return from;
    }

    /** Returns where the line ends in the window, its break not counted. */
    int to() {
        return to;
    }

    /** Returns where the line begins in the log. */
    long position() {
        return position;
    }

    /** Returns how many bytes the line has, its break included. */
    long length() {
        return length;
    }

    /** Says whether the line is longer than allowed; its bytes are not held. */
    boolean tooLong() {
        return tooLong;
    }

    /** Says whether the line ends with a line break. */
    boolean endsWithBreak() {
        return broken;
    }
}

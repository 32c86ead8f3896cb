// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Finds whole batches in a log by their marks, from a position at which a batch begins. It stops at
 * the first place where none is whole. Used in recovery, under the append lock.
 */
final class MarkScanner {

    private static final int READ = 256 * 1024;

    private final StoreFile log;
    private final long size;
    private final long mostLine;
    private byte[] window = new byte[READ];
    private int windowLength;
    private long windowStart;
    private long position;
    private int length;
    private int events;
    private int crc;

    /**
     * @param size where the log ends
     * @param start where the first batch begins
     * @param mostLine the longest line that can be an event
     */
    MarkScanner(StoreFile log, long size, long start, long mostLine) {
        this.log = log;
        this.size = size;
        this.mostLine = mostLine + BatchMark.TRAILER;
        this.position = start;
        this.windowStart = start;
    }

    /** Goes to the next whole batch and says whether there is one. */
    boolean next() throws IOException {
        long start = position + length;
        CRC32C sum = new CRC32C();
        int lines = 0;
        long line = start;
        while (true) {
            int end = lineEnd(line);
            if (end < 0) {
                return false;
            }
            int from = (int) (line - windowStart);
            lines++;
            int mark = end - BatchMark.LENGTH;
            if (mark > from && BatchMark.isMark(window, mark)) {
                sum.update(window, from, mark - from);
                if ((int) sum.getValue() == BatchMark.read(window, mark)) {
                    position = start;
                    length = Math.toIntExact(windowStart + end + 1 - start);
                    events = lines;
                    crc = (int) sum.getValue();
                    return true;
                }
                sum.update(window, mark, end + 1 - mark);
            } else {
                sum.update(window, from, end + 1 - from);
            }
            line = windowStart + end + 1;
        }
    }

    long position() {
        return position;
    }

    int length() {
        return length;
    }

    int events() {
        return events;
    }

    int crc() {
        return crc;
    }

    /** Returns where in the window the line's break is, or -1 if the line is not complete. */
    private int lineEnd(long line) throws IOException {
        int searched = (int) (line - windowStart);
        while (true) {
            for (int i = searched; i < windowLength; i++) {
                if (window[i] == '\n') {
                    return i;
                }
            }
            searched = windowLength - (int) (line - windowStart);
            if (windowStart + windowLength >= size || searched > mostLine) {
                return -1;
            }
            fill(line);
        }
    }

    private void fill(long line) throws IOException {
        int keepFrom = (int) (line - windowStart);
        int kept = windowLength - keepFrom;
        if (kept + READ > window.length) {
            window =
                    Arrays.copyOfRange(
                            window, keepFrom, keepFrom + Math.max(kept * 2, kept + READ));
        } else {
            System.arraycopy(window, keepFrom, window, 0, kept);
        }
        windowStart = line;
        int room = (int) Math.min(window.length - kept, size - (windowStart + kept));
        int n = log.read(ByteBuffer.wrap(window, kept, room), windowStart + kept);
        if (n <= 0) {
            throw new IOException("the log became shorter while it was checked");
        }
        windowLength = kept + n;
    }
}

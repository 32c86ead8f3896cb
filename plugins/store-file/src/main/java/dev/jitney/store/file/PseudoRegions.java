// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The regions of a log whose sidecar is missing or does not fit: stretches of whole lines, found by
 * looking for line breaks, each about 64 KiB long unless a line is longer. A line counts as an
 * event whatever it holds, so the offsets are those that the writer gave only as long as no line
 * was added or taken away.
 */
final class PseudoRegions {

    private static final int REGION = 64 * 1024;

    private final CRC32C crc = new CRC32C();
    private long[] ends = new long[16];
    private long[] lines = new long[16];
    private int count;
    private long end;
    private long lineCount;
    private long seenSize;

    int count() {
        return count;
    }

    long position(int region) {
        return region == 0 ? 0 : ends[region - 1];
    }

    /** Returns the end of the last whole line. */
    long end() {
        return count == 0 ? 0 : ends[count - 1];
    }

    long length(int region) {
        return ends[region] - position(region);
    }

    /** Returns how many lines lie in front of a region. */
    long linesBefore(int region) {
        return region == 0 ? 0 : lines[region - 1];
    }

    long linesUpTo(int region) {
        return lines[region];
    }

    /** Returns a number that another content of the log is not likely to have. */
    long fingerprint() {
        return crc.getValue() << 32 ^ end;
    }

    /** Returns how many lines there are. */
    long lines() {
        return lineCount;
    }

    /** Takes in what lies behind the last line break as a line. */
    void takeUnfinished(StoreFile file) throws IOException {
        if (end() < file.size()) {
            lineCount++;
            add(file.size());
            end = end();
        }
    }

    /** Takes in the lines behind the known end; says whether there were any. */
    boolean extend(StoreFile file) throws IOException {
        int before = count;
        long size = file.size();
        if (size == seenSize) {
            return false;
        }
        seenSize = size;
        byte[] bytes = new byte[(int) Math.min(REGION, Math.max(0, size - end))];
        while (end < size) {
            int n = file.read(ByteBuffer.wrap(bytes, 0, (int) Math.min(REGION, size - end)), end);
            if (n <= 0) {
                break;
            }
            crc.update(bytes, 0, n);
            int last = Lines.last(bytes, 0, n);
            if (last >= 0) {
                lineCount += Lines.count(bytes, 0, last + 1);
                add(end + last + 1);
            }
            end += n;
        }
        // An unfinished line is looked at again when there is more of it.
        end = end();
        return count > before;
    }

    private void add(long regionEnd) {
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, count * 2);
            lines = Arrays.copyOf(lines, count * 2);
        }
        ends[count] = regionEnd;
        lines[count++] = lineCount;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.spi.LineBuffer;
import java.util.zip.CRC32C;

/**
 * The end of a batch, written into the log itself: 32 blanks between the last line's closing brace
 * and its line break, a space for a 0 and a tab for a 1, most significant bit first. They are the
 * CRC32C of the batch from its first byte to that brace.
 *
 * <p>White space there means nothing in JSON, so the log stays plain JSON Lines; but a batch can be
 * recognised, and checked, without the sidecar, and so one force of one file makes it durable. See
 * {@code docs/decisions/0002-one-force-a-commit.md}.
 */
final class BatchMark {

    /** How many blanks a mark has. */
    static final int LENGTH = 32;

    /** How many bytes follow the last brace of a batch: the mark and the line break. */
    static final int TRAILER = LENGTH + 1;

    private static final byte ZERO = ' ';
    private static final byte ONE = '\t';

    private BatchMark() {}

    /** Puts the mark at the end of whole lines and returns the checksum that it carries. */
    static int end(LineBuffer lines) {
        int brace = lines.length() - 1; // the last line's break, which moves behind the mark
        byte[] array = lines.ensure(LENGTH);
        CRC32C sum = new CRC32C();
        sum.update(array, 0, brace);
        int crc = (int) sum.getValue();
        write(crc, array, brace);
        array[brace + LENGTH] = '\n';
        lines.length(brace + TRAILER);
        return crc;
    }

    /** Writes the mark to {@code bytes[at..at + LENGTH)}. */
    static void write(int crc, byte[] bytes, int at) {
        for (int i = 0; i < LENGTH; i++) {
            bytes[at + i] = (crc >>> (31 - i) & 1) == 0 ? ZERO : ONE;
        }
    }

    /** Says whether {@code bytes[at..at + LENGTH)} can be a mark. */
    static boolean isMark(byte[] bytes, int at) {
        for (int i = 0; i < LENGTH; i++) {
            if (bytes[at + i] != ZERO && bytes[at + i] != ONE) {
                return false;
            }
        }
        return true;
    }

    /** Reads the mark in {@code bytes[at..at + LENGTH)}, which must be one. */
    static int read(byte[] bytes, int at) {
        int crc = 0;
        for (int i = 0; i < LENGTH; i++) {
            crc = crc << 1 | (bytes[at + i] == ONE ? 1 : 0);
        }
        return crc;
    }

    /**
     * Says whether {@code bytes[at..at + TRAILER)} is the end of a batch with this checksum: its
     * mark and the line break.
     */
    static boolean endsBatch(byte[] bytes, int at, int crc) {
        return isMark(bytes, at) && read(bytes, at) == crc && bytes[at + LENGTH] == '\n';
    }
}

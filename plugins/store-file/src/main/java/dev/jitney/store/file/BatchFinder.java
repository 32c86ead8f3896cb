// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Finds the end of a batch by its mark, where the sidecar cannot tell. */
final class BatchFinder {

    private static final int CHUNK = 64 * 1024;

    private final StoreFile file;
    private final byte[] bytes = new byte[BatchMark.TRAILER + CHUNK];
    private final CRC32C crc = new CRC32C();

    BatchFinder(StoreFile file) {
        this.file = file;
    }

    /**
     * A batch that was found.
     *
     * @param length its bytes, the mark included
     * @param events its lines
     */
    record Found(long length, int events) {}

    /**
     * Finds the batch that begins at a position: the shortest stretch that ends with a mark which is
     * the checksum of the rest. Returns null if there is none that ends at the limit or before.
     */
    @Nullable Found find(long from, long limit) throws IOException {
        crc.reset();
        // Bytes wait at the front, unsummed, until it is known that they are no mark.
        int held = 0;
        long at = from;
        int lines = 0;
        while (at < limit) {
            int n = (int) Math.min(CHUNK, limit - at);
            int read = file.read(ByteBuffer.wrap(bytes, held, n), at);
            if (read <= 0) {
                return null;
            }
            int filled = held + read;
            int summed = 0;
            int next = Lines.first(bytes, held, filled);
            while (next >= 0) {
                lines++;
                int mark = next - BatchMark.LENGTH;
                if (mark >= summed && BatchMark.isMark(bytes, mark)) {
                    crc.update(bytes, summed, mark - summed);
                    summed = mark;
                    if ((int) crc.getValue() == BatchMark.read(bytes, mark)) {
                        return new Found(at - held + next + 1 - from, lines);
                    }
                }
                next = Lines.first(bytes, next + 1, filled);
            }
            at += read;
            int keep = Math.min(BatchMark.TRAILER, filled - summed);
            crc.update(bytes, summed, filled - keep - summed);
            System.arraycopy(bytes, filled - keep, bytes, 0, keep);
            held = keep;
        }
        return null;
    }
}

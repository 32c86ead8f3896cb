// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Writes a segment again with some of its events, as drafts: batches that stay whole are copied
 * with their marks, and what is left of others becomes batches of its own, since the offsets in a
 * batch have no gaps. Offsets and times of storing are those of the old ones.
 */
final class GenerationWriter implements Closeable {

    private static final int BUFFER = 256 * 1024;

    private final Disk disk;
    private final SegmentView from;
    private final String logDraft;
    private final String sidecarDraft;
    private final StoreFile log;
    private final Sidecar sidecar;
    private final ByteBuffer out = ByteBuffer.allocate(BUFFER);
    private final byte[] chunk = new byte[64 * 1024];
    private final CRC32C crc = new CRC32C();
    private long written;
    private long position;
    private long lastMillis;

    GenerationWriter(Disk disk, SegmentView from, SegmentName name) throws IOException {
        this.disk = disk;
        this.from = from;
        this.logDraft = name.log() + Drafts.suffix();
        this.sidecarDraft = name.sidecar() + Drafts.suffix();
        sidecar = Sidecar.create(disk, name, sidecarDraft);
        log = disk.create(logDraft);
    }

    String logDraft() {
        return logDraft;
    }

    String sidecarDraft() {
        return sidecarDraft;
    }

    /**
     * Copies a batch byte for byte.
     *
     * @param batchCrc what its commit record says, whether its bytes agree or not
     */
    void copyBatch(int region, int batchCrc) throws IOException {
        long start = position;
        copy(from.position(region), from.position(region) + from.length(region));
        publish(start, batchCrc, from.events(region), from.firstOffset(region), region);
    }

    /** Makes a batch of lines that lie one behind the other in one region. */
    void copyLines(int region, RegionPurge.Run run) throws IOException {
        long begin = position;
        crc.reset();
        copy(run.start(), run.end());
        int value = (int) crc.getValue();
        byte[] trailer = new byte[BatchMark.TRAILER];
        BatchMark.write(value, trailer, 0);
        trailer[BatchMark.LENGTH] = '\n';
        write(trailer, trailer.length);
        publish(begin, value, run.events(), run.firstOffset(), region);
    }

    private void publish(long start, int value, int events, long firstOffset, int region)
            throws IOException {
        lastMillis = Math.max(lastMillis, from.storedMillis(region));
        sidecar.reserve();
        sidecar.publish(start, (int) (position - start), value, events, firstOffset, lastMillis);
    }

    private void copy(long start, long end) throws IOException {
        for (long at = start; at < end; ) {
            int n = from.read(chunk, 0, (int) Math.min(chunk.length, end - at), at);
            if (n <= 0) {
                throw new java.io.EOFException(from.name().log() + " ends too early");
            }
            crc.update(chunk, 0, n);
            write(chunk, n);
            at += n;
        }
    }

    private void write(byte[] bytes, int length) throws IOException {
        position += length;
        for (int done = 0; done < length; ) {
            int step = Math.min(out.remaining(), length - done);
            out.put(bytes, done, step);
            done += step;
            if (!out.hasRemaining()) {
                flush();
            }
        }
    }

    private void flush() throws IOException {
        out.flip();
        int length = out.remaining();
        log.write(out, written);
        written += length;
        out.clear();
    }

    /** Seals the segment and forces it; it adjoins the next one as the old one did. */
    void finish(long endOffset, long sealMillis) throws IOException {
        flush();
        sidecar.reserve();
        sidecar.seal(position, endOffset, Math.max(lastMillis, sealMillis));
        log.force();
        sidecar.force();
        try (StoreFile file = disk.open(sidecarDraft, true)) {
            file.force();
        }
    }

    @Override
    public void close() throws IOException {
        log.close();
    }

    /** Removes the drafts. */
    void discard() throws IOException {
        log.close();
        disk.delete(logDraft);
        disk.delete(sidecarDraft);
    }
}

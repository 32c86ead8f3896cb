// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The topics of many sealed segments merged into one file, so that listing a million topics does
 * not take a merge of all segments each time. It names the segments whose counts are in it, and is
 * of use only as long as all of them are there and unchanged. Derived, like the indexes it is made
 * of.
 *
 * <p>Who made this closes it. Belongs to one thread, but several cursors may be used in turn.
 */
final class TopicSummary implements Closeable {

    static final String FILE = SegmentName.INDEX_FOLDER + "/topics.idx";

    private static final long MAGIC = 0x5049_4f54_454e_5449L;
    private static final int FORMAT = 1;
    private static final int FIXED = 32;
    private static final int SEGMENT = 32;
    private static final int MOST_SEGMENTS = 1 << 22;

    private final StoreFile file;
    private final List<IndexHead.Identity> covered;
    private final long topics;
    private final TopicPages pages;

    private TopicSummary(
            StoreFile file, List<IndexHead.Identity> covered, long topics, TopicPages pages) {
        this.file = file;
        this.covered = covered;
        this.topics = topics;
        this.pages = pages;
    }

    List<IndexHead.Identity> covered() {
        return covered;
    }

    long topics() {
        return topics;
    }

    TopicPages pages() {
        return pages;
    }

    /**
     * Opens the summary.
     *
     * @throws IOException also if there is none or it is damaged
     */
    static TopicSummary open(Disk disk) throws IOException {
        StoreFile file = disk.open(FILE, false);
        boolean done = false;
        try {
            TopicSummary summary = read(file);
            done = true;
            return summary;
        } finally {
            if (!done) {
                file.close();
            }
        }
    }

    /** Writes a summary in place of one that is there; it is not forced. */
    static void write(Disk disk, List<IndexHead.Identity> covered, TopicSource topics)
            throws IOException {
        String draft = FILE + Drafts.suffix();
        boolean done = false;
        try (StoreFile file = disk.create(draft)) {
            int start = headBytes(covered.size());
            TopicPages.Written written = TopicPages.write(file, start, topics);
            file.write(head(covered, written), 0);
            disk.rename(draft, FILE);
            done = true;
        } finally {
            if (!done) {
                disk.delete(draft);
            }
        }
    }

    private static int headBytes(int segments) {
        return FIXED + segments * SEGMENT + 8;
    }

    private static ByteBuffer head(List<IndexHead.Identity> covered, TopicPages.Written written) {
        ByteBuffer out =
                ByteBuffer.allocate(headBytes(covered.size())).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(MAGIC).putInt(FORMAT).putInt(covered.size());
        out.putLong(written.topics()).putInt(written.pages()).putInt(0);
        for (IndexHead.Identity one : covered) {
            out.putLong(one.segment().base()).putInt(one.segment().generation());
            out.putInt(one.regions()).putLong(one.logBytes()).putLong(one.fingerprint());
        }
        return out.putInt(crc(out, out.position())).putInt(0).flip();
    }

    private static TopicSummary read(StoreFile file) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(FIXED).order(ByteOrder.LITTLE_ENDIAN);
        SmallFile.readFully(file, start, 0);
        int segments = start.getInt(12);
        if (start.getLong(0) != MAGIC
                || start.getInt(8) != FORMAT
                || segments < 0
                || segments > MOST_SEGMENTS) {
            throw new DamagedIndexException("a summary of topics does not begin as one");
        }
        ByteBuffer in = ByteBuffer.allocate(headBytes(segments)).order(ByteOrder.LITTLE_ENDIAN);
        SmallFile.readFully(file, in, 0);
        int crcAt = in.limit() - 8;
        if (in.getInt(crcAt) != crc(in, crcAt) || in.getInt(crcAt + 4) != 0) {
            throw new DamagedIndexException("a summary of topics has a wrong checksum");
        }
        long topics = in.getLong(16);
        int pages = in.getInt(24);
        if (file.size() != in.limit() + (long) pages * TopicPage.BYTES) {
            throw new DamagedIndexException("a summary of topics has " + file.size() + " bytes");
        }
        List<IndexHead.Identity> covered = new ArrayList<>();
        in.position(FIXED);
        for (int i = 0; i < segments; i++) {
            SegmentName name = new SegmentName(in.getLong(), in.getInt());
            covered.add(new IndexHead.Identity(name, in.getInt(), in.getLong(), in.getLong()));
        }
        return new TopicSummary(file, covered, topics, new TopicPages(file, in.limit(), pages));
    }

    private static int crc(ByteBuffer bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, length);
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

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
    private static final int TAIL = 32;
    private static final int MOST_SEGMENTS = 1 << 22;

    private final StoreFile file;
    private final Coverage coverage;
    private final long topics;
    private final TopicPages pages;

    private TopicSummary(StoreFile file, Coverage coverage, long topics, TopicPages pages) {
        this.file = file;
        this.coverage = coverage;
        this.topics = topics;
        this.pages = pages;
    }

    /**
     * What a summary is made of.
     *
     * @param segments sealed ones, as a whole
     * @param tail the first regions of another one, or null
     */
    record Coverage(Set<IndexHead.Identity> segments, @Nullable Part tail) {

        static final Coverage NOTHING = new Coverage(Set.of(), null);

        /** Returns how many segments have something in it. */
        int count() {
            return segments.size() + (tail == null ? 0 : 1);
        }

        /** Says whether a summary of this has the same counts. */
        boolean isSame(Coverage other) {
            return segments.equals(other.segments) && Objects.equals(tail, other.tail);
        }
    }

    /**
     * The first part of a segment.
     *
     * @param regions how many regions, 1 or more
     * @param mark tells the last of them from any other
     */
    record Part(SegmentName segment, int regions, long end, long mark) {

        static Part of(SegmentView view, int regions) throws IOException {
            int last = regions - 1;
            Integer crc = view.recordedCrc(last);
            long mark = view.firstOffset(last) << 32 ^ view.storedMillis(last);
            return new Part(
                    view.name(),
                    regions,
                    view.position(last) + view.length(last),
                    crc == null ? mark : mark ^ (long) crc << 16);
        }

        /** Says whether a segment still begins with this part. */
        boolean isPartOf(SegmentView view) throws IOException {
            return view.name().equals(segment)
                    && view.verifiable()
                    && view.regions() >= regions
                    && of(view, regions).equals(this);
        }
    }

    Coverage coverage() {
        return coverage;
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

    /**
     * Writes a summary in place of one that is there, and opens it; it is not forced.
     *
     * @return null if somebody else has put another one in its place already
     */
    static @Nullable TopicSummary replace(Disk disk, Coverage coverage, TopicSource topics)
            throws IOException {
        write(disk, coverage, topics);
        TopicSummary there = open(disk);
        if (there.coverage.isSame(coverage)) {
            return there;
        }
        there.close();
        return null;
    }

    private static void write(Disk disk, Coverage coverage, TopicSource topics) throws IOException {
        String draft = FILE + Drafts.suffix();
        boolean done = false;
        try (StoreFile file = disk.create(draft)) {
            int start = headBytes(coverage.segments().size());
            TopicPages.Written written = TopicPages.write(file, start, topics);
            file.write(head(coverage, written), 0);
            disk.rename(draft, FILE);
            done = true;
            for (IndexHead.Identity one : coverage.segments()) {
                if (!disk.exists(one.segment().log())) {
                    disk.delete(FILE); // purged meanwhile: no trace of it may stay
                    throw new NoSuchFileException(one.segment().log());
                }
            }
        } finally {
            if (!done) {
                disk.delete(draft);
            }
        }
    }

    private static int headBytes(int segments) {
        return FIXED + segments * SEGMENT + TAIL + 8;
    }

    private static ByteBuffer head(Coverage coverage, TopicPages.Written written) {
        int segments = coverage.segments().size();
        ByteBuffer out = ByteBuffer.allocate(headBytes(segments)).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(MAGIC).putInt(FORMAT).putInt(segments);
        out.putLong(written.topics()).putInt(written.pages()).putInt(0);
        for (IndexHead.Identity one : coverage.segments()) {
            out.putLong(one.segment().base()).putInt(one.segment().generation());
            out.putInt(one.regions()).putLong(one.logBytes()).putLong(one.fingerprint());
        }
        Part tail = coverage.tail();
        if (tail != null) {
            out.putLong(tail.segment().base()).putInt(tail.segment().generation());
            out.putInt(tail.regions()).putLong(tail.end()).putLong(tail.mark());
        }
        int crcAt = out.limit() - 8;
        return out.putInt(crcAt, crc(out, crcAt)).position(0);
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
        in.position(FIXED);
        Coverage coverage = coverage(in, segments);
        return new TopicSummary(file, coverage, topics, new TopicPages(file, in.limit(), pages));
    }

    private static Coverage coverage(ByteBuffer in, int count) {
        Set<IndexHead.Identity> segments = new LinkedHashSet<>();
        for (int i = 0; i < count; i++) {
            SegmentName name = new SegmentName(in.getLong(), in.getInt());
            segments.add(new IndexHead.Identity(name, in.getInt(), in.getLong(), in.getLong()));
        }
        SegmentName name = new SegmentName(in.getLong(), in.getInt());
        Part tail = new Part(name, in.getInt(), in.getLong(), in.getLong());
        return new Coverage(segments, tail.regions() == 0 ? null : tail);
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

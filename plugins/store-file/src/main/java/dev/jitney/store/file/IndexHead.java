// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The first part of an index: which segment it belongs to, and its blocks of about 64 KiB of the
 * log with the least and the greatest event time in them. It is read and checked as a whole; the
 * topics follow in pages that are checked by themselves. All numbers are little endian.
 *
 * <pre>
 *   0  magic (64)                    56  regions that are damaged (64)
 *   8  format (32), bytes of head (32)   64  topics (64)
 *  16  base (64)                     72  pages of topics (32), blocks (32)
 *  24  generation (32), regions (32) 80  blocks: first region (32), flags (32),
 *  32  bytes of the log (64)             least and greatest event time, ms (64, 64)
 *  40  fingerprint (64)               …  CRC32C of all before (32), zero (32)
 *  48  events (64)
 * </pre>
 */
final class IndexHead {

    /** Which content of which segment is meant. */
    record Identity(SegmentName segment, int regions, long logBytes, long fingerprint) {

        static Identity of(SegmentView view) throws IOException {
            return new Identity(view.name(), view.regions(), view.logSize(), view.fingerprint());
        }

        // By hand, as for all records here that are keys or are compared: linking those that the
        // compiler makes takes 20 ms in a fresh JVM.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Identity that
                    && fingerprint == that.fingerprint
                    && logBytes == that.logBytes
                    && regions == that.regions
                    && segment.equals(that.segment);
        }

        @Override
        public int hashCode() {
            return Long.hashCode(fingerprint);
        }
    }

    /** A block may hold events of any topic and time, because some of it cannot be read. */
    static final int DAMAGED = 1;

    private static final long MAGIC = 0x5844_4959_454e_5449L;
    private static final int FORMAT = 1;
    private static final int FIXED = 80;
    private static final int BLOCK_WORDS = 3;
    private static final int MOST_BYTES = 256 << 20;

    final Identity identity;
    final long events;
    final long damagedRegions;
    final long topics;
    final int pages;
    final int blocks;

    // The blocks as they are in the file, taken over at once: to decode one by one, before the JVM
    // has compiled anything, takes a millisecond for each segment.
    private final long[] words;

    /** Takes over a head that was checked. */
    private IndexHead(ByteBuffer in) {
        SegmentName segment = new SegmentName(in.getLong(16), in.getInt(24));
        identity = new Identity(segment, in.getInt(28), in.getLong(32), in.getLong(40));
        events = in.getLong(48);
        damagedRegions = in.getLong(56);
        topics = in.getLong(64);
        pages = in.getInt(72);
        blocks = in.getInt(FIXED - 4);
        words = new long[blocks * BLOCK_WORDS];
        in.position(FIXED).asLongBuffer().get(words);
    }

    private IndexHead(Builder builder, long topics, int pages) {
        identity = builder.identity;
        events = builder.events;
        damagedRegions = builder.damagedRegions;
        this.topics = topics;
        this.pages = pages;
        blocks = builder.blocks;
        words = Arrays.copyOf(builder.words, blocks * BLOCK_WORDS);
    }

    /** Returns where the pages begin. */
    int bytes() {
        return bytes(blocks);
    }

    private static int bytes(int blocks) {
        return FIXED + blocks * BLOCK_WORDS * Long.BYTES + 8;
    }

    boolean damaged(int block) {
        return (words[block * BLOCK_WORDS] >>> 32 & DAMAGED) != 0;
    }

    /** Returns the least time of an event in a block; above the greatest if there is no event. */
    long least(int block) {
        return words[block * BLOCK_WORDS + 1];
    }

    long greatest(int block) {
        return words[block * BLOCK_WORDS + 2];
    }

    int firstRegion(int block) {
        return (int) words[block * BLOCK_WORDS];
    }

    /** Returns the last region of a block. */
    int lastRegion(int block) {
        return (block + 1 < blocks ? firstRegion(block + 1) : identity.regions()) - 1;
    }

    /** Returns the block that a region lies in. */
    int blockOf(int region) {
        int low = 0;
        int high = blocks;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (firstRegion(middle) <= region) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    ByteBuffer encode() {
        ByteBuffer out = ByteBuffer.allocate(bytes()).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(MAGIC).putInt(FORMAT).putInt(bytes());
        out.putLong(identity.segment().base());
        out.putInt(identity.segment().generation()).putInt(identity.regions());
        out.putLong(identity.logBytes()).putLong(identity.fingerprint());
        out.putLong(events).putLong(damagedRegions).putLong(topics).putInt(pages).putInt(blocks);
        out.asLongBuffer().put(words);
        out.position(bytes() - 8);
        out.putInt(crc(out, out.position())).putInt(0);
        return out.flip();
    }

    /**
     * Reads and checks the head of an index.
     *
     * @throws DamagedIndexException if it is not one, or not whole
     */
    static IndexHead read(StoreFile file) throws IOException {
        long size = file.size();
        if (size < bytes(0)) {
            throw new DamagedIndexException("an index has " + size + " bytes");
        }
        ByteBuffer start = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        SmallFile.readFully(file, start, 0);
        int length = start.getInt(12);
        if (start.getLong(0) != MAGIC || start.getInt(8) != FORMAT) {
            throw new DamagedIndexException("an index does not begin as one");
        }
        if (length < bytes(0) || length > Math.min(size, MOST_BYTES)) {
            throw new DamagedIndexException("an index has a head of " + length + " bytes");
        }
        ByteBuffer in = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        SmallFile.readFully(file, in, 0);
        IndexHead head = decode(in.flip());
        if (size != head.bytes() + (long) head.pages * TopicPage.BYTES) {
            throw new DamagedIndexException("an index has " + size + " bytes");
        }
        return head;
    }

    private static IndexHead decode(ByteBuffer in) throws DamagedIndexException {
        int blocks = in.getInt(FIXED - 4);
        if (blocks < 0 || blocks > in.limit() || in.limit() != bytes(blocks)) {
            throw new DamagedIndexException("an index has " + blocks + " blocks");
        }
        int crcAt = in.limit() - 8;
        if (in.getInt(crcAt) != crc(in, crcAt) || in.getInt(crcAt + 4) != 0) {
            throw new DamagedIndexException("the head of an index has a wrong checksum");
        }
        return new IndexHead(in);
    }

    private static int crc(ByteBuffer bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, length);
        return (int) crc.getValue();
    }

    /** Gathers blocks. */
    static final class Builder {

        private final Identity identity;
        private long events;
        private long damagedRegions;
        private int blocks;
        private long[] words = new long[64 * BLOCK_WORDS];

        Builder(Identity identity) {
            this.identity = identity;
        }

        void add(int first, int blockFlags, long leastMillis, long greatestMillis) {
            int at = blocks++ * BLOCK_WORDS;
            if (at == words.length) {
                words = Arrays.copyOf(words, at * 2);
            }
            words[at] = (long) blockFlags << 32 | first;
            words[at + 1] = leastMillis;
            words[at + 2] = greatestMillis;
        }

        void counted(long moreEvents, long moreDamaged) {
            events += moreEvents;
            damagedRegions += moreDamaged;
        }

        IndexHead build(long topics, int pages) {
            return new IndexHead(this, topics, pages);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The layout of sorted topics in pages of 4 KiB, so that a topic is found by halving and a page is
 * checked when it is read, not before.
 *
 * <pre>
 *   page    how many topics (16) | topics | zeroes | CRC32C of all before (32)
 *   topic   bytes shared with the name before (8) | bytes that follow (8) | these bytes
 *           | events (varint) | bytes in the log (varint) | greatest event time, ms (64)
 * </pre>
 *
 * The first topic of a page shares nothing.
 */
final class TopicPage {

    static final int BYTES = 4096;
    static final int MOST_NAME = 255;

    /** Where a page's topics begin. */
    static final int HEAD = 2;

    private static final int CRC_AT = BYTES - 4;
    private static final int MOST_TOPIC = 2 + MOST_NAME + 9 + 9 + 8;

    private TopicPage() {}

    /** Fills pages one behind the other. */
    static final class Writer {

        private final ByteBuffer page = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        private final CRC32C crc = new CRC32C();
        private final byte[] last = new byte[MOST_NAME];
        private int lastLength;
        private int topics;

        Writer() {
            clear();
        }

        boolean isEmpty() {
            return topics == 0;
        }

        /** Says whether another topic, however long, has room. */
        boolean hasRoom() {
            return page.position() + MOST_TOPIC <= CRC_AT;
        }

        void add(byte[] name, int length, long events, long bytes, long lastMillis) {
            int shared = 0;
            int most = topics == 0 ? 0 : Math.min(length, lastLength);
            while (shared < most && name[shared] == last[shared]) {
                shared++;
            }
            page.put((byte) shared).put((byte) (length - shared));
            page.put(name, shared, length - shared);
            varint(events);
            varint(bytes);
            page.putLong(lastMillis);
            System.arraycopy(name, shared, last, shared, length - shared);
            lastLength = length;
            topics++;
        }

        /** Returns the finished page, ready to be written, and begins another in the same array. */
        ByteBuffer finish() {
            page.putShort(0, (short) topics);
            java.util.Arrays.fill(page.array(), page.position(), CRC_AT, (byte) 0);
            crc.reset();
            crc.update(page.array(), 0, CRC_AT);
            page.putInt(CRC_AT, (int) crc.getValue());
            clear();
            return page.duplicate().position(0).limit(BYTES);
        }

        private void clear() {
            page.clear().position(HEAD);
            topics = 0;
        }

        private void varint(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                page.put((byte) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            page.put((byte) rest);
        }
    }

    /** Returns how many topics a page has, having checked it. */
    static int check(byte[] pages, int at, CRC32C crc) throws DamagedIndexException {
        crc.reset();
        crc.update(pages, at, CRC_AT);
        ByteBuffer page = ByteBuffer.wrap(pages).order(ByteOrder.LITTLE_ENDIAN);
        if ((int) crc.getValue() != page.getInt(at + CRC_AT)) {
            throw new DamagedIndexException("a page of topics has a wrong checksum");
        }
        return page.getShort(at) & 0xffff;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Sorted topics in the pages of a file; see {@link TopicPage}.
 *
 * @param file where they are; who made this closes it
 * @param start where the first page begins
 * @param pages how many there are
 */
record TopicPages(StoreFile file, long start, int pages) {

    private static final int WINDOW = 4;

    /** How many pages and topics were written. */
    record Written(int pages, long topics) {}

    /** Writes topics in order. */
    static Written write(StoreFile file, long start, TopicSource topics) throws IOException {
        TopicPage.Writer writer = new TopicPage.Writer();
        ByteBuffer block = ByteBuffer.allocate(16 * TopicPage.BYTES);
        int pages = 0;
        long count = 0;
        long at = start;
        boolean more = topics.advance();
        while (more || !writer.isEmpty()) {
            if (more) {
                writer.add(
                        topics.name(),
                        topics.nameLength(),
                        topics.events(),
                        topics.bytes(),
                        topics.lastMillis());
                count++;
                more = topics.advance();
            }
            if (!more || !writer.hasRoom()) {
                block.put(writer.finish());
                pages++;
            }
            if (!more || !block.hasRemaining()) {
                block.flip();
                int length = block.remaining();
                file.write(block, at);
                at += length;
                block.clear();
            }
        }
        return new Written(pages, count);
    }

    /** Returns the topics from the first one on. */
    Cursor all() {
        return new Cursor(0);
    }

    /** Returns the topics from the first one on that is not less than this name. */
    Cursor from(byte[] name) throws IOException {
        Cursor cursor = new Cursor(0);
        int low = 0;
        int high = pages;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (cursor.firstOf(middle, name) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        cursor.seek(Math.max(0, low - 1), name);
        return cursor;
    }

    /** Walks over topics; closing it leaves the file open. */
    final class Cursor implements TopicSource {

        private final byte[] window = new byte[WINDOW * TopicPage.BYTES];
        private final ByteBuffer buffer = ByteBuffer.wrap(window).order(ByteOrder.LITTLE_ENDIAN);
        private final CRC32C crc = new CRC32C();
        private final byte[] name = new byte[TopicPage.MOST_NAME + 1];
        private int windowPage;
        private int windowPages;
        private int page;
        private int left;
        private int nameLength;
        private long events;
        private long bytes;
        private long lastMillis;
        private boolean held;

        private Cursor(int page) {
            this.page = page - 1;
            this.windowPage = page;
        }

        @Override
        public boolean advance() throws IOException {
            if (held) {
                held = false;
                return true;
            }
            while (left == 0) {
                if (page + 1 >= pages) {
                    return false;
                }
                enter(page + 1, WINDOW);
            }
            decode();
            return true;
        }

        /** Compares the first topic of a page with a name. */
        private int firstOf(int which, byte[] other) throws IOException {
            enter(which, 1);
            decode();
            return compareTo(other);
        }

        private int compareTo(byte[] other) {
            return Arrays.compareUnsigned(name, 0, nameLength, other, 0, other.length);
        }

        private void seek(int which, byte[] other) throws IOException {
            left = 0;
            page = which - 1;
            while (advance()) {
                if (compareTo(other) >= 0) {
                    held = true;
                    return;
                }
            }
        }

        private void enter(int which, int ahead) throws IOException {
            if (which < windowPage || which >= windowPage + windowPages) {
                int count = Math.min(ahead, pages - which);
                buffer.clear().limit(count * TopicPage.BYTES);
                SmallFile.readFully(file, buffer, start + (long) which * TopicPage.BYTES);
                windowPage = which;
                windowPages = count;
            }
            page = which;
            int at = (which - windowPage) * TopicPage.BYTES;
            left = TopicPage.check(window, at, crc);
            buffer.limit(at + TopicPage.BYTES).position(at + TopicPage.HEAD);
        }

        private void decode() throws DamagedIndexException {
            try {
                int shared = buffer.get() & 0xff;
                int rest = buffer.get() & 0xff;
                buffer.get(name, shared, rest);
                nameLength = shared + rest;
                events = varint();
                bytes = varint();
                lastMillis = buffer.getLong();
                left--;
            } catch (IndexOutOfBoundsException | java.nio.BufferUnderflowException e) {
                throw new DamagedIndexException("a page of topics does not hold what it says");
            }
        }

        private long varint() {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte next = buffer.get();
                value |= (long) (next & 0x7f) << shift;
                if (next >= 0) {
                    return value;
                }
            }
        }

        @Override
        public byte[] name() {
            return name;
        }

        @Override
        public int nameLength() {
            return nameLength;
        }

        @Override
        public long events() {
            return events;
        }

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public long lastMillis() {
            return lastMillis;
        }

        @Override
        public void close() {}
    }
}

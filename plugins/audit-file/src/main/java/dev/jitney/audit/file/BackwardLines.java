// SPDX-License-Identifier: Apache-2.0
package dev.jitney.audit.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The lines of one file, the last one first, as the file was when it was opened. */
final class BackwardLines implements AutoCloseable {

    private static final int BLOCK = 1 << 16;

    private final FileChannel channel;
    private final Object key;

    private BackwardLines(FileChannel channel, Object key) {
        this.channel = channel;
        this.key = key;
    }

    /**
     * Opens a file.
     *
     * @throws java.nio.file.NoSuchFileException if it is not there
     */
    static BackwardLines of(Path file) throws IOException {
        while (true) {
            Object before = keyOf(file);
            FileChannel channel = FileChannel.open(file);
            boolean same = false;
            try {
                // Else it was rotated in between, and the key is that of another file.
                same = before.equals(keyOf(file));
                if (same) {
                    return new BackwardLines(channel, before);
                }
            } finally {
                if (!same) {
                    channel.close();
                }
            }
        }
    }

    private static Object keyOf(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? file : key;
    }

    /** Returns the key of the file that is at a path now, or null if there is none. */
    static @Nullable Object keyAt(Path file) throws IOException {
        try {
            return keyOf(file);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    boolean isEmpty() throws IOException {
        return channel.size() == 0;
    }

    /** Returns what tells this file from others, whatever its name is by now. */
    Object key() {
        return key;
    }

    /**
     * Hands on each whole line, without its break, until the taker says no; says whether it did.
     */
    boolean forEach(Predicate<byte[]> taker) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        Deque<byte[]> line = new ArrayDeque<>();
        boolean whole = false;
        long to = channel.size();
        while (to > 0) {
            long from = Math.max(0, to - BLOCK);
            int end = read(block, from, (int) (to - from));
            for (int i = end - 1; i >= 0; i--) {
                if (block.get(i) == '\n') {
                    line.addFirst(bytes(block, i + 1, end));
                    // What stands behind the last break is half a line: it is being written.
                    if (whole && !taker.test(joined(line))) {
                        return false;
                    }
                    whole = true;
                    line.clear();
                    end = i;
                }
            }
            line.addFirst(bytes(block, 0, end));
            to = from;
        }
        return !whole || taker.test(joined(line));
    }

    private int read(ByteBuffer block, long from, int length) throws IOException {
        block.clear().limit(length);
        while (block.hasRemaining() && channel.read(block, from + block.position()) >= 0) {}
        return block.position();
    }

    private static byte[] bytes(ByteBuffer block, int from, int end) {
        byte[] bytes = new byte[end - from];
        block.get(from, bytes);
        return bytes;
    }

    // Once for each line, and not for each of its blocks: a line may be as long as an event.
    private static byte[] joined(Deque<byte[]> parts) {
        byte[] joined = new byte[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, joined, at, part.length);
            at += part.length;
        }
        return joined;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

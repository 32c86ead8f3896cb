// SPDX-License-Identifier: Apache-2.0
package dev.jitney.audit.file;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Appends lines to the current file and rotates it.
 *
 * <p><b>Threads.</b> Safe for concurrent use; one line is written at a time. Not through a channel:
 * the interrupt of a handler at its limit would close that.
 *
 * <p><b>Failures.</b> A line is written whole or not at all: what a failed write leaves behind is
 * cut off, at once or when the file is opened again. The next line opens it again.
 */
final class AuditWriter implements AutoCloseable {

    private final AuditFiles files;
    private final long maxSize;
    private final FileChannel claim;

    private @Nullable RandomAccessFile file;
    private long size;
    private boolean closed;

    AuditWriter(AuditFiles files, long maxSize) throws IOException {
        this.files = files;
        this.maxSize = maxSize;
        this.claim = files.claim();
    }

    /**
     * Appends a line, which the system has when this returns. A file that has reached the limit is
     * rotated first, so it is at most one line larger.
     */
    synchronized void write(byte[] line) throws IOException {
        if (closed) {
            throw new IOException("the audit log was closed");
        }
        RandomAccessFile out = file == null ? open() : file;
        if (size >= maxSize) {
            letGo();
            files.rotate();
            out = open();
        }
        byte[] whole = java.util.Arrays.copyOf(line, line.length + 1);
        whole[line.length] = '\n';
        try {
            out.write(whole);
            size += whole.length;
        } catch (IOException e) {
            try (RandomAccessFile broken = out) {
                broken.setLength(size);
            } catch (IOException late) {
                e.addSuppressed(late);
            }
            file = null;
            throw e;
        }
    }

    private RandomAccessFile open() throws IOException {
        files.make();
        RandomAccessFile opened = new RandomAccessFile(files.current().toFile(), "rw");
        try {
            long end = lastLine(opened);
            if (end < opened.length()) {
                opened.setLength(end);
            }
            opened.seek(end);
            size = end;
        } catch (IOException e) {
            opened.close();
            throw e;
        }
        file = opened;
        return opened;
    }

    /** Returns where the last whole line ends: a killed process may have left half of one. */
    private static long lastLine(RandomAccessFile file) throws IOException {
        byte[] block = new byte[8192];
        long to = file.length();
        while (to > 0) {
            long from = Math.max(0, to - block.length);
            file.seek(from);
            file.readFully(block, 0, (int) (to - from));
            for (int i = (int) (to - from) - 1; i >= 0; i--) {
                if (block[i] == '\n') {
                    return from + i + 1;
                }
            }
            to = from;
        }
        return 0;
    }

    private void letGo() throws IOException {
        RandomAccessFile open = file;
        file = null;
        if (open != null) {
            open.close();
        }
    }

    /** Waits for a line that is being written, and gives up the claim. */
    @Override
    public synchronized void close() throws IOException {
        if (!closed) {
            closed = true;
            try (claim) {
                letGo();
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.deadletter.file;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * An open file of lines. Unlike a channel it stays open when the thread that uses it is
 * interrupted. Not thread-safe.
 */
final class LineFile implements Closeable {

    private static final int CHUNK = 1 << 16;

    private final RandomAccessFile file;
    private final Object identity;

    /** Takes a line without its line break, and where it stands. */
    interface LineTaker {
        void take(long position, byte[] line) throws IOException;
    }

    LineFile(Path path, String mode) throws IOException {
        this.file = new RandomAccessFile(path.toFile(), mode);
        this.identity = identityOf(path);
    }

    /** Says whether the path still names this file and not one that took its place. */
    boolean isAt(Path path) throws IOException {
        return Files.exists(path) && identity.equals(identityOf(path));
    }

    long length() throws IOException {
        return file.length();
    }

    byte[] read(long position, int length) throws IOException {
        byte[] bytes = new byte[length];
        file.seek(position);
        file.readFully(bytes);
        return bytes;
    }

    /** Hands over the whole lines from a position on, and returns where the last of them ends. */
    long lines(long from, LineTaker taker) throws IOException {
        long start = from;
        ByteArrayOutputStream held = new ByteArrayOutputStream();
        for (long at = from, end = length(); at < end; ) {
            byte[] chunk = read(at, (int) Math.min(CHUNK, end - at));
            at += chunk.length;
            int begin = 0;
            for (int i = 0; i < chunk.length; i++) {
                if (chunk[i] == '\n') {
                    hold(held, chunk, begin, i);
                    byte[] line = held.toByteArray();
                    taker.take(start, line);
                    start += line.length + 1L;
                    begin = i + 1;
                    held.reset();
                }
            }
            hold(held, chunk, begin, chunk.length);
        }
        return start;
    }

    /** Writes at a position. When that fails the file ends there, as if nothing was written. */
    void write(long position, byte[] bytes, int length, boolean force) throws IOException {
        try {
            file.seek(position);
            file.write(bytes, 0, length);
            if (force) {
                force();
            }
        } catch (IOException e) {
            try {
                cut(position);
            } catch (IOException again) {
                // What stands there has no line break, so the next one to look cuts it off.
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    void cut(long position) throws IOException {
        file.setLength(position);
    }

    void force() throws IOException {
        file.getFD().sync();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** Makes a file that only its owner may read, unless it is there. */
    static void make(Path path) throws IOException {
        try {
            Files.createFile(path, ownerOnly(path, "rw-------"));
        } catch (FileAlreadyExistsException e) {
            // another process was first
        }
    }

    /** Makes a folder that only its owner may enter, and those above it, unless it is there. */
    static void makeFolder(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            Files.createDirectories(path, ownerOnly(path, "rwx------"));
        }
    }

    /** Forces the names in a folder, where the system can do that. */
    static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Some systems open no folders; there the name is as safe as they make it.
        }
    }

    /** Returns what went wrong, with a full stop; some exceptions say but the path. */
    static String reason(IOException e) {
        String said = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        if (e instanceof FileSystemException file && file.getReason() == null) {
            said += ": " + missing(file);
        }
        return said + ".";
    }

    private static String missing(FileSystemException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "not a directory";
        }
        return e instanceof NoSuchFileException ? "not there" : e.getClass().getSimpleName();
    }

    private static FileAttribute<?>[] ownerOnly(Path path, String permissions) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private static Object identityOf(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        Object key = attributes.fileKey();
        return key == null ? attributes.creationTime() : key;
    }

    private static void hold(ByteArrayOutputStream held, byte[] chunk, int from, int to)
            throws IOException {
        if ((long) held.size() + to - from > Integer.MAX_VALUE - 8) {
            throw new EOFException("a line of more than 2 GiB");
        }
        held.write(chunk, from, to - from);
    }
}

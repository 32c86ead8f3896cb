// SPDX-License-Identifier: Apache-2.0
package dev.jitney.audit.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;

/**
 * The names of an audit log's files: {@code events.jsonl}, which is written to, and behind it
 * {@code events.1.jsonl}, {@code events.2.jsonl} and so on, the older the higher.
 */
final class AuditFiles {

    // Open though they were refused: on some systems the lock that somebody else in this process
    // has would end with them. At most one for each log; the next claim uses it. Guarded by itself.
    private static final Map<Path, FileChannel> REFUSED = new HashMap<>();

    private final Path current;
    private final int most;

    /**
     * @param most how many files are kept behind the current one
     */
    AuditFiles(Path current, int most) {
        this.current = current.toAbsolutePath();
        if (this.current.getFileName() == null) {
            throw new IllegalArgumentException(
                    "The path of an audit log is '" + current + "', which has no file name.");
        }
        this.most = most;
    }

    Path current() {
        return current;
    }

    /** Returns the name of the file that was current so many rotations ago. */
    Path older(int by) {
        String name = current.getFileName().toString();
        int dot = name.lastIndexOf('.');
        String numbered =
                dot <= 0
                        ? name + "." + by
                        : name.substring(0, dot) + "." + by + name.substring(dot);
        return current.resolveSibling(numbered);
    }

    /**
     * Says whether a file may be so many rotations old. While one rotates there is a gap of one
     * name between the files, and a process that is killed then leaves it there.
     */
    boolean reaches(int by) {
        return Files.exists(older(by)) || Files.exists(older(by + 1));
    }

    /**
     * Makes the current file the first of the older ones, and removes what is one too many. When it
     * fails no line is lost, but some files may already have their new names.
     */
    void rotate() throws IOException {
        if (most == 0) {
            Files.deleteIfExists(current);
            return;
        }
        int last = 1;
        while (last < most && Files.exists(older(last))) {
            last++;
        }
        for (int by = last; by >= 1; by--) {
            move(by == 1 ? current : older(by - 1), older(by));
        }
        // Those of an earlier time, when more were kept.
        for (int by = most + 1; Files.deleteIfExists(older(by)); by++) {}
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException e) {
            // Removed by somebody: there is nothing to keep.
        }
    }

    /**
     * Claims the log, so that no other process, and nobody else in this one, writes to it.
     *
     * @return gives it back when closed
     * @throws IOException if somebody else has it, or the directory cannot be made
     */
    FileChannel claim() throws IOException {
        Path folder = current.getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            Files.createDirectories(folder, ownerOnly("rwx------"));
        }
        Path lock = current.resolveSibling(current.getFileName() + ".lock");
        make(lock);
        synchronized (REFUSED) {
            FileChannel channel = REFUSED.remove(lock);
            return claim(lock, channel != null ? channel : open(lock));
        }
    }

    private static FileChannel claim(Path lock, FileChannel channel) throws IOException {
        boolean refused = false;
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            refused = true;
            REFUSED.put(lock, channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        if (!refused) {
            channel.close();
        }
        throw new IOException("somebody else writes to it and holds '" + lock + "'");
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.WRITE);
    }

    /** Makes the current file, which only its owner may read, unless it is there. */
    void make() throws IOException {
        make(current);
    }

    private void make(Path file) throws IOException {
        try {
            Files.createFile(file, ownerOnly("rw-------"));
        } catch (FileAlreadyExistsException e) {
            // It has the permissions that somebody has given it.
        }
    }

    private FileAttribute<?>[] ownerOnly(String permissions) {
        return current.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}

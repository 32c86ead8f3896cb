// SPDX-License-Identifier: Apache-2.0
package dev.jitney.audit.file;

import dev.jitney.event.TopicPattern;
import dev.jitney.spi.EventFormat;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads an audit log, the newest lines first, over all of its files, also while a bus writes to it.
 *
 * <p><b>Threads.</b> Safe for concurrent use: each reading opens the files anew.
 *
 * <p><b>Limits.</b> Reads backwards in blocks of 64 kB and keeps one line and the result in memory.
 */
public final class AuditLog {

    private final AuditFiles files;
    private final EventFormat format;

    private AuditLog(AuditFiles files, EventFormat format) {
        this.files = files;
        this.format = format;
    }

    /**
     * Returns the log at a path, which need not be there yet.
     *
     * @param path the current file, as option {@code path} has it
     * @param format such as {@code EventBus.builder("audit").eventFormat()}
     * @throws IllegalArgumentException if the path has no file name
     */
    public static AuditLog at(Path path, EventFormat format) {
        return new AuditLog(new AuditFiles(path, 0), format);
    }

    /** Returns the newest entries; see {@link #read(TopicPattern, Instant, int)}. */
    public List<AuditEntry> read(int limit) throws IOException {
        return read(TopicPattern.ALL, null, limit);
    }

    /**
     * Returns entries, the newest first. Lines that are no entries are passed over.
     *
     * @param topics the topics that are wanted
     * @param since the earliest time of an event that is wanted, or null for any
     * @param limit the most entries to return: 0 or more
     * @throws IOException if a file cannot be read
     */
    public List<AuditEntry> read(TopicPattern topics, @Nullable Instant since, int limit)
            throws IOException {
        List<AuditEntry> found = new ArrayList<>();
        Predicate<byte[]> take =
                line -> {
                    AuditEntry entry = AuditEntry.of(line, format);
                    boolean wanted =
                            entry != null
                                    && topics.matches(entry.event().topic())
                                    && (since == null || !entry.event().time().isBefore(since));
                    if (wanted) {
                        found.add(entry);
                    }
                    return found.size() < limit;
                };
        if (limit > 0) {
            walk(take);
        }
        return List.copyOf(found);
    }

    /**
     * Walks from the current file to the oldest. One that is rotated meanwhile is met again; one
     * that has come in front of what was read last is newer than that, and passed over.
     */
    private void walk(Predicate<byte[]> take) throws IOException {
        Set<Object> met = new HashSet<>();
        // Open until the next one is read: the system gives the key of one that is gone to a new
        // one. That of one before it may be met again, with lines that are newer than all of these.
        BackwardLines last = null;
        try {
            for (int by = 0; by == 0 || files.reaches(by); by++) {
                BackwardLines lines = open(by, last, met);
                if (lines == null) {
                    continue;
                }
                if (last != null) {
                    last.close();
                }
                last = lines;
                if (!lines.forEach(take)) {
                    return;
                }
            }
        } finally {
            if (last != null) {
                last.close();
            }
        }
    }

    /** Opens a file, unless it is not there, has no lines, or is to be passed over. */
    private @Nullable BackwardLines open(int by, @Nullable BackwardLines last, Set<Object> met)
            throws IOException {
        BackwardLines lines;
        try {
            lines = BackwardLines.of(at(by));
        } catch (NoSuchFileException e) {
            // The current one is made with its first line; of the others see AuditFiles.reaches.
            return null;
        }
        boolean next = false;
        try {
            next =
                    !lines.isEmpty()
                            && (last == null || isInFront(last.key(), by))
                            && met.add(lines.key());
        } finally {
            if (!next) {
                lines.close();
            }
        }
        return next ? lines : null;
    }

    private Path at(int by) {
        return by == 0 ? files.current() : files.older(by);
    }

    // Or in front of a gap; if not, it was rotated further, or removed as the oldest.
    private boolean isInFront(Object file, int by) throws IOException {
        // In this order: a file may go on between the two looks, and never goes back.
        return by > 1 && file.equals(BackwardLines.keyAt(at(by - 2)))
                || file.equals(BackwardLines.keyAt(at(by - 1)));
    }

    /**
     * Deletes all files of the log.
     *
     * @return whether there were any
     * @throws IOException if a bus writes to it, or a file cannot be deleted
     */
    public boolean clear() throws IOException {
        try (FileChannel claim = files.claim()) {
            boolean any = Files.deleteIfExists(files.current());
            for (int by = 1; files.reaches(by); by++) {
                any |= Files.deleteIfExists(files.older(by));
            }
            return any && claim.isOpen();
        }
    }
}

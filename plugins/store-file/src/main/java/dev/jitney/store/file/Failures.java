// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import dev.jitney.spi.EventTooLargeException;
import dev.jitney.spi.StoreAccessException;
import dev.jitney.spi.StoreException;
import dev.jitney.spi.StoreFailedException;
import dev.jitney.spi.StoreNotFoundException;
import dev.jitney.spi.StoreUnavailableException;
import dev.jitney.spi.StoreVersionException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * Puts into words why a bus directory or an event is not taken, and what the file system refuses.
 * Beside the rest so that a program to which none of it happens loads none of these exceptions.
 */
final class Failures {

    private Failures() {}

    /** Says what went wrong in terms of the store: a full disk and a read-only one by name. */
    static StoreException of(String what, IOException e) {
        String reason = reason(e);
        if (reason.contains("Read-only file system") || e instanceof AccessDeniedException) {
            return new StoreAccessException(what + ": it is not writable (" + reason + ").", e);
        }
        if (isFull(reason)) {
            return new StoreFailedException(
                    what
                            + ": the disk is full. Nothing that was acknowledged is lost; free some space"
                            + " and open the store again.",
                    e);
        }
        return new StoreFailedException(what + ": " + reason + ".", e);
    }

    /** Says what has kept a log from being written or forced, whatever that is. */
    static StoreException of(String bus, String done, Throwable e) {
        if (e instanceof IOException io) {
            return of("'" + bus + "' could not be " + done, io);
        }
        return e instanceof StoreException known ? known : broken(bus, e);
    }

    /**
     * Says what has kept a log from being written. Want of memory is no failure of the disk, and
     * harms no log: who comes next looks at its end.
     */
    static StoreException writing(String bus, Throwable e) {
        if (e instanceof OutOfMemoryError || e instanceof StackOverflowError) {
            return new StoreUnavailableException(
                    "'"
                            + bus
                            + "' could not be written to for want of memory ("
                            + e
                            + "). The log is whole; try again.",
                    e);
        }
        return of(bus, "written to", e);
    }

    private static boolean isFull(String reason) {
        return reason.contains("No space left") || reason.contains("not enough space");
    }

    /** The same of a purge, by which who runs it may have wanted to make room. */
    static StoreException purging(Path directory, IOException e) {
        String what = "The bus '" + directory + "' cannot be purged";
        if (!isFull(reason(e))) {
            return of(what, e);
        }
        return new StoreFailedException(
                what
                        + ": the disk is full, and a purge writes what stays before it removes"
                        + " anything. Free some space first, if only by deleting what is in '"
                        + directory.resolve(SegmentName.INDEX_FOLDER)
                        + "', which is made again.",
                e);
    }

    /** The same of what is only read. */
    static StoreException ofReading(String what, IOException e) {
        if (e instanceof AccessDeniedException denied) {
            return new StoreAccessException(
                    what + ": access to '" + denied.getFile() + "' is denied.", e);
        }
        return of(what, e);
    }

    /** The same of a log that is read. */
    static StoreException reading(Path directory, IOException e) {
        if (e instanceof AccessDeniedException denied) {
            return new StoreAccessException(
                    "The log in '"
                            + directory
                            + "' may not be read: access to '"
                            + denied.getFile()
                            + "' is denied.",
                    e);
        }
        return new StoreFailedException(
                "The log in '" + directory + "' cannot be read: " + reason(e) + ".", e);
    }

    /** The same of a directory that is opened. */
    static StoreException opening(Path directory, IOException e) {
        if (e instanceof AccessDeniedException denied) {
            return new StoreAccessException(
                    "The bus directory '"
                            + directory
                            + "' may not be used: access to '"
                            + denied.getFile()
                            + "' is denied."
                            + unsearchable(directory.toAbsolutePath().normalize()),
                    e);
        }
        // A directory was to be made where something else is.
        if (e instanceof FileAlreadyExistsException there) {
            return notADirectory(Path.of(there.getFile()));
        }
        return of("The bus directory '" + directory + "' cannot be opened", e);
    }

    /** Says which folder on the way keeps this user out, the directory itself included. */
    private static String unsearchable(Path directory) {
        Path folder = directory.getRoot();
        for (Path name : directory) {
            folder = folder.resolve(name);
            if (Files.isDirectory(folder) && !Files.isExecutable(folder)) {
                return " This user may not search '"
                        + folder
                        + "'; its owner can allow it: chmod +x.";
            }
        }
        return "";
    }

    static StoreException noDirectory(Path directory) {
        return new StoreNotFoundException("There is no bus directory at '" + directory + "'.");
    }

    static StoreException notADirectory(Path directory) {
        return new StoreNotFoundException("'" + directory + "' is not a directory.");
    }

    static StoreException symbolicLink(Path directory, Path target) {
        return new StoreAccessException(
                "The bus directory '"
                        + directory
                        + "' is a symbolic link, which could be pointed elsewhere. Name the directory"
                        + " itself: '"
                        + target
                        + "'.");
    }

    static StoreException linkedFolder(Path folder, Path target) {
        return new StoreAccessException(
                "'"
                        + folder
                        + "' is a symbolic link to '"
                        + target
                        + "', by which two bus directories could append to one log. Put a folder in"
                        + " its place; to keep the bus elsewhere, move the whole bus directory.");
    }

    static StoreException writableByOthers(Path directory, String permissions, Path path) {
        return new StoreAccessException(
                "The bus directory '"
                        + directory
                        + "' can be written by other users ("
                        + permissions
                        + "). Take that right away: chmod go-w '"
                        + path
                        + "'.");
    }

    static StoreException noDescriptor(Path directory) {
        return new StoreNotFoundException(
                "'"
                        + directory
                        + "' is not a bus directory: it has no "
                        + BusDirectory.DESCRIPTOR
                        + ".");
    }

    static StoreException unreadableDescriptor(Path directory, RuntimeException e) {
        return new StoreNotFoundException(
                "'"
                        + directory
                        + "' is not a bus directory: its "
                        + BusDirectory.DESCRIPTOR
                        + " cannot be read ("
                        + e.getMessage()
                        + ").",
                e);
    }

    static StoreException newerFormat(Path directory, int format) {
        return new StoreVersionException(
                "The bus directory '"
                        + directory
                        + "' has format "
                        + format
                        + ", newer than this program knows ("
                        + BusDirectory.FORMAT
                        + "). Use a newer version of Jitney.");
    }

    static StoreException notReached(Level level, Duration limit, String bus) {
        return new StoreUnavailableException(
                "The event was not stored at level "
                        + level.wireName()
                        + " within "
                        + limit.toMillis()
                        + " ms in '"
                        + bus
                        + "'; it may still be stored later.");
    }

    static StoreException noRoom(Duration limit, String bus) {
        return new StoreUnavailableException(
                "There was no room for the event in '"
                        + bus
                        + "' within "
                        + limit.toMillis()
                        + " ms, since what was appended before it has not been written yet."
                        + " Nothing of it is stored. Try again.");
    }

    static StoreException stopped(String bus, StoreException cause) {
        return new StoreFailedException(
                "'"
                        + bus
                        + "' takes no more events since a write has failed: "
                        + cause.getMessage(),
                cause);
    }

    static StoreException replaced(String bus) {
        return new StoreFailedException(
                "The bus directory '"
                        + bus
                        + "' is not the one that was opened: it, its append.lock or its log was"
                        + " removed or replaced meanwhile. Open the store again.");
    }

    static StoreException broken(String bus, Throwable cause) {
        return new StoreFailedException("'" + bus + "' has failed: " + cause, cause);
    }

    /**
     * @param holder the process that has the append lock, or 0 if that is not known
     */
    static StoreException lockNotHad(String bus, Duration limit, long holder) {
        String waited =
                "The append lock of '" + bus + "' was not had within " + limit.toMillis() + " ms: ";
        if (holder == 0) {
            return new StoreUnavailableException(waited + "other processes hold it. Try again.");
        }
        String command =
                ProcessHandle.of(holder)
                        .flatMap(p -> p.info().command())
                        .map(c -> " (" + c + ")")
                        .orElse("");
        return new StoreUnavailableException(
                waited
                        + "process "
                        + holder
                        + command
                        + " holds it"
                        + (stopped(holder)
                                ? " and is stopped. Continue it (kill -CONT "
                                        + holder
                                        + ") or end it."
                                : ". Try again, or end that process if it hangs."));
    }

    // State T in /proc, the third field, behind the command in parentheses; unknown elsewhere.
    private static boolean stopped(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            int end = stat.lastIndexOf(')');
            return end >= 0 && end + 2 < stat.length() && (stat.charAt(end + 2) | 0x20) == 't';
        } catch (IOException e) {
            return false;
        }
    }

    static StoreException damagedRecord(SegmentName segment) {
        return new StoreFailedException(
                "The last commit record of '"
                        + segment.sidecar()
                        + "' is damaged, so nothing can be appended behind it. Look at it with: bus"
                        + " verify. To go on, move that file away; the log stays readable.");
    }

    static StoreException damagedTail(SegmentName segment, long position) {
        return new StoreFailedException(
                "'"
                        + segment.log()
                        + "' is damaged at byte "
                        + position
                        + ", in events that were"
                        + " forced to the disk, so nothing is cut and nothing can be appended. Look at"
                        + " it with: bus verify.");
    }

    static StoreException tooLarge(Event event, long length, long most) {
        return new EventTooLargeException(
                String.format(
                        Locale.ROOT,
                        "Event '%s' of topic '%s' takes %,d bytes; at most %,d are taken"
                                + " (max-event-size).",
                        event.id(),
                        event.topic(),
                        length,
                        most));
    }

    // What names the file only says by its class what is the matter with it.
    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException missing && missing.getReason() == null) {
            return "'" + missing.getFile() + "' does not exist";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}

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
        if (reason.contains("No space left") || reason.contains("not enough space")) {
            return new StoreFailedException(
                    what
                            + ": the disk is full. Nothing that was acknowledged is lost; free some space"
                            + " and open the store again.",
                    e);
        }
        return new StoreFailedException(what + ": " + reason + ".", e);
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
                            + "' is denied.",
                    e);
        }
        return of("The bus directory '" + directory + "' cannot be opened", e);
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

    static StoreException broken(String bus, Throwable cause) {
        return new StoreFailedException("'" + bus + "' has failed: " + cause, cause);
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

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}

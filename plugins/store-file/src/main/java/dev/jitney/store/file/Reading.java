// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.spi.StoreAccessException;
import dev.jitney.spi.StoreException;
import dev.jitney.spi.StoreFailedException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;

/**
 * What reading a log has to reckon with: interrupts, and failures that are to be put into words.
 */
final class Reading {

    private Reading() {}

    /**
     * Runs a step again as often as an interrupt closes the channel that it reads from, which is
     * Java's way; the interrupt is kept for the caller to see.
     *
     * @param reopen what to do before it is run again
     */
    static <T> T uninterrupted(Path directory, Runnable reopen, Step<T> step) {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return step.run();
                } catch (ClosedByInterruptException e) {
                    interrupted = true;
                    Thread.interrupted();
                    reopen.run();
                } catch (IOException e) {
                    throw failure(directory, e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A piece of work that reads. */
    interface Step<T> {
        T run() throws IOException;
    }

    static StoreException failure(Path directory, IOException e) {
        String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
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
                "The log in '" + directory + "' cannot be read: " + reason + ".", e);
    }
}

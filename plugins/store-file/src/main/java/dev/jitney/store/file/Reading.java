// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;

/**
 * What reading a log has to reckon with: interrupts, and failures that are to be put into words.
 */
final class Reading implements AutoCloseable {

    private final Path directory;
    private boolean interrupted = Thread.interrupted();

    /** Begins to read; an interrupt that is there already is set aside until the end. */
    Reading(Path directory) {
        this.directory = directory;
    }

    /**
     * Returns if what has failed is to be tried again: an interrupt has closed the channel that it
     * read from, which is Java's way. Throws what any other failure is to the caller.
     */
    void again(IOException e) {
        if (!(e instanceof ClosedByInterruptException)) {
            throw Failures.reading(directory, e);
        }
        interrupted = true;
        Thread.interrupted();
    }

    /** Ends it; an interrupt is there again for the caller to see. */
    @Override
    public void close() {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Runs a step, again as often as an interrupt ends it.
     *
     * @param reopen what to do before it is run again
     */
    static <T> T uninterrupted(Path directory, Runnable reopen, Step<T> step) {
        try (Reading reading = new Reading(directory)) {
            while (true) {
                try {
                    return step.run();
                } catch (IOException e) {
                    reading.again(e);
                    reopen.run();
                }
            }
        }
    }

    /** A piece of work that reads. */
    interface Step<T> {
        T run() throws IOException;
    }
}

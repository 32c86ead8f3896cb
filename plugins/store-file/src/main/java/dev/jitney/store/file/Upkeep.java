// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is due after a roll and nobody should wait for: retention, and the index of the segments
 * that were closed, which else the first reader would have to make. It runs on a daemon thread that
 * lives as long as there is something to do, and gives way to appends.
 *
 * <p><b>Failures.</b> They are logged; the events are stored, and the next roll tries again.
 */
final class Upkeep implements Runnable, Closeable {

    private final StoreContext context;
    private final Indexes indexes;
    private final Runnable retention;
    private final Pace pace;
    private final Consumer<Thread> start;
    private @Nullable Thread thread;
    private boolean due;
    private volatile boolean closed;

    /**
     * @param retention removes what is old, or does nothing
     * @param pace of making indexes
     */
    Upkeep(StoreContext context, Indexes indexes, Runnable retention, Pace pace) {
        this(context, indexes, retention, pace, Thread::start);
    }

    /** As above, with another way to start a thread: for tests. */
    Upkeep(
            StoreContext context,
            Indexes indexes,
            Runnable retention,
            Pace pace,
            Consumer<Thread> start) {
        this.start = start;
        this.context = context;
        this.indexes = indexes;
        this.retention = retention;
        this.pace = pace;
    }

    /**
     * Says that a segment was closed. Returns at once; the caller has written, whatever happens.
     */
    synchronized void wake() {
        if (closed) {
            return;
        }
        due = true;
        if (thread == null) {
            Thread made = new Thread(this, "jitney-store-upkeep");
            made.setDaemon(true);
            try {
                // First: where there is no room for a thread, none is to be waited for.
                start.accept(made);
                thread = made;
            } catch (Error e) {
                notSeenTo(e);
            }
        }
    }

    @Override
    public void run() {
        while (takeTurn()) {
            try {
                retention.run();
                indexSealed();
            } catch (IOException | RuntimeException | Error e) {
                notSeenTo(e);
            }
        }
    }

    private void notSeenTo(Throwable e) {
        Logs.of(Upkeep.class)
                .log(
                        System.Logger.Level.WARNING,
                        "Old events or indexes of '"
                                + context.config().directory()
                                + "' were not seen to after a roll",
                        e);
    }

    private synchronized boolean takeTurn() {
        if (!due || closed) {
            thread = null;
            notifyAll();
            return false;
        }
        due = false;
        return true;
    }

    private void indexSealed() throws IOException {
        List<SegmentName> segments = Segments.list(context.disk());
        for (int i = segments.size() - 2; i >= 0 && !closed; i--) {
            if (context.disk().exists(segments.get(i).index())) {
                return; // the older ones were seen to before
            }
            try {
                indexes.make(segments.get(i), pace);
            } catch (java.nio.file.NoSuchFileException e) {
                return; // removed meanwhile
            }
        }
    }

    /** Waits for the turn that runs, and begins no other. */
    @Override
    public synchronized void close() {
        closed = true;
        pace.hurry();
        boolean interrupted = false;
        while (thread != null && thread != Thread.currentThread()) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

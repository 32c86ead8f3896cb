// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Wakes the tails of one store when a file in its folder changes. It is a hint only: a wake-up may
 * be missing where the system does not tell of changes, and come in front of what it is about.
 *
 * <p>Nothing is watched until a tail first has to wait; then all tails of the store share one
 * watch, since a user has few of them (128 on Linux). One of those that wait listens and wakes the
 * others, so that no thread stands between the system and the tail.
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 */
final class Wakeups implements Closeable {

    private final Path folder;
    private final Watching watching;
    private final AtomicLong epoch = new AtomicLong();
    private final AtomicBoolean listening = new AtomicBoolean();
    private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();
    private volatile @Nullable WatchService watch;
    private volatile boolean given;

    /** Begins to listen to the system. */
    interface Watching {
        WatchService begin() throws IOException;
    }

    /**
     * @param folder where the log is; it need not be there yet
     */
    Wakeups(Path folder) {
        this(folder, folder.getFileSystem()::newWatchService);
    }

    /** As above, with another way to begin: for tests. */
    Wakeups(Path folder, Watching watching) {
        this.folder = folder;
        this.watching = watching;
        // There Java's watch looks every few seconds itself, which is worse than to look now and
        // then.
        given = System.getProperty("os.name", "").startsWith("Mac");
    }

    /** Returns a number that rises with each wake-up; take it before looking for what is new. */
    long epoch() {
        return epoch.get();
    }

    /** Says whether the system tells of changes, as far as that is known. */
    boolean watching() {
        return watch != null;
    }

    /** Wakes all tails; for those in this process that know of something new. */
    void signal() {
        epoch.incrementAndGet();
        for (Thread thread : waiting) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * Waits for a wake-up, or for a time, or for no reason. The tail that listens is not woken by
     * {@link #signal} but by the system; its time bounds the delay.
     *
     * @param seen the epoch of before the caller looked last; if there was a wake-up since, it
     *     returns at once
     */
    void await(long seen, long nanos) throws InterruptedException {
        if (!given && register()) {
            return; // what came before the watch began must be looked for
        }
        WatchService listened = watch;
        if (listened != null && listening.compareAndSet(false, true)) {
            try {
                if (epoch.get() == seen) {
                    listen(listened, nanos);
                }
            } finally {
                listening.set(false);
                wakeOne();
            }
        } else {
            Thread self = Thread.currentThread();
            waiting.add(self);
            try {
                if (epoch.get() == seen) {
                    LockSupport.parkNanos(this, nanos);
                }
            } finally {
                waiting.remove(self);
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    /** Ends the watch, also one that is just begun; who waits goes on by looking now and then. */
    @Override
    public void close() {
        synchronized (this) {
            given = true;
            stop();
        }
        signal();
    }

    private void listen(WatchService listened, long nanos) throws InterruptedException {
        try {
            WatchKey key = listened.poll(nanos, TimeUnit.NANOSECONDS);
            if (key != null) {
                key.pollEvents();
                if (!key.reset()) {
                    stop(); // the folder is gone
                }
                signal();
            }
        } catch (ClosedWatchServiceException e) {
            watch = null;
        }
    }

    /** Another one must listen when this one goes. */
    private void wakeOne() {
        for (Thread thread : waiting) {
            LockSupport.unpark(thread);
            return;
        }
    }

    private synchronized boolean register() {
        if (given || watch != null || !Files.isDirectory(folder)) {
            return false;
        }
        given = true;
        WatchService made = null;
        try {
            made = watching.begin();
            folder.register(
                    made,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY);
            watch = made;
            signal(); // so that who has looked before it began looks again
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            // No watch is to be had, because the user has too many for instance: look now and then.
            if (made != null) {
                closeQuietly(made);
            }
            return false;
        }
    }

    private void stop() {
        WatchService open = watch;
        watch = null;
        if (open != null) {
            closeQuietly(open);
        }
    }

    private static void closeQuietly(WatchService service) {
        try {
            service.close();
        } catch (IOException e) {
            // Nothing is lost with it.
        }
    }
}

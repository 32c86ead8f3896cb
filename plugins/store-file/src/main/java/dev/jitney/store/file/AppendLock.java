// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The right to append, one process at a time, held for one batch (STO-7): a lock of the system on a
 * file that is opened for nothing else and stays open as long as the store. The system releases it
 * when its holder dies.
 *
 * <p>A lock on a file that was removed keeps nobody out, and what is written beside it nobody
 * finds: whoever gets the lock sees first whether the file is still in its place.
 *
 * <p>Waiting is done by asking again, since a wait inside the system could not be limited: first at
 * once, then in short random pauses, so that no process keeps step with another and starves.
 *
 * <p><b>Threads.</b> One thread of this store at a time.
 */
final class AppendLock implements Closeable {

    private static final int QUICK_TRIES = 6;

    // A batch takes microseconds, the shortest sleep of the system sixty: give way before sleeping.
    private static final int YIELDING_TRIES = 40;
    private static final long SHORTEST_PAUSE = 15_000;
    private static final long LONGEST_PAUSE = 1_000_000;

    private static final long CLOSE_NANOS = 1_000_000_000;

    // Reachable, since a channel that is collected is closed too.
    private static final Queue<FileChannel> LEFT_OPEN = new ConcurrentLinkedQueue<>();

    private final FileChannel channel;
    private final FileIdentity file;
    private final Duration timeout;
    private final String bus;
    private @Nullable FileLock lock;

    /**
     * @param file which file the channel is on
     * @param bus the directory, as messages name it
     */
    AppendLock(FileChannel channel, FileIdentity file, Duration timeout, String bus) {
        this.channel = channel;
        this.file = file;
        this.timeout = timeout;
        this.bus = bus;
    }

    /**
     * Gets the lock.
     *
     * @param state knows who holds it; null before the state is open
     * @throws dev.jitney.spi.StoreUnavailableException if it is not had in time, naming its holder
     * @throws dev.jitney.spi.StoreFailedException if the file was removed or replaced
     */
    void acquire(@Nullable SharedState state) throws IOException {
        lock = tryLock();
        if (lock == null) {
            acquireSlowly(state);
        }
        if (!isThere()) {
            release();
            throw Failures.replaced(bus);
        }
    }

    /** Says whether the file is still in its place. Any thread, with or without the lock. */
    boolean isThere() {
        return file.isThere();
    }

    private void acquireSlowly(@Nullable SharedState state) throws IOException {
        long start = System.nanoTime();
        boolean interrupted = false;
        try {
            for (int tries = 0; ; tries++) {
                if (tries < QUICK_TRIES) {
                    for (int i = 0; i < 64; i++) {
                        Thread.onSpinWait();
                    }
                } else if (tries < YIELDING_TRIES) {
                    Thread.yield();
                } else {
                    long most =
                            Math.min(
                                    LONGEST_PAUSE,
                                    SHORTEST_PAUSE << Math.min(tries - YIELDING_TRIES, 8));
                    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(most / 2, most));
                    interrupted |= Thread.interrupted();
                }
                lock = tryLock();
                if (lock != null) {
                    return;
                }
                if (!timeout.isZero() && System.nanoTime() - start > timeout.toNanos()) {
                    long holder = state == null ? 0 : state.holder();
                    throw Failures.lockNotHad(bus, timeout, holder);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    void release() throws IOException {
        FileLock held = lock;
        lock = null;
        if (held != null) {
            held.release();
        }
    }

    /**
     * Closes the file, when no other store of this JVM has the lock: on some systems that would
     * drop it. While one in another class loader keeps it, the file stays open for good instead.
     */
    @Override
    public void close() throws IOException {
        long start = System.nanoTime();
        boolean interrupted = false;
        boolean elsewhere = true;
        while (elsewhere && System.nanoTime() - start < CLOSE_NANOS) {
            try {
                channel.tryLock(); // not had means that another process has it, so none of ours
                // does
                elsewhere = false;
            } catch (OverlappingFileLockException e) {
                LockSupport.parkNanos(LONGEST_PAUSE);
                interrupted |= Thread.interrupted();
            }
        }
        if (elsewhere) {
            LEFT_OPEN.add(channel);
        } else {
            channel.close();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable FileLock tryLock() throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // a store in another class loader of this JVM has it: wait as for a
            // process
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.spi.StoreUnavailableException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The lock under which cursors are saved: the file {@code cursors.lock}, held for the time of one
 * small write.
 *
 * <p><b>Threads.</b> Safe for concurrent use; one thread at a time gets it.
 */
final class CursorLock implements Closeable {

    static final String FILE = "cursors.lock";

    private final StoreContext context;
    private final Path path;
    private final Duration limit;
    private @Nullable LockFile file;
    private boolean closed;

    CursorLock(StoreContext context) {
        this.context = context;
        this.path = context.directory().path().resolve(FILE);
        this.limit = context.config().lockTimeout();
    }

    /** Runs an action while nobody else does, in this process or another one. */
    synchronized <T> T locked(LockedLog.Action<T> action) throws IOException {
        if (closed) {
            throw context.closed();
        }
        LockFile lock = file;
        if (lock == null) {
            lock = LockFile.open(path);
            file = lock;
        }
        await(lock);
        try {
            return action.run();
        } finally {
            lock.release();
        }
    }

    private void await(LockFile lock) throws IOException {
        long start = System.nanoTime();
        boolean interrupted = false;
        try {
            while (!lock.tryLock()) {
                if (!limit.isZero() && System.nanoTime() - start > limit.toNanos()) {
                    throw new StoreUnavailableException(
                            "The lock '"
                                    + FILE
                                    + "' was not free within "
                                    + limit.toMillis()
                                    + " ms: another process is saving a cursor and does not finish."
                                    + " Look for a stopped process, and try again.");
                }
                LockSupport.parkNanos(500_000);
                interrupted |= Thread.interrupted();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Closes the file, and waits for an action that runs. It is not opened again: one that nobody
     * closes would drop the lock of a later store of this JVM when it is collected.
     */
    @Override
    public synchronized void close() throws IOException {
        closed = true;
        LockFile open = file;
        file = null;
        if (open != null) {
            open.close();
        }
    }
}

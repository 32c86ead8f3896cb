// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.spi.StoreUnavailableException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The lock under which cursors are saved: the file {@code cursors.lock}, opened for nothing else
 * and held for the time of one small write. The system lets go of a dead process's lock at once.
 *
 * <p><b>Threads.</b> Safe for concurrent use; one thread at a time gets it.
 */
final class CursorLock implements Closeable {

    static final String FILE = "cursors.lock";

    private final Disk disk;
    private final Path path;
    private final Duration limit;
    private @Nullable FileChannel channel;

    CursorLock(StoreContext context) {
        this.disk = context.disk();
        this.path = context.directory().path().resolve(FILE);
        this.limit = context.config().lockTimeout();
    }

    /** Runs an action while nobody else does, in this process or another one. */
    synchronized <T> T locked(LockedLog.Action<T> action) throws IOException {
        FileLock lock = lock(open());
        try {
            return action.run();
        } finally {
            lock.release();
        }
    }

    private FileChannel open() throws IOException {
        FileChannel open = channel;
        if (open == null || !open.isOpen()) {
            if (!disk.exists(FILE)) {
                disk.create(FILE).close();
            }
            open = FileChannel.open(path, StandardOpenOption.WRITE);
            channel = open;
        }
        return open;
    }

    private FileLock lock(FileChannel open) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            FileLock lock = tryLock(open);
            if (lock != null) {
                return lock;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new StoreUnavailableException(
                        "The lock '"
                                + FILE
                                + "' was not free within "
                                + limit.toMillis()
                                + " ms: another process is saving a cursor and does not finish."
                                + " Look for a stopped process, and try again.");
            }
            java.util.concurrent.locks.LockSupport.parkNanos(500_000);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel open) throws IOException {
        try {
            return open.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // another class loader of this process has it
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}

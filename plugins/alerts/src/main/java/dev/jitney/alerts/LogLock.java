// SPDX-License-Identifier: Apache-2.0
package dev.jitney.alerts;

import dev.jitney.spi.StoreUnavailableException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets one at a time change a log, of all threads of all processes: a file that is opened for
 * nothing but the lock of the system on it, which ends with a process that dies.
 *
 * <p>The file is opened and closed with every use. On some systems closing any channel of a file
 * drops all locks that the process has on it; so all that happens in this JVM, in whatever class
 * loader, happens under one monitor.
 *
 * <p>Work may come back to the lock that it runs under, as it may to a monitor: work that others
 * gave, above all. What there is to warn of is told when the lock is given back, since a handler of
 * the log may do so too, where the log is only half read.
 *
 * <p><b>Threads.</b> Safe for concurrent use. An interrupt neither ends the waiting nor the work;
 * it is kept.
 */
final class LogLock {

    private static final long PAUSE_NANOS = 200_000;

    private final Path path;
    private final Duration limit;
    // An interned text is one object for all class loaders.
    private final String monitor;
    private final Queue<Runnable> warnings = new ConcurrentLinkedQueue<>();

    /** Work under the lock. */
    interface Work<T> {
        T run() throws IOException;
    }

    /**
     * @param path the lock file, which exists
     * @param limit how long to wait for other processes; zero waits without limit
     */
    LogLock(Path path, Duration limit) {
        this.path = path;
        this.limit = limit;
        this.monitor = ("dev.jitney lock " + path).intern();
    }

    /**
     * Runs work while nobody else does.
     *
     * @throws StoreUnavailableException if another process keeps the lock for too long
     */
    <T> T locked(Work<T> work) throws IOException {
        if (Thread.holdsLock(monitor)) {
            return work.run(); // to open the file again would give the lock back
        }
        try {
            return lockedAnew(work);
        } finally {
            tell();
        }
    }

    /** Warns when the lock is given back, or at once where this thread does not have it. */
    void warn(System.Logger log, String message, @Nullable Object... values) {
        warnings.add(() -> log.log(System.Logger.Level.WARNING, message, values));
        if (!Thread.holdsLock(monitor)) {
            tell();
        }
    }

    private void tell() {
        for (Runnable next = warnings.poll(); next != null; next = warnings.poll()) {
            next.run();
        }
    }

    private <T> T lockedAnew(Work<T> work) throws IOException {
        boolean interrupted = false;
        synchronized (monitor) {
            try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
                interrupted = await(file.getChannel());
                return work.run();
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    /** Runs what only other threads of this JVM must not meet. */
    <T> T alone(Work<T> work) throws IOException {
        synchronized (monitor) {
            return work.run();
        }
    }

    private boolean await(FileChannel channel) throws IOException {
        long start = System.nanoTime();
        boolean interrupted = false;
        // Unlike lock(), tryLock() does not close the channel of a thread that is interrupted.
        for (FileLock lock = tryLock(channel); lock == null; lock = tryLock(channel)) {
            if (!limit.isZero() && System.nanoTime() - start > limit.toNanos()) {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                throw new StoreUnavailableException(
                        "The lock '"
                                + path
                                + "' was not free within "
                                + limit.toMillis()
                                + " ms: another process changes the file and does not finish. Look"
                                + " for a stopped process, and try again.");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
            interrupted |= Thread.interrupted();
        }
        return interrupted;
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        return channel.tryLock();
    }
}

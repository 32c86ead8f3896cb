// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A file that is opened for nothing but the lock of the system on it. The system lets go of the
 * lock at once when its holder dies.
 *
 * <p>On some systems closing any channel of a file drops all locks that the process has on it. So a
 * file is closed only while no other store of this JVM can have its lock: in this class loader one
 * object stands for it, and those of other class loaders are kept out by a monitor that all of them
 * see, and asked.
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 */
final class LockFile implements Closeable {

    // Reachable, since a channel that is collected is closed too.
    private static final Queue<FileChannel> LEFT_OPEN = new ConcurrentLinkedQueue<>();

    private final FileChannel channel;
    // An interned text is one object for all class loaders.
    private final String monitor;
    private @Nullable FileLock lock;

    private LockFile(FileChannel channel, Path path) {
        this.channel = channel;
        this.monitor = ("dev.jitney.store.file " + path).intern();
    }

    /** Opens the file, and makes it if it is missing, readable by its owner only. */
    static LockFile open(Path path) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        path,
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        NioDisk.ownerOnly(path));
        return new LockFile(channel, path);
    }

    /** Gets the lock if nobody has it, in this process or another one, and says so. */
    boolean tryLock() throws IOException {
        synchronized (monitor) {
            if (lock != null) {
                return false;
            }
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException e) {
                return false; // a store in another class loader of this JVM has it
            }
            return lock != null;
        }
    }

    /** Says whether this object has the lock. */
    boolean held() {
        synchronized (monitor) {
            return lock != null;
        }
    }

    /** Gives the lock back, if it was had. */
    void release() throws IOException {
        synchronized (monitor) {
            FileLock held = lock;
            lock = null;
            if (held != null) {
                held.release();
            }
        }
    }

    /**
     * Gives the lock back and closes the file; while a store in another class loader has the lock,
     * the file stays open for good instead.
     */
    @Override
    public void close() throws IOException {
        synchronized (monitor) {
            if (!channel.isOpen()) {
                return;
            }
            if (lock == null) {
                try {
                    channel.tryLock(); // not had means that another process has it: none of ours
                } catch (OverlappingFileLockException e) {
                    LEFT_OPEN.add(channel);
                    return;
                }
            }
            lock = null;
            channel.close();
        }
    }
}

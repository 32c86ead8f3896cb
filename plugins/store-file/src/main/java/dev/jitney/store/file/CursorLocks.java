// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The locks of a bus directory's cursors: the one under which they are saved, and one for each
 * cursor that is claimed (DSU-3), {@code cursors/NAME.lock}. One object for all stores of this JVM
 * on one directory, and all its files stay open until the last of them closes: see {@link
 * LockFile}.
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 */
final class CursorLocks implements Closeable {

    static final String SUFFIX = ".lock";

    private final StoreContext context;
    private final CursorLock saving;
    // Guarded by itself.
    private final Map<String, LockFile> claims = new HashMap<>();

    CursorLocks(StoreContext context) {
        this.context = context;
        this.saving = new CursorLock(context);
    }

    /** Runs an action while nobody else saves or claims a cursor, in this process or another. */
    <T> T locked(LockedLog.Action<T> action) throws IOException {
        return saving.locked(action);
    }

    /** Claims a cursor if nobody has; only inside a {@link #locked} action. */
    boolean claim(String name) throws IOException {
        return file(name).tryLock();
    }

    /** Says whether anybody has claimed a cursor; only inside a {@link #locked} action. */
    boolean claimed(String name) throws IOException {
        LockFile known;
        synchronized (claims) {
            known = claims.get(name);
        }
        if (known == null && !context.disk().exists(path(name))) {
            return false;
        }
        LockFile file = file(name);
        if (!file.tryLock()) {
            return true;
        }
        file.release();
        return false;
    }

    /** Gives up a claim; one that this was closed with has ended. */
    void release(String name) throws IOException {
        LockFile known;
        synchronized (claims) {
            known = claims.get(name);
        }
        if (known != null) {
            known.release();
        }
    }

    private LockFile file(String name) throws IOException {
        synchronized (claims) {
            LockFile known = claims.get(name);
            if (known == null) {
                known = LockFile.open(context.directory().path().resolve(path(name)));
                claims.put(name, known);
            }
            return known;
        }
    }

    private static String path(String name) {
        return BusDirectory.CURSORS + "/" + name + SUFFIX;
    }

    @Override
    public void close() throws IOException {
        Closing closing = new Closing();
        closing.close(saving); // first: from here on no claim is made
        synchronized (claims) {
            for (LockFile file : claims.values()) {
                closing.close(file);
            }
            claims.clear();
        }
        closing.end();
    }
}

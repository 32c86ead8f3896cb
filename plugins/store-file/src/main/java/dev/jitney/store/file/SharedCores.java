// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Lends out one {@link StoreCore} for each real path, since closing any channel of the lock file
 * would drop a lock that another store of this JVM holds (STO-7). It is the one static with state:
 * the system's locks belong to the process, and so must this. The options of whoever opens first
 * are in force until the last one closes.
 *
 * <p>When the directory of a core was removed or replaced, whoever opens the path next gets a new
 * one: the old one writes to files that nobody finds, and has another lock file.
 */
final class SharedCores {

    // The one that is lent next, and all that have not been given back: both guarded by CORES.
    private static final Map<Path, Lent> CORES = new HashMap<>();
    private static final Map<StoreCore, Lent> LENT = new HashMap<>();

    private SharedCores() {}

    private static final class Lent {
        final StoreCore core;
        int users;
        boolean closing;

        Lent(StoreCore core) {
            this.core = core;
        }
    }

    /** Lends out the core of a directory, made with this context if there is none. */
    static StoreCore borrow(StoreContext context) {
        Path path = context.directory().path();
        boolean interrupted = false;
        synchronized (CORES) {
            Lent lent = lent(path, context);
            while (lent.closing) {
                // Whoever opens next must find the lock file closed.
                try {
                    CORES.wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                lent = lent(path, context);
            }
            lent.users++;
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return lent.core;
        }
    }

    private static Lent lent(Path path, StoreContext context) {
        Lent known = CORES.get(path);
        if (known == null || !known.closing && known.core.replaced()) {
            known = new Lent(new StoreCore(context));
            CORES.put(path, known);
            LENT.put(known.core, known);
        }
        return known;
    }

    /** Gives a core back; the last to do so closes it. */
    static void giveBack(Path path, StoreCore core) {
        Lent lent;
        synchronized (CORES) {
            lent = LENT.get(core);
            if (lent == null || --lent.users > 0) {
                return;
            }
            lent.closing = true;
        }
        // Without the monitor: it takes a while, and others' code that runs in it may open stores.
        try {
            lent.core.close();
        } finally {
            synchronized (CORES) {
                LENT.remove(core);
                CORES.remove(path, lent);
                CORES.notifyAll();
            }
        }
    }
}

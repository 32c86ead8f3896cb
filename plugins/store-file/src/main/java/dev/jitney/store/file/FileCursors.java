// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Offset;
import dev.jitney.spi.Cursor;
import dev.jitney.spi.Cursor.Progress;
import dev.jitney.spi.Cursors;
import dev.jitney.spi.StoreClosedException;
import dev.jitney.spi.StoreException;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The named cursors of a bus directory, one file each (STO-5). A cursor is saved beside its place,
 * forced, and renamed into it, so that a kill at any moment leaves the old one or the new one;
 * after a loss of power it may be an older one, never a broken one, except that a reset and a
 * removal are forced before they return. The events that it says are done are forced first.
 *
 * <p>A file that is damaged is never taken for a cursor that is not there: finding or saving it
 * fails and names the file, a list leaves it out with a warning, and nothing is removed for its
 * sake until it is reset or removed.
 *
 * <p><b>Threads.</b> Safe for concurrent use, over processes too. One of a process and a directory
 * should be enough.
 */
final class FileCursors implements Cursors, Closeable {

    private final StoreContext context;
    private final LongSupplier end;
    private final CursorLocks locks;
    private final boolean ownLocks;
    private final ForcedLog forced;
    private final Queue<FileClaim> claims = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;
    private boolean prepared;

    /**
     * @param end tells the offset that the next event will be given
     * @param locks those of all stores of this JVM on the directory
     */
    FileCursors(StoreContext context, LongSupplier end, CursorLocks locks) {
        this(context, end, locks, false);
    }

    /** For a directory that no store of this JVM is on. */
    FileCursors(StoreContext context, LongSupplier end) {
        this(context, end, new CursorLocks(context), true);
    }

    private FileCursors(
            StoreContext context, LongSupplier end, CursorLocks locks, boolean ownLocks) {
        this.context = context;
        this.end = end;
        this.locks = locks;
        this.ownLocks = ownLocks;
        this.forced = new ForcedLog(context.disk());
    }

    @Override
    public @Nullable Cursor find(String name) {
        CursorFile.checkName(name);
        try {
            CursorFile saved = CursorFile.read(context.disk(), name);
            return saved == null ? null : describe(saved);
        } catch (IOException e) {
            throw Failures.ofReading("The cursor '" + name + "' cannot be read", e);
        }
    }

    @Override
    public Cursor save(String name, Offset checkpoint) {
        check(name, checkpoint);
        return change(name, unclaimed(name, () -> add(name, Progress.below(checkpoint))));
    }

    @Override
    public Cursor reset(String name, Offset checkpoint) {
        check(name, checkpoint);
        return change(name, unclaimed(name, () -> put(name, checkpoint)));
    }

    @Override
    public boolean remove(String name) {
        CursorFile.checkName(name);
        return change(
                name,
                unclaimed(
                        name,
                        () -> {
                            if (!context.disk().exists(CursorFile.path(name))) {
                                return false;
                            }
                            context.disk().delete(CursorFile.path(name));
                            context.disk().forceFolder(BusDirectory.CURSORS);
                            return true;
                        }));
    }

    @Override
    public @Nullable Claim claim(String name) {
        CursorFile.checkName(name);
        checkOpen();
        if (!change(name, () -> locks.claim(name))) {
            return null;
        }
        FileClaim claim = new FileClaim(name);
        claims.add(claim);
        if (closed) {
            claim.close(); // closed meanwhile, which may have missed this one
            checkOpen();
        }
        return claim;
    }

    @Override
    public List<Cursor> list() {
        List<Cursor> cursors = new ArrayList<>();
        for (String name : names()) {
            try {
                Cursor cursor = find(name);
                if (cursor != null) {
                    cursors.add(cursor);
                }
            } catch (StoreClosedException e) {
                throw e; // or a close meanwhile would make all that follow look damaged
            } catch (StoreException e) {
                Logs.of(FileCursors.class).log(System.Logger.Level.WARNING, e.getMessage());
            }
        }
        return cursors;
    }

    /**
     * Returns the lowest checkpoint of the cursors that are in use, or {@link Long#MAX_VALUE} if
     * there is none: what purge and retention keep events from. A cursor that is idle is warned
     * about, once until it is used again. One that has an owner is in use, however long its events
     * take.
     *
     * @throws StoreException if the file of a cursor is damaged, so that nobody knows what it needs
     */
    long neededFrom() {
        long lowest = Long.MAX_VALUE;
        for (String name : names()) {
            try {
                CursorFile saved = CursorFile.read(context.disk(), name);
                if (saved == null) {
                    continue;
                }
                if (idle(saved) && !owned(name)) {
                    reportIdle(saved);
                } else {
                    lowest = Math.min(lowest, saved.checkpoint().value());
                }
            } catch (IOException e) {
                throw Failures.ofReading("The cursor '" + name + "' cannot be read", e);
            }
        }
        return lowest;
    }

    /** Gives up the claims that were made here. */
    @Override
    public void close() throws IOException {
        closed = true;
        Closing closing = new Closing();
        for (FileClaim claim : claims) {
            closing.close(claim);
        }
        if (ownLocks) {
            closing.close(locks);
        }
        closing.end();
    }

    private void checkOpen() {
        if (closed) {
            throw context.closed();
        }
    }

    private static void check(String name, Offset checkpoint) {
        CursorFile.checkName(name);
        if (checkpoint.value() < 0) {
            throw new IllegalArgumentException(
                    "The checkpoint of cursor '"
                            + name
                            + "' must be an offset, but was unassigned.");
        }
    }

    private List<String> names() {
        try {
            List<String> names = new ArrayList<>();
            for (String file : context.disk().list(BusDirectory.CURSORS)) {
                if (file.endsWith(CursorFile.SUFFIX)) {
                    String name = file.substring(0, file.length() - CursorFile.SUFFIX.length());
                    if (isName(name)) {
                        names.add(name);
                    }
                }
            }
            names.sort(null);
            return names;
        } catch (IOException e) {
            throw Failures.ofReading("The cursors cannot be listed", e);
        }
    }

    private static boolean isName(String name) {
        try {
            return !CursorFile.checkName(name).isEmpty();
        } catch (IllegalArgumentException e) {
            return false; // a file that somebody else put there
        }
    }

    /** Says whether a cursor has an owner, and if so that it was used now. */
    private boolean owned(String name) {
        try {
            return change(name, () -> locks.claimed(name) && markUsed(name));
        } catch (StoreException e) {
            Logs.of(FileCursors.class)
                    .log(
                            System.Logger.Level.WARNING,
                            "Nobody knows whether the cursor ''{0}'' has an owner, so it counts as in use: {1}",
                            name,
                            e.getMessage());
            return true;
        }
    }

    private boolean markUsed(String name) throws IOException {
        CursorFile now = CursorFile.read(context.disk(), name);
        if (now != null) {
            new CursorFile(name, now.progress(), context.clock().instant(), false)
                    .write(context.disk());
        }
        return true;
    }

    private void reportIdle(CursorFile idle) {
        String name = idle.name();
        boolean first = !idle.idleReported();
        if (first) {
            try {
                first = change(name, () -> markReported(name));
            } catch (StoreException e) {
                Logs.of(FileCursors.class)
                        .log(System.Logger.Level.DEBUG, "It will be said again: " + e.getMessage());
            }
        }
        if (first) {
            Logs.of(FileCursors.class)
                    .log(
                            System.Logger.Level.WARNING,
                            "The cursor ''{0}'' was last used at {1} and is idle: it no longer keeps events"
                                    + " from {2} on from being removed. Save or remove it.",
                            name,
                            idle.lastUsed(),
                            idle.checkpoint());
        }
    }

    private boolean markReported(String name) throws IOException {
        CursorFile now = CursorFile.read(context.disk(), name);
        if (now == null || !idle(now) || now.idleReported()) {
            return false;
        }
        new CursorFile(name, now.progress(), now.lastUsed(), true).write(context.disk());
        return true;
    }

    private <T> LockedLog.Action<T> unclaimed(String name, LockedLog.Action<T> action) {
        return () -> {
            if (locks.claimed(name)) {
                throw new StoreException(
                        "The cursor '"
                                + name
                                + "' has an owner, which alone may change it. Close its durable"
                                + " subscription first.");
            }
            return action.run();
        };
    }

    private <T> T change(String name, LockedLog.Action<T> action) {
        // Offsets of one log mean nothing in another one.
        context.directory().checkThere(context.config());
        try {
            return locks.locked(
                    () -> {
                        prepare();
                        return action.run();
                    });
        } catch (IOException e) {
            throw Failures.of("The cursor '" + name + "' cannot be saved", e);
        }
    }

    /**
     * Makes the folder and removes what killed processes left; under the lock every draft is such.
     */
    private void prepare() throws IOException {
        if (prepared) {
            return;
        }
        context.directory().makeFolders();
        for (String file : context.disk().list(BusDirectory.CURSORS)) {
            if (file.endsWith(SmallFile.DRAFT)) {
                context.disk().delete(BusDirectory.CURSORS + "/" + file);
            }
        }
        prepared = true;
    }

    /** Adds to what is done; what is behind it changes nothing. */
    private Cursor add(String name, Progress progress) throws IOException {
        CursorFile saved = CursorFile.read(context.disk(), name);
        if (saved == null) {
            return describe(write(name, progress));
        }
        Progress now = saved.progress().and(progress);
        boolean behind = progress.checkpoint().compareTo(saved.checkpoint()) < 0;
        if (behind && now.equals(saved.progress())) {
            return describe(saved);
        }
        return describe(write(name, now));
    }

    private Cursor put(String name, Offset checkpoint) throws IOException {
        CursorFile saved = write(name, Progress.below(checkpoint));
        context.disk().forceFolder(BusDirectory.CURSORS);
        return describe(saved);
    }

    private CursorFile write(String name, Progress progress) throws IOException {
        forced.below(endOf(progress));
        CursorFile saved = new CursorFile(name, progress, context.clock().instant(), false);
        saved.write(context.disk());
        return saved;
    }

    private static long endOf(Progress progress) {
        int ranges = progress.above().size();
        Offset end = ranges == 0 ? progress.checkpoint() : progress.above().get(ranges - 1).to();
        return end.value();
    }

    private boolean idle(CursorFile saved) {
        return saved.idle(context.config().retention().cursorIdle(), context.clock().instant());
    }

    private Cursor describe(CursorFile saved) {
        long lag = Math.max(0, end.getAsLong() - saved.checkpoint().value());
        return new Cursor(saved.name(), saved.progress(), lag, saved.lastUsed(), idle(saved));
    }

    /** A claim of this store; it ends with it. */
    private final class FileClaim implements Claim {

        private final String name;
        private final AtomicBoolean ended = new AtomicBoolean();

        private FileClaim(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public @Nullable Cursor find() {
            return FileCursors.this.find(name);
        }

        @Override
        public Cursor save(Progress progress) {
            return change(name, owning(() -> add(name, progress)));
        }

        @Override
        public Cursor reset(Offset checkpoint) {
            check(name, checkpoint);
            return change(name, owning(() -> put(name, checkpoint)));
        }

        private LockedLog.Action<Cursor> owning(LockedLog.Action<Cursor> action) {
            return () -> {
                if (ended.get()) {
                    throw new StoreException(
                            "The cursor '"
                                    + name
                                    + "' cannot be saved: this claim to it has ended.");
                }
                return action.run();
            };
        }

        @Override
        public void close() {
            if (!ended.compareAndSet(false, true)) {
                return;
            }
            claims.remove(this);
            try {
                locks.release(name);
            } catch (IOException e) {
                throw Failures.of("The cursor '" + name + "' cannot be given up", e);
            }
        }
    }
}

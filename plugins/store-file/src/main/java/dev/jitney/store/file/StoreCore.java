// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.spi.LineBuffer;
import dev.jitney.spi.StoreException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The writing half of a bus directory: one in a JVM for all stores on one real path (STO-7), opened
 * by the first append. Under the append lock it writes; without it, it forces.
 */
final class StoreCore implements LogStore, LockedLog {

    private static final long PID = ownPid();

    /** The least time between two looks, under the lock, at whether the log is in its place. */
    private static final long LOOK_NANOS = 100_000_000;

    private final StoreContext context;
    private final String name;
    private final Committer committer = new Committer(this);
    private @Nullable CursorLocks cursorLocks;
    private volatile @Nullable Opened opened;
    private volatile @Nullable AppendLock appendLock;
    private final List<FileEventStore> stores = new CopyOnWriteArrayList<>();
    private volatile long rollsSeen;
    private volatile long forces;
    private long lookedAt = System.nanoTime() - LOOK_NANOS;

    /** What is open once something was appended. */
    private record Opened(AppendLock lock, SharedState state, LogWriter writer) {}

    StoreCore(StoreContext context) {
        this.context = context;
        this.name = context.config().directory().toString();
    }

    Committer committer() {
        return committer;
    }

    /** Returns the locks of the cursors, which all stores of this JVM share like the writer. */
    synchronized CursorLocks cursorLocks() {
        CursorLocks known = cursorLocks;
        if (known == null) {
            known = new CursorLocks(context);
            cursorLocks = known;
        }
        return known;
    }

    /**
     * Tells a store, with no lock held, whenever this process has begun a new segment. Of several
     * only the first is told, since the stores that share this have one configuration, the first
     * one's.
     */
    void tellOfRolls(FileEventStore store) {
        stores.add(store);
    }

    /** Takes that back; it may be being told right now. */
    void tellNoMore(FileEventStore store) {
        stores.remove(store);
    }

    /** Returns the offset behind what this process has last written, or 0. Any thread. */
    long endOffset() {
        Opened all = opened;
        LogWriter.Tail tail = all == null ? null : all.writer().tail();
        return tail == null ? 0 : tail.endOffset();
    }

    /** Says whether the directory was removed or replaced, so that this writes no more. */
    boolean replaced() {
        AppendLock lock = appendLock;
        Opened all = opened;
        return lock != null && !lock.isThere()
                || !context.directory().isThere()
                || all != null && isGone(all.writer().tail());
    }

    /**
     * Says whether the log was taken away, by others than a purge, which leaves a later segment.
     */
    private boolean isGone(LogWriter.@Nullable Tail tail) {
        try {
            return tail != null
                    && !tail.file().isThere()
                    && !Segments.goesOnFrom(context.disk(), tail.name());
        } catch (IOException e) {
            return false; // that it cannot be listed says nothing about what is there
        }
    }

    /** Returns how many forces of the log were made: for tests and benchmarks. */
    long forces() {
        return forces;
    }

    @Override
    public String name() {
        return name;
    }

    // ---- under the append lock, by one thread at a time -----------------------------------------

    @Override
    public long write(LineBuffer lines, int crc, int events) throws IOException {
        Opened all = enter();
        try {
            long first = all.writer().write(lines.array(), lines.length(), crc, events);
            all.state().leave(); // after a failure its mark stays: the next one looks at the tail
            return first;
        } catch (NoSuchFileException e) {
            if (isGone(all.writer().tail())) {
                throw Failures.replaced(name);
            }
            throw e;
        } finally {
            all.lock().release();
        }
    }

    @Override
    public <T> T underLock(Action<T> action) throws IOException {
        return committer.exclusively(
                () -> {
                    Opened all = enter();
                    try {
                        T result = action.run();
                        all.state().leave();
                        return result;
                    } finally {
                        all.lock().release();
                    }
                });
    }

    /** Asks the system itself where it tells: Java makes a pool of threads first, in 6 ms. */
    private static long ownPid() {
        try {
            return Long.parseLong(Path.of("/proc/self").toRealPath().getFileName().toString());
        } catch (IOException | NumberFormatException e) {
            return ProcessHandle.current().pid();
        }
    }

    @Override
    public void roll() throws IOException {
        LogWriter writer = current().writer();
        if (!writer.tailEmpty()) {
            writer.roll();
        }
    }

    @Override
    public List<SegmentName> sealedSegments() throws IOException {
        SegmentName tail = current().writer().tailName();
        return Segments.list(context.disk()).stream().filter(s -> s.base() < tail.base()).toList();
    }

    @Override
    public boolean isHeldElsewhere() {
        Opened all = opened;
        if (all == null) {
            return true; // the first write opens the log, and is told by nobody
        }
        long holder = all.state().holder();
        return holder != 0 && holder != PID;
    }

    private Opened enter() throws IOException {
        Opened all = opened;
        if (all == null) {
            all = open();
        } else {
            all.lock().acquire(all.state());
        }
        boolean fine = false;
        try {
            boolean killed = all.state().enter(PID);
            all.writer().enter(killed);
            lookAtLog(all.writer());
            opened = all;
            fine = true;
            return all;
        } finally {
            if (!fine) {
                all.lock().release();
                if (opened == null) {
                    all.writer().close();
                }
            }
        }
    }

    /** Only now and then: it is a question to the system, and the lock has cost one already. */
    private void lookAtLog(LogWriter writer) {
        long now = System.nanoTime();
        if (now - lookedAt >= LOOK_NANOS) {
            if (!writer.isThere()) {
                throw Failures.replaced(name);
            }
            lookedAt = now;
        }
    }

    private Opened open() throws IOException {
        context.directory().checkThere(context.config()); // or folders would be made elsewhere
        context.directory().makeFolders();
        AppendLock lock = appendLock();
        boolean fine = false;
        try {
            lock.acquire(SharedState.openForReading(context.disk()));
            SharedState state = SharedState.openLocked(context.disk());
            fine = true;
            return new Opened(lock, state, new LogWriter(context, state));
        } finally {
            if (!fine) {
                lock.release();
            }
        }
    }

    /** Its file is opened once, whatever becomes of the tries to get the lock (STO-7). */
    private AppendLock appendLock() throws IOException {
        AppendLock known = appendLock;
        if (known == null) {
            FileChannel channel = context.directory().openLockFile();
            FileIdentity file = FileIdentity.of(context.directory().lockFile());
            known = new AppendLock(channel, file, context.config().lockTimeout(), name);
            appendLock = known;
            context.directory().checkThere(context.config()); // so it was that file
        }
        return known;
    }

    private Opened current() {
        Opened all = opened;
        if (all == null) {
            throw new IllegalStateException("nothing was appended yet");
        }
        return all;
    }

    // ---- without the append lock ----------------------------------------------------------------

    @Override
    public long durable() {
        Opened all = opened;
        return all == null ? 0 : all.state().durable();
    }

    @Override
    public long force() throws IOException {
        Opened all = current();
        while (true) {
            LogWriter.Tail tail = all.writer().tail();
            if (tail == null) {
                return 0;
            }
            long durable = all.state().durable();
            if (durable >= tail.endOffset()) {
                return durable;
            }
            try {
                tail.log().force();
                forces++;
                if (durable <= tail.name().base()) {
                    forceBefore(all.state(), tail.name(), durable);
                }
            } catch (ClosedChannelException e) {
                if (all.writer().tail() == tail) {
                    throw e;
                }
                continue; // rolled meanwhile: force the new tail, and this one as an older segment
            }
            if (isGone(tail)) {
                throw Failures.replaced(name); // forced, but nobody will find it
            }
            all.state().raiseDurable(tail.endOffset());
            return tail.endOffset();
        }
    }

    /** Forces what lies before the tail, for the first time after a roll, whoever made it. */
    private void forceBefore(SharedState state, SegmentName tail, long durable) throws IOException {
        List<SegmentName> segments = Segments.list(context.disk());
        for (int i = 0; i + 1 < segments.size(); i++) {
            SegmentName segment = segments.get(i);
            boolean older = segments.get(i + 1).base() <= durable;
            if (segment.base() >= tail.base() || (older && segment.base() < state.sidecars())) {
                continue;
            }
            try (StoreFile log = context.disk().open(segment.log(), true)) {
                log.force();
                if (context.disk().exists(segment.sidecar())) {
                    Sidecar.open(context.disk(), segment, true).force();
                }
            } catch (NoSuchFileException e) {
                continue; // removed by retention or a purge, which forces what it writes
            }
        }
        context.disk().forceFolder(SegmentName.FOLDER);
        state.raiseDurable(tail.base());
        state.raiseSidecars(tail.base());
        state.force();
    }

    @Override
    public void afterWrite() {
        Opened all = opened;
        if (all == null || all.writer().rolls() == rollsSeen) {
            return;
        }
        rollsSeen = all.writer().rolls();
        // One is enough: all stores that share this core have the same directory.
        for (FileEventStore store : stores) {
            store.afterRoll();
            return;
        }
    }

    /** Writes and forces what was accepted and closes all files. */
    void close() {
        Closing closing = new Closing();
        closing.close(committer);
        synchronized (this) {
            closing.close(cursorLocks);
        }
        Opened all = opened;
        if (all != null) {
            closing.close(all.writer());
        }
        closing.close(appendLock);
        try {
            closing.end();
        } catch (IOException e) {
            throw notClosed(e);
        }
    }

    StoreException notClosed(IOException e) {
        return new StoreException("'" + name + "' could not be closed: " + e.getMessage() + ".", e);
    }
}

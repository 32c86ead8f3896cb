// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.spi.LineBuffer;
import dev.jitney.spi.StoreException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Appends that are written together, as one batch with one checksum, one commit record and at most
 * one force.
 *
 * <pre>
 *   FILLING ──close──▶ CLOSED ──write──▶ WRITTEN ──force──▶ DURABLE
 *                          └────────────────┴──────────────▶ failed
 * </pre>
 *
 * INVARIANTS: the bytes are filled under the committer's queue lock and belong to the writing
 * thread once the group is closed. {@code firstOffset} is set before the state says WRITTEN. A
 * failure is final for the levels not reached by then.
 */
final class Group {

    private static final int FILLING = 0;
    private static final int WRITTEN = 1;
    private static final int DURABLE = 2;

    private @Nullable LineBuffer lines;
    private int events;
    private int appends;
    private int asked;
    private int length;
    private volatile boolean wantsDisk;
    private boolean awaitsDisk;
    private boolean listed;
    private long firstOffset = -1;
    private volatile int state = FILLING;
    private volatile @Nullable StoreException failure;
    private int waiting;
    private @Nullable CompletableFuture<Long> written;
    private @Nullable CompletableFuture<Long> durable;

    Group(LineBuffer lines) {
        this.lines = lines;
    }

    // Filling: under the queue lock.

    /** Takes in whole lines; returns how many events of the group come before them. */
    int add(byte[] bytes, int length, int count) {
        int before = events;
        lines().write(bytes, 0, length);
        events += count;
        appends++;
        return before;
    }

    int bytes() {
        return lines().length();
    }

    int events() {
        return events;
    }

    // Writing: by the thread that leads.

    /** Puts the mark at the end and returns the checksum that it carries. */
    int close() {
        LineBuffer buffer = lines();
        int crc = BatchMark.end(buffer);
        length = buffer.length();
        return crc;
    }

    LineBuffer lines() {
        LineBuffer buffer = lines;
        if (buffer == null) {
            throw new IllegalStateException("the group's bytes were given back");
        }
        return buffer;
    }

    /**
     * Says whether it was a small batch of several appends most of which nobody has asked about: a
     * part of a stream then.
     */
    synchronized boolean isStream(int mostBytes) {
        return appends > 1 && length <= mostBytes && asked * 2 <= appends;
    }

    /** Gives the buffer back for another group. */
    LineBuffer takeLines() {
        LineBuffer buffer = lines();
        lines = null;
        return buffer;
    }

    // Forcing: who wants it, and whether the group is in the list of those to be forced.

    /** Somebody wants it on disk without waiting: the forcer thread is to do it. */
    void wantDisk() {
        if (!wantsDisk) {
            synchronized (this) {
                wantsDisk = true;
            }
        }
    }

    /** Somebody waits for it to be on disk and will force it. */
    synchronized void awaitDisk() {
        awaitsDisk = true;
    }

    boolean wantsDisk() {
        return wantsDisk;
    }

    /** Says whether somebody will be told when it is on disk. */
    synchronized boolean asksDisk() {
        return durable != null;
    }

    /** Says whether the group must now be listed for forcing; true once at the most. */
    synchronized boolean list(boolean beforeWritten) {
        boolean due = !listed && (wantsDisk || awaitsDisk) && (beforeWritten || state == WRITTEN);
        listed |= due;
        return due;
    }

    void written(long first) {
        firstOffset = first;
        reach(WRITTEN);
    }

    long endOffset() {
        return firstOffset + events;
    }

    void durable() {
        reach(DURABLE);
    }

    synchronized void fail(StoreException cause) {
        if (failure == null) {
            failure = cause;
        }
        notifyAll();
    }

    private synchronized void reach(int newState) {
        if (state < newState) {
            state = newState;
        }
        if (waiting > 0) {
            notifyAll();
        }
    }

    // Waiting: any thread.

    boolean isDone(Level level) {
        return failure != null || reached(level);
    }

    private boolean reached(Level level) {
        if (level == Level.MEMORY || level == Level.REMOTE) {
            return level == Level.MEMORY;
        }
        return state >= (level == Level.DISK ? DURABLE : WRITTEN);
    }

    /** Returns why the level will not be reached, or null. */
    @Nullable StoreException failure(Level level) {
        StoreException cause = failure; // first: what fails after the level was reached is not its
        return cause == null || reached(level) ? null : cause;
    }

    /** Returns the group's first offset once the level is reached; throws if it failed before. */
    long offsetAt(Level level) {
        if (!reached(level)) {
            StoreException cause = failure;
            if (cause != null) {
                throw cause;
            }
            throw new IllegalStateException("level " + level + " is not reached");
        }
        return firstOffset;
    }

    /**
     * Waits until the level is done, woken up also without that; returns at the limit at the
     * latest.
     *
     * @param leader held by whoever leads; if it is free nobody may be there to wake this thread,
     *     which then returns at once
     */
    synchronized void await(Level level, ReentrantLock leader, long nanos)
            throws InterruptedException {
        if (isDone(level)) {
            return;
        }
        // A leader unlocks and then nudges: seen locked here, the nudge is still to come.
        waiting++;
        try {
            if (leader.isLocked()) {
                wait(nanos / 1_000_000, (int) (nanos % 1_000_000));
            }
        } finally {
            waiting--;
        }
    }

    /** Wakes those who wait, so that one of them takes over the work. */
    synchronized void nudge() {
        if (waiting > 0) {
            notifyAll();
        }
    }

    /** Returns a future of the first offset. It is completed by {@link #complete}. */
    CompletableFuture<Long> future(Level level) {
        CompletableFuture<Long> future = known(level);
        if (isDone(level)) {
            settle(future, level); // with no lock held: it may have dependents already
        }
        return future;
    }

    private synchronized CompletableFuture<Long> known(Level level) {
        asked++;
        CompletableFuture<Long> future = level == Level.DISK ? durable : written;
        if (future == null) {
            future = new CompletableFuture<>();
            if (level == Level.DISK) {
                durable = future;
            } else {
                written = future;
            }
        }
        return future;
    }

    /**
     * Completes the futures whose level is done. Called without any lock: others' code runs in it.
     */
    void complete() {
        CompletableFuture<Long> os;
        CompletableFuture<Long> disk;
        synchronized (this) {
            os = written;
            disk = durable;
        }
        if (os != null && isDone(Level.OS)) {
            settle(os, Level.OS);
        }
        if (disk != null && isDone(Level.DISK)) {
            settle(disk, Level.DISK);
        }
    }

    private void settle(CompletableFuture<Long> future, Level level) {
        if (reached(level)) {
            future.complete(firstOffset);
        } else if (failure != null) {
            future.completeExceptionally(failure);
        }
    }

    Offset offset(int index) {
        return new Offset(firstOffset + index);
    }
}

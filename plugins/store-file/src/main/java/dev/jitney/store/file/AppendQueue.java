// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.spi.LineBuffer;
import dev.jitney.spi.StoreException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be written: groups in the order of their appends, of which only the last is filled.
 * It takes a bounded number of bytes; who appends more waits.
 *
 * <p>The lock is held for the copy of an event and a few fields, some fifty nanoseconds: so who
 * finds it taken asks a few times again before it sleeps, which costs a hundred times as much.
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 */
final class AppendQueue {

    private static final int GROUP_BYTES = 1 << 20;
    // What waits is to stay in the processor's caches, in buffers that are used again: with 64 MiB
    // four producers got two thirds of the throughput.
    private static final long MOST_QUEUED = 8L << 20;
    private static final int KEPT_BUFFER = 2 << 20;
    private static final int KEPT_BUFFERS = 12;
    private static final int TRIES = 64;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final ArrayDeque<Group> groups = new ArrayDeque<>();
    private final ArrayDeque<LineBuffer> buffers = new ArrayDeque<>();
    private volatile long bytes;

    /** What an append wants to be done with its group. */
    enum Wish {
        /** Written only. */
        NONE,
        /** Forced in the background. */
        DISK,
        /** Forced by the one who appends, who waits for it. */
        AWAITED_DISK
    }

    /** Says whether something waits to be written; true for a moment longer than it does. */
    boolean isFilled() {
        return bytes > 0;
    }

    /**
     * Queues whole lines; waits while the queue is full, as long as the committer lets it.
     *
     * @return null if there was no room until the deadline
     */
    @Nullable FileAppend add(
            byte[] lines,
            int length,
            int events,
            Wish wish,
            Committer committer,
            Deadline deadline) {
        lock();
        try {
            if (bytes > MOST_QUEUED && !awaitRoom(committer, deadline)) {
                return null;
            }
            committer.checkOpen();
            Group last = groups.peekLast();
            boolean full = last == null || last.bytes() + length > GROUP_BYTES;
            if (last == null || full) {
                LineBuffer buffer = buffers.pollLast();
                last = new Group(buffer == null ? new LineBuffer(64 << 10) : buffer);
            }
            int before = last.add(lines, length, events);
            if (full) {
                groups.addLast(last); // not before: a group that has no line cannot be written
            }
            if (wish == Wish.DISK) {
                last.wantDisk();
            } else if (wish == Wish.AWAITED_DISK) {
                last.awaitDisk();
            }
            bytes += length;
            return new FileAppend(committer, last, before + events - 1);
        } finally {
            lock.unlock();
        }
    }

    /** Says whether there was room in time. An interrupt does not end the wait and is handed on. */
    private boolean awaitRoom(Committer committer, Deadline deadline) {
        boolean interrupted = false;
        try {
            while (bytes > MOST_QUEUED && committer.mayWait()) {
                long left = deadline.left(Long.MAX_VALUE);
                if (left <= 0) {
                    return false;
                }
                try {
                    room.awaitNanos(left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Takes the first group out, which then belongs to the caller. */
    @Nullable Group poll() {
        lock();
        try {
            return groups.pollFirst();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives back what a group took.
     *
     * @param length its bytes when it was taken out
     */
    void release(Group group, int length) {
        LineBuffer buffer = group.takeLines();
        buffer.length(0);
        lock();
        try {
            bytes -= length;
            if (buffers.size() < KEPT_BUFFERS && buffer.array().length <= KEPT_BUFFER) {
                buffers.addLast(buffer);
            }
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Fails all that waits, and adds it to those that are done. */
    void fail(StoreException cause, List<Group> done) {
        lock();
        try {
            for (Group group : groups) {
                group.fail(cause);
                done.add(group);
            }
            groups.clear();
            bytes = 0;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Wakes those who wait for the first group. */
    void nudgeFirst() {
        lock();
        try {
            Group next = groups.peekFirst();
            if (next != null) {
                next.nudge();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns when every append that was let in is queued, and has those who wait for room ask the
     * committer again.
     */
    void settle() {
        lock();
        try {
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void lock() {
        for (int i = 0; i < TRIES; i++) {
            if (lock.tryLock()) {
                return;
            }
            Thread.onSpinWait();
        }
        lock.lock();
    }
}

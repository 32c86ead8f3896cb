// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.spi.LineBuffer;
import dev.jitney.spi.StoreException;
import dev.jitney.spi.StoreUnavailableException;
import dev.jitney.store.file.AppendQueue.Wish;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Group commit: gathers appends into groups; whoever finds no leader writes, or forces, for all
 * that wait. A caller that waits leads by itself; for appends that nobody waits for there are two
 * threads, started when first needed.
 *
 * <pre>
 *   append ─▶ queue of groups ─▶ [append lock: write, publish] ─▶ unforced groups ─▶ [force] ─▶ done
 *              its own lock         writeLock                                        forceLock
 * </pre>
 *
 * INVARIANTS
 *
 * <ul>
 *   <li>Locks are taken in the order forceLock or writeLock, then the queue's; never forceLock
 *       together with writeLock.
 *   <li>Groups are written in the order of the queue. Only its last group is filled.
 *   <li>A leader that leaves with work queued has handed it on: to a thread that waits, or to the
 *       writer thread. The queue is looked at again after the lock is free.
 *   <li>Once {@code failed} is set nothing is written or forced any more (STO-9).
 *   <li>Others' code (dependents of stages) runs with no lock held.
 * </ul>
 */
final class Committer implements Closeable {

    private static final int FIRST_BUFFER = 4 << 10;
    private static final int KEPT_BUFFER = 1 << 20;
    // A net under the waiting; a thread that is waited for never needs it.
    private static final long IDLE_NANOS = 10_000_000_000L;
    // How long the threads rest that work for nobody who waits. A batch of some events costs hardly
    // more than a batch of one, and each wakes those who follow.
    private static final long WRITER_REST = 50_000;
    private static final int SMALL_BATCH = 64 << 10;
    private static final long FORCER_REST = 1_000_000;

    private final LogStore log;
    private final long writerRest;
    private final long forcerRest;
    private final AppendQueue queue = new AppendQueue();
    private final ReentrantLock writeLock = new ReentrantLock();
    private LineBuffer direct = new LineBuffer(FIRST_BUFFER); // under writeLock
    private final ReentrantLock forceLock = new ReentrantLock();
    private final ForceQueue unforced = new ForceQueue();
    private final Worker writer = new Writer();
    private final Worker forcer = new Forcer();
    private volatile @Nullable StoreException failed;
    private volatile boolean closed;
    private volatile boolean ended;

    Committer(LogStore log) {
        this(log, WRITER_REST, FORCER_REST);
    }

    /** As above, with rests of another length: for tests. */
    Committer(LogStore log, long writerRest, long forcerRest) {
        this.log = log;
        this.writerRest = writerRest;
        this.forcerRest = forcerRest;
    }

    // ---- append ---------------------------------------------------------------------------------

    /** Queues whole lines; somebody will write them. Waits while the queue is full. */
    FileAppend append(byte[] lines, int length, int events, Level level) {
        FileAppend append = appendAwaited(lines, length, events, level);
        writer.wake();
        return append;
    }

    /** Queues whole lines for a caller that calls {@link #await} next. */
    FileAppend appendAwaited(byte[] lines, int length, int events, Level level) {
        Wish wish = level == Level.DISK ? Wish.DISK : Wish.NONE;
        return enqueue(lines, length, events, wish, Deadline.NONE);
    }

    /** Has a group forced soon, since somebody wants to know of it. */
    void wantDisk(Group group) {
        group.wantDisk();
        if (group.list(false)) {
            unforced.add(group);
            forcer.wake();
            if (ended) {
                abandon();
            }
        }
        forcer.hurry();
    }

    /** What is wanted on disk when all is closed is there by now, or is not forced any more. */
    private void abandon() {
        List<Group> done = new ArrayList<>();
        forceLock.lock();
        try {
            unforced.settleAll(log.durable(), StoreContext.closed(log.name()), done);
        } finally {
            forceLock.unlock();
        }
        for (Group group : done) {
            group.complete();
        }
    }

    /** Queues whole lines and waits for the level, doing the work if nobody else does. */
    Offset appendAndWait(byte[] lines, int length, int events, Level level, Duration limit) {
        // Before anything is queued: a limit that is refused must store nothing.
        Deadline deadline = Deadline.in(limit);
        if (level == Level.OS) {
            long first = writeAtOnce(lines, length, events);
            if (first >= 0) {
                return new Offset(first + events - 1);
            }
        }
        Wish wish = level == Level.DISK ? Wish.AWAITED_DISK : Wish.NONE;
        FileAppend append = enqueue(lines, length, events, wish, deadline);
        if (level == Level.MEMORY) {
            writer.wake();
            return Offset.UNASSIGNED;
        }
        Group group = append.group();
        boolean interrupted = false;
        try {
            while (!group.isDone(level)) {
                try {
                    if (!await(group, level, deadline, true)) {
                        throw Failures.notReached(level, limit, log.name());
                    }
                } catch (InterruptedException e) {
                    // What is queued cannot be taken back: finish, and hand the interrupt on.
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return new Offset(group.offsetAt(level) + append.last());
    }

    /**
     * Waits until the level is done, doing the work if nobody else does; false at the limit.
     *
     * @param patient whether it may wait for another process, whatever the limit and interrupts say
     */
    boolean await(Group group, Level level, Deadline deadline, boolean patient)
            throws InterruptedException {
        try {
            while (!group.isDone(level)) {
                boolean written = group.isDone(Level.OS);
                ReentrantLock lock = written ? forceLock : writeLock;
                Level next = written ? level : Level.OS;
                if (!written && !patient && log.isHeldElsewhere()) {
                    writer.wake(); // it waits for that process, and this thread for the writer
                    Thread.yield();
                } else if (lead(lock, group, next)) {
                    continue;
                }
                long left = deadline.left(IDLE_NANOS);
                if (left <= 0) {
                    return false;
                }
                group.await(next, lock, left);
            }
            return true;
        } finally {
            if (!group.isDone(level)) { // then others are to do what this thread would have done
                writer.wake();
                if (level == Level.DISK) {
                    wantDisk(group);
                }
            }
        }
    }

    /** Leads if nobody does; returns whether the group's level is done. */
    private boolean lead(ReentrantLock lock, Group group, Level level) {
        if (!lock.tryLock()) {
            return false;
        }
        List<Group> done = new ArrayList<>(2);
        try {
            while (!group.isDone(level) && take(lock, done)) {
                // another batch
            }
        } finally {
            lock.unlock();
        }
        handOn(); // first: others' code in what follows may take long
        finish(done);
        return group.isDone(level);
    }

    /** Queues whole lines; waits for room until the deadline. */
    private FileAppend enqueue(byte[] lines, int length, int events, Wish wish, Deadline deadline) {
        FileAppend append = queue.add(lines, length, events, wish, this, deadline);
        if (append == null) {
            throw Failures.noRoom(deadline.limit(), log.name());
        }
        return append;
    }

    /** Says whether an append may wait for room. */
    boolean mayWait() {
        writer.wake(); // who has queued what there is no room for may not have come to write it yet
        // A dependent that appends on the writer thread would wait for itself.
        return failed == null && !closed && !writer.isCurrent();
    }

    /** Throws if nothing is taken any more. */
    void checkOpen() {
        StoreException cause = failed;
        if (cause != null) {
            throw Failures.stopped(log.name(), cause);
        }
        if (closed) {
            throw StoreContext.closed(log.name());
        }
    }

    // ---- write ----------------------------------------------------------------------------------

    /**
     * Writes the first group of the queue, with the write lock held; says whether there was one.
     */
    private boolean writeQueued(List<Group> done) {
        Group group = queue.poll();
        if (group == null) {
            return false;
        }
        int bytes = group.bytes();
        try {
            StoreException cause = failed;
            if (cause != null) {
                throw cause;
            }
            long first = log.write(group.lines(), group.close(), group.events());
            // Listed before it is seen as written: who then forces must find it.
            boolean listed = group.list(true);
            if (listed) {
                unforced.add(group);
            }
            group.written(first);
            if (!listed && group.list(false)) {
                unforced.add(group);
            }
        } catch (IOException | RuntimeException | Error e) {
            StoreException cause = failure(e);
            // Who appended at MEMORY may never look at a stage, and is to hear of it all the same.
            if (cause instanceof StoreUnavailableException && writer.isCurrent()) {
                Logs.of(Committer.class)
                        .log(
                                System.Logger.Level.WARNING,
                                "{0} events were not stored: {1}",
                                group.events(),
                                cause.getMessage());
            }
            group.fail(cause);
        }
        done.add(group);
        queue.release(group, bytes);
        return true;
    }

    /**
     * Writes whole lines for the caller if nobody writes and nothing is queued, past the queue.
     *
     * @return the offset of the first event, or -1 if they must be queued
     */
    private long writeAtOnce(byte[] lines, int length, int events) {
        if (queue.isFilled() || !writeLock.tryLock()) {
            return -1;
        }
        try {
            // What this thread has queued before is written by now, or is seen here.
            if (queue.isFilled() || failed != null || closed) {
                return -1;
            }
            if (direct.array().length > KEPT_BUFFER) {
                direct = new LineBuffer(FIRST_BUFFER);
            }
            direct.length(0);
            direct.write(lines, 0, length);
            return log.write(direct, BatchMark.end(direct), events);
        } catch (IOException | RuntimeException | Error e) {
            throw failure(e);
        } finally {
            writeLock.unlock();
            handOn();
            log.afterWrite();
        }
    }

    /** Makes of what has stopped a write what those who wait hear; most end all writing (STO-9). */
    private StoreException failure(Throwable e) {
        StoreException cause = Failures.writing(log.name(), e);
        if (!(cause instanceof StoreUnavailableException) && failed == null) {
            failed = cause;
        }
        return cause;
    }

    // ---- force ----------------------------------------------------------------------------------

    /** Forces what is written, with the force lock held; says whether there was anything. */
    private boolean forceUnforced(List<Group> done) {
        Group first = unforced.first();
        if (first == null) {
            return false;
        }
        StoreException cause = failed;
        long durable = log.durable();
        if (cause == null && durable < first.endOffset()) {
            try {
                durable = log.force();
            } catch (IOException | RuntimeException | Error e) {
                // Whatever it is, those who wait must hear of it.
                cause = Failures.of(log.name(), "forced to the disk", e);
                failed = cause;
            }
        }
        unforced.settle(durable, cause, done);
        if (cause != null) {
            queue.fail(cause, done); // after a failed force nothing that waits is written either
        }
        return true;
    }

    /** Runs an action between two batches, with the append lock free; not once this is closed. */
    <T> T exclusively(LockedLog.Action<T> action) throws IOException {
        writeLock.lock();
        try {
            // Looked at with the lock, which closing waits for: nothing is opened behind it.
            if (closed) {
                throw StoreContext.closed(log.name());
            }
            return action.run();
        } finally {
            writeLock.unlock();
            handOn();
        }
    }

    // ---- handing on -----------------------------------------------------------------------------

    private final class Writer extends Worker {

        Writer() {
            super("writer");
        }

        @Override
        boolean wanted() {
            return queue.isFilled();
        }

        @Override
        boolean pressed() {
            return closed;
        }

        @Override
        void turn() {
            List<Group> done = takeOne(writeLock);
            wakeForcer(); // first: others' code in what follows may wait for it
            // Where appends come in a stream, one by one they would keep a core busy with waking.
            boolean stream = done.size() == 1 && done.get(0).isStream(SMALL_BATCH);
            finish(done);
            if (stream) {
                rest(writerRest);
            }
        }
    }

    private final class Forcer extends Worker {

        Forcer() {
            super("forcer");
        }

        @Override
        boolean wanted() {
            return unforced.diskWanted();
        }

        @Override
        boolean pressed() {
            return closed || unforced.diskAsked();
        }

        @Override
        void turn() {
            List<Group> done = takeOne(forceLock);
            nudgeUnforced(); // who was written meanwhile waits for the end of this turn
            finish(done);
            rest(forcerRest);
        }
    }

    private List<Group> takeOne(ReentrantLock lock) {
        List<Group> done = new ArrayList<>(2);
        lock.lock();
        try {
            take(lock, done);
        } finally {
            lock.unlock();
        }
        return done;
    }

    /** Does what a lock is for, once, with that lock held; says whether there was anything. */
    private boolean take(ReentrantLock lock, List<Group> done) {
        return lock == forceLock ? forceUnforced(done) : writeQueued(done);
    }

    /** What follows a turn, with no lock held. */
    private void finish(List<Group> done) {
        for (Group group : done) {
            group.complete();
        }
        log.afterWrite();
    }

    /** Makes sure that what is left is done by somebody. */
    private void handOn() {
        // Who queues after this look finds the lock free and leads.
        if (queue.isFilled()) {
            queue.nudgeFirst();
            writer.wake();
        }
        if (nudgeUnforced()) {
            wakeForcer();
        }
    }

    /**
     * Wakes those who wait for the first group that is not forced yet; says whether there is one.
     */
    private boolean nudgeUnforced() {
        Group next = unforced.first();
        if (next != null) {
            next.nudge();
        }
        return next != null;
    }

    /** A group that somebody waits for is forced by that one, unless one behind it is wanted. */
    private void wakeForcer() {
        if (unforced.diskWanted()) {
            forcer.wake();
            if (unforced.diskAsked()) {
                forcer.hurry(); // who asked may have done so before the group was listed
            }
        }
    }

    /** Writes and forces what was accepted, then takes nothing more. */
    @Override
    public void close() {
        closed = true;
        queue.settle();
        writer.stop();
        forcer.stop();
        List<Group> done = new ArrayList<>();
        writeLock.lock();
        try {
            while (writeQueued(done)) {
                // the rest
            }
        } finally {
            writeLock.unlock();
        }
        forceLock.lock();
        try {
            while (!unforced.isEmpty() && forceUnforced(done)) {
                // the rest
            }
        } finally {
            forceLock.unlock();
        }
        ended = true;
        abandon();
        finish(done);
    }
}

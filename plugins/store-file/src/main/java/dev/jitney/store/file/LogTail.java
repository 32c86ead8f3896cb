// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Offset;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventTail;
import dev.jitney.spi.Position;
import dev.jitney.spi.TailOptions;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Follows the log over its segments. To see whether something is new costs a look at a mapped word;
 * between looks it sleeps until the system tells of a change, or a while.
 *
 * <p>The system tells of the bytes of a batch, which are written before the batch is committed, and
 * of the commit it tells nothing. So a tail that is woken and finds more bytes than are committed
 * looks again and again for a few milliseconds.
 *
 * <p><b>Threads.</b> {@link #next} belongs to one thread at a time; {@link #close} to any.
 */
final class LogTail implements EventTail {

    private static final long CHASE_NANOS = 5_000_000;
    private static final long SPIN_NANOS = 20_000;
    private static final long PARK_NANOS = 50_000;

    /** How often to see whether the segment that is read is still the last. */
    private static final long RELIST_NANOS = 2_000_000_000L;

    /** How often to see, when nothing comes, whether the directory is still the same. */
    private static final long CHECK_NANOS = 500_000_000L;

    private final StoreContext context;
    private final Wakeups wakeups;
    private final SegmentHints.Source hints;
    private final SegmentScan scan;
    private final Backoff backoff = new Backoff();
    private final ReentrantLock busy = new ReentrantLock();
    private volatile long position;
    private volatile boolean closed;
    private @Nullable SegmentView view;
    private @Nullable FileIdentity file;
    private @Nullable SegmentName last;
    private boolean sealedSeen;
    private long listedAt;
    private long checkedAt = System.nanoTime();

    private LogTail(
            StoreContext context,
            TailOptions options,
            Wakeups wakeups,
            SegmentHints.Source hints,
            long from) {
        this.context = context;
        this.wakeups = wakeups;
        this.hints = hints;
        Problems problems = new Problems(options.onProblem());
        RegionScan regions =
                new RegionScan(
                        context.format(), options.selection(), Log.longestLine(context), problems);
        scan = new SegmentScan(regions, options.selection(), problems, false);
        if (!(options.from() instanceof Position.Start)) {
            scan.expect(from);
        }
        if (options.from() instanceof Position.AtTime at) {
            scan.notBefore(Log.millis(at.storedAt()));
        }
        position = from;
    }

    /** Opens a tail; nothing is watched before it has to wait. */
    static LogTail open(
            StoreContext context, TailOptions options, Wakeups wakeups, SegmentHints.Source hints) {
        try (Reading reading = new Reading(context.directory().path())) {
            while (true) {
                try {
                    long from = Log.bounds(context.disk(), options.from()).from();
                    return new LogTail(context, options, wakeups, hints, from);
                } catch (IOException e) {
                    reading.again(e);
                }
            }
        }
    }

    @Override
    public @Nullable StoredEvent next(Duration limit) throws InterruptedException {
        busy.lock();
        try {
            return waitForNext(nanos(limit));
        } catch (ClosedByInterruptException e) {
            release(); // the interrupt has closed its channel
            Thread.interrupted();
            throw new InterruptedException();
        } catch (IOException e) {
            release();
            throw Failures.reading(context.directory().path(), e);
        } finally {
            busy.unlock();
            releaseIfClosed();
        }
    }

    @Override
    public Offset position() {
        return Offset.of(position);
    }

    @Override
    public void close() {
        closed = true;
        wakeups.signal();
        releaseIfClosed();
    }

    private @Nullable StoredEvent waitForNext(long nanos) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (closed) {
                return null;
            }
            long seen = wakeups.epoch();
            StoredEvent event = look();
            if (event != null) {
                backoff.rest();
                return event;
            }
            checkThere();
            long left = nanos - (System.nanoTime() - begin);
            if (left <= 0) {
                return null;
            }
            long pause = wakeups.watching() ? backoff.watched() : backoff.unwatched();
            wakeups.await(seen, Math.min(left, pause));
            if (wakeups.epoch() != seen) {
                chase();
            }
        }
    }

    /** Nothing more comes in a log that was removed, and one in its place has other offsets. */
    private void checkThere() throws IOException {
        long now = System.nanoTime();
        if (now - checkedAt < CHECK_NANOS) {
            return;
        }
        checkedAt = now;
        if (!context.directory().isThere()) {
            release();
            context.directory().checkThere(context.config());
        }
        checkLogThere();
    }

    /** The last segment of a log is never taken away by a purge. */
    private void checkLogThere() throws IOException {
        SegmentView of = view;
        FileIdentity known = file;
        if (of != null
                && known != null
                && !known.isThere()
                && !Segments.goesOnFrom(context.disk(), of.name())) {
            release();
            throw Failures.replaced(context.config().directory().toString());
        }
    }

    /** Returns the next event that is there; keeps the position right whatever fails. */
    private @Nullable StoredEvent look() throws IOException {
        try {
            return advance();
        } catch (NoSuchFileException e) {
            release(); // removed while it was being made: list again
            return null;
        } finally {
            if (view != null) {
                position = scan.position();
            }
        }
    }

    private @Nullable StoredEvent advance() throws IOException {
        while (true) {
            SegmentView of = view != null ? view : openNext();
            if (of == null) {
                return null;
            }
            StoredEvent event = scan.next();
            if (event != null) {
                return event;
            }
            if (!of.refresh() && !goOn(of)) {
                return null;
            }
        }
    }

    /**
     * Leaves a segment that has nothing more for the one behind it; says false if there is none.
     */
    private boolean goOn(SegmentView of) throws IOException {
        if (!isTimeToList(of)) {
            return false;
        }
        List<SegmentName> names = Segments.list(context.disk());
        if (names.isEmpty() || names.get(names.size() - 1).base() <= of.name().base()) {
            return false;
        }
        // It was complete before the one behind it was made; what came at the end is looked at
        // first.
        if (!of.refresh()) {
            position = scan.position();
            // What a purge has left of one whose end was not seen goes on behind the position.
            last = of.outdated() ? null : of.name();
            release();
        }
        return true;
    }

    private boolean isTimeToList(SegmentView of) throws IOException {
        boolean newlySealed = of.sealed() && !sealedSeen;
        sealedSeen = of.sealed();
        boolean due =
                newlySealed
                        || of.outdated()
                        || of.sealed()
                                && context.disk().exists(new SegmentName(of.endOffset(), 0).log())
                        // A damaged seal, or a segment that was removed, would say nothing for
                        // ever.
                        || System.nanoTime() - listedAt >= RELIST_NANOS;
        if (due) {
            listedAt = System.nanoTime();
        }
        return due;
    }

    private @Nullable SegmentView openNext() throws IOException {
        SegmentView opened = Log.openFirst(context.disk(), this::choose);
        if (opened == null) {
            return null;
        }
        try {
            SegmentHints known = opened.sealed() ? hints.hintsFor(opened) : null;
            scan.open(opened, known, position, Long.MAX_VALUE);
            sealedSeen = false;
            listedAt = System.nanoTime();
            file = context.disk().identity(opened.name().log());
            view = opened; // last: before that the position must not be taken from the scan
            return opened;
        } finally {
            if (view == null) {
                opened.close();
            }
        }
    }

    private @Nullable SegmentName choose(List<SegmentName> names) {
        SegmentName done = last;
        SegmentName chosen = null;
        for (SegmentName name : names) {
            if (done != null && name.base() > done.base()) {
                return name;
            }
            if (done == null && (chosen == null || name.base() <= position)) {
                chosen = name;
            }
        }
        return chosen;
    }

    /** Looks again while there are bytes that are not committed. */
    private void chase() throws IOException {
        SegmentView of = view;
        if (of == null || of.refresh() || of.logSize() <= of.endPosition()) {
            return;
        }
        long begin = System.nanoTime();
        while (!of.refresh() && !closed && !Thread.currentThread().isInterrupted()) {
            long spent = System.nanoTime() - begin;
            if (spent > CHASE_NANOS) {
                backoff.soon(); // the writer is slow or dead
                return;
            }
            if (spent < SPIN_NANOS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(this, PARK_NANOS);
            }
        }
    }

    private void releaseIfClosed() {
        if (closed && busy.tryLock()) {
            try {
                release();
            } finally {
                busy.unlock();
            }
        }
    }

    private void release() {
        SegmentView open = view;
        view = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // It was only read: nothing is lost with it.
            }
        }
    }

    private static long nanos(Duration limit) {
        try {
            return limit.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }

    /**
     * How long to sleep at most: a millisecond after something happened, more and more up to 50;
     * 100 where the system wakes us.
     */
    private static final class Backoff {

        private static final long LEAST = 1_000_000;
        private static final long MOST = 50_000_000;
        private static final long WATCHED = 100_000_000;

        private long pause = LEAST;
        private boolean soon;

        /** Something has come. */
        void rest() {
            pause = LEAST;
            soon = false;
        }

        /** Something is about to come of which the system will not tell. */
        void soon() {
            pause = LEAST;
            soon = true;
        }

        long unwatched() {
            long now = pause;
            pause = Math.min(MOST, pause + (pause >> 2));
            return now;
        }

        long watched() {
            return soon ? unwatched() : WATCHED;
        }
    }
}

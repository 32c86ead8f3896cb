// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes batches to the end of the log. All methods but {@link #tail} are called by one thread at a
 * time that holds the append lock.
 *
 * <p>What it knows of the tail is brought up to date from the sidecar at each {@link #enter}: other
 * processes may have appended, rolled, purged or died in between.
 *
 * <p>The roll: the seal in the old sidecar is its commit point. The next segment's name follows
 * from the seal, so whoever comes next makes the files if they are missing; doing it twice is
 * harmless.
 */
final class LogWriter implements Closeable {

    private static final int STAGE_BYTES = 256 * 1024;

    private final StoreContext context;
    private final Disk disk;
    private final SharedState state;
    private final ByteBuffer stage = ByteBuffer.allocateDirect(STAGE_BYTES);
    private @Nullable Open open;
    private volatile @Nullable Tail tail;
    private long rolls;

    /**
     * What is written so far, for those who force it.
     *
     * @param name the tail segment
     * @param log its log
     * @param file which file that is
     * @param endOffset the offset behind the last event written
     */
    record Tail(SegmentName name, StoreFile log, FileIdentity file, long endOffset) {}

    /** The tail segment as this process has it open. */
    private static final class Open {
        final SegmentName name;
        final StoreFile log;
        final FileIdentity file;
        final Sidecar sidecar;
        long endPosition;
        long endOffset;
        long lastMillis;

        Open(SegmentName name, StoreFile log, FileIdentity file, Sidecar sidecar) {
            this.name = name;
            this.log = log;
            this.file = file;
            this.sidecar = sidecar;
            this.endOffset = name.base();
            takeInSlots();
        }

        /** Works out the end from the last slot; the seal carries it too. */
        void takeInSlots() {
            int last = sidecar.count() - 1;
            if (last >= 0 && sidecar.valid(last)) {
                endPosition = sidecar.position(last) + sidecar.length(last);
                endOffset = sidecar.endOffset(last);
                lastMillis = sidecar.storedMillis(last);
            }
        }
    }

    LogWriter(StoreContext context, SharedState state) {
        this.context = context;
        this.disk = context.disk();
        this.state = state;
    }

    /** Returns what is written so far, or null before the first {@link #enter}. Any thread. */
    @Nullable Tail tail() {
        return tail;
    }

    /** Returns how often this writer has begun a new segment. */
    long rolls() {
        return rolls;
    }

    /**
     * Brings the tail up to date, with the append lock just taken.
     *
     * @param suspicious whether the lock's last holder was killed while it had it
     */
    void enter(boolean suspicious) throws IOException {
        Open known = open;
        boolean first = known == null;
        if (first || suspicious) {
            Purges.recover(disk);
        }
        if (known == null) {
            if (state.foreignBoot()) {
                new Recovery(context, state).afterLossOfPower();
            }
            openTail();
        } else {
            if (known.sidecar.refresh()) {
                known.takeInSlots();
            }
            if (known.sidecar.outdated() && Segments.goesOnFrom(disk, known.name)) {
                openTail(); // others have filled, closed and removed it
            }
        }
        while (current().sidecar.sealed()) {
            openTail();
        }
        if (first || suspicious) {
            repairTail();
        }
        publishTail();
    }

    /** Says whether the tail that was entered is still in its place, which no purge takes away. */
    boolean isThere() {
        return current().file.isThere();
    }

    /** Returns the offset that the next event is given. */
    long endOffset() {
        return current().endOffset;
    }

    /** Says whether the tail has no event. */
    boolean tailEmpty() {
        return current().endPosition == 0;
    }

    SegmentName tailName() {
        return current().name;
    }

    /**
     * Writes a batch and commits it: what follows a failure is as it was before.
     *
     * @param bytes the lines, the last of them with the mark
     * @param crc the checksum that the mark carries
     * @return the offset of its first event
     */
    long write(byte[] bytes, int length, int crc, int events) throws IOException {
        Open at = current();
        if (at.endPosition > 0 && at.endPosition + length > context.config().segmentBytes()) {
            roll();
            at = current();
        }
        at.sidecar.reserve();
        try {
            writeBytes(at, bytes, length);
        } catch (IOException | RuntimeException | Error e) {
            try {
                at.log.truncate(at.endPosition);
            } catch (IOException again) {
                e.addSuppressed(again); // the next holder of the lock cuts it
            }
            throw e;
        }
        at.lastMillis = storingMillis(at);
        long firstOffset = at.endOffset;
        at.sidecar.publish(at.endPosition, length, crc, events, firstOffset, at.lastMillis);
        at.endPosition += length;
        at.endOffset += events;
        publishTail();
        return firstOffset;
    }

    /** Never back, whatever the clock does, and no more than a commit record has room for. */
    private long storingMillis(Open at) {
        return Math.max(at.lastMillis, Math.min(context.clock().millis(), Log.LATEST_MILLIS));
    }

    private void writeBytes(Open at, byte[] bytes, int length) throws IOException {
        for (int done = 0; done < length; ) {
            int step = Math.min(stage.capacity(), length - done);
            stage.clear().put(bytes, done, step).flip();
            at.log.write(stage, at.endPosition + done);
            done += step;
        }
    }

    /** Seals the tail and begins the next segment. */
    void roll() throws IOException {
        Open at = current();
        at.sidecar.reserve();
        at.lastMillis = storingMillis(at);
        at.sidecar.seal(at.endPosition, at.endOffset, at.lastMillis);
        openTail();
        rolls++;
        publishTail();
    }

    /** Opens the last segment, making it if the one before is sealed or there is none. */
    private void openTail() throws IOException {
        Open before = open;
        List<SegmentName> segments = Segments.list(disk);
        SegmentName last = segments.isEmpty() ? null : segments.get(segments.size() - 1);
        long base = before == null ? 0 : before.endOffset;
        Open next;
        if (last == null
                || (before != null && last.base() < base)
                || (before != null && last.equals(before.name))) {
            // Offsets that were once forced are gone for good, also where somebody has deleted the
            // log.
            next = create(new SegmentName(Math.max(base, state.durable()), 0));
        } else {
            next = reopen(last);
        }
        next.lastMillis = Math.max(next.lastMillis, before == null ? 0 : before.lastMillis);
        open = next;
        publishTail(); // before the old log is closed: who forces looks again when it finds it
        // closed
        if (before != null) {
            before.log.close();
        }
    }

    private Open create(SegmentName name) throws IOException {
        Sidecar sidecar = Sidecar.create(disk, name);
        return opened(name, disk.create(name.log()), sidecar);
    }

    private Open reopen(SegmentName name) throws IOException {
        if (Sidecar.canOpen(disk, name)) {
            Sidecar sidecar = Sidecar.open(disk, name, true);
            if (sidecar.headerValid()) {
                return opened(name, disk.open(name.log(), true), sidecar);
            }
        }
        return besideUnverifiable(name);
    }

    private Open opened(SegmentName name, StoreFile log, Sidecar sidecar) throws IOException {
        return new Open(name, log, disk.identity(name.log()), sidecar);
    }

    /**
     * A tail without its commit records stays as it is; a new segment begins behind its lines. One
     * that has none makes room for the new one, and what it has is kept aside.
     */
    private Open besideUnverifiable(SegmentName name) throws IOException {
        long lines = Recovery.countLines(disk, name);
        long next = Math.max(name.base() + lines, state.durable());
        if (next == name.base()) {
            cutHalfLine(name);
            return create(name);
        }
        Logs.of(LogWriter.class)
                .log(
                        System.Logger.Level.WARNING,
                        "The commit records of {0} are missing or damaged; it is kept as it is, unverifiable,"
                                + " with its {1} lines, and a new segment begins.",
                        name.log(),
                        lines);
        return create(new SegmentName(next, 0));
    }

    private void cutHalfLine(SegmentName name) throws IOException {
        try (StoreFile log = disk.open(name.log(), true)) {
            if (log.size() > 0) {
                new Recovery(context, state).cutTorn(name, log, 0);
            }
        }
    }

    private void repairTail() throws IOException {
        Open at = current();
        int last = at.sidecar.count() - 1;
        if (last >= 0 && !at.sidecar.valid(last)) {
            throw Failures.damagedRecord(at.name);
        }
        long size = at.log.size();
        if (size > at.endPosition && at.endOffset < state.durable()) {
            throw Failures.damagedTail(at.name, at.endPosition);
        }
        if (size > at.endPosition) {
            new Recovery(context, state).cutTorn(at.name, at.log, at.endPosition);
        } else if (size < at.endPosition) {
            Logs.of(LogWriter.class)
                    .log(
                            System.Logger.Level.WARNING,
                            "{0} has {1} bytes where {2} were committed; it is kept as it is and a new segment"
                                    + " begins.",
                            at.name.log(),
                            size,
                            at.endPosition);
            roll();
        }
    }

    private void publishTail() {
        Open at = current();
        Tail known = tail;
        if (known == null || known.log() != at.log || known.endOffset() != at.endOffset) {
            tail = new Tail(at.name, at.log, at.file, at.endOffset);
        }
    }

    private Open current() {
        if (open == null) {
            throw new IllegalStateException("the log was not entered");
        }
        return open;
    }

    @Override
    public void close() throws IOException {
        if (open != null) {
            open.log.close();
        }
    }
}

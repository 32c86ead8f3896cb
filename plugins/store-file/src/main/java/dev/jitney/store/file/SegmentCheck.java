// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Checks every byte of one segment: of the log each batch against its checksum, its mark and its
 * number of lines, and each line; of the sidecar the header, each record, their order, and the
 * zeroes behind them. Changes nothing.
 *
 * <p>What a live writer is about to write is not an incomplete end: it is looked at again for a
 * while, until what was there is committed or taken back.
 */
final class SegmentCheck {

    private static final long PAUSE_NANOS = 20_000_000;

    /** What {@link #check} returns for a segment whose end is not known. */
    static final long UNKNOWN = -1;

    private final Disk disk;
    private final EventFormat format;
    private final long longest;
    private final SegmentName name;
    private final boolean last;
    private final Findings findings;
    private final long patience;

    private long position;
    private long offset;
    private long millis;
    private long good;

    /**
     * @param patience how long to wait for a live writer to finish what it has begun
     */
    SegmentCheck(
            StoreContext context,
            SegmentName name,
            boolean last,
            Findings findings,
            Duration patience) {
        this.disk = context.disk();
        this.format = context.format();
        this.longest = Log.longestLine(context);
        this.name = name;
        this.last = last;
        this.findings = findings;
        this.patience = patience.toNanos();
        this.offset = name.base();
    }

    /**
     * Checks the segment and returns the offset behind it, or {@link #UNKNOWN}.
     *
     * @throws NoSuchFileException if it was removed
     */
    long check() throws IOException {
        try (StoreFile log = disk.open(name.log(), false);
                StoreFile records = openRecords()) {
            // Once both are open, a purge that replaces the segment changes nothing here: what is
            // counted is not counted again.
            long end =
                    records == null ? checkWithoutSidecar(log) : check(log, records, openSidecar());
            findings.good(good);
            return end;
        }
    }

    private long check(StoreFile log, StoreFile records, Sidecar sidecar) throws IOException {
        if (!sidecar.headerValid()) {
            findings.damaged(name.sidecar(), 0, Sidecar.SLOT, UNKNOWN, "The header is damaged.");
        }
        Slots slots = new Slots(sidecar, name, log);
        LineWalk walk = new LineWalk(bytesOf(log), 0, longest);
        int checked = checkSlots(sidecar, slots, 0, walk, log.size());
        if (slots.sealed()) {
            checkSeal(sidecar, log.size());
        } else if (!last) {
            findings.damaged(
                    name.sidecar(),
                    slotAt(sidecar.count()),
                    Sidecar.SLOT,
                    offset,
                    "The record that closes the segment is missing, though another segment"
                            + " follows.");
        } else {
            checkEnd(sidecar, slots, checked, walk, log);
        }
        checkZeroes(sidecar, records);
        return offset;
    }

    /** Opens the sidecar as a file, or returns null if it is missing or too short to be one. */
    private @Nullable StoreFile openRecords() throws IOException {
        try {
            StoreFile file = disk.open(name.sidecar(), false);
            if (file.size() >= Sidecar.SLOT) {
                return file;
            }
            file.close();
        } catch (NoSuchFileException e) {
            if (!disk.exists(name.log())) {
                throw e; // removed just now, the log too
            }
        }
        return null;
    }

    private Sidecar openSidecar() throws IOException {
        Sidecar sidecar = Sidecar.open(disk, name, false);
        if (!sidecar.sealed()) {
            sidecar.bridgeHole();
        }
        return sidecar;
    }

    private static LineWalk.Bytes bytesOf(StoreFile log) {
        return (into, at, length, from) -> log.read(ByteBuffer.wrap(into, at, length), from);
    }

    private static long slotAt(int slot) {
        return (slot + 1L) * Sidecar.SLOT;
    }

    private long checkWithoutSidecar(StoreFile log) throws IOException {
        long size = log.size();
        findings.unverifiable(
                name.log(),
                0,
                size,
                name.base(),
                "The checksums in '" + name.sidecar() + "' are missing.");
        LineWalk walk = new LineWalk(bytesOf(log), size, longest);
        walk.enter(0, size);
        good += checkLines(walk).good();
        findings.checked(size);
        return UNKNOWN;
    }

    private int checkSlots(Sidecar sidecar, Slots slots, int from, LineWalk walk, long logSize)
            throws IOException {
        int slot = from;
        for (; slot < slots.count(); slot++) {
            Slots.Region batch = slots.get(slot);
            if (!sidecar.valid(slot)) {
                findings.damaged(
                        name.sidecar(),
                        slotAt(slot),
                        Sidecar.SLOT,
                        offset,
                        "The commit record of a batch is damaged.");
            } else if (!inOrder(batch)) {
                findings.damaged(
                        name.sidecar(),
                        slotAt(slot),
                        Sidecar.SLOT,
                        offset,
                        "The commit record of a batch does not follow on the one before.");
            }
            walk.limit(Math.min(logSize, batch.end()));
            checkBatch(batch, walk, logSize);
            position = batch.end();
            offset = batch.endOffset();
            millis = batch.storedMillis();
        }
        return slot;
    }

    private boolean inOrder(Slots.Region batch) {
        return batch.position() == position
                && batch.firstOffset() >= offset
                && batch.storedMillis() >= millis
                && batch.events() > 0
                && batch.length() > BatchMark.TRAILER;
    }

    private void checkBatch(Slots.Region batch, LineWalk walk, long logSize) throws IOException {
        if (batch.length() == 0) {
            return; // several damaged records side by side, told already
        }
        walk.enter(batch.position(), batch.length());
        Counted lines = checkLines(walk, batch.firstOffset());
        findings.checked(Math.max(0, Math.min(batch.end(), logSize) - batch.position()));
        if (batch.end() > logSize) {
            findings.damaged(
                    name.log(),
                    logSize,
                    batch.end() - logSize,
                    batch.firstOffset(),
                    "The file ends "
                            + (batch.end() - logSize)
                            + " bytes too early: of the "
                            + Findings.range(batch.firstOffset(), batch.endOffset())
                            + " some are missing.");
            return;
        }
        String problem = problemOf(batch, walk, lines);
        if (problem == null) {
            good += lines.good();
        } else if (batch.crc() == null) {
            findings.unverifiable(
                    name.log(), batch.position(), batch.length(), batch.firstOffset(), problem);
        } else {
            findings.damaged(
                    name.log(), batch.position(), batch.length(), batch.firstOffset(), problem);
        }
    }

    private static @Nullable String problemOf(Slots.Region batch, LineWalk walk, Counted lines)
            throws IOException {
        Integer recorded = batch.crc();
        boolean marked = walk.endsWithMark(walk.crc());
        if (recorded == null && !marked) {
            return "The checksum of a batch is lost: its commit record is damaged, and its mark"
                    + " does not fit.";
        }
        if (recorded != null && recorded != walk.crc()) {
            return "The checksum of these bytes, written as "
                    + Findings.range(batch.firstOffset(), batch.endOffset())
                    + ", does not fit.";
        }
        if (!marked) {
            return "The mark at the end of a batch is damaged.";
        }
        if (lines.all() != batch.events()) {
            return "A batch has "
                    + lines.all()
                    + " lines where "
                    + batch.events()
                    + " were written.";
        }
        return null;
    }

    /** How many lines a region has, and how many of them are events. */
    private record Counted(long all, long good) {}

    private Counted checkLines(LineWalk walk) throws IOException {
        return checkLines(walk, UNKNOWN);
    }

    private Counted checkLines(LineWalk walk, long firstOffset) throws IOException {
        long all = 0;
        long good = 0;
        while (walk.next()) {
            String problem = problemOf(walk);
            if (problem == null) {
                good++;
            } else {
                long lineOffset = firstOffset < 0 ? UNKNOWN : firstOffset + all;
                findings.damaged(name.log(), walk.position(), walk.length(), lineOffset, problem);
            }
            all++;
        }
        return new Counted(all, good);
    }

    private @Nullable String problemOf(LineWalk walk) {
        if (walk.tooLong()) {
            return "The line has "
                    + walk.length()
                    + " bytes, more than an event may have here ("
                    + longest
                    + ").";
        }
        try {
            format.decode(walk.array(), walk.from(), walk.to());
        } catch (EventFormatException e) {
            return "The line is not an event: " + e.getMessage();
        }
        return walk.endsWithBreak() ? null : "The line does not end with a line break.";
    }

    private void checkSeal(Sidecar sidecar, long logSize) {
        int seal = sidecar.count() - 1;
        if (sidecar.position(seal) != position
                || sidecar.firstOffset(seal) < offset
                || sidecar.storedMillis(seal) < millis) {
            findings.damaged(
                    name.sidecar(),
                    slotAt(seal),
                    Sidecar.SLOT,
                    offset,
                    "The record that closes the segment does not follow on the one before.");
        }
        offset = sidecar.firstOffset(seal);
        if (logSize > position) {
            findings.damaged(
                    name.log(),
                    position,
                    logSize - position,
                    offset,
                    (logSize - position) + " bytes lie behind the end of a closed segment.");
        }
    }

    /** Waits until what lies behind the end of the tail is committed or gone, and checks it. */
    private void checkEnd(
            Sidecar sidecar, Slots slots, int checkedSlots, LineWalk walk, StoreFile log)
            throws IOException {
        int checked = checkedSlots;
        long there = log.size();
        long deadline = System.nanoTime() + patience;
        while (position < there && log.size() > position) {
            boolean grown = slots.refresh();
            if (sidecar.outdated()) {
                throw new NoSuchFileException(name.log()); // its next generation has what follows
            } else if (grown) {
                checked = checkSlots(sidecar, slots, checked, walk, log.size());
            } else if (System.nanoTime() - deadline >= 0) {
                findings.torn(
                        name.log(),
                        position,
                        log.size() - position,
                        offset,
                        "An incomplete end that a crash has left; none of it was acknowledged. The"
                                + " next publisher cuts it off and keeps it aside.");
                return;
            } else {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** Checks that the sidecar has nothing behind its last record. */
    private void checkZeroes(Sidecar sidecar, StoreFile records) throws IOException {
        long deadline = System.nanoTime() + patience;
        while (true) {
            long found = firstNonZero(records, slotAt(sidecar.count()));
            if (found < 0) {
                return;
            }
            // A live writer fills a record before it publishes it; whoever looks later checks that.
            boolean next = last && !sidecar.sealed() && found < slotAt(sidecar.count() + 1);
            if (next && sidecar.refresh()) {
                return;
            }
            if (!next || System.nanoTime() - deadline >= 0) {
                findings.damaged(
                        name.sidecar(),
                        found,
                        1,
                        offset,
                        "There are bytes behind the last commit record that are not zero.");
                return;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static long firstNonZero(StoreFile file, long from) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(64 * 1024);
        long at = from;
        int n;
        while ((n = file.read(chunk.clear(), at)) > 0) {
            int zeroes = zeroes(chunk.array(), n);
            if (zeroes < n) {
                return at + zeroes;
            }
            at += n;
        }
        return file.size() % Sidecar.SLOT == 0 ? -1 : file.size() - 1;
    }

    private static int zeroes(byte[] bytes, int length) {
        int at = 0;
        while (at < length && bytes[at] == 0) {
            at++;
        }
        return at;
    }
}

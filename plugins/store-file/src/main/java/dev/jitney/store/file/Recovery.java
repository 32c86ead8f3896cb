// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Puts the end of the log right, under the append lock (STO-8).
 *
 * <p>After a kill the page cache is whole: what is committed is there, and what lies behind the
 * last commit record was never acknowledged. It is cut off and kept aside.
 *
 * <p>After a loss of power anything that was not forced may be missing, in any order, the sidecar
 * too, since a commit forces the log alone. From the first segment whose sidecar was not forced,
 * each batch is checked; where a record is missing or does not fit, the batch is recognised by its
 * mark and recorded again. The first place that holds no whole batch is the end, unless it is known
 * to have been forced: then it is damage, and stays.
 */
final class Recovery {

    private static final int CHUNK = 1 << 20;

    private final StoreContext context;
    private final Disk disk;
    private final SharedState state;

    Recovery(StoreContext context, SharedState state) {
        this.context = context;
        this.disk = context.disk();
        this.state = state;
    }

    /** Cuts a log back to a position, keeping what is cut in a file of its own. */
    void cutTorn(SegmentName name, StoreFile log, long position) throws IOException {
        long size = log.size();
        String aside = aside(name, position);
        try {
            copy(log, position, size, aside);
        } catch (IOException e) {
            try {
                disk.delete(aside); // or each try on a full disk would leave one
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
        log.truncate(position);
        Logs.of(Recovery.class)
                .log(
                        System.Logger.Level.WARNING,
                        "{0}: an incomplete end of {1} bytes at byte {2}, left by a crash, was cut off and is"
                                + " kept in {3}. Nothing of it was acknowledged.",
                        name.log(),
                        size - position,
                        position,
                        aside);
    }

    /** Names a file for what is cut at a position: what was cut there before is kept, too. */
    private String aside(SegmentName name, long position) {
        String cut = name.log() + "@" + position;
        String aside = cut + ".torn";
        for (int next = 2; disk.exists(aside); next++) {
            aside = cut + "." + next + ".torn";
        }
        return aside;
    }

    private void copy(StoreFile log, long from, long to, String aside) throws IOException {
        try (StoreFile torn = disk.create(aside)) {
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
            for (long at = from; at < to; ) {
                chunk.clear().limit((int) Math.min(CHUNK, to - at));
                int n = log.read(chunk, at);
                if (n <= 0) {
                    break;
                }
                chunk.flip();
                torn.write(chunk, at - from);
                at += n;
            }
            torn.force();
        }
    }

    /** Checks all that was not known to be forced, and forces what is good. */
    void afterLossOfPower() throws IOException {
        List<SegmentName> segments = Segments.list(disk);
        long from = state.sidecars();
        boolean ended = false;
        long expectedBase = -1;
        for (int i = 0; i < segments.size(); i++) {
            SegmentName name = segments.get(i);
            boolean last = i == segments.size() - 1;
            if (name.base() < from && !last) {
                continue;
            }
            if (ended
                    || (expectedBase >= 0
                            && name.base() > expectedBase
                            && name.base() >= state.durable())) {
                ended = true;
                setAside(name);
                continue;
            }
            expectedBase = check(name, last);
        }
        disk.forceFolder(SegmentName.FOLDER);
        state.markBoot();
    }

    /**
     * A segment behind the place where the log ends: nothing in it was ever acknowledged at DISK.
     */
    private void setAside(SegmentName name) throws IOException {
        String aside = aside(name, 0);
        disk.rename(name.log(), aside);
        disk.delete(name.sidecar());
        Logs.of(Recovery.class)
                .log(
                        System.Logger.Level.WARNING,
                        "{0} lies behind events that a loss of power has taken; it is kept aside as {1}.",
                        name.log(),
                        aside);
    }

    /** Checks a segment; returns the offset behind its last event, or -1 if that cannot be told. */
    private long check(SegmentName name, boolean last) throws IOException {
        if (!Sidecar.canOpen(disk, name)) {
            Sidecar.create(disk, name);
        }
        Sidecar sidecar = Sidecar.open(disk, name, true);
        if (!sidecar.headerValid()) {
            sidecar = Sidecar.create(disk, name);
        }
        try (StoreFile log = disk.open(name.log(), true)) {
            long size = log.size();
            int good = goodSlots(sidecar, log, size);
            long position = good == 0 ? 0 : sidecar.position(good - 1) + sidecar.length(good - 1);
            long offset = good == 0 ? name.base() : sidecar.endOffset(good - 1);
            long millis = good == 0 ? context.clock().millis() : sidecar.storedMillis(good - 1);
            boolean sealed = good > 0 && sidecar.isSeal(good - 1);
            if (!sealed) {
                sidecar.cut(good);
                MarkScanner marks =
                        new MarkScanner(log, size, position, context.config().maxEventBytes());
                while (marks.next()) {
                    sidecar.reserve();
                    sidecar.publish(
                            marks.position(),
                            marks.length(),
                            marks.crc(),
                            marks.events(),
                            offset,
                            millis);
                    offset += marks.events();
                    position = marks.position() + marks.length();
                }
            }
            if (position < size && (sealed || offset >= state.durable())) {
                cutTorn(name, log, position);
            }
            if (!sealed) {
                if (!last) {
                    sidecar.reserve();
                    sidecar.seal(position, offset, millis);
                }
            }
            log.force();
            sidecar.force();
            return offset;
        }
    }

    /** Returns how many slots from the first on are as they were written and fit the log. */
    private int goodSlots(Sidecar sidecar, StoreFile log, long size) throws IOException {
        long position = 0;
        int slot = 0;
        while (slot < sidecar.count()) {
            if (!sidecar.valid(slot) || sidecar.position(slot) != position) {
                break;
            }
            long end = position + sidecar.length(slot);
            boolean forced = sidecar.endOffset(slot) <= state.durable();
            boolean whole =
                    end <= size
                            && (sidecar.isSeal(slot)
                                    || isBatch(log, position, end, sidecar.crc(slot)));
            if (!whole && !forced) {
                break;
            }
            position = end;
            slot++;
        }
        return slot;
    }

    /** Says whether the bytes have this checksum and end with its mark. */
    private static boolean isBatch(StoreFile log, long from, long end, int expected)
            throws IOException {
        long to = end - BatchMark.TRAILER;
        if (to < from || crc(log, from, to) != expected) {
            return false;
        }
        ByteBuffer trailer = ByteBuffer.allocate(BatchMark.TRAILER);
        return log.read(trailer, to) == BatchMark.TRAILER
                && BatchMark.endsBatch(trailer.array(), 0, expected);
    }

    private static int crc(StoreFile log, long from, long to) throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.max(0, Math.min(CHUNK, to - from)));
        for (long at = from; at < to; ) {
            chunk.clear().limit((int) Math.min(chunk.capacity(), to - at));
            int n = log.read(chunk, at);
            if (n <= 0) {
                break;
            }
            crc.update(chunk.flip());
            at += n;
        }
        return (int) crc.getValue();
    }

    /** Counts the complete lines of a log. */
    static long countLines(Disk disk, SegmentName name) throws IOException {
        long lines = 0;
        try (StoreFile log = disk.open(name.log(), false)) {
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
            long at = 0;
            int n;
            while ((n = log.read(chunk.clear(), at)) > 0) {
                for (int i = 0; i < n; i++) {
                    if (chunk.get(i) == '\n') {
                        lines++;
                    }
                }
                at += n;
            }
        }
        return lines;
    }
}

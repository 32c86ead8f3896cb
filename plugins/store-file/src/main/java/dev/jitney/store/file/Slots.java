// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The regions of a segment as its sidecar tells them: one for each batch. A slot that is damaged is
 * replaced by what its neighbours and the marks in the log say.
 *
 * <p><b>Threads.</b> Belongs to one thread at a time.
 */
final class Slots {

    /**
     * A batch.
     *
     * @param crc its checksum, or null if only the mark in the log tells it
     * @param known whether its edges are known, which they are not where several damaged slots lie
     *     side by side and the log is damaged as well: the first stands for all of them then, and
     *     the others are empty
     */
    record Region(
            long position,
            long length,
            long firstOffset,
            int events,
            long storedMillis,
            @Nullable Integer crc,
            boolean known) {

        long end() {
            return position + length;
        }

        long endOffset() {
            return firstOffset + events;
        }
    }

    /** Where a slot is damaged, batches with longer lines are not looked for by their marks. */
    private static final long LONGEST_LINE = StoreConfig.DEFAULT_MAX_EVENT;

    private final Sidecar sidecar;
    private final SegmentName name;
    private final StoreFile log;
    private final Map<Integer, Region> repaired = new HashMap<>();
    private int current = -1;
    private @Nullable Region region;

    Slots(Sidecar sidecar, SegmentName name, StoreFile log) {
        this.sidecar = sidecar;
        this.name = name;
        this.log = log;
    }

    int count() {
        return sidecar.count() - (sidecar.sealed() ? 1 : 0);
    }

    boolean sealed() {
        return sidecar.sealed();
    }

    boolean refresh() throws IOException {
        boolean grown = sidecar.refresh();
        if (grown && !repaired.isEmpty()) {
            repaired.clear(); // the last slot may have been one of them, and has a neighbour now
            current = -1;
        }
        return grown;
    }

    /** Says whether there may be more than can be seen; see {@link Sidecar#outdated}. */
    boolean outdated() {
        return sidecar.outdated();
    }

    boolean headerValid() {
        return sidecar.headerValid();
    }

    boolean valid(int slot) {
        return sidecar.valid(slot);
    }

    /** Returns a region; the object is the same until another one is asked for. */
    Region get(int slot) throws IOException {
        if (slot == current && region != null) {
            return region;
        }
        Region found = sidecar.valid(slot) ? read(slot) : repair(slot);
        current = slot;
        region = found;
        return found;
    }

    long endPosition() throws IOException {
        if (sealed()) {
            return sidecar.position(count());
        }
        return count() == 0 ? 0 : get(count() - 1).end();
    }

    long endOffset() throws IOException {
        if (sealed()) {
            return sidecar.firstOffset(count());
        }
        return count() == 0 ? name.base() : get(count() - 1).endOffset();
    }

    long fingerprint() {
        int slots = sidecar.count();
        if (slots == 0) {
            return 0;
        }
        long hash = slots;
        for (int slot = 0; slot < slots; slot += Math.max(1, slots / 64)) {
            hash = (hash ^ sidecar.fingerprint(slot)) * 0x9e37_79b9_7f4a_7c15L;
        }
        return hash ^ sidecar.fingerprint(slots - 1);
    }

    private Region read(int slot) {
        return new Region(
                sidecar.position(slot),
                sidecar.length(slot),
                sidecar.firstOffset(slot),
                sidecar.events(slot),
                sidecar.storedMillis(slot),
                sidecar.crc(slot),
                true);
    }

    private Region repair(int slot) throws IOException {
        Region known = repaired.get(slot);
        if (known == null) {
            int first = slot;
            while (first > 0 && !sidecar.valid(first - 1)) {
                first--;
            }
            int next = slot + 1;
            while (next < sidecar.count() && !sidecar.valid(next)) {
                next++;
            }
            repairRun(first, next);
            known = repaired.get(slot);
        }
        if (known == null) {
            throw new IllegalStateException("slot " + slot + " was not repaired");
        }
        return known;
    }

    /** Works out the slots from first to next, which are all damaged. */
    private void repairRun(int first, int next) throws IOException {
        Region before = first == 0 ? null : read(first - 1);
        Region after = next < sidecar.count() ? read(next) : null;
        long at = before == null ? 0 : before.end();
        long offset = before == null ? name.base() : before.endOffset();
        long millis = before != null ? before.storedMillis : after == null ? 0 : after.storedMillis;
        long limit = after == null ? log.size() : after.position;
        if (at > limit) {
            limit = at;
        }
        long size = Math.min(limit, log.size());
        MarkScanner marks = new MarkScanner(log, size, at, LONGEST_LINE);
        int slot = first;
        while (slot < next && at < size && marks.next()) {
            repaired.put(
                    slot++,
                    new Region(at, marks.length(), offset, marks.events(), millis, null, true));
            at += marks.length();
            offset += marks.events();
        }
        if (slot < next) {
            // Behind the last slot of all lies perhaps a batch in the making, which is not ours.
            long length = after == null ? 0 : limit - at;
            long events = after == null ? 0 : Math.max(0, after.firstOffset - offset);
            boolean known = slot + 1 == next;
            repaired.put(slot++, new Region(at, length, offset, (int) events, millis, null, known));
            while (slot < next) {
                repaired.put(
                        slot++,
                        new Region(at + length, 0, offset + events, 0, millis, null, false));
            }
        }
    }
}

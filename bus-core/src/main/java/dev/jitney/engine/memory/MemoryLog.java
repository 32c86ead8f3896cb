// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.event.Offset;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.Position;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a memory store in order of offset. Not thread-safe: the store's lock guards it.
 *
 * <pre>
 *   entries:  [ removed | 3 | 4 | 7 | 8 ]      nextOffset: 9
 *                    head ^           ^ last
 * </pre>
 *
 * Invariants: offsets strictly increase along the entries and are below {@code nextOffset}; times
 * of storing never decrease; entries in front of {@code head} are null.
 */
final class MemoryLog {

    /** An event and the bytes it would take in a log, line break included. */
    record Entry(StoredEvent stored, long bytes) {

        long offset() {
            return stored.offset().value();
        }
    }

    private final List<@Nullable Entry> entries = new ArrayList<>();
    private int head;
    private long nextOffset;
    private long bytes;
    private Instant lastStored = Instant.EPOCH;

    long nextOffset() {
        return nextOffset;
    }

    long firstOffset() {
        return size() == 0 ? nextOffset : get(head).offset();
    }

    int size() {
        return entries.size() - head;
    }

    long bytes() {
        return bytes;
    }

    /** Returns the time to store at: now, or the last one if the clock has run backward. */
    Instant timeOfStoring(Instant now) {
        return now.isBefore(lastStored) ? lastStored : now;
    }

    void add(Entry entry) {
        entries.add(entry);
        nextOffset = entry.offset() + 1;
        lastStored = entry.stored().storedAt();
        bytes += entry.bytes();
    }

    /** Returns the first entry with this offset or a later one, or null. */
    @Nullable Entry atOrAfter(long offset) {
        int index = indexOf(offset);
        return index < entries.size() ? get(index) : null;
    }

    /** Returns the last entry with an earlier offset, or null. */
    @Nullable Entry before(long offset) {
        int index = indexOf(offset) - 1;
        return index >= head ? get(index) : null;
    }

    /** Returns the offset in front of which a position lies. */
    long resolve(Position position) {
        if (position instanceof Position.Start) {
            return firstOffset();
        } else if (position instanceof Position.AtOffset at) {
            return Math.max(0, at.offset().value());
        } else if (position instanceof Position.AtTime at) {
            return offsetAt(at.storedAt());
        } else if (position instanceof Position.Last last) {
            long index = Math.max(head, entries.size() - last.events());
            return index >= entries.size() ? nextOffset : get((int) index).offset();
        }
        return nextOffset;
    }

    /** Removes the entries that the test accepts, keeping the order and all offsets. */
    void removeIf(Predicate<Entry> test) {
        List<Entry> left = new ArrayList<>(size());
        bytes = 0;
        for (Entry entry : all()) {
            if (!test.test(entry)) {
                left.add(entry);
                bytes += entry.bytes();
            }
        }
        entries.clear();
        entries.addAll(left);
        head = 0;
    }

    /** Removes the first entry. */
    Entry removeFirst() {
        Entry entry = get(head);
        entries.set(head++, null);
        bytes -= entry.bytes();
        // Half of the list is empty: close up, so that a removal costs constant time on average.
        if (head > entries.size() / 2) {
            entries.subList(0, head).clear();
            head = 0;
        }
        return entry;
    }

    /** Returns a copy of all entries. */
    List<Entry> all() {
        List<Entry> copy = new ArrayList<>(size());
        for (int i = head; i < entries.size(); i++) {
            copy.add(get(i));
        }
        return copy;
    }

    Offset next() {
        return Offset.of(nextOffset);
    }

    private long offsetAt(Instant storedAt) {
        int low = head;
        int high = entries.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (get(middle).stored().storedAt().isBefore(storedAt)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < entries.size() ? get(low).offset() : nextOffset;
    }

    // The index of the first entry with this offset or a later one.
    private int indexOf(long offset) {
        int low = head;
        int high = entries.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (get(middle).offset() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private Entry get(int index) {
        Entry entry = entries.get(index);
        assert entry != null : "entry " + index + " was removed; head is " + head;
        return entry;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Offset;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A named position in a log (STO-5).
 *
 * @param name its name, {@code [A-Za-z0-9][A-Za-z0-9._-]*}, at most 128 characters
 * @param progress what of the log is done
 * @param lag how many offsets lie between the checkpoint and the end
 * @param lastUsed when it was saved last
 * @param idle whether it is unused for so long that it no longer holds retention back
 */
public record Cursor(String name, Progress progress, long lag, Instant lastUsed, boolean idle) {

    /** A cursor with nothing done above its checkpoint. */
    public Cursor(String name, Offset checkpoint, long lag, Instant lastUsed, boolean idle) {
        this(name, Progress.below(checkpoint), lag, lastUsed, idle);
    }

    /** Returns the offset of the first event that is not yet done. */
    public Offset checkpoint() {
        return progress.checkpoint();
    }

    /**
     * What of a log is done: all below the checkpoint, and some ranges above it, which keyed and
     * parallel lanes and retries leave behind (DSU-2).
     *
     * <p>Whatever it is made of, it has one form: its ranges are in order and apart from each other
     * and from the checkpoint. Ranges that overlap or touch become one, and one that reaches the
     * checkpoint moves it. So two that mean the same are equal.
     *
     * @param checkpoint the offset of the first event that is not yet done
     * @param above the ranges that are done above it
     */
    public record Progress(Offset checkpoint, List<Range> above) {

        public Progress {
            if (checkpoint.value() < 0) {
                throw new IllegalArgumentException(
                        "A checkpoint must be an offset of 0 or more, but was unassigned.");
            }
            List<Range> apart = new ArrayList<>(above.size());
            long done = checkpoint.value();
            for (Range range : inOrder(above)) {
                Range last = apart.isEmpty() ? null : apart.get(apart.size() - 1);
                if (range.from().value() <= done) {
                    done = Math.max(done, range.to().value());
                } else if (last != null && range.from().compareTo(last.to()) <= 0) {
                    Offset to = last.to().compareTo(range.to()) < 0 ? range.to() : last.to();
                    apart.set(apart.size() - 1, new Range(last.from(), to));
                } else {
                    apart.add(range);
                }
            }
            checkpoint = done == checkpoint.value() ? checkpoint : Offset.of(done);
            above = List.copyOf(apart);
        }

        private static List<Range> inOrder(List<Range> ranges) {
            if (ranges.size() < 2) {
                return ranges;
            }
            List<Range> sorted = new ArrayList<>(ranges);
            sorted.sort(Comparator.comparing(Range::from));
            return sorted;
        }

        /** All below an offset, and nothing else. */
        public static Progress below(Offset checkpoint) {
            return new Progress(checkpoint, List.of());
        }

        /** Returns what is done here or there. */
        public Progress and(Progress other) {
            boolean further = checkpoint.compareTo(other.checkpoint) < 0;
            List<Range> both = new ArrayList<>(above);
            both.addAll(other.above);
            return new Progress(further ? other.checkpoint : checkpoint, both);
        }

        /** Says whether the event with this offset is done. */
        public boolean contains(Offset offset) {
            return offset.compareTo(checkpoint) < 0
                    || above.stream().anyMatch(range -> range.contains(offset));
        }
    }

    /**
     * Some events in a row.
     *
     * @param from the offset of the first, 0 or more
     * @param to the offset behind the last
     */
    public record Range(Offset from, Offset to) {

        public Range {
            if (from.value() < 0 || from.compareTo(to) >= 0) {
                throw new IllegalArgumentException(
                        "A range must hold one offset or more, but was from %s to below %s."
                                .formatted(from, to));
            }
        }

        /** Says whether the offset lies in it. */
        public boolean contains(Offset offset) {
            return from.compareTo(offset) <= 0 && offset.compareTo(to) < 0;
        }
    }
}

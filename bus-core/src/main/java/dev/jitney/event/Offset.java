// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

/**
 * A position in a store's log. The first event has offset 0, each later one the next number; an
 * offset never changes and is never given twice (STO-1).
 *
 * @param value 0 or more, or -1 for {@link #UNASSIGNED}
 */
public record Offset(long value) implements Comparable<Offset> {

    /** The offset of the first event of a log. */
    public static final Offset ZERO = new Offset(0);

    /** Stands for "accepted, but not yet given an offset", as at {@link Level#MEMORY}. */
    public static final Offset UNASSIGNED = new Offset(-1);

    public Offset {
        if (value < -1) {
            throw new IllegalArgumentException("offset must be 0 or more, but was " + value);
        }
    }

    /** Returns the offset with this number, 0 or more; -1 gives {@link #UNASSIGNED}. */
    public static Offset of(long value) {
        return new Offset(value);
    }

    /** Returns the offset that lies {@code events} further on. */
    public Offset plus(long events) {
        return new Offset(value + events);
    }

    @Override
    public int compareTo(Offset other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return value < 0 ? "unassigned" : "#" + value;
    }
}

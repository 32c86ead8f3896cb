// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Offset;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something that is wrong with, or missing from, a store.
 *
 * @param kind what sort of problem
 * @param place the file, or what else names the place; relative to the store's location
 * @param position the first byte concerned, or -1 if bytes do not apply
 * @param length how many bytes are concerned, or -1 if unknown
 * @param offset the first offset concerned, or null if unknown
 * @param reason one sentence for people
 * @param line the bytes of one line that is no event, which is passed over; empty if it is too long
 *     to be held, null if the problem is another one (DSU-4)
 */
public record StoreProblem(
        Kind kind,
        String place,
        long position,
        long length,
        @Nullable Offset offset,
        String reason,
        byte @Nullable [] line) {

    /** What sort of problem. */
    public enum Kind {
        /** Bytes differ from what was written, or are not an event. */
        DAMAGED,
        /** Bytes cannot be checked, because their checksums are missing. */
        UNVERIFIABLE,
        /** Events that were removed by purge or retention. */
        GAP,
        /** An incomplete end that a crash left. */
        TORN
    }

    public StoreProblem {
        line = line == null ? null : line.clone();
    }

    /** A problem that is not one line. */
    public StoreProblem(
            Kind kind,
            String place,
            long position,
            long length,
            @Nullable Offset offset,
            String reason) {
        this(kind, place, position, length, offset, reason, null);
    }

    @Override
    public byte @Nullable [] line() {
        return line == null ? null : line.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StoreProblem that
                && kind == that.kind
                && place.equals(that.place)
                && position == that.position
                && length == that.length
                && Objects.equals(offset, that.offset)
                && reason.equals(that.reason)
                && Arrays.equals(line, that.line);
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, place, position, length, offset, reason, Arrays.hashCode(line));
    }

    /** Returns all but the line's bytes, for people. */
    @Override
    public String toString() {
        return "StoreProblem[kind=%s, place=%s, position=%s, length=%s, offset=%s, reason=%s]"
                .formatted(kind, place, position, length, offset, reason);
    }
}

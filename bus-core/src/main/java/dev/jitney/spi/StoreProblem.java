// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Offset;
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
 */
public record StoreProblem(
        Kind kind,
        String place,
        long position,
        long length,
        @Nullable Offset offset,
        String reason) {

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
}

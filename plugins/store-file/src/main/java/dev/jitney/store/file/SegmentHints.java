// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Selection;
import org.jspecify.annotations.Nullable;

/** What an index knows of one segment: where events of a selection cannot be. */
interface SegmentHints {

    /** Says whether the segment may hold an event that is selected; false only when it cannot. */
    boolean mayHold(Selection selection);

    /**
     * Returns the first region from this one on that may hold an event selected, or the number of
     * regions.
     */
    int nextRegion(int region, Selection selection);

    /** Returns the last region up to this one that may hold an event selected, or -1. */
    int previousRegion(int region, Selection selection);

    /** Finds the hints of a segment. */
    interface Source {

        /** Returns the hints of a sealed segment, or null if there are none and it must be read. */
        @Nullable SegmentHints hintsFor(SegmentView view);
    }
}

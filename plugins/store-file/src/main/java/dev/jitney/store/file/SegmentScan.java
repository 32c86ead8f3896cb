// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Selection;
import dev.jitney.event.StoredEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Goes over the regions of one segment after another, in one direction, within bounds, and reports
 * the holes that it crosses. Where an index lets it pass over regions it does not look for holes.
 *
 * <p><b>Threads.</b> Belongs to one thread at a time.
 */
final class SegmentScan {

    /** Where an index lets regions be skipped, no more is read ahead than this. */
    private static final long SPARSE_REACH = 64 * 1024;

    private static final long UNKNOWN = -1;

    private final RegionScan scan;
    private final Selection selection;
    private final Problems problems;
    private final boolean backward;

    private @Nullable SegmentView view;
    // The last one that was read or passed over, whose neighbour comes next.
    private @Nullable SegmentView before;
    private @Nullable SegmentHints hints;
    private long low;
    private long high;
    private long notBefore;
    private long logSize;
    private boolean cut;
    private int region;
    private boolean inside;
    // Going forward, the offset that should come next; backward, the one behind what should.
    private long expected = UNKNOWN;

    SegmentScan(RegionScan scan, Selection selection, Problems problems, boolean backward) {
        this.scan = scan;
        this.selection = selection;
        this.problems = problems;
        this.backward = backward;
    }

    /**
     * Says which offset should come next, or lie in front; what is missing from there is a hole.
     */
    void expect(long offset) {
        expected = offset;
    }

    /** Passes over regions that were stored before a time, until one is found that was not. */
    void notBefore(long millis) {
        notBefore = millis;
    }

    /** Changes over to a segment, to read what it holds of {@code [low, high)}. */
    void open(SegmentView view, @Nullable SegmentHints hints, long low, long high)
            throws IOException {
        SegmentView left = this.view;
        if (!backward && left != null && left != view && !left.verifiable()) {
            expected = view.startOffset(); // where it should be was only counted
        }
        crossMissing(view);
        this.view = view;
        this.hints = hints;
        this.low = low;
        this.high = high;
        inside = false;
        scan.turnTo(view);
        logSize = view.logSize();
        cut = logSize < view.endPosition();
        if (backward) {
            region = Math.min(view.regionOfOffset(high - 1), view.regions() - 1);
            if (region >= 0 && view.firstOffset(region) >= high) {
                region--;
            }
        } else {
            region = view.regionOfOffset(low);
        }
    }

    /** Passes over a segment that holds nothing of interest, as its hints say. */
    void skip(SegmentView view) throws IOException {
        crossMissing(view);
        if (backward) {
            // Its last events may lie behind the bound, which is no hole.
            crossGap(view, Math.min(view.endOffset(), expected));
            expected = Math.min(expected, view.startOffset());
        } else {
            crossGap(view, view.startOffset());
            expected = Math.max(expected, view.endOffset());
        }
    }

    /** Returns the next event, or null when the regions known so far have no more. */
    @Nullable StoredEvent next() throws IOException {
        while (inside || enterNext()) {
            StoredEvent event = scan.next();
            if (event != null) {
                return event;
            }
            leave();
        }
        return null;
    }

    /** Goes on, without making events, until so many were selected in all or no region has more. */
    void countUpTo(long limit) throws IOException {
        while (scan.matched() < limit && (inside || enterNext())) {
            scan.countUpTo(limit);
            if (scan.matched() < limit) {
                leave();
            }
        }
    }

    /** Returns the offset between what was looked at and what was not. */
    long position() {
        if (backward) {
            return Math.min(high, inside ? scan.bound() : expected);
        }
        return Math.max(low, inside ? scan.bound() : expected);
    }

    /** Reports what is missing in front of the end of all, which is behind the last region. */
    void finish(SegmentName last, long end) {
        if (!backward && expected != UNKNOWN && expected < end) {
            problems.gap(last, expected, end);
            expected = end;
        }
    }

    private boolean enterNext() throws IOException {
        SegmentView of = view;
        if (of == null) {
            return false;
        }
        while (hop(of)) {
            if (backward ? of.endOffset(region) <= low : of.firstOffset(region) >= high) {
                return false;
            }
            if (of.length(region) == 0 || tooEarly(of) || isLost(of)) {
                step(of);
                continue;
            }
            crossGap(of, backward ? of.endOffset(region) : of.firstOffset(region));
            if (!of.verifiable()) {
                problems.unverifiable(of.name(), logSize);
            }
            scan.enter(region, low, high, backward, reach(of));
            inside = true;
            return true;
        }
        return false;
    }

    /** Moves to the next region that may be of interest. */
    private boolean hop(SegmentView of) throws IOException {
        SegmentHints known = hints;
        if (region < 0 || region >= of.regions()) {
            return false;
        }
        if (known == null) {
            return true;
        }
        int to =
                backward
                        ? known.previousRegion(region, selection)
                        : known.nextRegion(region, selection);
        if (to != region) {
            boolean none = to < 0 || to >= of.regions();
            if (backward) {
                expected = Math.min(expected, none ? of.startOffset() : of.endOffset(to));
            } else {
                expected = Math.max(expected, none ? of.endOffset() : of.firstOffset(to));
            }
            region = to;
            return !none;
        }
        return true;
    }

    private boolean tooEarly(SegmentView of) throws IOException {
        if (notBefore != 0 && of.verifiable() && of.storedMillis(region) < notBefore) {
            return true;
        }
        notBefore = 0;
        return false;
    }

    /** Says whether the log ends in front of the region; tells once if it does so anywhere. */
    private boolean isLost(SegmentView of) throws IOException {
        if (!cut || of.position(region) + of.length(region) <= logSize) {
            return false;
        }
        int first = region;
        while (first > 0 && of.position(first) > logSize) {
            first--;
        }
        problems.cutShort(
                of.name(), logSize, of.endPosition(), of.firstOffset(first), of.endOffset());
        return of.position(region) >= logSize;
    }

    private void leave() throws IOException {
        inside = false;
        SegmentView of = view;
        if (of != null) {
            step(of);
        }
    }

    private void step(SegmentView of) throws IOException {
        if (backward) {
            expected = of.firstOffset(region);
            region--;
        } else {
            expected = Math.max(expected, of.endOffset(region));
            region++;
        }
    }

    /**
     * Reports what should lie between two segments and does not. Purge and retention take the
     * oldest away, and leave one that they only empty: while an older one is there, what is missing
     * was taken by somebody else.
     */
    private void crossMissing(SegmentView next) throws IOException {
        SegmentView known = before;
        before = next;
        if (known == null || expected == UNKNOWN) {
            return;
        }
        SegmentView older = backward ? next : known;
        SegmentName newer = (backward ? known : next).name();
        if (!older.sealed() || older.endOffset() >= newer.base()) {
            return;
        }
        long from = backward ? older.endOffset() : Math.max(expected, older.endOffset());
        long to = backward ? Math.min(expected, newer.base()) : newer.base();
        // Looked at last: it may have gone, and what is missing with it, while the newer was found.
        if (from < to && older.isStillThere()) {
            problems.missing(newer, from, to);
            expected = backward ? from : to;
        }
    }

    private void crossGap(SegmentView of, long edge) {
        boolean counted = backward && !of.verifiable() && region == of.regions() - 1;
        if (expected != UNKNOWN && !counted) {
            if (!backward && edge > expected) {
                problems.gap(of.name(), expected, edge);
            } else if (backward && edge < expected) {
                problems.gap(of.name(), edge, expected);
            }
        }
    }

    private long reach(SegmentView of) throws IOException {
        long begin = of.position(region);
        if (backward) {
            return hints == null ? 0 : Math.max(0, begin - SPARSE_REACH);
        }
        long end = of.endPosition();
        return hints == null ? end : Math.min(end, begin + of.length(region) + SPARSE_REACH);
    }
}

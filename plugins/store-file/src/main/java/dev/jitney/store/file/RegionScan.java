// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Event;
import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.LineMatcher;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Picks the events selected out of one region after another.
 *
 * <p>A region's checksum is looked at when its first event is to be returned, or when a line in it
 * cannot be read; lines that are rejected before that cost nothing more. If it does not fit, the
 * whole region is read once to find the lines that are no events: those in front of the first of
 * them have the offsets that they were written with, those behind the last are counted back from
 * the region's end, and what lies between gets the offset that fits both best.
 *
 * <p><b>Threads.</b> Belongs to one thread at a time.
 */
final class RegionScan {

    private enum State {
        UNCHECKED,
        CLEAN,
        DAMAGED,
        UNVERIFIABLE
    }

    private final EventFormat format;
    private final LineMatcher matcher;
    private final boolean selectsAll;
    private final long longest;
    private final Problems problems;
    private final Window window = new Window();
    private final LineCursor cursor;

    private @Nullable SegmentView view;
    private int region;
    private boolean backward;
    private long low;
    private long high;
    private long reach;
    private long position;
    private long length;
    private long firstOffset;
    private long endOffset;
    private long storedMillis;
    private @Nullable Instant storedAt;

    private State state = State.UNCHECKED;
    private long written;
    private long lines;
    private long firstBad;
    private long lastBad;
    private long index;
    private long scanned;
    private long scannedBefore;
    private long matched;
    private long bound;
    private boolean counting;
    private @Nullable StoredEvent picked;

    /**
     * @param longest the most bytes of a line that is read; longer ones are reported
     */
    RegionScan(EventFormat format, Selection selection, long longest, Problems problems) {
        this.format = format;
        this.matcher = format.matcher(selection);
        this.selectsAll = selection.selectsAll();
        this.longest = longest;
        this.problems = problems;
        this.cursor = new LineCursor(window, longest);
    }

    /** Changes over to a segment. */
    void turnTo(SegmentView view) {
        this.view = view;
        window.turnTo(view);
    }

    /**
     * Turns to a region.
     *
     * @param low the first offset of interest
     * @param high the offset behind the last of interest
     * @param reach how far the log may be read in the direction of travel
     */
    void enter(int region, long low, long high, boolean backward, long reach) throws IOException {
        SegmentView of = view();
        this.region = region;
        this.low = low;
        this.high = high;
        this.backward = backward;
        position = of.position(region);
        length = of.length(region);
        firstOffset = of.firstOffset(region);
        endOffset = of.endOffset(region);
        storedMillis = of.storedMillis(region);
        storedAt = null;
        this.reach = backward ? Math.min(reach, position) : Math.max(reach, position + length);
        state = of.verifiable() ? State.UNCHECKED : State.UNVERIFIABLE;
        lines = of.events(region);
        written = lines;
        scannedBefore = scanned;
        // So that the checksum can be taken of what is held anyway.
        if (length <= Window.CAPACITY && !window.holds(position, position + length)) {
            if (backward) {
                window.fillUpTo(this.reach, position + length);
            } else {
                window.fillFrom(position, this.reach);
            }
        }
        rewind();
        if (low > firstOffset || high < endOffset) {
            foundDamaged(); // where to begin within the region depends on it
        }
    }

    /** Returns the next event of this region, or null if there is none. */
    @Nullable StoredEvent next() throws IOException {
        counting = false;
        return advance() ? picked : null;
    }

    /** Goes on, without making events, until so many were selected in all or the region ends. */
    void countUpTo(long limit) throws IOException {
        long events = written;
        boolean whole = index == 0 && low <= firstOffset && endOffset <= high;
        if (selectsAll
                && whole
                && events <= limit - matched
                && state == State.UNCHECKED
                && checksumFits()) {
            scanned += events;
            matched += events;
            bound = backward ? firstOffset : endOffset;
            cursor.reset(position, position, false, position);
            return;
        }
        counting = true;
        boolean more = true;
        while (more && matched < limit) {
            more = advance();
        }
    }

    /** Returns how many events were selected, in all regions. */
    long matched() {
        return matched;
    }

    /** Returns how many lines of interest were looked at, in all regions. */
    long scanned() {
        return scanned;
    }

    /** Returns the offset between what was looked at in this region and what was not. */
    long bound() {
        return bound;
    }

    private boolean advance() throws IOException {
        while (cursor.next()) {
            long line = backward ? lines - 1 - index : index;
            index++;
            long offset = offsetOf(line);
            if (backward ? offset < low : offset >= high) {
                return false;
            }
            if (offset < low || offset >= high) {
                continue;
            }
            scanned++;
            // Not behind it yet: a read that fails must not lose the line.
            bound = backward ? offset + 1 : offset;
            boolean isPicked = isPicked(line, offset);
            bound = backward ? offset : offset + 1;
            if (isPicked) {
                matched++;
                return true;
            }
        }
        bound = backward ? firstOffset : endOffset;
        return false;
    }

    private boolean isPicked(long line, long offset) throws IOException {
        if (cursor.tooLong()) {
            if (!foundDamaged()) {
                problems.longLine(
                        view().name(), cursor.position(), cursor.length(), told(line), longest);
            }
            return false;
        }
        try {
            if (state == State.DAMAGED) {
                // Every line that is passed over is looked at here, selected or not.
                pick(offset, true);
                return matches();
            }
            if (!matches() || foundDamaged()) {
                return false;
            }
            pick(offset, state == State.UNVERIFIABLE);
            return true;
        } catch (EventFormatException e) {
            if (!foundDamaged()) {
                problems.badLine(
                        view().name(),
                        cursor.position(),
                        cursor.length(),
                        told(line),
                        why(e),
                        Arrays.copyOfRange(cursor.bytes(), cursor.start(), cursor.end()));
            }
            return false;
        }
    }

    private boolean matches() {
        return selectsAll || matcher.matches(cursor.bytes(), cursor.start(), cursor.end());
    }

    private void pick(long offset, boolean always) {
        if (!counting || always) {
            Event event = format.decode(cursor.bytes(), cursor.start(), cursor.end());
            if (!counting) {
                Instant at = storedAt;
                if (at == null) {
                    at = Instant.ofEpochMilli(storedMillis);
                    storedAt = at;
                }
                picked = new StoredEvent(new Offset(offset), at, event);
            }
        }
    }

    /** Checks the region if that was not done; if it is damaged, begins with it afresh. */
    private boolean foundDamaged() throws IOException {
        if (state != State.UNCHECKED) {
            return false;
        }
        if (checksumFits()) {
            return false;
        }
        survey();
        state = State.DAMAGED;
        scanned = scannedBefore;
        rewind();
        return true;
    }

    private boolean checksumFits() throws IOException {
        boolean fits =
                window.holds(position, position + length)
                        ? view().crcOk(region, window.bytes(), (int) (position - window.start()))
                        : view().crcOk(region);
        if (fits) {
            state = State.CLEAN;
        }
        return fits;
    }

    /** Counts the lines of a damaged region and finds the first and last that are no event. */
    private void survey() throws IOException {
        lines = 0;
        firstBad = Long.MAX_VALUE;
        lastBad = -1;
        cursor.reset(position, position + length, false, position + length);
        while (cursor.next()) {
            boolean bad = cursor.tooLong();
            if (!bad) {
                try {
                    format.decode(cursor.bytes(), cursor.start(), cursor.end());
                } catch (EventFormatException e) {
                    bad = true;
                }
            }
            if (bad) {
                firstBad = Math.min(firstBad, lines);
                lastBad = lines;
            }
            lines++;
        }
        if (lastBad < 0) {
            problems.badRegion(view().name(), position, length, firstOffset, (int) written);
        }
    }

    private void rewind() {
        index = 0;
        bound = backward ? Math.min(high, endOffset) : Math.max(low, firstOffset);
        cursor.reset(position, position + length, backward, reach);
    }

    private long offsetOf(long line) {
        long fromStart = firstOffset + line;
        if (state != State.DAMAGED || lines == written || line <= firstBad) {
            return within(fromStart);
        }
        long fromEnd = endOffset - (lines - line);
        long best = line > lastBad ? fromEnd : Math.min(fromStart, fromEnd);
        return within(best);
    }

    /** A damaged region may have more lines than it was written with. */
    private long within(long offset) {
        return Math.max(firstOffset, Math.min(offset, endOffset - 1));
    }

    /** Returns the offset of a line that is no event, or null if it is a guess. */
    private @Nullable Long told(long line) {
        boolean sure =
                state == State.DAMAGED
                        ? lines == written || line <= firstBad
                        : written == endOffset - firstOffset;
        return sure ? offsetOf(line) : null;
    }

    private static String why(EventFormatException e) {
        String message = e.getMessage();
        return message == null ? "it cannot be read" : message;
    }

    private SegmentView view() {
        SegmentView of = view;
        if (of == null) {
            throw new IllegalStateException("no segment is open");
        }
        return of;
    }
}

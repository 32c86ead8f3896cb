// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.EventScanner;
import dev.jitney.spi.LineMatcher;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Decides on one region after the other which of its lines go. A region whose checksum does not fit
 * is left as it is, all of it: nobody can say what its lines were, and damage is never made to look
 * whole. Belongs to one thread.
 */
final class RegionPurge {

    /**
     * Lines that stay and lie one behind the other.
     *
     * @param start where the first one begins in the log
     * @param end where the last one ends, without mark and line break
     */
    record Run(long start, long end, int events, long firstOffset) {}

    private final SegmentView view;
    private final PurgeRule rule;
    private final LineMatcher matcher;
    private final EventScanner scanner;
    private final LineWalk walk;

    private long[] starts = new long[64];
    private boolean[] goes = new boolean[64];
    private final List<String> topics = new ArrayList<>();
    private int lines;
    private int selected;
    private int going;
    private long goingBytes;
    private long end;
    private int crc;
    private boolean damaged;

    RegionPurge(StoreContext context, SegmentView view, PurgeRule rule) throws IOException {
        this.view = view;
        this.rule = rule;
        this.matcher = context.format().matcher(rule.selection());
        this.scanner = context.format().scanner();
        this.walk = new LineWalk(view::read, view.endPosition(), Log.longestLine(context));
    }

    /**
     * Looks at a region.
     *
     * @param before how many events selected lie in front of it
     */
    void look(int region, long before) throws IOException {
        lines = 0;
        selected = 0;
        going = 0;
        goingBytes = 0;
        topics.clear();
        damaged = !view.verifiable();
        long first = view.firstOffset(region);
        long length = view.length(region);
        end = view.position(region) + length;
        walk.enter(view.position(region), length);
        while (walk.next()) {
            line(before, first);
        }
        Integer recorded = view.recordedCrc(region);
        damaged |=
                lines != view.events(region)
                        || length > 0 && !walk.endsWithMark(walk.crc())
                        || recorded != null && recorded != walk.crc();
        if (damaged) {
            going = 0;
            // What a record says that is damaged itself must not come to fit by writing it again.
            crc = recorded != null ? recorded : ~walk.crc();
        } else {
            crc = walk.crc();
        }
    }

    /** Returns the checksum to record for the region when it is copied. */
    int crc() {
        return crc;
    }

    private void line(long before, long first) {
        if (lines == starts.length) {
            starts = Arrays.copyOf(starts, lines * 2);
            goes = Arrays.copyOf(goes, lines * 2);
        }
        starts[lines] = walk.position();
        goes[lines] = false;
        if (walk.tooLong() || !walk.endsWithBreak()) {
            damaged = true;
        } else {
            try {
                if (matcher.matches(walk.array(), walk.from(), walk.to())) {
                    select(before + selected, first + lines);
                }
            } catch (EventFormatException e) {
                damaged = true;
            }
        }
        lines++;
    }

    private void select(long number, long offset) {
        if (offset >= rule.upTo()) {
            return;
        }
        scanner.scan(walk.array(), walk.from(), walk.to());
        selected++;
        if (rule.removes(number, offset)) {
            goes[lines] = true;
            going++;
            goingBytes += walk.length();
            topics.add(scanner.topic());
        }
    }

    /** Says whether the region must stay as it is. */
    boolean damaged() {
        return damaged;
    }

    /** Returns how many lines are selected, whether they go or not. */
    int selected() {
        return selected;
    }

    /** Returns how many lines go; none if the region is damaged. */
    int going() {
        return going;
    }

    boolean allGo() {
        return going == lines;
    }

    void countInto(PurgeCounts counts) {
        if (going > 0) {
            counts.removeBytes(goingBytes);
            topics.forEach(topic -> counts.remove(topic, 1, 0));
        }
        counts.keep(selected - going);
    }

    /** Returns the lines that stay. */
    List<Run> runs(long firstOffset) {
        List<Run> runs = new ArrayList<>();
        for (int i = 0; i < lines; ) {
            int to = i;
            while (to < lines && !goes[to]) {
                to++;
            }
            if (to > i) {
                long runEnd = to == lines ? end - BatchMark.TRAILER : starts[to] - 1;
                runs.add(new Run(starts[i], runEnd, to - i, firstOffset + i));
            }
            i = to + 1;
        }
        return runs;
    }
}

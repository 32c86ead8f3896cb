// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.spi.Position;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a log begins and ends, and which offset a position stands for. Only the commit records of
 * as few segments as possible are opened; those that are removed meanwhile are looked for again.
 */
final class Log {

    /** How often a segment may vanish between the listing and the opening. */
    private static final int TRIES = 100;

    /** Room for what another writer puts around an event: blanks, longer escapes. */
    private static final long SLACK = 64 * 1024;

    /** The latest time of storing that a commit record has room for, in the year 10889. */
    static final long LATEST_MILLIS = (1L << 48) - 1;

    private Log() {}

    /**
     * What a reader begins with.
     *
     * @param segments those there are, oldest first
     * @param from the offset of the first event behind the position asked for; of one that was
     *     removed, the offset that it had
     * @param end the offset that the next event will be given
     */
    record Bounds(List<SegmentName> segments, long from, long end) {}

    /** Finds where a position lies in the log as it is now; lists the segments once. */
    static Bounds bounds(Disk disk, Position from) throws IOException {
        for (int tries = 1; ; tries++) {
            List<SegmentName> segments = Segments.list(disk);
            try {
                long end = end(disk, segments);
                return new Bounds(segments, offsetOf(disk, segments, from, end), end);
            } catch (NoSuchFileException e) {
                giveUpAfter(tries, e);
            }
        }
    }

    /** Returns the offset of the first event stored, or the end if there is none. */
    static long startOffset(Disk disk) throws IOException {
        return bounds(disk, Position.start()).from();
    }

    /** Returns the offset that the next event will be given. */
    static long endOffset(Disk disk) throws IOException {
        return bounds(disk, Position.end()).end();
    }

    private static long offsetOf(Disk disk, List<SegmentName> segments, Position position, long end)
            throws IOException {
        if (position instanceof Position.Start) {
            return Math.min(start(disk, segments), end);
        } else if (position instanceof Position.AtOffset at) {
            return Math.max(0, at.offset().value());
        } else if (position instanceof Position.AtTime at) {
            return Math.min(end, atTime(disk, segments, millis(at.storedAt()), end));
        } else if (position instanceof Position.Last last) {
            return last(disk, segments, last.events(), end);
        }
        return end;
    }

    /** Returns the first whole millisecond that is not before an instant. */
    static long millis(Instant at) {
        if (at.getEpochSecond() >= LATEST_MILLIS / 1000) {
            return LATEST_MILLIS;
        }
        if (at.getEpochSecond() < 0) {
            return 0;
        }
        long millis = at.toEpochMilli();
        return Instant.ofEpochMilli(millis).isBefore(at) ? millis + 1 : millis;
    }

    /** Returns the most bytes of a line that a reader takes into memory. */
    static long longestLine(StoreContext context) {
        return context.config().maxEventBytes() + SLACK;
    }

    /** Opens the first segment from a list that fits, listing again while they vanish. */
    static @Nullable SegmentView openFirst(Disk disk, Choice choice) throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                SegmentName name = choice.from(Segments.list(disk));
                return name == null ? null : SegmentView.open(disk, name);
            } catch (NoSuchFileException e) {
                giveUpAfter(tries, e);
            }
        }
    }

    /** Chooses a segment from those there are, oldest first. */
    interface Choice {
        @Nullable SegmentName from(List<SegmentName> names);
    }

    private static long start(Disk disk, List<SegmentName> names) throws IOException {
        long end = 0;
        for (SegmentName name : names) {
            try (SegmentView view = SegmentView.open(disk, name)) {
                end = view.endOffset();
                long start = view.startOffset();
                if (start < end && hasEvents(view)) {
                    return start;
                }
            }
        }
        return end;
    }

    private static boolean hasEvents(SegmentView view) throws IOException {
        for (int region = 0; region < view.regions(); region++) {
            if (view.events(region) > 0) {
                return true;
            }
        }
        return false;
    }

    private static long end(Disk disk, List<SegmentName> names) throws IOException {
        if (names.isEmpty()) {
            return 0;
        }
        try (SegmentView view = SegmentView.open(disk, names.get(names.size() - 1))) {
            return view.endOffset();
        }
    }

    private static long atTime(Disk disk, List<SegmentName> names, long millis, long end)
            throws IOException {
        int older = lastOlder(disk, names, millis);
        for (SegmentName name : names.subList(older + 1, names.size())) {
            try (SegmentView view = SegmentView.open(disk, name)) {
                if (!view.verifiable()) {
                    return name.base(); // it does not know its times: leave nothing out
                }
                int region = view.regionOfTime(millis);
                if (region < view.regions()) {
                    return view.firstOffset(region);
                }
            }
        }
        return end;
    }

    /** Finds the last segment all of which was stored before a time; -1 if there is none. */
    private static int lastOlder(Disk disk, List<SegmentName> names, long millis)
            throws IOException {
        int found = -1;
        int low = 0;
        int high = names.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int known = middle;
            long last = lastMillis(disk, names.get(known));
            while (last == 0 && known > low) {
                last = lastMillis(disk, names.get(--known));
            }
            if (last == 0) {
                low = middle + 1;
            } else if (last < millis) {
                found = known;
                low = middle + 1;
            } else {
                high = known - 1;
            }
        }
        return found;
    }

    private static long lastMillis(Disk disk, SegmentName name) throws IOException {
        try (SegmentView view = SegmentView.open(disk, name)) {
            return view.regions() == 0 ? 0 : view.storedMillis(view.regions() - 1);
        }
    }

    private static long last(Disk disk, List<SegmentName> names, long events, long end)
            throws IOException {
        long left = events;
        long first = end;
        for (int i = names.size() - 1; i >= 0 && left > 0; i--) {
            try (SegmentView view = SegmentView.open(disk, names.get(i))) {
                for (int region = view.regions() - 1; region >= 0 && left > 0; region--) {
                    long stop = Math.min(end, view.endOffset(region));
                    long here = Math.min(left, stop - view.firstOffset(region));
                    if (here > 0) {
                        first = stop - here;
                        left -= here;
                    }
                }
            }
        }
        return first;
    }

    /** Returns if a segment that has vanished so often is to be looked for again. */
    static void giveUpAfter(int tries, NoSuchFileException e) throws NoSuchFileException {
        if (tries == TRIES) {
            throw e;
        }
    }
}

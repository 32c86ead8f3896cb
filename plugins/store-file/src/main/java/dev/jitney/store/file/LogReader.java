// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log as it was when the reader was opened: what has an offset at or behind the end of
 * then is not there for it. One segment is open at a time, and none before it is needed.
 *
 * <p>A segment that was removed is reported as a hole; one that a purge has written again since is
 * read as it is now. A thread that is interrupted reads on: the interrupt stays for others to see.
 */
final class LogReader implements EventReader, OpenReader {

    /** How often a segment may go away under one step of a reader. */
    private static final int MOST_VANISHED = 10;

    private final StoreContext context;
    private final ReadOptions options;
    private final SegmentHints.Source hints;
    private final RegionScan regions;
    private final SegmentScan scan;
    private final long low;
    private final long high;
    // Closed by whoever closes the store, too; of that and 'overtaken' each side sees one.
    private volatile @Nullable SegmentView view;
    private volatile boolean overtaken;
    private @Nullable SegmentName last;
    private @Nullable List<SegmentName> listed;
    private long resume;
    private boolean resuming;
    private long returned;
    private @Nullable StoredEvent picked;
    private boolean ended;

    private LogReader(
            StoreContext context,
            ReadOptions options,
            SegmentHints.Source hints,
            Log.Bounds bounds) {
        this.context = context;
        this.options = options;
        this.hints = hints;
        Problems problems = new Problems(options.onProblem());
        regions =
                new RegionScan(
                        context.format(), options.selection(), Log.longestLine(context), problems);
        scan = new SegmentScan(regions, options.selection(), problems, options.backward());
        long from = Math.min(bounds.from(), bounds.end());
        low = options.backward() ? 0 : from;
        high = options.backward() ? from : bounds.end();
        listed = bounds.segments();
        scan.expect(options.backward() ? high : low);
        ended = low >= high;
    }

    /** Opens a reader; only the ends of the log are looked at. */
    static LogReader open(StoreContext context, ReadOptions options, SegmentHints.Source hints) {
        try (Reading reading = new Reading(context.directory().path())) {
            while (true) {
                try {
                    Log.Bounds bounds = Log.bounds(context.disk(), options.from());
                    return new LogReader(context, options, hints, bounds);
                } catch (IOException e) {
                    reading.again(e);
                }
            }
        }
    }

    @Override
    public @Nullable StoredEvent next() {
        if (ended || returned >= options.limit()) {
            return null;
        }
        picked = null;
        goOn(false, 0);
        return picked;
    }

    @Override
    public long count() {
        if (ended || returned >= options.limit()) {
            return 0;
        }
        long before = regions.matched();
        long left = options.limit() - returned;
        long upTo = left > Long.MAX_VALUE - before ? Long.MAX_VALUE : before + left;
        goOn(true, upTo);
        long counted = regions.matched() - before;
        returned += counted;
        return counted;
    }

    @Override
    public long scanned() {
        return regions.scanned();
    }

    @Override
    public void overtaken() {
        overtaken = true;
    }

    @Override
    public void close() {
        if (!overtaken) {
            ended = true;
        }
        closeView();
    }

    /** Opens the next segment that may hold something of interest. */
    private boolean openNext() throws IOException {
        while (true) {
            if (overtaken) {
                throw context.closed();
            }
            SegmentView opened = openChosen();
            if (opened == null) {
                return false;
            }
            boolean kept = false;
            try {
                kept = turnTo(opened);
            } finally {
                if (!kept) {
                    opened.close();
                }
            }
            if (kept) {
                return true;
            }
        }
    }

    /** Lists the segments once, and again only when one of them is gone: there may be thousands. */
    private @Nullable SegmentView openChosen() throws IOException {
        List<SegmentName> names = listed;
        for (int tries = 0; ; tries++) {
            if (names == null) {
                names = Segments.list(context.disk());
                listed = names;
            }
            SegmentName name = choose(names);
            try {
                return name == null ? null : SegmentView.open(context.disk(), name);
            } catch (NoSuchFileException e) {
                Log.giveUpAfter(tries, e);
                names = null; // removed, or written again by a purge
            }
        }
    }

    /** Begins with a segment, or says that it holds nothing of interest and passes over it. */
    private boolean turnTo(SegmentView opened) throws IOException {
        SegmentHints known = opened.sealed() ? hints.hintsFor(opened) : null;
        if (known != null && !known.mayHold(options.selection())) {
            scan.skip(opened);
            last = opened.name();
            return false;
        }
        boolean backward = options.backward();
        long from = resuming && !backward ? Math.max(low, resume) : low;
        long to = resuming && backward ? Math.min(high, resume) : high;
        scan.open(opened, known, from, to);
        resuming = false;
        view = opened; // last: before that an interrupt has nothing to take up from
        return true;
    }

    private @Nullable SegmentName choose(List<SegmentName> names) {
        SegmentName done = last;
        return options.backward() ? chooseBackward(names, done) : chooseForward(names, done);
    }

    private @Nullable SegmentName chooseForward(
            List<SegmentName> names, @Nullable SegmentName done) {
        SegmentName chosen = null;
        for (SegmentName name : names) {
            if (name.base() >= high) {
                break;
            }
            if (done != null && name.base() > done.base()) {
                return name;
            }
            if (done == null && (chosen == null || name.base() <= low)) {
                chosen = name;
            }
        }
        return chosen;
    }

    private @Nullable SegmentName chooseBackward(
            List<SegmentName> names, @Nullable SegmentName done) {
        SegmentName chosen = null;
        for (SegmentName name : names) {
            if (name.base() < high && (done == null || name.base() < done.base())) {
                chosen = name;
            }
        }
        return chosen;
    }

    private void leave() {
        SegmentView left = view;
        if (left != null) {
            last = left.name();
        }
        closeView();
    }

    private void end() {
        ended = true;
        SegmentName at = last;
        if (at != null) {
            scan.finish(at, high);
        }
    }

    private void closeView() {
        SegmentView open = view;
        view = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // It was only read: nothing is lost with it.
            }
        }
    }

    /** Picks one more event, or counts up to so many. */
    private void goOn(boolean counting, long upTo) {
        int vanished = 0;
        try (Reading reading = new Reading(context.directory().path())) {
            while (true) {
                try {
                    if (counting) {
                        countUpTo(upTo);
                    } else {
                        pickNext();
                    }
                    return;
                } catch (NoSuchFileException e) {
                    // Removed, and not to be opened again after an interrupt: what a purge has put
                    // in its place is read from where this was.
                    if (++vanished > MOST_VANISHED) {
                        reading.again(e);
                    }
                    dropView();
                    listed = null;
                } catch (IOException e) {
                    reading.again(e);
                    dropView();
                }
            }
        } catch (StoreException e) {
            close();
            throw overtaken ? context.closed() : e;
        } finally {
            if (overtaken) {
                closeView();
            }
        }
    }

    private void pickNext() throws IOException {
        while (view != null || openNext()) {
            picked = scan.next();
            if (picked != null) {
                returned++;
                return;
            }
            leave();
        }
        end();
    }

    private void countUpTo(long limit) throws IOException {
        while (regions.matched() < limit) {
            if (view == null && !openNext()) {
                end();
                return;
            }
            scan.countUpTo(limit);
            if (regions.matched() < limit) {
                leave();
            }
        }
    }

    /** Gives up a segment whose channel is closed, to open it again where it was. */
    private void dropView() {
        if (view != null) {
            resume = scan.position();
            resuming = true;
            closeView();
        }
    }
}

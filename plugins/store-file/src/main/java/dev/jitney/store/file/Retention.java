// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.spi.PurgeReport;
import dev.jitney.spi.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes the oldest segments as the configuration says, whole ones only, and never the tail.
 *
 * <ul>
 *   <li>By age: when the last batch of a segment was stored longer ago. Where that is still to
 *       come, because the clock was ahead once, when its file, or one behind it, was written longer
 *       ago.
 *   <li>By size and by count: as long as what is left has at least as many bytes or events as are
 *       to be kept. So the log may exceed either by a segment and the tail, and never falls short.
 *   <li>A segment that a cursor still needs stays, with all behind it, unless cursors are to be
 *       ignored. While the file of a cursor is damaged nobody knows what it needs, and nothing
 *       goes.
 * </ul>
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 */
final class Retention {

    private static final long UNKNOWN = Long.MAX_VALUE;

    private final StoreContext context;
    private final LockedLog log;
    private final FileCursors cursors;
    private final Indexes indexes;

    Retention(StoreContext context, LockedLog log, FileCursors cursors, Indexes indexes) {
        this.context = context;
        this.log = log;
        this.cursors = cursors;
        this.indexes = indexes;
    }

    /** What is known of a sealed segment without reading it. */
    private record Old(
            SegmentName name, long bytes, long events, long endOffset, long lastMillis) {}

    /** Removes what is too old or too much. */
    PurgeReport apply() {
        PurgeCounts counts = new PurgeCounts();
        StoreConfig.RetentionRule rule = context.config().retention();
        if (!rule.keepsAll()) {
            try {
                log.underLock(
                        () -> {
                            Purges.recover(context.disk());
                            // Under the lock, which may be waited for: a cursor may be reset
                            // meanwhile.
                            long needed = rule.ignoreCursors() ? Long.MAX_VALUE : neededFrom();
                            removeOldest(rule, needed, counts);
                            return counts;
                        });
            } catch (IOException e) {
                throw Failures.of(
                        "Old events of the bus '"
                                + context.config().directory()
                                + "' cannot be removed",
                        e);
            }
        }
        return counts.report(false);
    }

    private long neededFrom() {
        try {
            return cursors.neededFrom();
        } catch (StoreException e) {
            Logs.of(Retention.class)
                    .log(
                            System.Logger.Level.WARNING,
                            "No old events are removed: {0}",
                            e.getMessage());
            return 0;
        }
    }

    private void removeOldest(StoreConfig.RetentionRule rule, long needed, PurgeCounts counts)
            throws IOException {
        List<Old> sealed = new ArrayList<>();
        long bytes = 0;
        long events = 0;
        for (SegmentName name : log.sealedSegments()) {
            try (SegmentView view = SegmentView.open(context.disk(), name)) {
                Old old = describe(view);
                sealed.add(old);
                bytes += old.bytes();
                events += old.events();
            }
        }
        List<SegmentName> all = Segments.list(context.disk());
        try (SegmentView tail = SegmentView.open(context.disk(), all.get(all.size() - 1))) {
            bytes += tail.endPosition();
            events += tail.endOffset() - tail.name().base();
        }
        Purges purges = new Purges(context.disk());
        boolean held = false;
        long now = context.clock().millis();
        long latest = now - rule.age().toMillis();
        for (int i = 0; i < sealed.size(); i++) {
            Old old = sealed.get(i);
            boolean tooOld = !rule.age().isZero() && storedMillis(sealed, i, now) < latest;
            boolean tooBig = rule.bytes() > 0 && bytes - old.bytes() >= rule.bytes();
            boolean tooMany = rule.events() > 0 && events - old.events() >= rule.events();
            if (!tooOld && !tooBig && !tooMany) {
                break;
            }
            held |= old.endOffset() > needed;
            if (held) {
                counts.keep(old.events());
            } else {
                count(old, counts);
                purges.remove(old.name());
            }
            bytes -= old.bytes();
            events -= old.events();
        }
        if (!purges.isEmpty()) {
            purges.commit();
        }
    }

    /**
     * Returns when a segment was stored at the latest: a time of storing never goes back, so one
     * from a clock that was ahead stands in all that follows until that time has come. Of the files
     * behind it, its own included, the first counts that can be right: none was written before it.
     */
    private long storedMillis(List<Old> sealed, int index, long now) throws IOException {
        long stored = sealed.get(index).lastMillis();
        if (stored <= now || stored == UNKNOWN) {
            return stored;
        }
        for (Old old : sealed.subList(index, sealed.size())) {
            long written = context.disk().writtenMillis(old.name().log());
            if (written <= now) {
                return written;
            }
        }
        return stored;
    }

    private Old describe(SegmentView view) throws IOException {
        int regions = view.regions();
        long events = StoreFacts.events(view);
        // Without commit records nobody knows when it was stored: as late as can be.
        long last = !view.verifiable() ? UNKNOWN : 0;
        if (view.verifiable() && regions > 0) {
            last = view.storedMillis(regions - 1);
        }
        return new Old(view.name(), view.logSize(), events, view.endOffset(), last);
    }

    private void count(Old old, PurgeCounts counts) throws IOException {
        PurgeCounts own = new PurgeCounts();
        try (SegmentView view = SegmentView.open(context.disk(), old.name())) {
            SegmentIndex index = indexes.indexOf(view);
            if (index != null && !SegmentPurge.countIndex(index, own)) {
                own = new PurgeCounts();
            }
        }
        own.settle(old.events(), old.bytes());
        counts.add(own);
    }
}

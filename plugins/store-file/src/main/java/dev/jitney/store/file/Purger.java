// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Selection;
import dev.jitney.spi.PurgeOptions;
import dev.jitney.spi.PurgeReport;
import dev.jitney.spi.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Removes the bytes of events that are selected (STO-6). Segments that hold some are written again
 * without them, beside their place and without the append lock, since a sealed segment does not
 * change; then all of them are changed over in one step under the lock, see {@link Purges}. If
 * another purge came between, it is done again.
 *
 * <ul>
 *   <li>What is stored when it begins is looked at. If that has events to remove in the tail, a new
 *       segment is begun first.
 *   <li>A segment with nothing left is removed if no older one is left either; otherwise it stays,
 *       empty, so that every segment begins where the one before it ends and a missing one shows.
 *   <li>A batch whose checksum is missing or does not fit is left as it is, byte for byte, and
 *       still reported as damaged; selected events in it are counted as kept, and warned about.
 *       Only a purge of everything removes it.
 *   <li>Files that recovery has kept aside are no part of the log and are left alone.
 * </ul>
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 */
final class Purger {

    private static final int TRIES = 20;

    private final StoreContext context;
    private final LockedLog log;
    private final FileCursors cursors;
    private final Indexes indexes;

    Purger(StoreContext context, LockedLog log, FileCursors cursors, Indexes indexes) {
        this.context = context;
        this.log = log;
        this.cursors = cursors;
        this.indexes = indexes;
    }

    /**
     * What was found out about a segment.
     *
     * @param selectedBefore how many events selected lie in older segments
     */
    record Planned(SegmentName segment, SegmentPurge.Outcome outcome, long selectedBefore) {

        boolean changes() {
            return outcome == SegmentPurge.Outcome.REWRITTEN
                    || outcome == SegmentPurge.Outcome.EMPTIED;
        }

        boolean leavesNothing() {
            return outcome == SegmentPurge.Outcome.EMPTIED
                    || outcome == SegmentPurge.Outcome.WAS_EMPTY;
        }
    }

    /**
     * Purges, or counts what would be removed.
     *
     * @throws dev.jitney.spi.StoreException if a cursor is damaged and is not to be ignored
     */
    PurgeReport purge(Selection selection, PurgeOptions options) {
        try {
            long upTo = Log.endOffset(context.disk());
            for (int i = 0; i < TRIES; i++) {
                PurgeReport report = tryPurge(selection, options, upTo);
                if (report != null) {
                    return report;
                }
            }
            throw new StoreUnavailableException(
                    "The bus '"
                            + context.config().directory()
                            + "' was purged by others again and again meanwhile. Nothing was"
                            + " removed; try again.");
        } catch (IOException e) {
            throw Failures.purging(context.config().directory(), e);
        }
    }

    /** Returns null if it has to be done again. */
    private @Nullable PurgeReport tryPurge(Selection selection, PurgeOptions options, long upTo)
            throws IOException {
        try {
            List<SegmentName> segments = segmentsUpTo(upTo);
            long needed = neededFrom(options);
            PurgeRule all = new PurgeRule(selection, upTo, needed, Long.MAX_VALUE);
            PurgeRule rule = options.keepNewest() == 0 ? all : keepNewest(all, segments, options);
            PurgeCounts counts = new PurgeCounts();
            List<Planned> plan = plan(segments, rule, counts);
            if (options.dryRun() || plan.stream().noneMatch(Planned::changes)) {
                return counts.report(options.dryRun());
            }
            if (!sealed(plan)) {
                return null;
            }
            boolean done =
                    new PurgeCommit(context, log, indexes, rule)
                            .commit(plan, () -> neededFrom(options) >= needed);
            return done ? counts.report(false) : null;
        } catch (NoSuchFileException e) {
            return null; // another purge, or retention, came between
        }
    }

    private List<SegmentName> segmentsUpTo(long offset) throws IOException {
        return Segments.list(context.disk()).stream().filter(s -> s.base() < offset).toList();
    }

    private long neededFrom(PurgeOptions options) {
        return options.ignoreCursors() ? Long.MAX_VALUE : cursors.neededFrom();
    }

    private PurgeRule keepNewest(PurgeRule all, List<SegmentName> segments, PurgeOptions options)
            throws IOException {
        PurgeCounts counts = new PurgeCounts();
        plan(segments, all.withOldest(0), counts);
        return all.withOldest(Math.max(0, counts.selected() - options.keepNewest()));
    }

    private List<Planned> plan(List<SegmentName> segments, PurgeRule rule, PurgeCounts counts)
            throws IOException {
        List<Planned> plan = new ArrayList<>();
        SegmentPurge purge = new SegmentPurge(context, indexes, rule, counts);
        for (SegmentName segment : segments) {
            long before = counts.selected();
            try (SegmentView view = SegmentView.open(context.disk(), segment)) {
                plan.add(new Planned(segment, purge.count(view), before));
            }
        }
        return plan;
    }

    /**
     * Makes sure that all that changes is sealed; if something was not, it has to be looked at
     * again.
     */
    private boolean sealed(List<Planned> plan) throws IOException {
        Planned last = plan.get(plan.size() - 1);
        if (!last.changes()) {
            return true;
        }
        return log.underLock(
                () -> {
                    if (log.sealedSegments().contains(last.segment())) {
                        return true;
                    }
                    log.roll();
                    return false;
                });
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a purge does to one segment: first it counts what goes, then, if something does and
 * something stays, it writes what stays as the drafts of the next generation.
 */
final class SegmentPurge {

    private final StoreContext context;
    private final Indexes indexes;
    private final PurgeRule rule;
    private final PurgeCounts counts;

    /** What becomes of a segment. */
    enum Outcome {
        UNCHANGED,
        REWRITTEN,
        EMPTIED,
        WAS_EMPTY
    }

    SegmentPurge(StoreContext context, Indexes indexes, PurgeRule rule, PurgeCounts counts) {
        this.context = context;
        this.indexes = indexes;
        this.rule = rule;
        this.counts = counts;
    }

    /** Counts what goes from a segment. */
    Outcome count(SegmentView view) throws IOException {
        if (view.regions() == 0) {
            return Outcome.WAS_EMPTY;
        }
        SegmentIndex index = indexes.indexOf(view);
        if (rule.removesAllBelow(view.endOffset())) {
            countAll(view, index);
            return Outcome.EMPTIED;
        }
        if (index != null && !index.mayHold(rule.selection())) {
            return Outcome.UNCHANGED;
        }
        return countLines(view);
    }

    private Outcome countLines(SegmentView view) throws IOException {
        RegionPurge region = new RegionPurge(context, view, rule);
        long keptDamaged = 0;
        boolean some = false;
        boolean all = true;
        for (int i = 0; i < view.regions(); i++) {
            region.look(i, counts.selected());
            region.countInto(counts);
            some |= region.going() > 0;
            all &= region.allGo() && !region.damaged();
            keptDamaged += region.damaged() ? region.selected() : 0;
        }
        if (keptDamaged > 0) {
            Logs.of(SegmentPurge.class)
                    .log(
                            System.Logger.Level.WARNING,
                            "{0}: {1} events that were to be purged are kept, because they lie in batches"
                                    + " whose checksums are missing or do not fit. Look at them with: bus"
                                    + " verify. Only a purge of everything removes them.",
                            view.name().log(),
                            keptDamaged);
        }
        return !some ? Outcome.UNCHANGED : all ? Outcome.EMPTIED : Outcome.REWRITTEN;
    }

    /** Counts a segment that goes as a whole; what cannot be read has no topic. */
    private void countAll(SegmentView view, @Nullable SegmentIndex index) throws IOException {
        long events = 0;
        for (int region = 0; region < view.regions(); region++) {
            events += view.events(region);
        }
        PurgeCounts own = new PurgeCounts();
        if (index == null || !countIndex(index, own)) {
            own = new PurgeCounts();
            RegionPurge region = new RegionPurge(context, view, rule);
            for (int i = 0; i < view.regions(); i++) {
                region.look(i, 0);
                region.countInto(own);
            }
        }
        own.settle(events, view.endPosition());
        counts.add(own);
    }

    static boolean countIndex(SegmentIndex index, PurgeCounts into) {
        try (SegmentIndex.OpenTopics open = index.openTopics()) {
            TopicSource topics = open.pages().all();
            while (topics.advance()) {
                into.remove(TopicSource.text(topics), topics.events(), topics.bytes());
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Writes what stays of a segment.
     *
     * @param before how many events selected lie in front of it
     * @return the drafts, forced, to be closed
     */
    GenerationWriter rewrite(SegmentView view, long before) throws IOException {
        GenerationWriter writer = new GenerationWriter(context.disk(), view, view.name().next());
        boolean done = false;
        try {
            RegionPurge region = new RegionPurge(context, view, rule);
            long number = before;
            long lastMillis = 0;
            for (int i = 0; i < view.regions(); i++) {
                region.look(i, number);
                number += region.selected();
                lastMillis = Math.max(lastMillis, view.storedMillis(i));
                if (region.going() > 0) {
                    for (RegionPurge.Run run : region.runs(view.firstOffset(i))) {
                        writer.copyLines(i, run);
                    }
                } else if (view.length(i) > 0) {
                    writer.copyBatch(i, region.crc());
                }
            }
            writer.finish(view.endOffset(), lastMillis);
            done = true;
            return writer;
        } finally {
            if (!done) {
                writer.discard();
            }
        }
    }

    /** Writes a segment without events, so that the one before it and the one behind it adjoin. */
    GenerationWriter rewriteEmpty(SegmentView view) throws IOException {
        GenerationWriter writer = new GenerationWriter(context.disk(), view, view.name().next());
        boolean done = false;
        try {
            writer.finish(view.endOffset(), view.storedMillis(view.regions() - 1));
            done = true;
            return writer;
        } finally {
            if (!done) {
                writer.discard();
            }
        }
    }
}

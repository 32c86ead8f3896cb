// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Carries out what a purge has planned: writes the drafts, then changes over under the lock. */
final class PurgeCommit {

    private final StoreContext context;
    private final LockedLog log;
    private final Indexes indexes;
    private final PurgeRule rule;
    private final List<SegmentName> removed = new ArrayList<>();
    private final List<SegmentName> replaced = new ArrayList<>();
    private final List<GenerationWriter> drafts = new ArrayList<>();
    private boolean committing;

    PurgeCommit(StoreContext context, LockedLog log, Indexes indexes, PurgeRule rule) {
        this.context = context;
        this.log = log;
        this.indexes = indexes;
        this.rule = rule;
    }

    /** Says, under the lock, whether what the plan was made of still holds. */
    interface StillHolds {
        boolean check();
    }

    /** Commits a plan, and says whether it still could be. */
    boolean commit(List<Purger.Planned> plan, StillHolds stillHolds) throws IOException {
        try {
            write(plan);
            return log.underLock(() -> changeOver(stillHolds));
        } finally {
            // Once it may be committed the drafts belong to whoever finishes it.
            if (!committing) {
                for (GenerationWriter draft : drafts) {
                    draft.discard();
                }
            }
        }
    }

    private void write(List<Purger.Planned> plan) throws IOException {
        SegmentPurge purge = new SegmentPurge(context, indexes, rule, new PurgeCounts());
        boolean oldest = true;
        for (Purger.Planned planned : plan) {
            oldest &= planned.leavesNothing();
            if (oldest) {
                removed.add(planned.segment());
            } else if (planned.changes()) {
                try (SegmentView view = SegmentView.open(context.disk(), planned.segment())) {
                    add(
                            planned.segment(),
                            planned.leavesNothing()
                                    ? purge.rewriteEmpty(view)
                                    : purge.rewrite(view, planned.selectedBefore()));
                }
            }
        }
    }

    private void add(SegmentName segment, GenerationWriter writer) throws IOException {
        replaced.add(segment);
        drafts.add(writer);
        writer.close();
    }

    private boolean changeOver(StillHolds stillHolds) throws IOException {
        Purges.recover(context.disk());
        Set<SegmentName> there = new HashSet<>(log.sealedSegments());
        if (!there.containsAll(removed) || !there.containsAll(replaced) || !stillHolds.check()) {
            return false;
        }
        Purges purges = new Purges(context.disk());
        for (SegmentName segment : removed) {
            purges.remove(segment);
        }
        for (int i = 0; i < drafts.size(); i++) {
            GenerationWriter draft = drafts.get(i);
            if (!context.disk().exists(draft.logDraft())
                    || !context.disk().exists(draft.sidecarDraft())) {
                return false; // cleared away by a machine that cannot see this process
            }
            SegmentName segment = replaced.get(i);
            purges.replace(segment, segment.next(), draft.sidecarDraft(), draft.logDraft());
        }
        committing = true;
        purges.commit();
        return true;
    }
}

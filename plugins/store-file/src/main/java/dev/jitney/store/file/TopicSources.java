// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All places that the topics of a store come from at one moment: the summary of most sealed
 * segments, the indexes of the others, and the tail, which is read. Where there are too many
 * others, the summary is extended first.
 */
final class TopicSources implements Closeable {

    /** The summary is extended when what it lacks is more than this part of it. */
    private static final int PART = 8;

    /** How many indexes are merged into it at once, each of which is an open file. */
    private static final int AT_ONCE = 256;

    private final StoreContext context;
    private final Indexes indexes;
    private final boolean trustIndexes;
    private final ScratchDisk scratch = new ScratchDisk();
    private final TopicCounter plain;
    private final List<SegmentIndex> used = new ArrayList<>();
    private final List<SegmentIndex.OpenTopics> open = new ArrayList<>();
    private @Nullable TopicSummary summary;

    private TopicSources(StoreContext context, Indexes indexes, boolean trustIndexes) {
        this.context = context;
        this.indexes = indexes;
        this.trustIndexes = trustIndexes;
        this.plain = new TopicCounter(scratch::disk, "topics", TopicCounter.MOST_MEMORY);
    }

    /**
     * Gathers them.
     *
     * @param trustIndexes whether to use derived files at all
     * @throws NoSuchFileException if a segment was removed meanwhile
     */
    static TopicSources open(StoreContext context, Indexes indexes, boolean trustIndexes)
            throws IOException {
        TopicSources sources = new TopicSources(context, indexes, trustIndexes);
        boolean done = false;
        try {
            sources.gather();
            done = true;
            return sources;
        } catch (DamagedIndexException e) {
            sources.removeDamaged();
            throw e;
        } finally {
            if (!done) {
                sources.close();
            }
        }
    }

    private void gather() throws IOException {
        Map<IndexHead.Identity, SegmentIndex> indexed = new LinkedHashMap<>();
        TopicScan scan = new TopicScan(context);
        Set<IndexHead.Identity> covered = trustIndexes ? openSummary() : Set.of();
        for (SegmentName name : Segments.list(context.disk())) {
            try (SegmentView view = SegmentView.open(context.disk(), name)) {
                IndexHead.Identity identity = IndexHead.Identity.of(view);
                if (covered.contains(identity)) {
                    continue;
                }
                SegmentIndex index = trustIndexes ? indexes.indexOf(view) : null;
                if (index == null) {
                    scan.count(view, plain);
                } else {
                    indexed.put(identity, index);
                }
            }
        }
        used.addAll(indexed.values());
        boolean extend = summary == null ? indexed.size() > 1 : worthExtending(indexed.values());
        while (extend && !indexed.isEmpty()) {
            extend = extendSummary(indexed);
        }
        for (SegmentIndex index : indexed.values()) {
            open.add(index.openTopics());
        }
    }

    /** Opens the summary if all that it covers is there as it was, and returns what that is. */
    private Set<IndexHead.Identity> openSummary() throws IOException {
        TopicSummary found;
        try {
            found = TopicSummary.open(context.disk());
        } catch (IOException e) {
            return Set.of(); // none, or a damaged one, which is written again
        }
        summary = found;
        Set<SegmentName> there = new HashSet<>(Segments.list(context.disk()));
        for (IndexHead.Identity one : found.covered()) {
            if (!there.contains(one.segment()) || !unchanged(one)) {
                summary = null;
                found.close();
                return Set.of();
            }
        }
        return new HashSet<>(found.covered());
    }

    private boolean unchanged(IndexHead.Identity one) throws IOException {
        try (SegmentView view = SegmentView.open(context.disk(), one.segment())) {
            return view.verifiable() && view.sealed() && IndexHead.Identity.of(view).equals(one);
        }
    }

    private boolean worthExtending(Iterable<SegmentIndex> missing) {
        TopicSummary known = summary;
        long pages = 0;
        for (SegmentIndex index : missing) {
            pages += index.head().pages;
        }
        return known != null && pages > 0 && pages * PART >= known.pages().pages();
    }

    /** Takes some more segments into the summary, if it can be written, and uses it. */
    private boolean extendSummary(Map<IndexHead.Identity, SegmentIndex> indexed)
            throws IOException {
        if (!indexes.writable()) {
            return false;
        }
        TopicSummary old = summary;
        List<IndexHead.Identity> added = new ArrayList<>();
        List<SegmentIndex.OpenTopics> opened = new ArrayList<>();
        try {
            for (Map.Entry<IndexHead.Identity, SegmentIndex> one : indexed.entrySet()) {
                if (added.size() < AT_ONCE) {
                    opened.add(one.getValue().openTopics());
                    added.add(one.getKey());
                }
            }
            TopicSummary next = writeSummary(old, added, opened);
            indexed.keySet().removeAll(added);
            summary = next;
            if (old != null) {
                old.close();
            }
            return true;
        } catch (DamagedIndexException | ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            return false; // a full disk: they are merged each time, then
        } finally {
            for (SegmentIndex.OpenTopics topics : opened) {
                topics.close();
            }
        }
    }

    private TopicSummary writeSummary(
            @Nullable TopicSummary old,
            List<IndexHead.Identity> added,
            List<SegmentIndex.OpenTopics> opened)
            throws IOException {
        List<IndexHead.Identity> covered = new ArrayList<>();
        List<TopicSource> sources = new ArrayList<>();
        if (old != null) {
            covered.addAll(old.covered());
            sources.add(old.pages().all());
        }
        covered.addAll(added);
        for (SegmentIndex.OpenTopics topics : opened) {
            sources.add(topics.pages().all());
        }
        TopicSummary.write(context.disk(), covered, new TopicMerge(sources));
        return TopicSummary.open(context.disk());
    }

    /** Returns the topics in order of name, from the first one on that is not less than a name. */
    TopicSource merged(byte[] from) throws IOException {
        List<TopicSource> sources = new ArrayList<>();
        if (summary != null) {
            sources.add(summary.pages().from(from));
        }
        for (SegmentIndex.OpenTopics topics : open) {
            sources.add(topics.pages().from(from));
        }
        sources.add(plain.sorted());
        return new TopicMerge(sources);
    }

    /** Returns how many topics there are in all, or -1 if that takes a look at each. */
    long count() throws IOException {
        return summary != null && open.isEmpty() && plain.isEmpty() ? summary.topics() : -1;
    }

    /** Removes what is damaged of the derived files that were used, to be made again. */
    void removeDamaged() {
        indexes.remove(TopicSummary.FILE);
        used.forEach(indexes::check);
    }

    @Override
    public void close() throws IOException {
        if (summary != null) {
            summary.close();
        }
        for (SegmentIndex.OpenTopics topics : open) {
            topics.close();
        }
        plain.close();
        scratch.close();
    }
}

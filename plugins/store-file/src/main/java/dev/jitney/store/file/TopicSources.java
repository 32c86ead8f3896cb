// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All places that the topics of a store come from at one moment: the summary of most segments, the
 * indexes of sealed ones that it lacks, and what has no index and is read, the end of the tail
 * above all. When the summary lacks too much it is extended first, so that whoever comes next is
 * quicker.
 */
final class TopicSources implements Closeable {

    /** The summary is extended when what it lacks is more than this part of it. */
    private static final int PART = 8;

    /** Reading so many bytes again is quicker than anything else. */
    private static final long LITTLE = 1 << 20;

    /** So many topics are quicker looked up in the summary than merged with it. */
    private static final int FEW = 1000;

    /** How many indexes are merged at once, each of which is an open file. */
    private static final int AT_ONCE = 256;

    private final StoreContext context;
    private final Indexes indexes;
    private final ScratchDisk scratch = new ScratchDisk();
    private final List<SegmentIndex> used = new ArrayList<>();
    private final List<SegmentIndex.OpenTopics> open = new ArrayList<>();
    private final Map<IndexHead.Identity, SegmentIndex> lacking = new LinkedHashMap<>();
    private TopicCounter read;
    private long readBytes;
    private final Set<IndexHead.Identity> readToTheEnd = new LinkedHashSet<>();
    private boolean nothingElseRead = true;
    private TopicSummary.@Nullable Part tail;
    private @Nullable TopicSummary summary;

    private TopicSources(StoreContext context, Indexes indexes) {
        this.context = context;
        this.indexes = indexes;
        this.read = newCounter();
    }

    /**
     * Gathers them.
     *
     * @param trustIndexes whether to use derived files at all
     * @throws NoSuchFileException if a segment was removed meanwhile
     */
    static TopicSources open(StoreContext context, Indexes indexes, boolean trustIndexes)
            throws IOException {
        TopicSources sources = new TopicSources(context, indexes);
        boolean done = false;
        try {
            sources.gather(trustIndexes);
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

    private TopicCounter newCounter() {
        return new TopicCounter(scratch::disk, "topics", TopicCounter.MOST_MEMORY);
    }

    private void gather(boolean trustIndexes) throws IOException {
        List<SegmentName> segments = Segments.list(context.disk());
        List<SegmentName> rest = trustIndexes ? openSummary(segments) : segments;
        TopicScan scan = new TopicScan(context);
        for (SegmentName name : rest) {
            try (SegmentView view = SegmentView.open(context.disk(), name)) {
                gather(view, scan, trustIndexes, name.equals(segments.get(segments.size() - 1)));
            }
        }
        used.addAll(lacking.values());
        if (trustIndexes && worthExtending()) {
            boolean extended = true;
            while (extended && (!lacking.isEmpty() || read.count() > 0)) {
                extended = extendSummary();
            }
        }
        for (SegmentIndex index : lacking.values()) {
            open.add(index.openTopics());
        }
    }

    private void gather(SegmentView view, TopicScan scan, boolean trustIndexes, boolean last)
            throws IOException {
        TopicSummary.Part known = summary == null ? null : summary.coverage().tail();
        long from = known != null && known.segment().equals(view.name()) ? known.end() : 0;
        SegmentIndex index = trustIndexes && from == 0 ? indexes.indexOf(view) : null;
        if (index != null) {
            lacking.put(IndexHead.Identity.of(view), index);
            return;
        }
        readBytes += scan.count(view, from, read);
        if (view.verifiable() && view.sealed() && from > 0) {
            readToTheEnd.add(IndexHead.Identity.of(view));
        } else if (view.verifiable() && last && view.regions() > 0) {
            tail = TopicSummary.Part.of(view, view.regions());
        } else if (view.endPosition() > 0) {
            nothingElseRead = false;
        }
    }

    /**
     * Opens the summary if all that is in it is there as it was.
     *
     * @return the segments that are not in it, or not as a whole
     */
    private List<SegmentName> openSummary(List<SegmentName> segments) throws IOException {
        TopicSummary found;
        try {
            found = TopicSummary.open(context.disk());
        } catch (IOException e) {
            return segments; // none, or a damaged one, which is written again
        }
        summary = found;
        TopicSummary.Coverage coverage = found.coverage();
        List<SegmentName> rest = new ArrayList<>();
        int there = 0;
        for (SegmentName name : segments) {
            try (SegmentView view = SegmentView.open(context.disk(), name)) {
                if (view.sealed()
                        && view.verifiable()
                        && coverage.segments().contains(IndexHead.Identity.of(view))) {
                    there++;
                    continue;
                }
                TopicSummary.Part part = coverage.tail();
                there += part != null && part.isPartOf(view) ? 1 : 0;
                rest.add(name);
            }
        }
        if (there == coverage.count()) {
            return rest;
        }
        summary = null;
        found.close();
        return segments;
    }

    private boolean worthExtending() {
        TopicSummary known = summary;
        long pages = known == null ? 0 : known.pages().pages();
        long lackingPages = 0;
        for (SegmentIndex index : lacking.values()) {
            lackingPages += index.head().pages;
        }
        return indexes.writable()
                && (lackingPages > 0 && lackingPages * PART >= pages
                        || readBytes >= Math.max(LITTLE, pages * TopicPage.BYTES));
    }

    /** Takes more into the summary, if it can be written, and uses it. */
    private boolean extendSummary() throws IOException {
        TopicSummary old = summary;
        Map<IndexHead.Identity, SegmentIndex.OpenTopics> added = new LinkedHashMap<>();
        try {
            for (Map.Entry<IndexHead.Identity, SegmentIndex> one : lacking.entrySet()) {
                if (added.size() < AT_ONCE) {
                    added.put(one.getKey(), one.getValue().openTopics());
                }
            }
            // What has no checksums, or cannot have an index, is read each time.
            boolean withRead =
                    added.size() == lacking.size()
                            && nothingElseRead
                            && (tail != null || !readToTheEnd.isEmpty());
            if (added.isEmpty() && !withRead) {
                return false;
            }
            TopicSummary written = writeSummary(old, added, withRead);
            if (written == null) {
                return false; // theirs counts up to another place: ours are merged, then
            }
            summary = written;
            lacking.keySet().removeAll(added.keySet());
            if (withRead) {
                read.close();
                read = newCounter();
                readToTheEnd.clear();
                tail = null;
            }
            if (old != null) {
                old.close();
            }
            return true;
        } catch (DamagedIndexException | ClosedChannelException | NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            return false; // a full disk: they are merged each time, then
        } finally {
            for (SegmentIndex.OpenTopics topics : added.values()) {
                topics.close();
            }
        }
    }

    private @Nullable TopicSummary writeSummary(
            @Nullable TopicSummary old,
            Map<IndexHead.Identity, SegmentIndex.OpenTopics> added,
            boolean withRead)
            throws IOException {
        TopicSummary.Coverage before = old == null ? TopicSummary.Coverage.NOTHING : old.coverage();
        Set<IndexHead.Identity> segments = new LinkedHashSet<>(before.segments());
        segments.addAll(added.keySet());
        List<TopicSource> sources = new ArrayList<>();
        if (old != null) {
            sources.add(old.pages().all());
        }
        for (SegmentIndex.OpenTopics topics : added.values()) {
            sources.add(topics.pages().all());
        }
        if (withRead) {
            segments.addAll(readToTheEnd);
            sources.add(read.sorted());
        }
        TopicSummary.Part part = withRead ? tail : before.tail();
        return TopicSummary.replace(
                context.disk(), new TopicSummary.Coverage(segments, part), new TopicMerge(sources));
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
        sources.add(read.sorted());
        return new TopicMerge(sources);
    }

    /** Returns how many topics there are in all, or -1 if that takes a look at each. */
    long count() throws IOException {
        TopicSummary known = summary;
        if (known == null || !open.isEmpty() || read.count() > FEW) {
            return -1;
        }
        long more = 0;
        TopicSource topics = read.sorted();
        while (topics.advance()) {
            byte[] name = Arrays.copyOf(topics.name(), topics.nameLength());
            TopicSource there = known.pages().from(name);
            boolean same = there.advance() && TopicMerge.compare(there, topics) == 0;
            more += same ? 0 : 1;
        }
        return known.topics() + more;
    }

    /** Removes what is damaged of the derived files that were used, to be made again. */
    void removeDamaged() {
        indexes.remove(TopicSummary.FILE);
        used.forEach(indexes::check);
    }

    @Override
    public void close() throws IOException {
        Closing closing = new Closing();
        closing.close(summary);
        for (SegmentIndex.OpenTopics topics : open) {
            closing.close(topics);
        }
        closing.close(read);
        closing.close(scratch);
        closing.end();
    }
}

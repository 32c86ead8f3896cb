// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts events by topic within a bounded amount of memory: when there are too many topics, those
 * counted so far go to a draft on disk, and what comes out is all of them merged.
 */
final class TopicCounter implements Closeable {

    /** Where drafts go. */
    interface Place {
        Disk disk() throws IOException;
    }

    /** About how many bytes of topics are held. */
    static final long MOST_MEMORY = 24 << 20;

    private final Place place;
    private final String spill;
    private final long mostMemory;
    private final TopicTable table = new TopicTable();
    private final List<StoreFile> runs = new ArrayList<>();
    private final List<String> runNames = new ArrayList<>();
    private final List<TopicPages> runPages = new ArrayList<>();

    /**
     * Makes a counter of no topics.
     *
     * @param place where drafts go, asked when there is one
     * @param spill what their names begin with
     */
    TopicCounter(Place place, String spill, long mostMemory) {
        this.place = place;
        this.spill = spill;
        this.mostMemory = mostMemory;
    }

    /** Returns how many topics there are, or more, if some are on disk already. */
    long count() {
        return runs.isEmpty() ? table.count() : Long.MAX_VALUE;
    }

    /** Says whether bytes of these lengths can be a topic. */
    static boolean isTopic(int from, int to) {
        return to > from && to - from <= TopicPage.MOST_NAME;
    }

    void add(byte[] line, int from, int to, long lineBytes, long millis) throws IOException {
        table.add(line, from, to, lineBytes, millis);
        if (table.memory() > mostMemory) {
            spill();
        }
    }

    /** Returns the topics counted, in order, again for each call; this is closed after them. */
    TopicSource sorted() throws IOException {
        if (runs.isEmpty()) {
            return table.sorted();
        }
        List<TopicSource> sources = new ArrayList<>();
        for (TopicPages pages : runPages) {
            sources.add(pages.all());
        }
        sources.add(table.sorted());
        return new TopicMerge(sources);
    }

    private void spill() throws IOException {
        String name = spill + "." + runs.size() + SmallFile.DRAFT;
        runNames.add(name);
        StoreFile run = place.disk().create(name);
        runs.add(run);
        runPages.add(new TopicPages(run, 0, TopicPages.write(run, 0, table.sorted()).pages()));
        table.clear();
    }

    @Override
    public void close() throws IOException {
        for (StoreFile run : runs) {
            run.close();
        }
        for (String name : runNames) {
            place.disk().delete(name);
        }
    }
}

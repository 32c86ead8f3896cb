// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts events by topic within a bounded amount of memory: when there are too many topics, those
 * counted so far go to a draft on disk, and what comes out is all of them merged.
 */
final class TopicCounter implements Closeable {

    /** There are more topics than memory allows for, and nowhere else to put them. */
    static final class TooManyTopicsException extends IOException {
        private static final long serialVersionUID = 1L;

        TooManyTopicsException() {
            super("too many topics to count in memory");
        }
    }

    /** About how many bytes of topics are held. */
    static final long MOST_MEMORY = 24 << 20;

    private final Disk disk;
    private final @Nullable String spill;
    private final long mostMemory;
    private final TopicTable table = new TopicTable();
    private final List<StoreFile> runs = new ArrayList<>();
    private final List<String> runNames = new ArrayList<>();
    private final List<TopicPages> runPages = new ArrayList<>();

    /**
     * @param spill what the names of drafts begin with, or null if nothing may be written
     */
    TopicCounter(Disk disk, @Nullable String spill, long mostMemory) {
        this.disk = disk;
        this.spill = spill;
        this.mostMemory = mostMemory;
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

    /** Returns the topics counted, in order; this is closed after them. */
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
        if (spill == null) {
            throw new TooManyTopicsException();
        }
        String name = spill + "." + runs.size() + SmallFile.DRAFT;
        runNames.add(name);
        StoreFile run = disk.create(name);
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
            disk.delete(name);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Selection;
import dev.jitney.event.TopicPattern;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The index of a sealed segment: where events of a time may be, and which topics there are. Only
 * its head is held; topics are looked up in the file, which is open only meanwhile.
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 */
final class SegmentIndex implements SegmentHints {

    private final Disk disk;
    private final IndexHead head;
    private final Indexes indexes;
    // Those that were looked up last, with either answer.
    private volatile @Nullable Selection present;
    private volatile @Nullable Selection absent;

    SegmentIndex(Disk disk, IndexHead head, Indexes indexes) {
        this.disk = disk;
        this.head = head;
        this.indexes = indexes;
    }

    /**
     * Opens the index of a segment.
     *
     * @throws IOException also if it is missing, damaged or of another content of the segment
     */
    static SegmentIndex open(Disk disk, IndexHead.Identity identity, Indexes indexes)
            throws IOException {
        try (StoreFile file = disk.open(identity.segment().index(), false)) {
            IndexHead head = IndexHead.read(file);
            if (!head.identity.equals(identity)) {
                throw new DamagedIndexException("an index does not fit its segment");
            }
            return new SegmentIndex(disk, head, indexes);
        }
    }

    IndexHead head() {
        return head;
    }

    /** Opens the topics; they are closed with what is returned. */
    OpenTopics openTopics() throws IOException {
        StoreFile file = disk.open(head.identity.segment().index(), false);
        return new OpenTopics(file, new TopicPages(file, head.bytes(), head.pages));
    }

    /**
     * The topics of an index that is open.
     *
     * @param pages where they are
     */
    record OpenTopics(StoreFile file, TopicPages pages) implements Closeable {
        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    @Override
    public boolean mayHold(Selection selection) {
        return nextRegion(0, selection) < head.identity.regions();
    }

    @Override
    public int nextRegion(int region, Selection selection) {
        boolean topics = mayHoldTopics(selection);
        if (region >= head.identity.regions() || !topics && head.damagedRegions == 0) {
            return head.identity.regions();
        }
        for (int block = head.blockOf(region); block < head.blocks; block++) {
            if (blockMayHold(block, topics, selection)) {
                return Math.max(region, head.firstRegion(block));
            }
        }
        return head.identity.regions();
    }

    @Override
    public int previousRegion(int region, Selection selection) {
        boolean topics = mayHoldTopics(selection);
        if (region < 0 || !topics && head.damagedRegions == 0) {
            return -1;
        }
        int last = Math.min(region, head.identity.regions() - 1);
        for (int block = head.blockOf(last); block >= 0; block--) {
            if (blockMayHold(block, topics, selection)) {
                return Math.min(last, head.lastRegion(block));
            }
        }
        return -1;
    }

    private boolean blockMayHold(int block, boolean topics, Selection selection) {
        if (head.damaged(block)) {
            return true;
        }
        if (!topics || head.least(block) > head.greatest(block)) {
            return false;
        }
        // Times were rounded down to the millisecond; so must the limits be.
        Instant since = selection.since();
        Instant until = selection.until();
        return (since == null || head.greatest(block) >= millis(since))
                && (until == null || head.least(block) <= millis(until));
    }

    private static long millis(Instant time) {
        try {
            return time.toEpochMilli();
        } catch (ArithmeticException e) {
            return time.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    private boolean mayHoldTopics(Selection selection) {
        if (selection.selectsAllTopics()) {
            return head.events > 0;
        }
        if (selection == present) {
            return true;
        }
        if (selection == absent) {
            return false;
        }
        boolean found = lookUp(selection);
        if (found) {
            present = selection;
        } else {
            absent = selection;
        }
        return found;
    }

    private boolean lookUp(Selection selection) {
        try (OpenTopics topics = openTopics()) {
            List<TopicPattern> patterns =
                    selection.patterns().isEmpty()
                            ? List.of(TopicPattern.ALL)
                            : selection.patterns();
            for (TopicPattern pattern : patterns) {
                if (holds(topics.pages(), pattern, selection)) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            indexes.damaged(this);
            return true; // the segment is read, which is never wrong
        }
    }

    private static boolean holds(TopicPages pages, TopicPattern pattern, Selection selection)
            throws IOException {
        SelectedTopics topics = new SelectedTopics(pages, pattern, selection);
        return topics.advance();
    }
}

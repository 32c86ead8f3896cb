// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.EventScanner;
import java.io.IOException;

/**
 * Reads a sealed segment once and writes its index, as a draft that is renamed when it is whole. It
 * is not forced: what a loss of power leaves of it does not check, and is made again.
 *
 * <p>Lines that are damaged are not counted, but the block that they are in is marked, so that a
 * reader goes there and reports them whatever it looks for.
 */
final class IndexBuilder {

    private static final int BLOCK_BYTES = 64 * 1024;
    private static final int LINES_A_STEP = 128;

    private final StoreContext context;
    private final SegmentView view;
    private final EventScanner scanner;
    private final LineWalk walk;
    private final IndexHead.Builder head;
    private final Pace pace;

    private int blockFirst;
    private long blockBytes;
    private int blockFlags;
    private long least = Long.MAX_VALUE;
    private long greatest = Long.MIN_VALUE;
    private boolean damaged;
    private int lines;

    private IndexBuilder(StoreContext context, SegmentView view, Pace pace) throws IOException {
        this.pace = pace;
        this.context = context;
        this.view = view;
        this.scanner = context.format().scanner();
        this.walk = new LineWalk(view::read, view.endPosition(), Log.longestLine(context));
        this.head = new IndexHead.Builder(IndexHead.Identity.of(view));
    }

    /**
     * Writes the index of a segment that is sealed and verifiable, in place of one that is there.
     */
    static IndexHead build(StoreContext context, SegmentView view) throws IOException {
        return build(context, view, TopicCounter.MOST_MEMORY, Pace.none());
    }

    static IndexHead build(StoreContext context, SegmentView view, long mostMemory, Pace pace)
            throws IOException {
        String name = view.name().index();
        String draft = name + Drafts.suffix();
        try (TopicCounter topics = new TopicCounter(context::disk, draft, mostMemory)) {
            IndexBuilder builder = new IndexBuilder(context, view, pace);
            builder.scan(topics);
            IndexHead head = builder.write(draft, topics);
            context.disk().rename(draft, name);
            if (!context.disk().exists(view.name().log())) {
                context.disk().delete(name); // purged meanwhile: no trace of it may stay
            }
            return head;
        } catch (IOException | RuntimeException e) {
            try {
                context.disk().delete(draft);
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    private IndexHead write(String draft, TopicCounter topics) throws IOException {
        try (StoreFile file = context.disk().create(draft);
                TopicSource sorted = topics.sorted()) {
            long start = head.build(0, 0).bytes();
            TopicPages.Written written = TopicPages.write(file, start, sorted);
            IndexHead whole = head.build(written.topics(), written.pages());
            file.write(whole.encode(), 0);
            return whole;
        }
    }

    private void scan(TopicCounter topics) throws IOException {
        for (int region = 0; region < view.regions(); region++) {
            long length = view.length(region);
            if (blockBytes > 0 && blockBytes + length > BLOCK_BYTES) {
                endBlock(region);
            }
            damaged = false;
            long events = length == 0 ? 0 : scanRegion(region, length, topics);
            if (damaged) {
                blockFlags |= IndexHead.DAMAGED;
            }
            head.counted(events, damaged ? 1 : 0);
            blockBytes += length;
        }
        if (view.regions() > 0) {
            endBlock(view.regions());
        }
    }

    private long scanRegion(int region, long length, TopicCounter topics) throws IOException {
        long events = 0;
        walk.enter(view.position(region), length);
        while (walk.next()) {
            if (!walk.tooLong() && walk.endsWithBreak() && readLine(topics)) {
                events++;
            } else {
                damaged = true;
            }
        }
        damaged |= walk.cutOff() || events != view.events(region) || view.slotDamaged(region);
        damaged |= !walk.endsWithMark(walk.crc());
        return events;
    }

    private boolean readLine(TopicCounter topics) throws IOException {
        try {
            scanner.scan(walk.array(), walk.from(), walk.to());
        } catch (EventFormatException e) {
            return false;
        }
        int from = scanner.topicFrom();
        int to = scanner.topicTo();
        if (!TopicCounter.isTopic(from, to)) {
            return false;
        }
        long millis = scanner.timeMillis();
        // An event without a time may be selected by any.
        least = Math.min(least, millis);
        greatest = Math.max(greatest, millis == Long.MIN_VALUE ? Long.MAX_VALUE : millis);
        topics.add(walk.array(), from, to, walk.length(), millis);
        if (++lines % LINES_A_STEP == 0) {
            pace.step();
        }
        return true;
    }

    private void endBlock(int next) {
        head.add(blockFirst, blockFlags, least, greatest);
        blockFirst = next;
        blockBytes = 0;
        blockFlags = 0;
        least = Long.MAX_VALUE;
        greatest = Long.MIN_VALUE;
    }
}

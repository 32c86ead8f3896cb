// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.EventScanner;
import java.io.IOException;

/** Counts the topics of a segment line by line, where there is no index: in the tail above all. */
final class TopicScan {

    private final StoreContext context;
    private final EventScanner scanner;

    TopicScan(StoreContext context) {
        this.context = context;
        this.scanner = context.format().scanner();
    }

    /**
     * Counts what is committed from a position on; lines that are damaged are left out.
     *
     * @return how many bytes were read
     */
    long count(SegmentView view, long from, TopicCounter into) throws IOException {
        long end = view.endPosition();
        LineWalk walk = new LineWalk(view::read, end, Log.longestLine(context));
        walk.enter(from, end - from);
        while (walk.next()) {
            if (!walk.tooLong() && walk.endsWithBreak()) {
                countLine(walk, into);
            }
        }
        return end - from;
    }

    private void countLine(LineWalk walk, TopicCounter into) throws IOException {
        try {
            scanner.scan(walk.array(), walk.from(), walk.to());
        } catch (EventFormatException e) {
            return;
        }
        if (TopicCounter.isTopic(scanner.topicFrom(), scanner.topicTo())) {
            into.add(
                    walk.array(),
                    scanner.topicFrom(),
                    scanner.topicTo(),
                    walk.length(),
                    scanner.timeMillis());
        }
    }
}

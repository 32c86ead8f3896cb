// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Offset;
import dev.jitney.spi.StoreInfo;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a store holds, from the commit records alone: as many steps as there are segments, not
 * events.
 *
 * @param start the offset of the first event still stored, or the end if there is none
 * @param end the offset that the next event will be given
 * @param durable the offset up to which, exclusive, every event is known to be on disk
 * @param events how many events are stored, damaged ones included
 * @param bytes how many bytes the logs have
 * @param segments how many segments there are
 * @param tornFiles how many files recovery has kept aside
 */
record StoreFacts(
        long start, long end, long durable, long events, long bytes, int segments, int tornFiles) {

    private static final int TRIES = 100;

    static StoreFacts of(StoreContext context) throws IOException {
        for (int i = 1; ; i++) {
            try {
                return gather(context);
            } catch (NoSuchFileException e) {
                if (i == TRIES) {
                    throw e; // segments are removed faster than they can be looked at
                }
            }
        }
    }

    private static StoreFacts gather(StoreContext context) throws IOException {
        Disk disk = context.disk();
        long start = -1;
        long end = 0;
        long events = 0;
        long bytes = 0;
        int segments = 0;
        // Read before the log: what is durable by then is below the end that is found later.
        long durable = SharedState.openForReading(disk).durable();
        for (SegmentName name : Segments.list(disk)) {
            try (SegmentView view = SegmentView.open(disk, name)) {
                segments++;
                long here = events(view);
                end = view.endOffset();
                events += here;
                bytes += view.endPosition();
                if (start < 0 && here > 0) {
                    start = view.startOffset();
                }
            }
        }
        int torn = 0;
        for (String file : disk.list(SegmentName.FOLDER)) {
            torn += file.endsWith(".torn") ? 1 : 0;
        }
        return new StoreFacts(
                start < 0 ? end : start,
                end,
                Math.min(durable, end),
                events,
                bytes,
                segments,
                torn);
    }

    /** Returns these facts as the store tells them to others. */
    StoreInfo info(StoreContext context, long topics) {
        BusDirectory directory = context.directory();
        Map<String, String> details = new TreeMap<>();
        details.put("segments", Integer.toString(segments));
        if (tornFiles > 0) {
            details.put(
                    "torn files", tornFiles + " (incomplete ends that crashes left, kept aside)");
        }
        return new StoreInfo(
                directory.name(),
                directory.id(),
                directory.path().toString(),
                directory.format(),
                directory.created(),
                Offset.of(start),
                Offset.of(end),
                Offset.of(durable),
                events,
                topics,
                bytes,
                details);
    }

    /**
     * Returns how many events a segment has. Only a purge leaves gaps, and it shows in the name.
     */
    static long events(SegmentView view) throws IOException {
        if (view.name().generation() == 0) {
            return view.endOffset() - view.name().base();
        }
        long events = 0;
        for (int region = 0; region < view.regions(); region++) {
            events += view.events(region);
        }
        return events;
    }
}

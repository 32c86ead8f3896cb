// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Level;
import dev.jitney.event.Selection;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.ReadOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Opens a log once, asks it something, appends one event, and says what each step took, in ms. */
final class OpenChild {

    // Put into words at the end: formatting loads what the store should have to load by itself.
    private static final long[] MARKS = new long[6];
    private static int marks;

    private OpenChild() {}

    public static void main(String[] args) throws Exception {
        mark();
        EventFormat format = JitneyLog.FORMAT;
        mark();
        try (FileEventStore store = JitneyLog.open(Path.of(args[0]))) {
            long end = store.end().value();
            mark();
            StoredEvent newest = first(store, ReadOptions.newestFirst().withLimit(1));
            if (newest == null || newest.offset().value() != end - 1) {
                throw new IllegalStateException("the newest event was not found");
            }
            mark();
            if (Boolean.parseBoolean(args[1])) {
                Selection nothing = Selection.builder().pattern("nothing.*").build();
                if (first(store, ReadOptions.forward().withSelection(nothing)) != null) {
                    throw new IllegalStateException("an event of no topic was found");
                }
            }
            mark();
            store.appendAndWait(List.of(newest.event()), Level.OS, java.time.Duration.ZERO);
            mark();
        }
        if (format == null) {
            throw new IllegalStateException("there is no wire form");
        }
        System.out.println(steps());
    }

    private static StoredEvent first(FileEventStore store, ReadOptions options) {
        try (EventReader reader = store.read(options)) {
            return reader.next();
        }
    }

    private static void mark() {
        MARKS[marks++] = System.nanoTime();
    }

    private static String steps() {
        StringBuilder steps = new StringBuilder("done");
        for (int i = 1; i < marks; i++) {
            steps.append(String.format(Locale.ROOT, " %.3f", (MARKS[i] - MARKS[i - 1]) / 1e6));
        }
        return steps.toString();
    }
}

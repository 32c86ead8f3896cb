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

    private static long last;

    private OpenChild() {}

    public static void main(String[] args) throws Exception {
        last = System.nanoTime();
        StringBuilder steps = new StringBuilder("done");
        EventFormat format = JitneyLog.FORMAT;
        mark(steps);
        try (FileEventStore store = JitneyLog.open(Path.of(args[0]))) {
            long end = store.end().value();
            mark(steps);
            StoredEvent newest = first(store, ReadOptions.newestFirst().withLimit(1));
            if (newest == null || newest.offset().value() != end - 1) {
                throw new IllegalStateException("the newest event was not found");
            }
            mark(steps);
            if (Boolean.parseBoolean(args[1])) {
                Selection nothing = Selection.builder().pattern("nothing.*").build();
                if (first(store, ReadOptions.forward().withSelection(nothing)) != null) {
                    throw new IllegalStateException("an event of no topic was found");
                }
            }
            mark(steps);
            store.appendAndWait(List.of(newest.event()), Level.OS, java.time.Duration.ZERO);
            mark(steps);
        }
        if (format == null) {
            throw new IllegalStateException("there is no wire form");
        }
        System.out.println(steps);
    }

    private static StoredEvent first(FileEventStore store, ReadOptions options) {
        try (EventReader reader = store.read(options)) {
            return reader.next();
        }
    }

    private static void mark(StringBuilder steps) {
        long now = System.nanoTime();
        steps.append(String.format(Locale.ROOT, " %.3f", (now - last) / 1e6));
        last = System.nanoTime(); // formatting is not the store's
    }
}

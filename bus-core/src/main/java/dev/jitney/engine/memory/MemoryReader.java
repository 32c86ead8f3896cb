// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.event.Offset;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreProblem;
import dev.jitney.spi.StoreProblem.Kind;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads between the offsets that the log had when it was opened. */
final class MemoryReader implements EventReader {

    private final MemoryEventStore store;
    private final ReadOptions options;
    private final long end;
    private long position;
    private long returned;
    private long scanned;
    // Its end is reached, or it was closed.
    private boolean ended;

    /**
     * @param position the offset in front of which reading begins
     * @param end the offset at which reading forward ends
     */
    MemoryReader(MemoryEventStore store, ReadOptions options, long position, long end) {
        this.store = store;
        this.options = options;
        this.end = end;
        this.position = options.backward() ? Math.min(position, end) : position;
    }

    @Override
    public @Nullable StoredEvent next() {
        while (!ended && returned < options.limit()) {
            StoredEvent stored = options.backward() ? before() : after();
            if (stored == null) {
                ended = true;
                return null;
            }
            scanned++;
            if (options.selection().matches(stored.event())) {
                returned++;
                return stored;
            }
        }
        return null;
    }

    @Override
    public long count() {
        long before = returned;
        while (next() != null) {
            // counted by next
        }
        return returned - before;
    }

    @Override
    public long scanned() {
        return scanned;
    }

    @Override
    public void close() {
        ended = true;
    }

    private @Nullable StoredEvent after() {
        StoredEvent stored = position < end ? store.atOrAfter(position) : null;
        if (stored == null || stored.offset().value() >= end) {
            return null;
        }
        long found = stored.offset().value();
        reportGap(position, found, options.onProblem());
        position = found + 1;
        return stored;
    }

    private @Nullable StoredEvent before() {
        StoredEvent stored = store.before(position);
        if (stored == null) {
            return null;
        }
        long found = stored.offset().value();
        reportGap(found + 1, position, options.onProblem());
        position = found;
        return stored;
    }

    /** Tells of the offsets from {@code from} to {@code to}, exclusive, if there are any. */
    static void reportGap(long from, long to, Consumer<StoreProblem> onProblem) {
        if (from < to) {
            Offset first = Offset.of(from);
            String range = first + " to " + Offset.of(to - 1);
            String reason = "Events " + range + " were removed by purge or retention.";
            onProblem.accept(new StoreProblem(Kind.GAP, "memory", -1, -1, first, reason));
        }
    }
}

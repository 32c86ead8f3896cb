// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.event.Offset;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventTail;
import dev.jitney.spi.TailOptions;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Follows the log. Waits on the store's condition, so that an append wakes it at once. */
final class MemoryTail implements EventTail {

    private final MemoryEventStore store;
    private final TailOptions options;
    private final @Nullable Instant notBefore;
    private volatile long position;
    private volatile boolean closed;

    /**
     * @param notBefore the time of storing before which events are passed over, or null
     */
    MemoryTail(
            MemoryEventStore store,
            TailOptions options,
            long position,
            @Nullable Instant notBefore) {
        this.store = store;
        this.options = options;
        this.position = position;
        this.notBefore = notBefore;
    }

    @Override
    public @Nullable StoredEvent next(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + nanos(limit);
        while (true) {
            StoredEvent stored = store.awaitAtOrAfter(position, deadline, this);
            if (stored == null) {
                return null;
            }
            long found = stored.offset().value();
            // Told first: should the listener throw, the event is still to come.
            MemoryReader.reportGap(position, found, options.onProblem());
            position = found + 1;
            if (selected(stored)) {
                return stored;
            }
        }
    }

    @Override
    public Offset position() {
        return Offset.of(position);
    }

    @Override
    public void close() {
        closed = true;
        store.wakeAll();
    }

    boolean closed() {
        return closed;
    }

    private boolean selected(StoredEvent stored) {
        boolean late = notBefore == null || !stored.storedAt().isBefore(notBefore);
        return late && options.selection().matches(stored.event());
    }

    // A limit of centuries must not overflow the deadline.
    private static long nanos(Duration limit) {
        long longest = Long.MAX_VALUE / 4;
        boolean fits = limit.compareTo(Duration.ofNanos(longest)) < 0;
        return fits ? Math.max(0, limit.toNanos()) : longest;
    }
}

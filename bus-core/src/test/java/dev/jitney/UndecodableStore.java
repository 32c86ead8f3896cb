// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventTail;
import dev.jitney.spi.StoreProblem;
import dev.jitney.spi.TailOptions;
import dev.jitney.tck.ForwardingEventStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A store whose tails cannot decode events of one topic, and report their payloads as lines. */
final class UndecodableStore extends ForwardingEventStore {

    static final String BROKEN = "broken";

    UndecodableStore(EventStore delegate) {
        super(delegate);
    }

    @Override
    public EventTail tail(TailOptions options) {
        EventTail all = super.tail(options.withSelection(Selection.all()));
        return new EventTail() {
            @Override
            public @Nullable StoredEvent next(Duration limit) throws InterruptedException {
                while (true) {
                    StoredEvent next = all.next(limit);
                    if (next == null || !next.event().topic().equals(BROKEN)) {
                        if (next == null || options.selection().matches(next.event())) {
                            return next;
                        }
                    } else {
                        options.onProblem().accept(problem(next));
                    }
                }
            }

            @Override
            public Offset position() {
                return all.position();
            }

            @Override
            public void close() {
                all.close();
            }
        };
    }

    private static StoreProblem problem(StoredEvent stored) {
        byte[] line = stored.event().payload(String.class).getBytes(StandardCharsets.UTF_8);
        return new StoreProblem(
                StoreProblem.Kind.DAMAGED,
                "store/0.jsonl",
                100 * stored.offset().value(),
                line.length + 1,
                stored.offset(),
                "The line is not an event: it is broken.",
                line);
    }
}

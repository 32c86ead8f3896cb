// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Offset;
import java.time.Instant;

/**
 * A place between two events of a log: reading forward begins with the event behind it, reading
 * backward with the event in front of it.
 */
public sealed interface Position {

    /** In front of the first event. */
    record Start() implements Position {}

    /** Behind the last event at the moment of opening. */
    record End() implements Position {}

    /**
     * In front of the event with this offset, or of the next one that is still stored. Where the
     * log has not come so far it is the end: a tail from there has events of smaller offsets.
     */
    record AtOffset(Offset offset) implements Position {}

    /** In front of the first event that was stored at this time or later (STO-11). */
    record AtTime(Instant storedAt) implements Position {}

    /**
     * In front of the last {@code events} events that are stored, selected or not, or of the first
     * if there are fewer.
     *
     * @param events 0 or more
     */
    record Last(long events) implements Position {
        public Last {
            if (events < 0) {
                throw new IllegalArgumentException("events must be 0 or more, but was " + events);
            }
        }
    }

    static Position start() {
        return new Start();
    }

    static Position end() {
        return new End();
    }

    static Position at(Offset offset) {
        return new AtOffset(offset);
    }

    static Position at(Instant storedAt) {
        return new AtTime(storedAt);
    }

    static Position last(long events) {
        return new Last(events);
    }
}

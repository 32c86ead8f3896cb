// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;

/** DRAFT: gives ids and times that strictly increase (EVT-2). */
public final class EventClock {

    private static final EventClock SYSTEM = new EventClock(InstantSource.system());

    private final InstantSource source;

    private EventClock(InstantSource source) {
        this.source = source;
    }

    public static EventClock system() {
        return SYSTEM;
    }

    public static EventClock of(InstantSource source) {
        return new EventClock(source);
    }

    public InstantSource source() {
        return source;
    }

    public Stamp next() {
        return new Stamp(UUID.randomUUID().toString(), source.instant());
    }

    /** One tick of the clock. */
    public record Stamp(String id, Instant time) {}
}

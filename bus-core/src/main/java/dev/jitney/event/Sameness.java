// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.util.Objects;

/** When two events are one fact (EVT-1), and when they are equal in all. */
final class Sameness {

    private Sameness() {}

    /** Whether source and id are equal; makes no text of an id that both have from one clock. */
    static boolean duplicates(Event one, Event other) {
        if (!Objects.equals(one.source(), other.source())) {
            return false;
        }
        if (one.identity == other.identity && !(one.identity instanceof String)) {
            return one.tick == other.tick;
        }
        return one.id().equals(other.id());
    }

    /** A hash that duplicates have in common; makes no text of an id. */
    static int duplicateHash(Event event) {
        String source = event.source();
        long hash = event.identity instanceof String id ? EventIds.hash(id) : event.tick;
        return (source == null ? 0 : source.hashCode()) ^ (int) (hash ^ hash >>> 32);
    }

    /** Whether all fields are equal; payloads by {@code equals}, arrays of bytes by content. */
    static boolean equal(Event one, Event other) {
        return one.topic().equals(other.topic())
                && one.id().equals(other.id())
                && one.time().equals(other.time())
                && one.hasTime() == other.hasTime()
                && one.hasPayload() == other.hasPayload()
                && Payloads.same(one.payload(), other.payload())
                && one.severity() == other.severity()
                && Objects.equals(one.source(), other.source())
                && Objects.equals(one.key(), other.key())
                && Objects.equals(one.correlationId(), other.correlationId())
                && Objects.equals(one.causationId(), other.causationId())
                && one.whole().equals(other.whole());
    }
}

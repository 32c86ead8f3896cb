// SPDX-License-Identifier: Apache-2.0
package dev.jitney.audit.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.jitney.event.Event;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What can always be written of texts and events. */
final class Writable {

    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant BEHIND_LAST = Instant.parse("+10000-01-01T00:00:00Z");

    private Writable() {}

    /**
     * Returns the text; half a surrogate pair, which UTF-8 cannot carry, becomes a question mark.
     */
    static String text(String text) {
        return new String(text.getBytes(UTF_8), UTF_8);
    }

    /**
     * Returns of an event that no JSON can carry what tells it from others, with its payload and
     * without subject and headers.
     *
     * @param now its time, if its own is of a year that has no four digits
     */
    static Event of(Event event, Instant now) {
        Instant time = event.time();
        boolean dated = !time.isBefore(FIRST) && time.isBefore(BEHIND_LAST);
        return Event.builder(event.topic())
                .id(text(event.id()))
                .source(orNull(event.source()))
                .time(dated ? time : now)
                .severity(event.severity())
                .key(orNull(event.key()))
                .correlationId(orNull(event.correlationId()))
                .causationId(orNull(event.causationId()))
                .payload(event.payload())
                .build();
    }

    private static @Nullable String orNull(@Nullable String text) {
        return text == null ? null : text(text);
    }
}

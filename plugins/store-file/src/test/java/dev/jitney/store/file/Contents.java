// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Event;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** What a reader finds in a log: events by offset, and problems. */
record Contents(TreeMap<Long, String> events, List<StoreProblem> problems) {

    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

    static Contents of(StoreContext context) {
        TreeMap<Long, String> events = new TreeMap<>();
        List<StoreProblem> problems = new ArrayList<>();
        ReadOptions options = ReadOptions.forward().withOnProblem(problems::add);
        try (LogReader reader = LogReader.open(context, options, view -> null)) {
            StoredEvent event = reader.next();
            while (event != null) {
                events.put(
                        event.offset().value(),
                        event.event().topic() + "@" + event.storedAt() + " " + event.event().id());
                event = reader.next();
            }
        }
        return new Contents(events, problems);
    }

    /** Returns an event with this topic, created at a second of its own. */
    static Event event(String topic, int second) {
        return Event.builder(topic)
                .id("id-" + second)
                .source("test")
                .correlationId("c")
                .time(START.plusSeconds(second))
                .payload("payload of " + topic)
                .build();
    }

    /** Says whether any file of a bus contains a text. */
    static boolean anyFileHolds(Path directory, String text) throws java.io.IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                if (new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1)
                        .contains(text)) {
                    return true;
                }
            }
        }
        return false;
    }
}

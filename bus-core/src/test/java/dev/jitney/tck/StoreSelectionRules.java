// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static dev.jitney.tck.StoreHarness.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.Selection;
import dev.jitney.event.Severity;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.ReadOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which events are read, STO-3 and STO-11, and that they are what was appended, EVT-4. */
interface StoreSelectionRules extends StoreRules {

    /** Sixty events that differ in everything that can be selected; their times go up and down. */
    private static List<Event> variety() {
        List<Event> all = new ArrayList<>();
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        String[] topics = {"chat.message", "chat.message.sent", "user.login", "job.error", "chat"};
        for (int n = 0; n < 60; n++) {
            all.add(
                    Event.builder(topics[n % topics.length])
                            .id("id-" + n)
                            .source(n % 4 == 0 ? "shop" : "till " + n % 3)
                            .severity(Severity.values()[n % 7 % 3])
                            .key(n % 6 == 0 ? null : "key-" + n % 5)
                            .correlationId(n % 9 == 0 ? null : "story-" + n % 8)
                            .time(start.plus(Duration.ofMinutes(n * 37 % 60)))
                            .payload("payload " + n)
                            .build());
        }
        return all;
    }

    private static Map<String, Selection.Builder> selections() {
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        Map<String, Selection.Builder> all = new LinkedHashMap<>();
        all.put("a topic", Selection.builder().pattern("user.login"));
        all.put("a star at the end", Selection.builder().pattern("chat.*"));
        all.put("a star in front", Selection.builder().pattern("*.error"));
        all.put("two patterns", Selection.builder().pattern("chat").pattern("job.*"));
        all.put("an exclusion", Selection.builder().exclude("chat.*"));
        all.put("both", Selection.builder().pattern("chat.*").exclude("chat.message"));
        all.put("an id", Selection.builder().id("id-17"));
        all.put("two ids", Selection.builder().id("id-17").id("id-58").id("id-none"));
        all.put("a source", Selection.builder().source("shop"));
        all.put("a source with a space", Selection.builder().source("till 2").source("shop"));
        all.put("a severity", Selection.builder().severity(Severity.WARNING));
        all.put("severity at least", Selection.builder().severityAtLeast(Severity.WARNING));
        all.put("a correlation id", Selection.builder().correlationId("story-3"));
        all.put("a key", Selection.builder().key("key-2"));
        all.put("since", Selection.builder().since(start.plus(Duration.ofMinutes(41))));
        all.put("until", Selection.builder().until(start.plus(Duration.ofMinutes(41))));
        all.put(
                "a range of time",
                Selection.builder()
                        .since(start.plus(Duration.ofMinutes(10)))
                        .until(start.plus(Duration.ofMinutes(20))));
        all.put(
                "several at once",
                Selection.builder().pattern("chat.*").source("shop").key("key-1"));
        return all;
    }

    @Test
    @DisplayName("STO-3 STO-11 selects by topic, id, source, severity, correlation, key and time")
    default void selectsByEverything() {
        StoreHarness h = harness();
        List<Event> all = variety();
        for (int n = 0; n < 60; n += 12) {
            h.append(all.subList(n, n + 12));
        }
        selections()
                .forEach(
                        (name, builder) -> {
                            Selection selection = builder.build();
                            List<String> expected =
                                    StoreHarness.idsOf(
                                            all.stream().filter(selection::matches).toList());
                            assertThat(expected).as(name).hasSizeBetween(1, 59);
                            readsExactly(name, selection, expected);
                        });
        readsExactly("everything", Selection.all(), StoreHarness.idsOf(all));
        Selection nothing = Selection.builder().pattern("no.such.topic").build();
        readsExactly("nothing", nothing, List.of());
    }

    private void readsExactly(String name, Selection selection, List<String> expected) {
        StoreHarness h = harness();
        ReadOptions options = ReadOptions.forward().withSelection(selection);
        assertThat(ids(h.read(options)))
                .as(
                        "STO-3: forward, selected by %s. Where only times fail, an index takes"
                                + " event times to be in order, which they are not (STO-11).",
                        name)
                .isEqualTo(expected);
        try (EventReader reader = h.store().read(options)) {
            assertThat(reader.count()).as("STO-3: counted by %s", name).isEqualTo(expected.size());
        }
        if (h.can().backward()) {
            List<String> reversed = new ArrayList<>(expected);
            Collections.reverse(reversed);
            assertThat(ids(h.read(ReadOptions.newestFirst().withSelection(selection))))
                    .as("STO-3: backward, selected by %s", name)
                    .isEqualTo(reversed);
        }
    }

    @Test
    @DisplayName("EVT-4 events of every shape are read as they were appended")
    default void everyShapeSurvives() {
        StoreHarness h = harness();
        List<Event> shapes = EventShapes.all();
        h.append(shapes);
        if (h.can().durable()) {
            h.reopen();
        }
        List<StoredEvent> stored = h.readAll();
        assertThat(ids(stored)).isEqualTo(StoreHarness.idsOf(shapes));
        for (int n = 0; n < shapes.size(); n++) {
            EventShapes.assertSame(h.context().eventFormat(), stored.get(n).event(), shapes.get(n));
        }
    }
}

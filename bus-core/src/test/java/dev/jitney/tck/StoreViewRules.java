// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static dev.jitney.tck.StoreHarness.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.spi.PurgeOptions;
import dev.jitney.spi.StoreInfo;
import dev.jitney.spi.StoreProblem;
import dev.jitney.spi.TopicReader;
import dev.jitney.spi.TopicStats;
import dev.jitney.spi.VerifyOptions;
import dev.jitney.spi.VerifyReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a store tells of itself: its topics, its facts and its health, STO-8 and STO-10. */
interface StoreViewRules extends StoreRules {

    private List<TopicStats> topics(Selection selection) {
        List<TopicStats> all = new ArrayList<>();
        try (TopicReader reader = harness().store().topics(selection)) {
            for (TopicStats next = reader.next(); next != null; next = reader.next()) {
                all.add(next);
            }
        }
        return all;
    }

    private static Event at(String topic, String time) {
        return Event.builder(topic).source("tck").time(Instant.parse(time)).payload(1).build();
    }

    @Test
    @DisplayName("STO-3 topics come in order of name with their counts")
    default void countsTopics() {
        assertThat(topics(Selection.all())).as("a new store has no topic").isEmpty();
        harness()
                .append(
                        List.of(
                                at("b.two", "2026-03-01T00:00:00.123456Z"),
                                at("a.one", "2026-01-01T00:00:00Z"),
                                at("b.two", "2026-02-01T00:00:00Z"),
                                Event.builder("c").source("tck").noTime().payload(1).build()));
        harness()
                .append(
                        List.of(
                                at("a.one", "2025-01-01T00:00:00Z"),
                                at("B.x", "2026-01-01T00:00:00Z")));
        List<TopicStats> all = topics(Selection.all());
        assertThat(all)
                .extracting(TopicStats::topic)
                .as("in order of name, upper case first")
                .containsExactly("B.x", "a.one", "b.two", "c");
        assertThat(all).extracting(TopicStats::events).containsExactly(1L, 2L, 2L, 1L);
        assertThat(all).extracting(TopicStats::bytes).allMatch(bytes -> bytes > 10);
        assertThat(all)
                .extracting(TopicStats::lastTime)
                .as("the greatest event time, to the millisecond, which is not the last one stored")
                .containsExactly(
                        Instant.parse("2026-01-01T00:00:00Z"),
                        Instant.parse("2026-01-01T00:00:00Z"),
                        Instant.parse("2026-03-01T00:00:00.123Z"),
                        null);
    }

    @Test
    @DisplayName("STO-3 topics are selected by pattern and exclusion")
    default void selectsTopics() {
        List<Event> events = new ArrayList<>();
        for (String topic : List.of("chat", "chat.message", "chat.message.sent", "user.login")) {
            events.add(event(topic, 1));
        }
        harness().append(events);
        Selection chat = Selection.builder().pattern("chat.*").exclude("*.*.sent").build();
        assertThat(topics(chat)).extracting(TopicStats::topic).containsExactly("chat.message");
        TopicReader left = harness().store().topics(Selection.all());
        assertThat(left.next()).isNotNull();
        left.close();
        left.close();
        if (harness().can().purgeable()) {
            harness().store().purge(chat, PurgeOptions.standard());
            assertThat(topics(Selection.all()))
                    .extracting(TopicStats::topic)
                    .as("STO-6: a topic without events is gone")
                    .containsExactly("chat", "chat.message.sent", "user.login");
        }
    }

    @Test
    @DisplayName("STO-10 a store tells what it is and holds")
    default void tellsItsFacts() {
        StoreHarness h = harness();
        StoreInfo empty = h.store().info();
        assertThat(empty.id()).isNotBlank();
        assertThat(empty.name()).isNotNull();
        assertThat(empty.location()).isNotBlank();
        assertThat(empty.events()).isZero();
        h.append("a.b", 3);
        h.append("a.c", 2);
        StoreInfo info = h.store().info();
        assertThat(info.id()).as("an identity does not change").isEqualTo(empty.id());
        assertThat(info.events()).isEqualTo(5);
        assertThat(info.topics()).isEqualTo(2);
        assertThat(info.bytes()).isGreaterThan(empty.bytes());
        assertThat(info.start()).isEqualTo(Offset.ZERO);
        assertThat(info.end()).isEqualTo(Offset.of(5));
        assertThat(info.durable()).isBetween(Offset.ZERO, info.end());
        assertThat(info.created()).isEqualTo(empty.created());
        if (h.can().purgeable()) {
            h.store().purge(Selection.builder().pattern("a.b").build(), PurgeOptions.standard());
            StoreInfo purged = h.store().info();
            assertThat(purged.events()).isEqualTo(2);
            assertThat(purged.topics()).isEqualTo(1);
            assertThat(purged.start()).isEqualTo(Offset.of(3));
            assertThat(purged.end()).isEqualTo(Offset.of(5));
        }
    }

    @Test
    @DisplayName("STO-10 a store that is durable keeps its identity, another gets a new one")
    default void identityLivesAsLongAsEvents() {
        String before = harness().store().info().id();
        String after = harness().reopen().info().id();
        assertThat(after.equals(before)).isEqualTo(harness().can().durable());
    }

    @Test
    @DisplayName("STO-8 verifying a sound store finds it sound and changes nothing")
    default void verifiesASoundStore() {
        List<StoreProblem> problems = new ArrayList<>();
        List<Long> progress = new ArrayList<>();
        VerifyOptions options = new VerifyOptions(problems::add, progress::add);
        assertThat(harness().store().verify(options).ok()).as("STO-8: an empty store").isTrue();
        harness().append("a.b", 50);
        VerifyReport report = harness().store().verify(options);
        assertThat(problems).as("STO-8: nothing is wrong").isEmpty();
        assertThat(report.ok()).isTrue();
        assertThat(report.events()).isEqualTo(50);
        assertThat(report.bytes()).isPositive();
        assertThat(progress).as("STO-8: progress never runs backward").isNotNull();
        assertThat(harness().readAll()).hasSize(50);
    }
}

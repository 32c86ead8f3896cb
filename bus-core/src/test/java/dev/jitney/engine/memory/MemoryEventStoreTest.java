// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.ConfigException;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventTail;
import dev.jitney.spi.EventTooLargeException;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.Position;
import dev.jitney.spi.PurgeReport;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreProblem;
import dev.jitney.spi.TailOptions;
import dev.jitney.tck.TckContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the memory store does beyond the contract. */
class MemoryEventStoreTest {

    private final TckContext context = new TckContext();
    private final List<EventStore> stores = new ArrayList<>();

    @AfterEach
    void close() {
        stores.forEach(EventStore::close);
    }

    private EventStore open(String... config) {
        Map<String, String> values = new java.util.HashMap<>();
        for (int i = 0; i < config.length; i += 2) {
            values.put(config[i], config[i + 1]);
        }
        EventStore store =
                new MemoryEventStoreProvider()
                        .create(PluginConfig.of("store 'memory'", values, context));
        stores.add(store);
        return store;
    }

    private static Event event(Object payload) {
        return Event.builder("a.b").id("e1").source("test").payload(payload).build();
    }

    private static Offset append(EventStore store, int count) {
        List<Event> batch =
                IntStream.range(0, count).mapToObj(MemoryEventStoreTest::event).toList();
        return store.appendAndWait(batch, Level.OS, Duration.ZERO);
    }

    private static List<Long> offsets(EventStore store) {
        List<Long> all = new ArrayList<>();
        try (EventReader reader = store.read(ReadOptions.forward())) {
            for (StoredEvent next = reader.next(); next != null; next = reader.next()) {
                all.add(next.offset().value());
            }
        }
        return all;
    }

    @Test
    @DisplayName("STO-1 keeps the newest events when it is bounded, with their offsets")
    void keepsTheNewest() {
        EventStore store = open("retain-events", "3");
        append(store, 2);
        assertThat(offsets(store)).containsExactly(0L, 1L);
        append(store, 4);
        assertThat(offsets(store)).containsExactly(3L, 4L, 5L);
        for (int n = 0; n < 100; n++) {
            append(store, 1);
        }
        assertThat(offsets(store)).containsExactly(103L, 104L, 105L);
        assertThat(store.start()).isEqualTo(Offset.of(103));
        assertThat(store.info().events()).isEqualTo(3);
        assertThat(store.info().bytes()).isBetween(3 * 50L, 3 * 500L);
    }

    @Test
    @DisplayName("STO-5 retention waits for cursors that are in use")
    void retentionWaitsForCursors() {
        EventStore store = open("retain-events", "2", "cursor-idle", "1h");
        append(store, 2);
        store.cursors().save("slow", Offset.of(1));
        append(store, 3);
        assertThat(offsets(store))
                .as("#0 was passed, #1 is needed")
                .containsExactly(1L, 2L, 3L, 4L);
        assertThat(store.applyRetention().kept()).isEqualTo(2);
        context.advance(Duration.ofMinutes(61));
        PurgeReport report = store.applyRetention();
        assertThat(report.events()).isEqualTo(2);
        assertThat(report.byTopic()).isEqualTo(Map.of("a.b", 2L));
        assertThat(report.bytes()).isPositive();
        assertThat(report.kept()).isZero();
        assertThat(offsets(store)).containsExactly(3L, 4L);
    }

    @Test
    @DisplayName("STO-5 retention need not wait for cursors when that is set")
    void retentionMayIgnoreCursors() {
        EventStore store = open("retain-events", "2", "ignore-cursors", "true");
        append(store, 2);
        store.cursors().save("slow", Offset.ZERO);
        append(store, 3);
        assertThat(offsets(store)).containsExactly(3L, 4L);
    }

    @Test
    @DisplayName("STO-4 a tail that was overtaken by retention tells of the gap, in these words")
    void tailsTellOfRetention() throws Exception {
        EventStore store = open("retain-events", "2");
        List<StoreProblem> told = new ArrayList<>();
        try (EventTail tail =
                store.tail(TailOptions.from(Position.start()).withOnProblem(told::add))) {
            append(store, 5);
            StoredEvent next = tail.next(Duration.ZERO);
            assertThat(next).isNotNull();
            assertThat(next.offset()).isEqualTo(Offset.of(3));
        }
        assertThat(told)
                .containsExactly(
                        new StoreProblem(
                                StoreProblem.Kind.GAP,
                                "memory",
                                -1,
                                -1,
                                Offset.ZERO,
                                "Events #0 to #2 were removed by purge or retention."));
    }

    @Test
    @DisplayName("STO-11 a tail from a time to come passes over what is stored before it")
    void tailsFromATimeToCome() throws Exception {
        EventStore store = open();
        Instant later = context.clock().instant().plusSeconds(10);
        try (EventTail tail = store.tail(TailOptions.from(Position.at(later)))) {
            append(store, 2);
            context.advance(Duration.ofSeconds(10));
            append(store, 1);
            StoredEvent next = tail.next(Duration.ZERO);
            assertThat(next).isNotNull();
            assertThat(next.offset()).isEqualTo(Offset.of(2));
        }
    }

    @Test
    @DisplayName("STO-4 a listener that throws costs no event")
    void aListenerThatThrowsCostsNoEvent() throws Exception {
        EventStore store = open("retain-events", "1");
        List<String> thrown = new ArrayList<>();
        TailOptions options =
                TailOptions.from(Position.start())
                        .withOnProblem(
                                problem -> {
                                    if (thrown.isEmpty()) {
                                        thrown.add(problem.reason());
                                        throw new IllegalStateException("listener");
                                    }
                                });
        try (EventTail tail = store.tail(options)) {
            append(store, 3);
            assertThatThrownBy(() -> tail.next(Duration.ZERO)).hasMessage("listener");
            assertThat(tail.next(Duration.ZERO)).isNotNull();
        }
    }

    @Test
    @DisplayName("EVT-7 gives back the very objects that were appended")
    void givesBackTheSameObjects() {
        EventStore store = open();
        Event event = event(List.of("x"));
        store.append(List.of(event), Level.MEMORY);
        try (EventReader reader = store.read(ReadOptions.forward())) {
            StoredEvent stored = reader.next();
            assertThat(stored).isNotNull();
            assertThat(stored.event()).isSameAs(event);
        }
    }

    @Test
    @DisplayName("STO-1 refuses an event that is larger than it takes, with the whole batch")
    void refusesWhatIsTooLarge() {
        EventStore store = open("max-event", "1k", "location", "small");
        List<Event> batch = List.of(event("x"), event("x".repeat(1024)));
        int size = context.eventFormat().encode(batch.get(1)).length;
        assertThatThrownBy(() -> store.append(batch, Level.OS))
                .isInstanceOf(EventTooLargeException.class)
                .hasMessage(
                        "Event 'e1' of topic 'a.b' has "
                                + size
                                + " bytes; event store 'memory:small' takes at most 1024. Raise"
                                + " 'max-event', or publish a reference to the data.");
        assertThat(store.end()).isEqualTo(Offset.ZERO);
    }

    @Test
    void saysInFullWhatItRefuses() {
        EventStore store = open("location", "tests");
        Event anonymous = Event.builder("a.b").id("e1").payload("x").build();
        assertThatThrownBy(() -> store.append(List.of(anonymous), Level.OS))
                .hasMessage(
                        "Event 'e1' of topic 'a.b' has no source. Set one before it is stored.");
        assertThatThrownBy(() -> store.append(List.of(), Level.OS))
                .hasMessage("A batch must hold 1 or more events, but was empty.");
        assertThatThrownBy(() -> store.append(List.of(event(1)), Level.DISK))
                .hasMessage(
                        "Event store 'memory:tests' does not reach level 'disk'. Use memory or"
                                + " os.");
        assertThatThrownBy(() -> store.cursors().save("a/b", Offset.ZERO))
                .hasMessage(
                        "Cursor name 'a/b' is not valid. Use 1 to 128 letters, digits, '.', '_' and"
                                + " '-', beginning with a letter or a digit.");
        assertThatThrownBy(() -> store.cursors().save("a", Offset.UNASSIGNED))
                .hasMessage("A checkpoint must be an offset of 0 or more, but was unassigned.");
        store.close();
        assertThatThrownBy(() -> store.topics(Selection.all()))
                .hasMessage(
                        "Event store 'memory:tests' is closed and refuses topics. Open a new one.");
    }

    @Test
    void refusesAWrongConfiguration() {
        assertThatThrownBy(() -> open("retain-events", "0", "max-event", "1", "retain", "5"))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Configuration of store 'memory' has 3 problems: 'retain-events' is 0,"
                                + " expected 1 to 9223372036854775807; 'max-event' is '1', expected"
                                + " a size from 1k to 1g, such as 64k or 10m; 'retain' is not a"
                                + " known key, expected cursor-idle, ignore-cursors, location,"
                                + " max-event or retain-events.");
    }

    @Test
    void storesOfOneNameShareNothing() {
        EventStore one = open("location", "same");
        EventStore two = open("location", "same");
        append(one, 1);
        assertThat(two.end()).isEqualTo(Offset.ZERO);
        assertThat(one.info().id()).isNotEqualTo(two.info().id());
        assertThat(one.info().name()).isEqualTo("same");
        assertThat(open().info().name()).isEqualTo("memory");
    }
}

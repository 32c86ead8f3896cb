// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import dev.jitney.event.Selection;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventTail;
import dev.jitney.spi.Position;
import dev.jitney.spi.PurgeOptions;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreProblem;
import dev.jitney.spi.TailOptions;
import dev.jitney.spi.TopicReader;
import dev.jitney.spi.TopicStats;
import dev.jitney.spi.VerifyOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Purges beside publishers, followers, readers and verifications of the same bus. */
@Timeout(120)
class PurgeWhileRunningTest {

    private static final int EVENTS = 3000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Selection KEPT = Selection.builder().pattern("kept").build();
    private static final Selection PURGED = Selection.builder().pattern("purged.*").build();

    @TempDir Path temp;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    private EventStore open() {
        return Contexts.open(temp.resolve("bus"), InstantSource.system(), "segment-size", "16k");
    }

    @Test
    @DisplayName("STO-6 nothing that stays is lost, repeated or out of order while purges run")
    void purgesBesideEverythingElse() throws Exception {
        List<String> all = IntStream.range(0, EVENTS).mapToObj(String::valueOf).toList();
        try (EventStore store = open()) {
            store.appendAndWait(List.of(event("purged.first", "x")), Level.OS, PATIENCE);
            Future<?> publisher = threads.submit(() -> publish(store));
            Future<List<String>> follower = threads.submit(() -> follow(store));
            Future<?> reader = threads.submit(() -> readAgain(store, publisher));
            while (!publisher.isDone()) {
                store.purge(PURGED, PurgeOptions.standard());
                topics(store);
            }
            publisher.get();
            store.purge(PURGED, PurgeOptions.standard());
            reader.get();

            assertThat(follower.get()).isEqualTo(all);
            assertThat(read(store, KEPT)).isEqualTo(all);
            assertThat(read(store, PURGED)).isEmpty();
            assertThat(topics(store)).containsExactly("kept " + EVENTS);
            assertThat(store.info().events()).isEqualTo(EVENTS);
            List<StoreProblem> problems = new ArrayList<>();
            assertThat(store.verify(new VerifyOptions(problems::add, bytes -> {})).events())
                    .isEqualTo(EVENTS);
            assertThat(problems).isEmpty();
        }
    }

    private static Event event(String topic, String id) {
        return Event.builder(topic).id(id).source("test").payload("p").build();
    }

    private static void publish(EventStore store) {
        for (int i = 0; i < EVENTS; i++) {
            Event kept = event("kept", String.valueOf(i));
            Event purged = event("purged." + i % 5, "p" + i);
            List<Event> batch =
                    switch (i % 3) {
                        case 0 -> List.of(purged, kept, purged);
                        case 1 -> List.of(kept, purged);
                        default -> List.of(kept);
                    };
            store.appendAndWait(batch, Level.OS, PATIENCE);
        }
    }

    private static List<String> follow(EventStore store) throws InterruptedException {
        List<String> ids = new ArrayList<>();
        TailOptions options = TailOptions.from(Position.start()).withSelection(KEPT);
        try (EventTail tail = store.tail(options)) {
            while (ids.size() < EVENTS) {
                StoredEvent next = tail.next(PATIENCE);
                assertThat(next).as("the event behind " + ids.size()).isNotNull();
                ids.add(next.event().id());
            }
        }
        return ids;
    }

    private static void readAgain(EventStore store, Future<?> publisher) {
        int before = 0;
        while (!publisher.isDone()) {
            List<String> ids = read(store, KEPT);
            assertThat(ids.size()).isGreaterThanOrEqualTo(before);
            before = ids.size();
            assertThat(ids)
                    .isEqualTo(IntStream.range(0, before).mapToObj(String::valueOf).toList());
            List<StoreProblem> problems = new ArrayList<>();
            store.verify(new VerifyOptions(problems::add, bytes -> {}));
            assertThat(problems).isEmpty();
        }
    }

    private static List<String> read(EventStore store, Selection selection) {
        List<String> ids = new ArrayList<>();
        List<StoreProblem> problems = new ArrayList<>();
        ReadOptions options =
                ReadOptions.forward().withSelection(selection).withOnProblem(problems::add);
        try (EventReader reader = store.read(options)) {
            for (StoredEvent next = reader.next(); next != null; next = reader.next()) {
                ids.add(next.event().id());
            }
        }
        assertThat(problems).allMatch(p -> p.kind() == StoreProblem.Kind.GAP);
        return ids;
    }

    private static List<String> topics(EventStore store) {
        List<String> topics = new ArrayList<>();
        try (TopicReader reader = store.topics(Selection.all())) {
            for (TopicStats next = reader.next(); next != null; next = reader.next()) {
                topics.add(next.topic() + " " + next.events());
            }
        }
        return topics;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.EventBus;
import dev.jitney.Ordering;
import dev.jitney.SubscribeOptions;
import dev.jitney.Subscription;
import dev.jitney.event.DeadLetter;
import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.spi.Cursor.Progress;
import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.PurgeOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole buses on file stores, in one process. */
@Timeout(60)
class DurableBusTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir(factory = TargetDir.class)
    Path temp;

    private final List<String> seen = new CopyOnWriteArrayList<>();

    private EventStore store() {
        return StoreChildren.open(temp.resolve("bus"));
    }

    private static EventBus bus(String name, EventStore store) {
        return EventBus.builder(name).store(store).ordering(Ordering.KEYED).lanes(4).build();
    }

    private Subscription subscribe(EventBus bus) {
        return bus.subscribe(
                DurableChildren.TOPIC,
                DurableChildren.durable(),
                event -> seen.add(bus.name() + " " + event.payload(String.class)));
    }

    private static void append(EventStore store, int from, int to) {
        for (int n = from; n < to; n++) {
            store.appendAndWait(List.of(DurableChildren.item(n)), Level.OS, LONG);
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as(what).isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static Progress progress(EventStore store) {
        return store.cursors().find(DurableChildren.CURSOR).progress();
    }

    @Test
    @DisplayName("DSU-2 DSU-3 buses of one process on stores of their own hand a cursor over")
    void handOver() {
        try (EventStore one = store();
                EventStore two = store();
                EventBus second = bus("two", two)) {
            EventBus first = bus("one", one);
            subscribe(first);
            Subscription waiting = subscribe(second);
            assertThat(waiting.standby()).isTrue();
            first.publish(DurableChildren.item(0));
            second.publish(DurableChildren.item(1));
            await("both are handled", () -> seen.size() == 2);
            first.close();
            second.publish(DurableChildren.item(2));
            await("the standby has taken over", () -> seen.contains("two 2"));
            assertThat(waiting.standby()).isFalse();
            assertThat(seen).containsExactlyInAnyOrder("one 0", "one 1", "two 2");
        }
    }

    @Test
    @DisplayName("DSU-1 DSU-2 own and foreign events come in store order, decoded from the log")
    void storeOrder() {
        SubscribeOptions remote = SubscribeOptions.builder().includeRemote().build();
        List<String> live = new CopyOnWriteArrayList<>();
        try (EventStore one = store();
                EventStore two = store();
                EventBus first = EventBus.builder("one").store(one).build();
                EventBus second = bus("two", two)) {
            subscribe(first);
            first.subscribe("*", remote, event -> live.add(event.payload(String.class)));
            List<String> expected = new ArrayList<>();
            for (int n = 0; n < 100; n++) {
                EventBus publisher = n % 2 == 0 ? first : second;
                publisher
                        .publish(DurableChildren.item(n))
                        .stored(Level.OS)
                        .toCompletableFuture()
                        .join();
                expected.add("one " + n);
            }
            await("all have come twice", () -> seen.size() >= 100 && live.size() >= 100);
            assertThat(seen).isEqualTo(expected);
            assertThat(live).hasSize(100).doesNotHaveDuplicates();
        }
    }

    @Test
    @DisplayName("DSU-4 a damaged line becomes a dead letter with its bytes, and all others come")
    void damage() throws Exception {
        try (EventStore store = store()) {
            append(store, 0, 5);
            Path log;
            try (var files = Files.list(temp.resolve("bus/store"))) {
                log = files.filter(file -> file.toString().endsWith(".jsonl")).findAny().get();
            }
            String text = Files.readString(log);
            String damaged = text.replace("\"data\":\"2\"", "\"data\":!2!");
            assertThat(damaged).isNotEqualTo(text).hasSameSizeAs(text);
            Files.writeString(log, damaged);
            try (EventBus bus = bus("one", store)) {
                subscribe(bus);
                await("the good ones have come", () -> seen.size() == 4);
                List<DeadLetter> letters = bus.deadLetters().list(DeadLetterSink.Filter.all(), 10);
                assertThat(letters).hasSize(1);
                DeadLetter letter = letters.get(0);
                assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.SERIALIZATION_ERROR);
                assertThat(letter.handler()).isEqualTo("worker");
                String line = damaged.lines().filter(one -> one.contains("!2!")).findAny().get();
                assertThat(new String(letter.line(), StandardCharsets.UTF_8)).isEqualTo(line);
                assertThat(letter.errorMessage()).contains("store/").contains("#2");
                append(store, 5, 6);
                await("the cursor moves on", () -> seen.contains("one 5"));
            }
            assertThat(progress(store)).isEqualTo(Progress.below(Offset.of(6)));
            try (EventBus again = bus("two", store)) {
                subscribe(again);
                append(store, 6, 7);
                await("it goes on", () -> seen.contains("two 6"));
                assertThat(again.deadLetters().size()).isZero();
            }
        }
        assertThat(seen)
                .containsExactlyInAnyOrder("one 0", "one 1", "one 3", "one 4", "one 5", "two 6");
    }

    @Test
    @DisplayName("DSU-2 STO-4 a durable subscription goes on behind what was purged")
    void gap() {
        try (EventStore store = store()) {
            append(store, 0, 6);
            Selection gone = Selection.builder().key("k2").key("k2").build();
            assertThat(store.purge(gone, PurgeOptions.standard()).events()).isEqualTo(1);
            try (EventBus bus = bus("one", store)) {
                subscribe(bus);
                await("the others have come", () -> seen.size() == 5);
            }
            assertThat(progress(store)).isEqualTo(Progress.below(Offset.of(6)));
        }
        assertThat(seen).doesNotContain("one 2");
    }

    @Test
    @DisplayName("STO-5 DSU-2 retention keeps what a durable subscription has not finished")
    void holdsRetentionBack() {
        try (EventStore store = store();
                EventBus bus =
                        EventBus.builder("one")
                                .store(store)
                                .ordering(Ordering.KEYED)
                                .lanes(4)
                                .closeLimit(Duration.ZERO)
                                .build()) {
            append(store, 0, 4);
            bus.subscribe(
                    DurableChildren.TOPIC,
                    DurableChildren.durable(),
                    event -> {
                        if (event.payload(String.class).equals("1")) {
                            new java.util.concurrent.CountDownLatch(1).await();
                        }
                        seen.add(event.payload(String.class));
                    });
            await("all but the stuck one", () -> seen.size() == 3);
            await("that is saved", () -> progress(store).contains(Offset.of(3)));
            assertThat(store.purge(Selection.all(), PurgeOptions.standard()).events())
                    .as("what lies below the lowest unfinished offset")
                    .isEqualTo(1);
        }
    }
}

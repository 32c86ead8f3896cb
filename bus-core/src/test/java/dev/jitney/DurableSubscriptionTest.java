// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.Event;
import dev.jitney.event.Offset;
import dev.jitney.event.Outcome;
import dev.jitney.event.Selection;
import dev.jitney.event.Severity;
import dev.jitney.spi.Cursor;
import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.DeliveryInfo;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.Position;
import dev.jitney.spi.PublicationInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class DurableSubscriptionTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final EventStore store = EventBus.builder("store").store("memory:").openStore();
    private final List<Object> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void closeStore() {
        store.close();
    }

    private EventBus bus(String name) {
        return EventBus.builder(name).store(store).build();
    }

    private static SubscribeOptions durable() {
        return SubscribeOptions.builder().durable("work").build();
    }

    private static SubscribeOptions fromTheStart() {
        return SubscribeOptions.builder().durable("work", Position.start()).build();
    }

    private Cursor cursor() {
        return store.cursors().find("work");
    }

    private void awaitSeen(int events) {
        Await.until(events + " events have come", () -> seen.size() >= events);
    }

    private static List<Object> numbers(int from, int to) {
        return new ArrayList<>(IntStream.range(from, to).boxed().toList());
    }

    @Test
    @DisplayName("DSU-2 gets what every bus stores, in store order, and own events no second time")
    void getsOwnAndForeignEvents() throws Exception {
        List<Object> own = new CopyOnWriteArrayList<>();
        try (EventBus one = bus("one");
                EventBus two = bus("two")) {
            one.publish("a", "before");
            assertThat(one.awaitIdle(LONG)).isTrue();
            one.subscribe("a", durable(), event -> seen.add(event.payload()));
            one.subscribe("a", event -> own.add(event.payload()));
            List<Object> expected = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                two.publish("b", "not wanted");
                one.publish("a", "one" + i);
                two.publish("a", "two" + i);
                expected.add("one" + i);
                expected.add("two" + i);
            }
            awaitSeen(600);
            assertThat(seen).isEqualTo(expected);
            Await.until("own events are handled", () -> own.size() == 300);
        }
        assertThat(seen).hasSize(600);
        assertThat(cursor().checkpoint()).isEqualTo(store.end());
    }

    @Test
    @DisplayName("DSU-2 a new cursor is saved before subscribe returns, so that nothing is missed")
    void aNewCursorIsSavedAtOnce() throws Exception {
        try (EventBus bus = bus("one")) {
            bus.publish("a", 0);
            bus.subscribe("a", durable(), event -> seen.add(event.payload()));
            assertThat(cursor().checkpoint()).isEqualTo(Offset.of(1));
            SubscribeOptions early =
                    SubscribeOptions.builder().durable("early", Position.start()).build();
            bus.subscribe("b", early, event -> {});
            assertThat(store.cursors().find("early").checkpoint()).isEqualTo(Offset.ZERO);
        }
    }

    @Test
    @DisplayName("DSU-2 goes on where it stopped, and repeats nothing after a graceful close")
    void goesOnWhereItStopped() throws Exception {
        for (int round = 0; round < 4; round++) {
            int from = 10 * round;
            try (EventBus bus = bus("one")) {
                // What came while nobody subscribed is there already.
                bus.subscribe("a", fromTheStart(), event -> seen.add(event.payload()));
                IntStream.range(from, from + 5).forEach(n -> bus.publish("a", n));
                awaitSeen(from + 5);
            }
            try (EventBus other = bus("other")) {
                IntStream.range(from + 5, from + 10).forEach(n -> other.publish("a", n));
            }
            assertThat(cursor().lag()).isEqualTo(5);
        }
        assertThat(seen).isEqualTo(numbers(0, 35));
    }

    @Test
    @DisplayName("DSU-2 a first position is used once, for a cursor that is new")
    void theFirstPositionIsUsedOnce() throws Exception {
        try (EventBus bus = bus("one")) {
            IntStream.range(0, 10).forEach(n -> bus.publish("a", n));
            SubscribeOptions last =
                    SubscribeOptions.builder().durable("work", Position.last(3)).build();
            bus.subscribe("a", last, event -> seen.add(event.payload())).close();
            Await.until("the cursor is given up", () -> claimable("work"));
            seen.clear();
            bus.subscribe("a", fromTheStart(), event -> seen.add(event.payload()));
            bus.publish("a", 10);
            Await.until("the last has come", () -> seen.contains(10));
            assertThat(numbers(7, 11)).containsAll(seen);
        }
    }

    private boolean claimable(String name) {
        var claim = store.cursors().claim(name);
        if (claim != null) {
            claim.close();
        }
        return claim != null;
    }

    @Test
    @DisplayName("DSU-2 the publication of an own event does not wait for durable subscriptions")
    void publicationsDoNotWait() throws Exception {
        Gate gate = new Gate();
        try (EventBus bus =
                EventBus.builder("one").store(store).ordering(Ordering.PARALLEL).build()) {
            SubscribeOptions blocking =
                    SubscribeOptions.builder().durable("work").blocking().build();
            bus.subscribe("a", blocking, event -> gate.pass());
            bus.publish("a", 0);
            gate.awaitReached();
            Publication only = bus.publish("a", 1);
            assertThat(only.join(LONG)).isTrue();
            assertThat(only.outcome()).isEqualTo(Outcome.NO_HANDLER);
            assertThat(only.reason())
                    .isEqualTo(
                            "Only durable subscriptions of bus 'one' want the event; they get it"
                                    + " from the store.");
            assertThat(only.handlerResults()).isEmpty();
            assertThat(bus.publish("b", 1).toCompletableFuture().get().reason())
                    .isEqualTo("No subscription of bus 'one' wanted the event.");
            gate.open();
        }
    }

    @Test
    @DisplayName(
            "DSU-2 keyed lanes: what is finished above a stuck event is kept, and not repeated")
    void keepsWhatIsFinishedAboveAStuckEvent() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        EventBus stuck =
                EventBus.builder("one")
                        .store(store)
                        .ordering(Ordering.KEYED)
                        .lanes(8)
                        .closeLimit(Duration.ZERO)
                        .build();
        for (int n = 0; n < 40; n++) {
            stuck.publish(Event.builder("a").payload(n).key("k" + n % 4).build());
        }
        stuck.subscribe(
                "a",
                SubscribeOptions.builder()
                        .durable("work", Position.start())
                        .timeout(Duration.ZERO)
                        .build(),
                event -> {
                    if (event.payload().equals(5)) {
                        never.await();
                    }
                    seen.add(event.payload());
                });
        awaitSeen(31);
        List<Object> first = List.copyOf(seen);
        // The bus closes and cancels the handler, as a kill would: its event is not finished.
        stuck.close();
        assertThat(cursor().checkpoint()).isEqualTo(Offset.of(5));
        assertThat(LongStream.range(5, 40).filter(n -> !cursor().progress().contains(Offset.of(n))))
                .containsExactlyInAnyOrder(5L, 9L, 13L, 17L, 21L, 25L, 29L, 33L, 37L);
        seen.clear();
        try (EventBus next = bus("two")) {
            next.subscribe("a", durable(), event -> seen.add(event.payload()));
            awaitSeen(9);
        }
        assertThat(seen).containsExactly(5, 9, 13, 17, 21, 25, 29, 33, 37);
        assertThat(seen).doesNotContainAnyElementsOf(first);
    }

    @Test
    @DisplayName("DSU-2 an event that fails for good is finished when its dead letter is kept")
    void failedForGoodIsFinished() throws Exception {
        SubscribeOptions retrying =
                SubscribeOptions.builder()
                        .name("worker")
                        .durable("work")
                        .retry(RetryPolicy.fixed(3, Duration.ofMillis(1)))
                        .build();
        try (EventBus bus = bus("one")) {
            bus.subscribe(
                    "a",
                    retrying,
                    event -> {
                        seen.add(event.payload());
                        if (event.payload().equals(1)) {
                            throw new IllegalStateException("one");
                        }
                    });
            IntStream.range(0, 3).forEach(n -> bus.publish("a", n));
            awaitSeen(5);
            assertThat(bus.drain(LONG).complete()).isTrue();
            DeadLetter letter = bus.deadLetters().list(DeadLetterSink.Filter.all(), 10).get(0);
            assertThat(letter.handler()).isEqualTo("worker");
            assertThat(letter.attempts()).isEqualTo(3);
            assertThat(letter.event().payload()).isEqualTo(1);
        }
        assertThat(seen).containsExactly(0, 1, 1, 1, 2);
        assertThat(cursor().progress().contains(Offset.of(1))).isTrue();
    }

    @Test
    @DisplayName(
            "ERR-5 DSU-2 the retry of a dead letter goes to the durable subscription that failed")
    void aLettersRetryGoesToItsHandler() throws Exception {
        SubscribeOptions named = SubscribeOptions.builder().name("worker").durable("work").build();
        try (EventBus bus = bus("one")) {
            bus.subscribe("a", event -> {});
            bus.subscribe(
                    "a",
                    named,
                    event -> {
                        seen.add(event.payload());
                        if (seen.size() == 1) {
                            throw new IllegalStateException("first");
                        }
                    });
            bus.publish("a", 1);
            Await.until("there is a letter", () -> bus.deadLetters().size() == 1);
            String id = bus.deadLetters().list(DeadLetterSink.Filter.all(), 1).get(0).id();
            assertThat(bus.deadLetters().retry(id).toCompletableFuture().get()).isTrue();
            assertThat(seen).containsExactly(1, 1);
            assertThat(bus.deadLetters().size()).isZero();
        }
    }

    @Test
    @DisplayName("DSU-2 SUB-2 events that are not wanted are passed over and count as finished")
    void passesOverWhatIsNotWanted() throws Exception {
        SubscribeOptions critical =
                SubscribeOptions.builder()
                        .durable("work")
                        .severity(Severity.CRITICAL)
                        .predicate(event -> !event.payload().equals(2))
                        .build();
        try (EventBus bus = bus("one")) {
            bus.subscribe("a.*", critical, event -> seen.add(event.payload()));
            for (int n = 0; n < 4; n++) {
                bus.publish(Event.builder("a.b").payload(n).severity(Severity.CRITICAL).build());
                bus.publish("a.b", "mild");
                bus.publish("b.b", "elsewhere");
            }
            awaitSeen(3);
            assertThat(bus.drain(LONG).complete()).isTrue();
            assertThat(cursor().checkpoint())
                    .as("the last that was read was the last that is wanted")
                    .isGreaterThanOrEqualTo(Offset.of(10));
        }
        assertThat(seen).containsExactly(0, 1, 3);
    }

    @Test
    @DisplayName("DSU-2 the cursor moves on though nothing is wanted, and holds no retention back")
    void movesOnOverWhatIsNotWanted() throws Exception {
        try (EventBus bus = bus("one")) {
            bus.subscribe("a", durable(), event -> {});
            for (int n = 0; n < 50; n++) {
                bus.publish("b", n);
            }
            Await.until("the cursor has moved", () -> cursor().lag() == 0);
        }
    }

    @Test
    @DisplayName("DSU-2 a drain saves the checkpoint and gives the cursor up, before the close")
    void aDrainSaves() throws Exception {
        try (EventBus bus = bus("one")) {
            bus.subscribe("a", durable(), event -> seen.add(event.payload()));
            for (int n = 0; n < 10; n++) {
                bus.publish("a", n);
            }
            awaitSeen(10);
            DrainReport report = bus.drain(LONG);
            assertThat(report.complete()).isTrue();
            assertThat(cursor().checkpoint()).isEqualTo(Offset.of(10));
            assertThat(claimable("work")).isTrue();
        }
    }

    @Test
    @DisplayName("DSU-2 LIF-2 a drain finishes what was read, and its report counts it")
    void aDrainFinishesWhatWasRead() throws Exception {
        Gate gate = new Gate();
        try (EventBus bus = bus("one")) {
            for (int n = 0; n < 10; n++) {
                bus.publish("a", n);
            }
            assertThat(bus.awaitIdle(LONG)).isTrue();
            Subscription subscription =
                    bus.subscribe(
                            "a",
                            fromTheStart(),
                            event -> {
                                gate.pass();
                                seen.add(event.payload());
                            });
            gate.awaitReached();
            Await.until("all are read", () -> bus.stats().pending() == 9);
            FutureTask<DrainReport> drain = new FutureTask<>(() -> bus.drain(LONG));
            new Thread(drain, "drain").start();
            Await.until("the bus drains", () -> drains(bus));
            gate.open();
            DrainReport report = drain.get();
            assertThat(report.complete()).isTrue();
            assertThat(report.handled()).containsEntry(subscription.id(), 10L);
            assertThat(seen).isEqualTo(numbers(0, 10));
            assertThat(cursor().checkpoint()).isGreaterThanOrEqualTo(Offset.of(10));
        }
    }

    private static boolean drains(EventBus bus) {
        try {
            bus.publish("drains", null);
            return false;
        } catch (BusClosedException e) {
            return true;
        }
    }

    @Test
    @DisplayName("DSU-2 BPR-1 reading ahead is bounded: 1 024 events at the most are on their way")
    void readingAheadIsBounded() throws Exception {
        Gate gate = new Gate();
        try (EventBus bus = bus("one")) {
            for (int n = 0; n < 3_000; n++) {
                bus.publish("a", n);
            }
            bus.awaitIdle(LONG);
            bus.subscribe(
                    "a",
                    fromTheStart(),
                    event -> {
                        gate.pass();
                        seen.add(event.payload());
                    });
            gate.awaitReached();
            Await.until("all that may be are read", () -> bus.stats().pending() == 1_023);
            assertThat(bus.publish("b", 1).state()).isEqualTo(Publication.State.PENDING);
            assertThat(bus.stats().pending()).isEqualTo(1_024);
            gate.open();
            awaitSeen(3_000);
        }
        assertThat(seen).isEqualTo(numbers(0, 3_000));
    }

    @Test
    @DisplayName("DSU-2 BPR-1 a small bus waits for room, and drops nothing that is durable")
    void dropsNothingDurable() throws Exception {
        Gate gate = new Gate();
        List<Publication> dropped = new ArrayList<>();
        try (EventBus bus =
                EventBus.builder("one")
                        .store(store)
                        .pendingLimit(4)
                        .overflow(Overflow.DROP_OLDEST)
                        .build()) {
            EventBus other = bus("other");
            IntStream.range(0, 20).forEach(n -> other.publish("a", n));
            other.close();
            bus.subscribe("b", event -> {});
            bus.subscribe(
                    "a",
                    fromTheStart(),
                    event -> {
                        gate.pass();
                        seen.add(event.payload());
                    });
            gate.awaitReached();
            Await.until("the bus is full", () -> bus.pendingCount() == 4);
            assertThat(bus.tryPublish(Event.of("b", 0)))
                    .as("all that waits is durable, and nothing of it makes room")
                    .isNull();
            gate.open();
            awaitSeen(20);
            for (int n = 0; n < 50; n++) {
                dropped.add(bus.publish("b", n));
            }
            assertThat(bus.awaitIdle(LONG)).isTrue();
        }
        assertThat(seen).isEqualTo(numbers(0, 20));
        assertThat(dropped).allMatch(one -> one.state() == Publication.State.COMPLETED);
    }

    @Test
    @DisplayName(
            "DSU-2 SUB-4 a subscription that is closed lets its delivery end and leaves the rest")
    void closingLeavesTheRest() throws Exception {
        Gate gate = new Gate();
        try (EventBus bus = bus("one")) {
            Subscription first =
                    bus.subscribe(
                            "a",
                            durable(),
                            event -> {
                                gate.pass();
                                seen.add(event.payload());
                            });
            for (int n = 0; n < 10; n++) {
                bus.publish("a", n);
            }
            gate.awaitReached();
            first.close();
            assertThat(first.active()).isFalse();
            assertThat(claimable("work")).as("a delivery has begun").isFalse();
            gate.open();
            Await.until("the cursor is given up", () -> claimable("work"));
            assertThat(seen).containsExactly(0);
            assertThat(cursor().checkpoint()).isEqualTo(Offset.of(1));
            bus.subscribe("a", durable(), event -> seen.add(event.payload()));
            awaitSeen(10);
        }
        assertThat(seen).isEqualTo(numbers(0, 10));
    }

    @Test
    @DisplayName(
            "DSU-2 SUB-6 once, times and until count deliveries, and the cursor stays behind them")
    void endsByItself() throws Exception {
        try (EventBus bus = bus("one")) {
            for (int n = 0; n < 10; n++) {
                bus.publish("a", n);
            }
            SubscribeOptions three =
                    SubscribeOptions.builder().durable("work", Position.start()).times(3).build();
            Subscription subscription =
                    bus.subscribe("a", three, event -> seen.add(event.payload()));
            Await.until("it has given its cursor up", () -> claimable("work"));
            assertThat(subscription.active()).isFalse();
            assertThat(seen).containsExactly(0, 1, 2);
            assertThat(cursor().checkpoint()).isEqualTo(Offset.of(3));
            SubscribeOptions until =
                    SubscribeOptions.builder()
                            .durable("work")
                            .until(event -> event.payload().equals(5))
                            .build();
            bus.subscribe("a", until, event -> seen.add(event.payload()));
            Await.until("it has given its cursor up", () -> claimable("work"));
        }
        assertThat(seen).isEqualTo(numbers(0, 6));
        assertThat(cursor().checkpoint()).isEqualTo(Offset.of(6));
    }

    @Test
    @DisplayName("DSU-2 NST-2 a durable handler may wait for what it publishes")
    void aDurableHandlerAwaitsItsChild() throws Exception {
        try (EventBus bus = bus("one")) {
            bus.subscribe("child", event -> seen.add("child"));
            bus.subscribe(
                    "a",
                    durable(),
                    event -> {
                        Publication child = bus.publish("child", 1);
                        assertThat(child.join(LONG)).isTrue();
                        assertThat(child.event().causationId()).isEqualTo(event.id());
                        seen.add("parent");
                    });
            bus.publish("a", 1);
            awaitSeen(2);
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(bus.logTree())
                    .as("NST-6 the tree shows the durable handler and what it has caused")
                    .containsPattern("(?s)─ a#s2  completed.*─ child#s1  completed");
        }
        assertThat(seen).containsExactly("child", "parent");
    }

    @Test
    @DisplayName("DSU-2 NST-5 a durable handler that causes itself through the store is stopped")
    void loopsEnd() throws Exception {
        try (EventBus bus = EventBus.builder("one").store(store).generationLimit(5).build()) {
            bus.subscribe(
                    "a",
                    durable(),
                    event -> {
                        seen.add(event.payload());
                        bus.publish("a", seen.size());
                    });
            bus.publish("a", 0);
            Await.until("the loop has failed", () -> bus.deadLetters().size() == 1);
            assertThat(bus.awaitIdle(LONG)).isTrue();
        }
        assertThat(seen).isEqualTo(numbers(0, 6));
    }

    @Test
    @DisplayName("HIS-4 DSU-2 a replay reaches durable handlers, and moves no cursor")
    void replayReachesDurableHandlers() throws Exception {
        try (EventBus bus = bus("one")) {
            bus.subscribe("a", durable(), event -> seen.add(event.header("replayof") == null));
            for (int n = 0; n < 3; n++) {
                bus.publish("a", n);
            }
            awaitSeen(3);
            Await.until("the checkpoint is saved", () -> cursor().lag() == 0);
            Cursor before = cursor();
            ReplayReport report = bus.replay(Selection.builder().pattern("a").build());
            assertThat(report).isEqualTo(new ReplayReport(3, 0, true));
            assertThat(seen).containsExactly(true, true, true, false, false, false);
            assertThat(cursor()).isEqualTo(before);
        }
    }

    @Test
    @DisplayName("ICP-1 DSU-2 interceptors follow what a durable subscription gets")
    void interceptorsFollow() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        Interceptor watching =
                new Interceptor() {
                    @Override
                    public String name() {
                        return "watching";
                    }

                    @Override
                    public void pending(PublicationInfo publication) {
                        told.add(publication.origin() + " " + publication.event().payload());
                    }

                    @Override
                    public void handlerCompleted(DeliveryInfo delivery) {
                        told.add(delivery.subscription() + " " + delivery.state());
                    }
                };
        try (EventBus bus = EventBus.builder("one").store(store).interceptor(watching).build()) {
            bus.subscribe("a", durable(), event -> seen.add(event.payload()));
            bus.publish("a", 1);
            awaitSeen(1);
        }
        assertThat(told).containsExactlyInAnyOrder("PUBLISHED 1", "DURABLE 1", "a#s1 COMPLETED");
    }

    @Test
    @DisplayName("LIF-4 DSU-2 durable deliveries count as handled, and not as published once more")
    void counts() throws Exception {
        try (EventBus bus = bus("one")) {
            Subscription subscription =
                    bus.subscribe("a", durable(), event -> seen.add(event.payload()));
            for (int n = 0; n < 5; n++) {
                bus.publish("a", n);
            }
            awaitSeen(5);
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(bus.stats().published()).isEqualTo(5);
            assertThat(bus.stats().handled()).isEqualTo(5);
            assertThat(subscription.handled()).isEqualTo(5);
            assertThat(bus.subscriptions()).containsExactly(subscription);
            assertThat(bus.unsubscribe(subscription.id())).isTrue();
        }
    }

    @Test
    @DisplayName("DSU-2 a bus without a store, or with one that has no owners, says so")
    void needsAStoreWithClaims() throws Exception {
        try (EventBus bus = EventBus.builder("one").build()) {
            assertThatThrownBy(() -> bus.subscribe("a", durable(), event -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "Subscription to 'a' is durable, but bus 'one' has no store. Set one"
                                    + " with EventBusBuilder.store.");
        }
        try (HeldStore held = new HeldStore();
                EventBus bus = EventBus.builder("one").store(held).build()) {
            assertThatThrownBy(() -> bus.subscribe("a", durable(), event -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "Subscription to 'a' is durable, but the store at %s of bus 'one' has no"
                                    + " cursors that can be claimed. Use another store.",
                            held.info().location());
            assertThat(bus.subscriptions()).isEmpty();
        }
        try (EventBus bus = bus("one")) {
            SubscribeOptions wrong = SubscribeOptions.builder().durable("a/b").build();
            assertThatThrownBy(() -> bus.subscribe("a", wrong, event -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("Cursor name 'a/b' is not valid.");
            assertThat(bus.subscriptions()).isEmpty();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.spi.Cursor;
import dev.jitney.spi.DeliveryInfo;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.Position;
import dev.jitney.spi.PublicationInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DurableLifeTest extends DurableWork {

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
    @DisplayName(
            "DSU-2 BPR-1 reading ahead is bounded in bytes: 8 MiB and one event, however large")
    void readingAheadIsBoundedInBytes() throws Exception {
        Gate gate = new Gate();
        String large = "x".repeat(1 << 20);
        try (EventBus bus = bus("one")) {
            for (int n = 0; n < 20; n++) {
                bus.publish(Event.builder("a").payload(n < 19 ? large : large.repeat(7)).build());
            }
            bus.awaitIdle(LONG);
            bus.subscribe(
                    "a",
                    fromTheStart(),
                    event -> {
                        gate.pass();
                        seen.add(event.id());
                    });
            gate.awaitReached();
            Await.until(
                    "it waits for a place, or goes on",
                    () ->
                            bus.stats().pending() == 7 && DurableTroubleTest.readerWaits()
                                    || bus.stats().pending() > 7);
            assertThat(bus.stats().pending()).isEqualTo(7);
            gate.open();
            awaitSeen(20);
        }
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
        try (EventBus bus = timed(store)) {
            bus.subscribe("a", durable(), event -> seen.add(event.header("replayof") == null));
            for (int n = 0; n < 3; n++) {
                bus.publish("a", n);
            }
            awaitSeen(3);
            passUntil("the checkpoint is saved", () -> cursor().lag() == 0);
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

// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static dev.jitney.Await.completed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(NoLeaks.class)
class BackpressureInsideTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final List<Object> seen = new CopyOnWriteArrayList<>();
    private final Gate gate = new Gate();

    @ParameterizedTest
    @EnumSource(Overflow.class)
    @DisplayName("BPR-2 ORD-8 a handler's own publishes are neither held up, dropped nor refused")
    void ownPublishes(Overflow overflow) throws Exception {
        for (Ordering ordering : Ordering.values()) {
            try (EventBus bus =
                    EventBus.builder("orders")
                            .ordering(ordering)
                            .pendingLimit(2)
                            .overflow(overflow)
                            .build()) {
                List<Publication> children = new CopyOnWriteArrayList<>();
                bus.subscribe(
                        "t",
                        event -> {
                            for (int i = 0; i < 20; i++) {
                                children.add(bus.publish("child", i));
                                children.add(bus.tryPublish(Event.of("child", i)));
                                bus.publishAsync(Event.of("child", i)).thenAccept(children::add);
                            }
                        });
                bus.subscribe("child", event -> {});
                assertThat(completed(bus.publish("t", 1)).outcome()).isEqualTo(Outcome.HANDLED);
                assertThat(bus.awaitIdle(LONG)).isTrue();
                assertThat(children)
                        .hasSize(60)
                        .allMatch(child -> child.outcome() == Outcome.HANDLED);
                assertThat(bus.pendingCount()).isZero();
            }
        }
    }

    @Test
    @DisplayName(
            "BPR-1 a handler of another bus waits for room like any publisher, and can be refused")
    void otherBus() throws Exception {
        try (EventBus full = EventBus.builder("full").pendingLimit(1).build();
                EventBus failing =
                        EventBus.builder("failing")
                                .pendingLimit(1)
                                .overflow(Overflow.FAIL)
                                .build();
                EventBus bus = EventBus.builder("orders").build()) {
            Gate second = new Gate();
            full.subscribe("hold", event -> gate.pass());
            failing.subscribe("hold", event -> second.pass());
            for (EventBus each : List.of(full, failing)) {
                each.publish("hold", 1);
            }
            gate.awaitReached();
            second.awaitReached();
            for (EventBus each : List.of(full, failing)) {
                each.publish("t", 1);
            }
            CompletableFuture<Object> waits = new CompletableFuture<>();
            bus.subscribe(
                    "t",
                    event -> {
                        waits.complete(1);
                        seen.add(full.publish("t", 2).event().topic());
                    });
            bus.subscribe("t", event -> failing.publish("t", 2));
            Publication publication = bus.publish("t", 1);
            waits.get();
            assertThat(publication.join(Duration.ofMillis(20))).isFalse();
            gate.open();
            assertThat(completed(publication).handlerResults().get(1).error())
                    .isInstanceOf(BackpressureException.class)
                    .hasMessage("Bus 'failing' is full: 1 events wait and Overflow.FAIL is set.");
            assertThat(seen).containsExactly("t");
            second.open();
        }
    }

    @Test
    @Timeout(20)
    @DisplayName("BPR-1 ORD-8 two full buses whose handlers publish to each other go on")
    void crossing() throws Exception {
        try (EventBus a = EventBus.builder("a").pendingLimit(2).build();
                EventBus b = EventBus.builder("b").pendingLimit(2).build()) {
            Overlap.Body meeting = Overlap.meeting(2);
            for (EventBus bus : List.of(a, b)) {
                EventBus to = bus == a ? b : a;
                bus.subscribe(
                        "t",
                        event -> {
                            meeting.run();
                            to.publish("answer", 1);
                        });
                bus.subscribe("answer", event -> seen.add(1));
            }
            List<Publication> all = new ArrayList<>();
            for (EventBus bus : List.of(a, b)) {
                all.add(bus.publish("t", 1));
            }
            // Both handlers wait for each other while both buses fill up.
            for (EventBus bus : List.of(a, b)) {
                for (int i = 0; i < 2; i++) {
                    all.add(bus.publish("answer", 0));
                }
            }
            for (Publication each : all) {
                completed(each);
            }
            assertThat(a.awaitIdle(LONG) && b.awaitIdle(LONG)).isTrue();
            assertThat(seen).hasSize(6);
        }
    }

    @Test
    @Timeout(20)
    @DisplayName("BPR-1 FWD-1 a ring of buses with room for one goes on though each is full")
    void ring() throws Exception {
        List<EventBus> ring = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                ring.add(EventBus.builder("r" + i).pendingLimit(1).build());
            }
            for (int i = 0; i < 5; i++) {
                ring.get(i).forwardTo(ring.get((i + 1) % 5), "*");
                ring.get(i).subscribe("t", event -> seen.add(1));
            }
            List<CompletableFuture<Void>> publishers = new ArrayList<>();
            for (EventBus bus : ring) {
                publishers.add(
                        CompletableFuture.runAsync(
                                () -> {
                                    for (int i = 0; i < 100; i++) {
                                        bus.publish("t", i);
                                    }
                                },
                                task -> new Thread(task).start()));
            }
            for (CompletableFuture<Void> publisher : publishers) {
                publisher.get(20, TimeUnit.SECONDS);
            }
            for (EventBus bus : ring) {
                assertThat(bus.awaitIdle(LONG)).isTrue();
            }
            assertThat(seen).hasSize(5 * 5 * 100);
        } finally {
            ring.forEach(EventBus::close);
        }
    }

    @Test
    @Timeout(20)
    @DisplayName("BPR-1 NST-2 a handler that is awaited by the full bus it publishes to goes on")
    void awaitedByTheFullBus() throws Exception {
        try (EventBus full = EventBus.builder("full").pendingLimit(1).build();
                EventBus other = EventBus.builder("other").build()) {
            Publication[] long1 = new Publication[1];
            CompletableFuture<Object> begun = new CompletableFuture<>();
            other.subscribe(
                    "t",
                    event -> {
                        begun.complete(1);
                        Await.until("it is awaited", NoLeaks::handlerWaits);
                        full.publish("late", 1);
                    });
            full.subscribe("late", event -> seen.add("late"));
            full.subscribe("wait", event -> long1[0].join(LONG));
            long1[0] = other.publish("t", 1);
            begun.get();
            Publication wait = full.publish("wait", 1);
            Await.until("it has begun", () -> full.pendingCount() == 0);
            full.publish("queued", 1);
            assertThat(completed(wait).outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(full.awaitIdle(LONG)).isTrue();
            assertThat(seen).containsExactly("late");
        }
    }

    @Test
    @Timeout(20)
    @DisplayName("BPR-1 an action on completion may publish to the full bus that completes")
    void fromAnAction() throws Exception {
        try (EventBus bus = EventBus.builder("orders").pendingLimit(1).build()) {
            bus.subscribe("hold", event -> gate.pass());
            bus.subscribe("t", event -> seen.add(event.payload()));
            Publication hold = bus.publish("hold", 1);
            gate.awaitReached();
            hold.whenCompleted(done -> bus.publish("t", 2));
            bus.publish("t", 1);
            gate.open();
            Await.until("both were handled", () -> seen.size() == 2);
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(seen).containsExactly(1, 2);
        }
    }

    @Test
    @Timeout(20)
    @DisplayName(
            "BPR-1 ERR-3 DROP_OLDEST drops an event whose key waits for a retry, and does not spin")
    void dropsHeldEvents() throws Exception {
        OwnTime time = new OwnTime();
        try (EventBus bus =
                EventBus.builder("orders")
                        .ordering(Ordering.KEYED)
                        .lanes(1)
                        .pendingLimit(1)
                        .overflow(Overflow.DROP_OLDEST)
                        .closeLimit(Duration.ZERO)
                        .clock(time)
                        .build()) {
            bus.subscribe(
                    "flaky",
                    SubscribeOptions.builder()
                            .retry(RetryPolicy.fixed(2, Duration.ofHours(1)))
                            .build(),
                    event -> {
                        throw new IllegalStateException("no");
                    });
            bus.subscribe("t", event -> seen.add(event.payload()));
            bus.publish(Event.of("flaky", 1).withKey("k"));
            Await.until("it sleeps", () -> time.timers() == 2);
            Publication held = bus.publish(Event.of("t", 1).withKey("k"));
            Publication next = bus.publish(Event.of("t", 2).withKey("k"));
            assertThat(completed(held).outcome()).isEqualTo(Outcome.DROPPED);
            assertThat(next.outcome()).isNull();
            assertThat(bus.pendingCount()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("BPR-2 pendingCount is exact when nothing moves, in every order")
    void pendingCount() throws Exception {
        for (Ordering ordering : Ordering.values()) {
            Gate held = new Gate();
            try (EventBus bus =
                    EventBus.builder("orders").ordering(ordering).lanes(1).parallelism(1).build()) {
                bus.subscribe("hold", event -> held.pass());
                bus.publish("hold", 0);
                held.awaitReached();
                assertThat(bus.pendingCount()).isZero();
                for (int i = 1; i <= 100; i++) {
                    bus.publish("t", i);
                    assertThat(bus.pendingCount()).isEqualTo(i);
                }
                held.open();
                assertThat(bus.awaitIdle(LONG)).isTrue();
                assertThat(bus.pendingCount()).isZero();
            }
        }
    }

    @Test
    @DisplayName("BPR-1 the limit holds with many publishers, and gives all of its places back")
    void peak() throws Exception {
        try (EventBus bus = EventBus.builder("orders").pendingLimit(3).build()) {
            List<Integer> peaks = new CopyOnWriteArrayList<>();
            Subscription counted =
                    bus.subscribe(
                            "t",
                            event -> {
                                int pending = bus.pendingCount();
                                if (pending > 3) {
                                    peaks.add(pending);
                                }
                            });
            Thread[] publishers = new Thread[6];
            for (int i = 0; i < publishers.length; i++) {
                publishers[i] =
                        new Thread(
                                () -> {
                                    for (int n = 0; n < 1_000; n++) {
                                        bus.publish("t", n);
                                    }
                                });
                publishers[i].start();
            }
            for (Thread publisher : publishers) {
                publisher.join(20_000);
            }
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(counted.handled()).isEqualTo(6_000);
            assertThat(peaks).isEmpty();
            assertThat(bus.pendingCount()).isZero();
        }
    }

    @Test
    @DisplayName(
            "BPR-1 NST-2 a handler whose child another one's publish drops goes on beside that one")
    void droppedByAnotherHandler() throws Exception {
        Gate gate = new Gate();
        CountDownLatch queued = new CountDownLatch(1);
        try (EventBus serial = EventBus.builder("serial").pendingLimit(1).build();
                EventBus dropping =
                        EventBus.builder("dropping")
                                .ordering(Ordering.KEYED)
                                .lanes(2)
                                .pendingLimit(1)
                                .overflow(Overflow.DROP_OLDEST)
                                .build()) {
            dropping.subscribe("block", event -> gate.pass());
            dropping.subscribeAsync(
                    "parent",
                    event ->
                            dropping.publish(Event.of("child", null).withKey("b"))
                                    .toCompletableFuture()
                                    .thenApply(
                                            child -> {
                                                seen.add(child.outcome());
                                                // Full until the handler that has dropped the
                                                // child returns.
                                                serial.publish("more", null);
                                                return null;
                                            }));
            serial.subscribe(
                    "drops",
                    event -> {
                        queued.await();
                        dropping.publish(Event.of("other", null).withKey("b"));
                        seen.add("returned");
                    });
            dropping.publish(Event.of("block", null).withKey("b"));
            gate.awaitReached();
            Publication parent = dropping.publish(Event.of("parent", null).withKey("a"));
            Await.until("the child waits", () -> dropping.pendingCount() == 1);
            serial.publish("drops", null);
            serial.publish("fills", null);
            queued.countDown();
            assertThat(completed(parent).outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(serial.awaitIdle(LONG)).isTrue();
            assertThat(seen).containsExactlyInAnyOrder(Outcome.DROPPED, "returned");
            gate.open();
            assertThat(dropping.awaitIdle(LONG)).isTrue();
        }
    }
}

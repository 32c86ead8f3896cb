// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static dev.jitney.Await.completed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(NoLeaks.class)
class HostileHandlerTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final OwnTime time = new OwnTime();
    private final List<Object> seen = new CopyOnWriteArrayList<>();
    private final CountDownLatch stop = new CountDownLatch(1);

    @AfterEach
    void stop() {
        stop.countDown();
    }

    private EventBus bus(Ordering ordering) {
        return EventBus.builder("orders").ordering(ordering).clock(time).build();
    }

    @ParameterizedTest
    @EnumSource(Ordering.class)
    @DisplayName(
            "TMO-2 a handler that ignores interruption, or spins, is left behind, and the bus goes on")
    void ignoresInterruption(Ordering ordering) throws Exception {
        try (EventBus bus = bus(ordering)) {
            SubscribeOptions limit = SubscribeOptions.builder().timeout(SECOND).build();
            bus.subscribe(
                    "ignores",
                    limit,
                    event -> {
                        seen.add("ignores");
                        while (stop.getCount() > 0) {
                            try {
                                stop.await();
                            } catch (InterruptedException e) {
                                seen.add("interrupted");
                            }
                        }
                    });
            bus.subscribe(
                    "spins",
                    limit,
                    event -> {
                        seen.add("spins");
                        while (stop.getCount() > 0) {
                            Thread.onSpinWait();
                        }
                    });
            bus.subscribe("next", event -> seen.add("next"));
            for (String topic : List.of("ignores", "spins")) {
                Publication publication = bus.publish(Event.of(topic, 1).withKey("k"));
                Await.until("it runs", () -> seen.contains(topic));
                time.advance(SECOND);
                assertThat(completed(publication).handlerResults().get(0).state())
                        .isEqualTo(DeliveryState.TIMED_OUT);
                assertThat(completed(bus.publish(Event.of("next", 1).withKey("k"))).outcome())
                        .isEqualTo(Outcome.HANDLED);
            }
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(seen).contains("interrupted");
            stop.countDown();
        }
    }

    @Test
    @DisplayName("ERR-2 a stack overflow fails its handler alone, in every kind of handler")
    void stackOverflow() throws Exception {
        try (EventBus bus = bus(Ordering.SERIAL)) {
            bus.subscribe("t", event -> deeper(1));
            bus.subscribe("t", SubscribeOptions.builder().blocking().build(), event -> deeper(1));
            bus.subscribeAsync("t", event -> CompletableFuture.completedFuture(deeper(1)));
            bus.subscribe("t", event -> seen.add("next"));
            for (int i = 0; i < 20; i++) {
                Publication publication = completed(bus.publish("t", i));
                assertThat(publication.handlerResults().subList(0, 3))
                        .allSatisfy(
                                it ->
                                        assertThat(it.error())
                                                .isInstanceOf(StackOverflowError.class));
            }
            assertThat(seen).hasSize(20);
        }
    }

    private static int deeper(int depth) {
        return deeper(depth + 1) + 1;
    }

    @ParameterizedTest
    @EnumSource(Ordering.class)
    @DisplayName(
            "LIF-2 a handler that closes its bus does not hang, and what was queued is handled")
    void closesTheBus(Ordering ordering) throws Exception {
        EventBus bus = bus(ordering);
        Gate gate = new Gate();
        bus.subscribe(
                "close",
                event -> {
                    gate.pass();
                    bus.close();
                    bus.close();
                    seen.add("closed");
                });
        bus.subscribe("next", event -> seen.add("next"));
        Publication closes = bus.publish(Event.of("close", 1).withKey("k"));
        gate.awaitReached();
        Publication next = bus.publish(Event.of("next", 1).withKey("k"));
        gate.open();
        bus.close();
        assertThat(completed(closes).outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(completed(next).outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(seen).containsExactlyInAnyOrder("closed", "next");
    }

    @ParameterizedTest
    @EnumSource(Ordering.class)
    @DisplayName("LIF-2 so does one that closes it while another handler waits for it")
    void closesTheBusOfItsCaller(Ordering ordering) throws Exception {
        EventBus bus = bus(ordering);
        EventBus other = EventBus.builder("other").clock(time).build();
        bus.subscribe("t", event -> completed(other.publish("close", 1)));
        other.subscribe("close", event -> bus.close());
        Publication publication = bus.publish("t", 1);
        assertThat(completed(publication).outcome()).isEqualTo(Outcome.HANDLED);
        bus.close();
        other.close();
    }

    @ParameterizedTest
    @EnumSource(Ordering.class)
    @DisplayName("LIF-2 and one that closes it before the handler that published begins to wait")
    void closesTheBusBeforeItsCallerWaits(Ordering ordering) throws Exception {
        EventBus bus = bus(ordering);
        EventBus other = EventBus.builder("other").clock(time).build();
        CountDownLatch closed = new CountDownLatch(1);
        bus.subscribe(
                "t",
                event -> {
                    Publication child = other.publish("close", 1);
                    assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
                    completed(child);
                });
        other.subscribe(
                "close",
                event -> {
                    bus.close();
                    closed.countDown();
                });
        assertThat(completed(bus.publish("t", 1)).outcome()).isEqualTo(Outcome.HANDLED);
        bus.close();
        other.close();
    }

    @Test
    @DisplayName("SUB-5 a handler that subscribes at every event changes none that has begun")
    void subscribesInside() throws Exception {
        try (EventBus bus = bus(Ordering.SERIAL)) {
            bus.subscribe(
                    "*",
                    event ->
                            bus.subscribe(
                                    "t",
                                    SubscribeOptions.builder().once().build(),
                                    late -> seen.add(late.payload())));
            for (int i = 0; i < 100; i++) {
                completed(bus.publish("t", i));
            }
            assertThat(seen).hasSize(99).doesNotContain(0).doesNotHaveDuplicates();
            assertThat(bus.subscriptions()).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource(Ordering.class)
    @DisplayName("NST-5 a handler that publishes to its own topic for ever ends, awaited or not")
    void ownTopic(Ordering ordering) throws Exception {
        for (boolean awaits : List.of(false, true)) {
            try (EventBus bus = bus(ordering)) {
                AtomicReference<Throwable> failure = new AtomicReference<>();
                Subscription loops =
                        bus.subscribe(
                                "t",
                                event -> {
                                    try {
                                        Publication child = bus.publish("t", 1);
                                        if (awaits) {
                                            child.join(Duration.ZERO);
                                        }
                                    } catch (IllegalStateException e) {
                                        failure.set(e);
                                    }
                                });
                completed(bus.publish("t", 1));
                assertThat(bus.awaitIdle(LONG)).isTrue();
                assertThat(loops.handled()).isEqualTo(65);
                assertThat(failure.get()).hasMessageContaining("64 are allowed");
                assertThat(completed(bus.publish("other", 1)).outcome())
                        .isEqualTo(Outcome.NO_HANDLER);
            }
        }
    }

    @Test
    @DisplayName("TMO-2 an action for a cancelled delivery that hangs stops no other limit")
    void hangingCancellation() throws Exception {
        EventBus bus = EventBus.builder("orders").closeLimit(Duration.ZERO).build();
        SubscribeOptions limit = SubscribeOptions.builder().timeout(Duration.ofMillis(20)).build();
        bus.subscribeDelivery(
                "hangs",
                limit,
                delivery ->
                        delivery.onCancel(
                                () -> {
                                    seen.add("hangs");
                                    awaitStop();
                                }));
        bus.subscribeDelivery("t", limit, delivery -> {});
        assertThat(completed(bus.publish("hangs", 1)).handlerResults().get(0).state())
                .isEqualTo(DeliveryState.TIMED_OUT);
        Await.until("it hangs", () -> seen.contains("hangs"));
        assertThat(completed(bus.publish("t", 1)).handlerResults().get(0).state())
                .isEqualTo(DeliveryState.TIMED_OUT);
        stop.countDown();
        bus.close();
    }

    private void awaitStop() {
        while (stop.getCount() > 0) {
            try {
                stop.await();
            } catch (InterruptedException e) {
                // not for us
            }
        }
    }

    @Test
    @DisplayName(
            "LIF-2 TMO-2 closing leaves a handler behind that heeds nothing, and says how the event ended")
    void closingLeavesBehind() throws Exception {
        EventBus bus = EventBus.builder("orders").closeLimit(Duration.ZERO).build();
        CompletableFuture<Object> here = new CompletableFuture<>();
        CompletableFuture<Object> gone = new CompletableFuture<>();
        bus.subscribe(
                "t",
                event -> {
                    here.complete(1);
                    awaitStop();
                    gone.complete(1);
                });
        Publication publication = bus.publish("t", 1);
        here.get(20, TimeUnit.SECONDS);
        bus.close();
        assertThat(completed(publication).outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(publication.handlerResults().get(0).state()).isEqualTo(DeliveryState.CANCELLED);
        stop.countDown();
        gone.get(20, TimeUnit.SECONDS);
    }

    @Test
    @DisplayName(
            "LIF-2 a handler that starts another bus's close from an event of that bus ends it")
    void closesItsCaller() throws Exception {
        EventBus a = EventBus.builder("a").build();
        EventBus b = EventBus.builder("b").build();
        a.forwardTo(b, "*");
        b.subscribe("t", event -> a.close());
        assertThat(completed(a.publish("t", 1)).outcome()).isEqualTo(Outcome.HANDLED);
        a.close();
        b.close();
    }

    @ParameterizedTest
    @EnumSource(HandlerOrder.class)
    @DisplayName(
            "ERR-6 a clock that fails while an event is handled ends that event, and the bus goes on")
    void brokenClock(HandlerOrder order) throws Exception {
        AtomicInteger failures = new AtomicInteger();
        InstantSource clock =
                () -> {
                    if (failures.get() > 0 && failures.getAndDecrement() > 0) {
                        throw new IllegalStateException("no time");
                    }
                    return Instant.parse("2026-01-01T00:00:00Z");
                };
        try (EventBus bus = EventBus.builder("orders").clock(clock).handlerOrder(order).build()) {
            for (int i = 0; i < 2; i++) {
                bus.subscribe("t", event -> seen.add("ran"));
                bus.subscribeAsync("t", event -> CompletableFuture.completedFuture(1));
            }
            for (int broken = 1; broken <= 6; broken++) {
                Event event = Event.of("t", broken);
                failures.set(broken);
                Publication publication = publishedAnyhow(bus, event);
                completed(publication);
                failures.set(0);
            }
            assertThat(completed(bus.publish("t", 1)).outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(bus.awaitIdle(LONG)).isTrue();
        }
    }

    private static Publication publishedAnyhow(EventBus bus, Event event) {
        while (true) {
            try {
                return bus.publish(event);
            } catch (IllegalStateException e) {
                // The clock has failed the publisher, who tries again.
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeaks.class)
class BackpressureTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final Gate gate = new Gate();
    private final List<Object> seen = new CopyOnWriteArrayList<>();

    /** A bus with room for 2 that is full: one event is held up in its handler, two wait. */
    private EventBus full(Overflow overflow) throws InterruptedException {
        EventBus bus = EventBus.builder("orders").pendingLimit(2).overflow(overflow).build();
        bus.subscribe("hold", event -> gate.pass());
        bus.subscribe("a", event -> seen.add(event.payload()));
        bus.publish("hold", 0);
        gate.awaitReached();
        bus.publish("a", 1);
        bus.publish("a", 2);
        assertThat(bus.pendingCount()).isEqualTo(2);
        return bus;
    }

    @Test
    @DisplayName("BPR-1 SUSPEND blocks the publisher until there is room, and loses nothing")
    void suspend() throws Exception {
        try (EventBus bus = full(Overflow.SUSPEND)) {
            assertThat(bus.tryPublish(Event.of("a", 3))).isNull();
            CompletableFuture<Publication> later =
                    bus.publishAsync(Event.of("a", 3)).toCompletableFuture();
            CompletableFuture<Publication> blocked =
                    CompletableFuture.supplyAsync(() -> bus.publish("a", 4));
            assertThat(later).isNotDone();
            gate.open();
            assertThat(blocked.get(20, TimeUnit.SECONDS).join(LONG)).isTrue();
            assertThat(later.get(20, TimeUnit.SECONDS).join(LONG)).isTrue();
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(seen).containsExactlyInAnyOrder(1, 2, 3, 4);
            assertThat(bus.pendingCount()).isZero();
        }
    }

    @Test
    @DisplayName("BPR-1 an interrupted publisher gives up and keeps its interrupt")
    void interrupted() throws Exception {
        try (EventBus bus = full(Overflow.SUSPEND)) {
            AtomicReference<Throwable> failure = new AtomicReference<>();
            AtomicReference<Boolean> flag = new AtomicReference<>();
            Thread publisher =
                    new Thread(
                            () -> {
                                try {
                                    bus.publish("a", 3);
                                } catch (BackpressureException e) {
                                    failure.set(e);
                                    flag.set(Thread.currentThread().isInterrupted());
                                }
                            });
            publisher.start();
            publisher.interrupt();
            publisher.join();
            assertThat(failure.get())
                    .hasMessage(
                            "Publishing to bus 'orders' was interrupted while 2 events waited.");
            assertThat(flag.get()).isTrue();
            gate.open();
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(seen).containsExactly(1, 2);
        }
    }

    @Test
    @DisplayName(
            "BPR-1 PUB-6 who waits with a limit waits no longer for room, and publishes nothing")
    void roomWithinALimit() throws Exception {
        try (EventBus bus = full(Overflow.SUSPEND)) {
            Event event = Event.of("a", 3);
            Duration limit = Duration.ofMillis(1);
            assertThat(failure(() -> bus.publishAndJoin(event, limit)))
                    .isInstanceOf(BackpressureException.class)
                    .hasMessage("Bus 'orders' had no room within 1 ms: 2 events wait.");
            assertThat(failure(() -> bus.request("a", 4, String.class, limit)))
                    .isInstanceOf(BackpressureException.class);
            assertThat(bus.pendingCount()).isEqualTo(2);
            CompletableFuture<Publication> patient =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return bus.publishAndJoin(event, LONG);
                                } catch (InterruptedException e) {
                                    throw new AssertionError(e);
                                }
                            });
            gate.open();
            assertThat(patient.get(20, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(seen).containsExactly(1, 2, 3);
        }
    }

    /** What a call throws that may wait for ever. */
    private static Throwable failure(Callable<?> call) {
        CompletableFuture<Object> called = new CompletableFuture<>();
        Thread caller =
                new Thread(
                        () -> {
                            try {
                                called.complete(call.call());
                            } catch (Throwable e) {
                                called.completeExceptionally(e);
                            }
                        });
        caller.start();
        try {
            return catchThrowable(() -> called.orTimeout(20, TimeUnit.SECONDS).join()).getCause();
        } finally {
            caller.interrupt();
        }
    }

    @Test
    @DisplayName("BPR-1 a cancelled asynchronous publish is not published later")
    void cancelledAsync() throws Exception {
        try (EventBus bus = full(Overflow.SUSPEND)) {
            bus.publishAsync(Event.of("a", 3)).toCompletableFuture().cancel(false);
            CompletableFuture<Publication> next =
                    bus.publishAsync(Event.of("a", 4)).toCompletableFuture();
            gate.open();
            assertThat(next.get(20, TimeUnit.SECONDS).join(LONG)).isTrue();
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(seen).containsExactly(1, 2, 4);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("BPR-1 PUB-4 who waits no more for room may publish the same event at once")
    void sameEventAgain(boolean cancels) throws Exception {
        try (EventBus bus = full(Overflow.SUSPEND)) {
            Event event = Event.of("a", 3);
            CompletableFuture<Publication> first = bus.publishAsync(event).toCompletableFuture();
            if (cancels) {
                first.cancel(true);
            } else {
                first.completeExceptionally(new TimeoutException("too late"));
            }
            CompletableFuture<Publication> again = bus.publishAsync(event).toCompletableFuture();
            assertThat(again).isNotDone();
            gate.open();
            Publication publication = again.get(20, TimeUnit.SECONDS);
            assertThat(publication.join(LONG)).isTrue();
            assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(seen).containsExactly(1, 2, 3);
        }
    }

    @Test
    @DisplayName("BPR-1 FAIL refuses with counts")
    void fail() throws Exception {
        try (EventBus bus = full(Overflow.FAIL)) {
            assertThatThrownBy(() -> bus.publish("a", 3))
                    .isInstanceOfSatisfying(
                            BackpressureException.class,
                            e -> {
                                assertThat(e.pending()).isEqualTo(2);
                                assertThat(e.limit()).isEqualTo(2);
                            })
                    .hasMessage("Bus 'orders' is full: 2 events wait and Overflow.FAIL is set.");
            gate.open();
        }
        assertThat(seen).containsExactly(1, 2);
    }

    @Test
    @DisplayName("BPR-2 LIF-4 what waits and what runs are counted apart")
    void counted() throws Exception {
        try (EventBus bus = full(Overflow.SUSPEND)) {
            assertThat(bus.stats().pending()).isEqualTo(2);
            assertThat(bus.stats().inFlight()).isEqualTo(1);
            gate.open();
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(bus.stats().pending()).isZero();
            assertThat(bus.stats().inFlight()).isZero();
        }
    }

    @Test
    @DisplayName(
            "BPR-1 LIF-2 publishers that wait for room are let go when the bus begins to drain")
    void letGo() throws Exception {
        try (EventBus bus = full(Overflow.SUSPEND)) {
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread publisher = new Thread(() -> bus.publish("a", 3));
            publisher.setUncaughtExceptionHandler((thread, error) -> failure.set(error));
            publisher.start();
            Await.until("it waits", () -> publisher.getState() == Thread.State.WAITING);
            assertThat(bus.drain(Duration.ZERO).complete()).isFalse();
            publisher.join(20_000);
            assertThat(failure.get()).isInstanceOf(BusClosedException.class);
            gate.open();
        }
        assertThat(seen).containsExactly(1, 2);
    }

    @Test
    @DisplayName("BPR-1 LIF-4 DROP_LATEST ends the new event as dropped, and counts it")
    void dropLatest() throws Exception {
        try (EventBus bus = full(Overflow.DROP_LATEST)) {
            Publication dropped = bus.publish("a", 3);
            assertThat(dropped.outcome()).isEqualTo(Outcome.DROPPED);
            assertThat(dropped.reason()).isEqualTo("Bus 'orders' was full: 2 events waited.");
            assertThat(bus.stats().dropped()).isEqualTo(1);
            gate.open();
        }
        assertThat(seen).containsExactly(1, 2);
    }

    @Test
    @DisplayName(
            "BPR-1 LIF-4 DROP_OLDEST ends the event that has waited longest as dropped, and counts it")
    void dropOldest() throws Exception {
        try (EventBus bus = full(Overflow.DROP_OLDEST)) {
            Publication taken = bus.publish("a", 3);
            assertThat(bus.pendingCount()).isEqualTo(2);
            assertThat(bus.stats().dropped()).isEqualTo(1);
            assertThat(bus.stats().topics().get(0).dropped()).isEqualTo(1);
            gate.open();
            assertThat(taken.join(LONG)).isTrue();
        }
        assertThat(seen).containsExactly(2, 3);
    }

    @Test
    @DisplayName("BPR-1 PUB-4 DROP_OLDEST drops nothing for a duplicate, tried or not")
    void dropsNothingInVain() throws Exception {
        try (EventBus bus = full(Overflow.DROP_OLDEST)) {
            Event again = Event.of("a", 3).withSource("s");
            bus.publish(again);
            Publication tried = bus.tryPublish(again);
            Publication published = bus.publish(again);
            assertThat(bus.pendingCount()).isEqualTo(2);
            gate.open();
            for (Publication one : List.of(tried, published)) {
                assertThat(one.join(LONG)).isTrue();
                assertThat(one.outcome()).isEqualTo(Outcome.DUPLICATE);
            }
        }
        assertThat(seen).containsExactly(2, 3);
    }

    @Test
    @DisplayName("BPR-1 DROP_OLDEST makes room for what is tried, too")
    void dropsOldestForATry() throws Exception {
        try (EventBus bus = full(Overflow.DROP_OLDEST)) {
            assertThat(bus.tryPublish(Event.of("a", 3))).isNotNull();
            assertThat(bus.pendingCount()).isEqualTo(2);
            gate.open();
        }
        assertThat(seen).containsExactly(2, 3);
    }

    @Test
    @DisplayName("BPR-1 ORD-2 DROP_OLDEST drops what has waited longest in any lane")
    void dropOldestOfAllLanes() throws Exception {
        try (EventBus bus =
                EventBus.builder("orders")
                        .ordering(Ordering.KEYED)
                        .lanes(2)
                        .pendingLimit(2)
                        .overflow(Overflow.DROP_OLDEST)
                        .build()) {
            Overlap.Body meeting = Overlap.meeting(3);
            bus.subscribe(
                    "hold",
                    event -> {
                        meeting.run();
                        gate.pass();
                    });
            bus.subscribe("a", event -> seen.add(event.payload()));
            // The hash codes of "a" and "b" follow each other: each has a lane of its own.
            bus.publish(Event.of("hold", 0).withKey("a"));
            bus.publish(Event.of("hold", 0).withKey("b"));
            meeting.run();
            Publication first = bus.publish(Event.of("a", 1).withKey("a"));
            Publication second = bus.publish(Event.of("a", 2).withKey("b"));
            bus.publish(Event.of("a", 3).withKey("b"));
            assertThat(first.outcome()).isEqualTo(Outcome.DROPPED);
            bus.publish(Event.of("a", 4).withKey("a"));
            assertThat(second.outcome()).isEqualTo(Outcome.DROPPED);
            gate.open();
            assertThat(bus.awaitIdle(LONG)).isTrue();
        }
        assertThat(seen).containsExactlyInAnyOrder(3, 4);
    }

    @Test
    @DisplayName("ORD-8 a handler's own publishes never wait for its own bus")
    void ownPublishes() throws Exception {
        try (EventBus bus = EventBus.builder("orders").pendingLimit(1).build()) {
            bus.subscribe("b", event -> seen.add(event.payload()));
            bus.subscribe(
                    "a",
                    event -> {
                        for (int i = 0; i < 100; i++) {
                            bus.publish("b", i);
                        }
                    });
            bus.publish("a", 1);
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(seen).hasSize(100);
        }
    }
}

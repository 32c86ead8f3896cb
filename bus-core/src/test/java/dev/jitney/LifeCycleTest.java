// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Outcome;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class LifeCycleTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final InstantSource CLOCK =
            InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z"));

    private final Gate gate = new Gate();
    private final List<Object> seen = new CopyOnWriteArrayList<>();

    @Test
    @DisplayName("LIF-1 idle only when nothing is queued or running")
    void awaitIdle() throws Exception {
        try (EventBus bus = EventBus.builder("orders").build()) {
            assertThat(bus.awaitIdle(Duration.ZERO)).isTrue();
            bus.subscribe("a", event -> gate.pass());
            bus.publish("a", 1);
            gate.awaitReached();
            assertThat(bus.awaitIdle(Duration.ofMillis(1))).isFalse();
            gate.open();
            assertThat(bus.awaitIdle(LONG)).isTrue();
        }
    }

    @Test
    @DisplayName("LIF-2 SUB-4 subscriptions end with their bus, and say so")
    void closesSubscriptions() {
        EventBus bus = EventBus.builder("orders").build();
        Subscription subscription = bus.subscribe("a", event -> {});
        subscription.onClosed(() -> seen.add("closed"));
        assertThat(subscription.active()).isTrue();
        bus.close();
        assertThat(subscription.active()).isFalse();
        assertThat(seen).containsExactly("closed");
    }

    @Test
    @DisplayName("LIF-1 NST-2 a handler cannot wait for its own bus to be idle")
    void awaitIdleInside() throws Exception {
        try (EventBus bus = EventBus.builder("orders").build()) {
            bus.subscribe("a", event -> bus.awaitIdle(LONG));
            Publication publication = bus.publish("a", 1);
            publication.join(LONG);
            assertThat(publication.handlerResults().get(0).error())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("A handler of bus 'orders' cannot wait for the bus to be idle.");
        }
    }

    @Test
    @DisplayName("LIF-2 drain stops accepting, finishes what was accepted and reports")
    void drain() throws Exception {
        try (EventBus bus = EventBus.builder("orders").clock(CLOCK).build()) {
            bus.subscribe("hold", event -> gate.pass());
            Subscription last =
                    bus.subscribe(
                            "a",
                            event -> {
                                seen.add(event.payload());
                                if (event.payload().equals(1)) {
                                    bus.publish("a", 2);
                                }
                            });
            bus.publish("hold", 0);
            bus.publish("a", 1);
            gate.awaitReached();

            DrainReport early = bus.drain(Duration.ZERO);
            assertThat(early.complete()).isFalse();
            assertThat(early.abandoned()).isEqualTo(2);
            assertThatThrownBy(() -> bus.publish("a", 3))
                    .isInstanceOf(BusClosedException.class)
                    .hasMessage(
                            "Bus 'orders' has been draining since 2026-01-01T00:00:00Z and takes"
                                    + " no more events.");
            CompletableFuture<DrainReport> drained = new CompletableFuture<>();
            Thread drainer = new Thread(() -> drained.complete(drainOf(bus)));
            drainer.start();
            Await.until("it waits", () -> drainer.getState() == Thread.State.TIMED_WAITING);
            gate.open();

            DrainReport report = drained.get(20, TimeUnit.SECONDS);
            assertThat(report.complete()).isTrue();
            assertThat(report.settled()).isEqualTo(3);
            assertThat(report.handled()).containsAllEntriesOf(Map.of(last.id(), 2L));
            assertThat(seen).containsExactly(1, 2);
        }
    }

    private static DrainReport drainOf(EventBus bus) {
        try {
            return bus.drain(LONG);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName(
            "LIF-2 close handles what was accepted; every call afterwards says when it was closed")
    void close() {
        EventBus bus = EventBus.builder("orders").clock(CLOCK).build();
        bus.subscribe("a", event -> seen.add(event.payload()));
        for (int i = 0; i < 1_000; i++) {
            bus.publish("a", i);
        }
        bus.close();
        bus.close();
        assertThat(seen).hasSize(1_000);
        String closed = "Bus 'orders' was closed at 2026-01-01T00:00:00Z. Build a new one.";
        assertThatThrownBy(() -> bus.publish("a", 1))
                .isInstanceOf(BusClosedException.class)
                .hasMessage(closed);
        assertThatThrownBy(() -> bus.subscribe("a", event -> {})).hasMessage(closed);
        assertThatThrownBy(() -> bus.liveEvents("a")).hasMessage(closed);
    }

    @Test
    @DisplayName("LIF-2 what only looks back answers after a close, and drain has nothing to do")
    void looksBackAfterClose() throws Exception {
        EventBus bus = EventBus.builder("orders").build();
        bus.subscribe("a", event -> seen.add(event.payload()));
        Publication publication = bus.publishAndJoin("a", 1, LONG);
        bus.close();
        assertThat(bus.history()).containsExactly(publication);
        assertThat(bus.filter(FindOptions.of("a"), 10)).containsExactly(publication);
        assertThat(bus.logTree()).contains("a#s1  completed");
        assertThat(bus.stats().handled()).isOne();
        assertThat(bus.subscriptions()).isEmpty();
        assertThat(bus.pendingCount()).isZero();
        assertThat(bus.awaitIdle(Duration.ZERO)).isTrue();
        assertThat(bus.drain(Duration.ZERO).complete()).isTrue();
    }

    @Test
    @DisplayName(
            "LIF-2 past the limit what is left is cancelled: queued events, stages, blocking handlers")
    void closeCancels() throws Exception {
        EventBus bus = EventBus.builder("orders").closeLimit(Duration.ZERO).build();
        CountDownLatch interrupted = new CountDownLatch(1);
        bus.subscribe(
                "a",
                SubscribeOptions.builder().blocking().build(),
                event -> {
                    try {
                        gate.pass();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                });
        Publication running = bus.publish("a", 1);
        Publication queued = bus.publish("a", 2);
        gate.awaitReached();
        bus.close();
        assertThat(running.join(LONG)).isTrue();
        assertThat(running.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(queued.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @DisplayName("LIF-2 a handler that keeps the lane busy past the limit leaves nothing pending")
    void closeLeavesTheStuckBehind() throws Exception {
        EventBus bus = EventBus.builder("orders").closeLimit(Duration.ZERO).build();
        AtomicReference<Boolean> done = new AtomicReference<>(false);
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch here = new CountDownLatch(1);
        bus.subscribe(
                "a",
                event -> {
                    here.countDown();
                    while (stop.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                    done.set(true);
                });
        Publication running = bus.publish("a", 1);
        Publication queued = bus.publish("a", 2);
        here.await();
        bus.close();
        assertThat(running.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(queued.outcome()).isEqualTo(Outcome.CANCELLED);
        stop.countDown();
        Await.until("the handler has ended", done::get);
    }

    @Test
    @DisplayName("LIF-2 NST-2 a handler that closes its bus does not wait for itself")
    void closeInside() throws Exception {
        EventBus bus = EventBus.builder("orders").build();
        bus.subscribe(
                "a",
                event -> {
                    bus.close();
                    seen.add("closed");
                });
        Publication publication = bus.publish("a", 1);
        assertThat(publication.join(LONG)).isTrue();
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(seen).containsExactly("closed");
        bus.close();
        assertThatThrownBy(() -> bus.publish("a", 1)).isInstanceOf(BusClosedException.class);
    }

    @Test
    @DisplayName("LIF-2 a publisher that waits for room is refused when the bus closes")
    void closeRefusesWaiters() throws Exception {
        EventBus bus = EventBus.builder("orders").pendingLimit(1).build();
        bus.subscribe("a", event -> gate.pass());
        bus.publish("a", 1);
        gate.awaitReached();
        bus.publish("a", 2);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread waiter =
                new Thread(
                        () -> {
                            try {
                                bus.publish("a", 3);
                            } catch (BusClosedException e) {
                                failure.set(e);
                            }
                        });
        waiter.start();
        Await.until("it waits", () -> waiter.getState() == Thread.State.WAITING);
        Thread closer = new Thread(bus::close);
        closer.start();
        waiter.join();
        assertThat(failure.get()).isInstanceOf(BusClosedException.class);
        gate.open();
        closer.join();
    }

    @Test
    @DisplayName("LIF-3 a bus without events has no thread, and the pool goes with the last bus")
    void threads() throws Exception {
        EventBus idle = EventBus.builder("idle").build();
        assertThat(NoLeaks.threads()).isEmpty();
        EventBus busy = EventBus.builder("busy").build();
        busy.publish("a", 1).join(LONG);
        assertThat(NoLeaks.threads()).isNotEmpty();
        busy.close();
        assertThat(NoLeaks.threads()).isNotEmpty();
        idle.close();
        Await.until("the pool has gone", () -> NoLeaks.threads().isEmpty());
    }

    @Test
    @DisplayName("LIF-3 a bus that could not be built leaves no pool behind")
    void failedBuild() {
        assertThatThrownBy(() -> EventBus.builder("orders").store("nowhere:x").build())
                .hasMessageContaining("'nowhere'");
        assertThat(NoLeaks.threads()).isEmpty();
    }

    @Test
    @DisplayName("SUB-6 a closed bus keeps no handler alive")
    void handlersAreFreed() {
        EventBus bus = EventBus.builder("orders").build();
        WeakReference<Object> held = subscribeHolding(bus);
        bus.close();
        Await.until(
                "the handler is collected",
                () -> {
                    System.gc();
                    return held.refersTo(null);
                });
        assertThat(bus.name()).isEqualTo("orders");
    }

    private static WeakReference<Object> subscribeHolding(EventBus bus) {
        Object big = new Object();
        bus.subscribe("a", event -> big.hashCode());
        bus.publish("a", 1);
        return new WeakReference<>(big);
    }

    @Test
    @DisplayName("LIF-2 options out of range are refused with the range")
    void options() {
        EventBusBuilder builder = EventBus.builder("orders");
        assertThatThrownBy(() -> builder.pendingLimit(0))
                .hasMessage("Pending limit '0' is not valid. Use 1 event or more.");
        assertThatThrownBy(() -> builder.duplicateWindow(-1))
                .hasMessage("Duplicate window '-1' is not valid. Use 0 to 1000000 events.");
        assertThatThrownBy(() -> builder.duplicateWindow(9, Duration.ZERO))
                .hasMessage("Duplicate age 'PT0S' is out of range. Use 1 millisecond to 365 days.");
        assertThatThrownBy(() -> builder.closeLimit(Duration.ofSeconds(-1)))
                .hasMessage("Close limit 'PT-1S' is negative. Use zero or more.");
        assertThatThrownBy(() -> builder.name("a\nb"))
                .hasMessageEndingWith("Use 1 to 255 characters, none of them a control character.");
        assertThatThrownBy(builder::openStore)
                .hasMessage(
                        "No store location was set. Call store with one, for example"
                                + " file:./events.");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class CallerRunsTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final OwnTime time = new OwnTime();
    private final EventBus bus = EventBus.builder("orders").clock(time).build();
    private final List<Object> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        bus.close();
    }

    @Test
    @DisplayName("ORD-10 a caller that waits runs the handlers of an idle lane itself")
    void callerRuns() throws Exception {
        bus.subscribeReplying("t", event -> seen.add(Thread.currentThread()));
        assertThat(bus.publishAndJoin(Event.of("t", 1), LONG).outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(bus.request("t", 1, Boolean.class, LONG)).isTrue();
        assertThat(seen).containsOnly(Thread.currentThread()).hasSize(2);
    }

    @Test
    @DisplayName(
            "ORD-10 with a limit to its wait the caller runs no handler that is declared blocking")
    void notWithALimit() throws Exception {
        SubscribeOptions blocking = SubscribeOptions.builder().blocking().build();
        bus.subscribe("t", event -> seen.add(Thread.currentThread()));
        bus.subscribe("t", blocking, event -> seen.add("blocking"));
        bus.publishAndJoin(Event.of("t", 1), LONG);
        assertThat(seen).hasSize(2).doesNotContain(Thread.currentThread());
        // The thread that ran the event leaves the lane a moment after it has completed.
        Await.until(
                "the lane is idle",
                () -> {
                    joined(Event.of("t", 1));
                    return seen.contains(Thread.currentThread());
                });
    }

    @Test
    @DisplayName("ORD-10 ORD-1 a caller does not overtake what is queued or runs")
    void notAhead() throws Exception {
        Gate gate = new Gate();
        Overlap overlap = new Overlap();
        bus.subscribe("hold", event -> overlap.within(gate::pass));
        bus.subscribe("t", event -> overlap.within(() -> seen.add(event.payload())));
        bus.publish("hold", 0);
        gate.awaitReached();
        bus.publish("t", 1);
        CompletableFuture<Publication> waits =
                CompletableFuture.supplyAsync(() -> joined(Event.of("t", 2)));
        Await.until("it is queued", () -> bus.pendingCount() == 2);
        assertThat(seen).isEmpty();
        gate.open();
        assertThat(waits.get(20, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(seen).containsExactly(1, 2);
        assertThat(overlap.most()).isEqualTo(1);
    }

    private Publication joined(Event event) {
        return joined(bus, event);
    }

    private static Publication joined(EventBus on, Event event) {
        try {
            return on.publishAndJoin(event, Duration.ZERO);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName(
            "ORD-10 TMO-2 the interrupt of a limit never reaches the caller, and its own stays")
    void interruptStaysInside() throws Exception {
        AtomicReference<Boolean> inside = new AtomicReference<>();
        Gate gate = new Gate();
        bus.subscribe(
                "t",
                SubscribeOptions.builder().timeout(Duration.ofSeconds(1)).build(),
                event -> {
                    time.advance(Duration.ofSeconds(1));
                    inside.set(Thread.currentThread().isInterrupted());
                });
        Publication late = bus.publishAndJoin(Event.of("t", 1), Duration.ZERO);
        assertThat(inside.get()).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(late.handlerResults().get(0).state()).isEqualTo(DeliveryState.TIMED_OUT);

        try (EventBus idle = EventBus.builder("idle").clock(time).build()) {
            idle.subscribe("own", event -> Thread.currentThread().interrupt());
            idle.publishAndJoin(Event.of("own", 1), Duration.ZERO);
            assertThat(Thread.interrupted()).isTrue();
        }

        // On a lane of its own: a thread that has run an event leaves its lane a moment later.
        AtomicReference<Boolean> ours = new AtomicReference<>();
        try (EventBus idle = EventBus.builder("idle").clock(time).build()) {
            Thread caller =
                    new Thread(
                            () -> {
                                joined(idle, Event.of("slow", 1));
                                ours.set(Thread.currentThread().isInterrupted());
                            });
            idle.subscribe(
                    "slow",
                    event -> {
                        try {
                            gate.pass();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
            caller.start();
            gate.awaitReached();
            caller.interrupt();
            caller.join(20_000);
        }
        assertThat(ours.get()).isTrue();
    }

    @Test
    @DisplayName(
            "ORD-10 at a limit the publication ends, and the caller returns when the handler does")
    void callerReturnsWithItsHandler() throws Exception {
        Gate gate = new Gate();
        bus.subscribe(
                "t",
                event -> {
                    while (true) {
                        try {
                            gate.pass();
                            return;
                        } catch (InterruptedException e) {
                            seen.add("interrupted");
                        }
                    }
                });
        CompletableFuture<Publication> caller =
                CompletableFuture.supplyAsync(() -> joined(Event.of("t", 1)));
        gate.awaitReached();
        time.advance(Duration.ofSeconds(30));
        Await.until("it is interrupted", () -> seen.size() == 1);
        assertThat(bus.awaitIdle(LONG)).isTrue();
        assertThat(bus.publishAndJoin(Event.of("none", 1), LONG).outcome())
                .isEqualTo(Outcome.NO_HANDLER);
        assertThat(caller).isNotDone();
        gate.open();
        assertThat(caller.get(20, TimeUnit.SECONDS).handlerResults().get(0).state())
                .isEqualTo(DeliveryState.TIMED_OUT);
    }

    @Test
    @DisplayName("PUB-6 a request returns the first value that is not null, typed")
    void request() throws Exception {
        bus.subscribe("t", event -> {});
        bus.subscribeReplying("t", event -> null);
        bus.subscribeReplying("t", event -> 7);
        bus.subscribeReplying("t", event -> 8);
        assertThat(bus.request("t", 1, Integer.class, LONG)).isEqualTo(7);
        assertThat(bus.request("t", 1, int.class, LONG)).isEqualTo(7);
        bus.subscribe("nothing", event -> {});
        assertThat(bus.request("nothing", 1, String.class, LONG)).isNull();
    }

    @Test
    @DisplayName("PUB-6 a request says why there is no reply")
    void requestFails() throws Exception {
        assertThatThrownBy(() -> bus.request("none", 1, String.class, LONG))
                .isInstanceOf(PublicationException.class)
                .hasMessage("No subscription of bus 'orders' wanted the event.");
        IllegalStateException failure = new IllegalStateException("no");
        bus.subscribe(
                "fails",
                event -> {
                    throw failure;
                });
        assertThatThrownBy(() -> bus.request("fails", 1, String.class, LONG)).isSameAs(failure);
        bus.subscribeReplying("number", SubscribeOptions.builder().name("n").build(), event -> 7);
        assertThatThrownBy(() -> bus.request("number", 1, String.class, LONG))
                .isInstanceOf(ClassCastException.class)
                .hasMessage(
                        "Handler 'n' returned a java.lang.Integer, but java.lang.String was asked"
                                + " for.");
        Gate gate = new Gate();
        bus.subscribeAsync("slow", event -> new CompletableFuture<>());
        bus.subscribe("hold", event -> gate.pass());
        bus.publish("hold", 1);
        gate.awaitReached();
        assertThatThrownBy(() -> bus.request("late", 1, String.class, Duration.ofMillis(1)))
                .isInstanceOf(TimeoutException.class)
                .hasMessageStartingWith("No reply to event '")
                .hasMessageEndingWith("' of topic 'late' came within 1 ms.");
        gate.open();
        assertThat(bus.awaitIdle(LONG)).isTrue();
    }

    @Test
    @DisplayName("PUB-6 NST-2 a request inside a handler of a serial bus is answered")
    void requestInside() throws Exception {
        bus.subscribeReplying("inner", event -> "inner of " + event.payload());
        bus.subscribeReplying("outer", event -> bus.request("inner", 1, String.class, LONG));
        assertThat(bus.request("outer", 1, String.class, LONG)).isEqualTo("inner of 1");
    }
}

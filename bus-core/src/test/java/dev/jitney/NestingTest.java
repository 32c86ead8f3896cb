// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static dev.jitney.Await.completed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.DeliveryState;
import dev.jitney.event.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NestingTest extends TwoBuses {

    // ---- NST-2

    @Test
    @DisplayName("NST-2 a child that is not awaited stays in queue order")
    void unawaited() throws Exception {
        Gate gate = new Gate();
        bus.subscribe("queued", event -> seen.add("queued"));
        bus.subscribe("child", event -> seen.add("child"));
        bus.subscribe(
                "t",
                event -> {
                    gate.pass();
                    bus.publish("child", 1).whenCompleted(done -> seen.add("told"));
                    seen.add("parent");
                });
        Publication publication = bus.publish("t", 1);
        gate.awaitReached();
        bus.publish("queued", 1);
        gate.open();
        completed(publication);
        assertThat(bus.awaitIdle(LONG)).isTrue();
        assertThat(seen).containsExactly("parent", "queued", "child", "told");
    }

    @ParameterizedTest
    @EnumSource(Ordering.class)
    @DisplayName("NST-2 awaited children ten deep, in every order, by join, request and future")
    void tenDeep(Ordering ordering) throws Exception {
        try (EventBus deep =
                EventBus.builder("deep").ordering(ordering).lanes(1).parallelism(1).build()) {
            deep.subscribeReplying(
                    "join",
                    event -> {
                        int depth = (int) event.payload();
                        if (depth == 0) {
                            return 0;
                        }
                        Publication child = deep.publish("join", depth - 1);
                        child.join(LONG);
                        return (int) child.result() + 1;
                    });
            deep.subscribeReplying(
                    "request",
                    event -> {
                        int depth = (int) event.payload();
                        return depth == 0
                                ? 0
                                : deep.request("request", depth - 1, Integer.class, LONG) + 1;
                    });
            deep.subscribeAsync(
                    "future",
                    event -> {
                        int depth = (int) event.payload();
                        if (depth == 0) {
                            return CompletableFuture.completedFuture(0);
                        }
                        return awaited(deep.publish("future", depth - 1))
                                .thenApply(child -> (int) child.values().get(0) + 1);
                    });
            for (String topic : List.of("join", "request", "future")) {
                assertThat(deep.request(topic, 10, Integer.class, LONG)).isEqualTo(10);
            }
        }
    }

    @Test
    @DisplayName("NST-2 a stage that chains several children on a serial bus does not lock up")
    void chainedFutures() throws Exception {
        bus.subscribeReplying("child", event -> event.payload());
        bus.subscribeAsync(
                "t",
                event ->
                        awaited(bus.publish("child", 1))
                                .thenCompose(one -> awaited(bus.publish("child", 2)))
                                .thenCompose(two -> awaited(bus.publish("child", 3)))
                                .thenApply(three -> three.values().get(0)));
        assertThat(bus.request("t", 1, Integer.class, LONG)).isEqualTo(3);
        assertThat(bus.awaitIdle(LONG)).isTrue();
    }

    @Test
    @DisplayName("NST-2 events queued meanwhile run only after the handler has returned")
    void queuedMeanwhile() throws Exception {
        Gate gate = new Gate();
        bus.subscribe("queued", event -> seen.add("queued " + event.payload()));
        bus.subscribe("child", event -> seen.add("child " + event.payload()));
        bus.subscribe(
                "t",
                event -> {
                    gate.pass();
                    bus.publish("child", 1).join(LONG);
                    bus.publish("queued", 3);
                    bus.publish("child", 2).join(LONG);
                    seen.add("parent");
                });
        Publication publication = bus.publish("t", 1);
        gate.awaitReached();
        bus.publish("queued", 1);
        bus.publish("queued", 2);
        gate.open();
        completed(publication);
        assertThat(bus.awaitIdle(LONG)).isTrue();
        assertThat(seen)
                .containsExactly(
                        "child 1", "child 2", "parent", "queued 1", "queued 2", "queued 3");
    }

    @Test
    @DisplayName("NST-2 a busy lane takes an awaited event next, before its queue")
    void nextOnABusyLane() throws Exception {
        Gate gate = new Gate();
        other.subscribe("hold", event -> gate.pass());
        other.subscribe("t", event -> seen.add(event.payload()));
        other.publish("hold", 0);
        gate.awaitReached();
        other.publish("t", "queued");
        CompletableFuture<Object> asked = new CompletableFuture<>();
        bus.subscribe(
                "ask",
                event -> {
                    Publication awaited = other.publish("t", "awaited");
                    asked.complete(1);
                    awaited.join(LONG);
                });
        Publication ask = bus.publish("ask", 1);
        asked.get();
        Await.until("it waits", NoLeaks::handlerWaits);
        gate.open();
        completed(ask);
        assertThat(other.awaitIdle(LONG)).isTrue();
        assertThat(seen).containsExactly("awaited", "queued");
    }

    @Test
    @DisplayName("NST-2 waits that cross between two buses: A's handler awaits B, and B's awaits A")
    void crossingWaits() throws Exception {
        Overlap onBus = new Overlap();
        Overlap onOther = new Overlap();
        Overlap.Body meeting = Overlap.meeting(2);
        bus.subscribe(
                "ask",
                event -> {
                    meeting.run();
                    assertThat(other.publish("answer", 1).join(LONG)).isTrue();
                    onBus.within(() -> seen.add("bus went on"));
                });
        other.subscribe(
                "ask",
                event -> {
                    meeting.run();
                    assertThat(bus.publish("answer", 1).join(LONG)).isTrue();
                    onOther.within(() -> seen.add("other went on"));
                });
        bus.subscribe("answer", event -> onBus.within(() -> seen.add("bus")));
        other.subscribe("answer", event -> onOther.within(() -> seen.add("other")));
        Publication one = bus.publish("ask", 1);
        Publication two = other.publish("ask", 1);
        assertThat(completed(one).outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(completed(two).outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(seen).hasSize(4);
        assertThat(onBus.most()).isEqualTo(1);
        assertThat(onOther.most()).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "NST-2 the permit is taken back before the handler goes on, though its wait was cut short")
    void permitBeforeGoingOn() throws Exception {
        Gate gate = new Gate();
        Overlap overlap = new Overlap();
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        SubscribeOptions blocking = SubscribeOptions.builder().blocking().build();
        AtomicBoolean begun = new AtomicBoolean();
        bus.subscribe(
                "slow",
                blocking,
                event -> {
                    begun.set(true);
                    overlap.within(gate::pass);
                });
        bus.subscribe(
                "t",
                event -> {
                    // Runs elsewhere: the caller's wait has a limit, and its handler is declared
                    // blocking.
                    Publication slow = bus.publish("slow", 1);
                    boolean done;
                    do {
                        done = slow.join(Duration.ofMillis(20));
                    } while (!begun.get());
                    result.complete(done);
                    overlap.within(() -> seen.add("parent"));
                });
        Publication publication = bus.publish("t", 1);
        gate.awaitReached();
        assertThat(publication.join(Duration.ofMillis(100))).isFalse();
        gate.open();
        completed(publication);
        assertThat(overlap.most()).isEqualTo(1);
        assertThat(result).isDone();
    }

    @Test
    @DisplayName("NST-2 a wait that is begun when the handler has ended lends nothing")
    void waitAfterTheEnd() throws Exception {
        ExecutorService outside = Executors.newSingleThreadExecutor();
        try {
            Gate gate = new Gate();
            Gate late = new Gate();
            Overlap overlap = new Overlap();
            AtomicReference<Publication> child = new AtomicReference<>();
            bus.subscribe("child", event -> overlap.within(() -> seen.add("child")));
            bus.subscribe("hold", event -> overlap.within(gate::pass));
            bus.subscribeDelivery(
                    "t",
                    SubscribeOptions.defaults(),
                    delivery -> {
                        outside.execute(
                                () -> {
                                    try (Delivery.Entry entry = delivery.enter()) {
                                        assertThat(entry).isNotNull();
                                        late.pass();
                                        child.set(bus.publish("child", 1));
                                        child.get().join(LONG);
                                        seen.add(entry == null ? "outside" : "late");
                                    } catch (InterruptedException e) {
                                        throw new AssertionError(e);
                                    }
                                });
                        delivery.complete(null);
                    });
            completed(bus.publish("t", 1));
            late.awaitReached();
            Publication hold = bus.publish("hold", 1);
            gate.awaitReached();
            late.open();
            Await.until("it is published", () -> child.get() != null);
            assertThat(child.get().join(Duration.ofMillis(50))).isFalse();
            gate.open();
            completed(hold);
            completed(child.get());
            Await.until("it went on", () -> seen.contains("late"));
            assertThat(overlap.most()).isEqualTo(1);
        } finally {
            outside.shutdown();
            assertThat(outside.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    @DisplayName("NST-2 two handlers that await each other's events are told, and both end")
    void circle() throws Exception {
        AtomicReference<Publication> one = new AtomicReference<>();
        AtomicReference<Publication> two = new AtomicReference<>();
        Overlap.Body meeting = Overlap.meeting(2);
        bus.subscribe(
                "t",
                event -> {
                    meeting.run();
                    two.get().join(Duration.ZERO);
                });
        other.subscribe(
                "t",
                event -> {
                    meeting.run();
                    one.get().join(Duration.ZERO);
                });
        Gate gate = new Gate();
        bus.subscribe("hold", event -> gate.pass());
        bus.publish("hold", 1);
        one.set(bus.publish("t", 1));
        two.set(other.publish("t", 1));
        gate.open();
        List<DeliveryState> states =
                List.of(
                        completed(one.get()).handlerResults().get(0).state(),
                        completed(two.get()).handlerResults().get(0).state());
        assertThat(states).containsExactlyInAnyOrder(DeliveryState.COMPLETED, DeliveryState.FAILED);
    }

    @Test
    @DisplayName(
            "NST-2 a circle is found though others wait for the same event, and no wait that is over counts")
    void circleAmongMany() throws Exception {
        AtomicReference<Publication> outer = new AtomicReference<>();
        AtomicReference<Publication> inner = new AtomicReference<>();
        Gate begun = new Gate();
        Gate lastWaits = new Gate();
        other.subscribe(
                "inner",
                event -> {
                    begun.pass();
                    assertThatThrownBy(() -> outer.get().join(Duration.ZERO))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessage(
                                    "Event '%s' is being handled and cannot be waited for by its own handlers."
                                            .formatted(outer.get().event().id()));
                });
        try (EventBus third = EventBus.builder("third").build()) {
            bus.subscribe(
                    "outer",
                    event -> {
                        lastWaits.pass();
                        inner.get().join(LONG);
                    });
            // Another handler waits for the same event, last of all.
            third.subscribe("also", event -> inner.get().join(LONG));
            inner.set(other.publish("inner", 1));
            begun.awaitReached();
            outer.set(bus.publish("outer", 1));
            lastWaits.awaitReached();
            lastWaits.open();
            Await.until("the outer one waits", NoLeaks::handlerWaits);
            Publication also = third.publish("also", 1);
            Await.until("both wait", () -> NoLeaks.handlersWaiting() == 2);
            begun.open();
            assertThat(completed(inner.get()).outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(completed(outer.get()).outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(completed(also).outcome()).isEqualTo(Outcome.HANDLED);
        }
    }

    @Test
    @DisplayName("NST-2 a handler may await an event whose handler has given up awaiting its own")
    void noLongerACircle() throws Exception {
        AtomicReference<Publication> outer = new AtomicReference<>();
        AtomicReference<Publication> inner = new AtomicReference<>();
        Gate gate = new Gate();
        Gate gaveUp = new Gate();
        other.subscribe(
                "inner",
                event -> {
                    gate.pass();
                    outer.get().join(LONG);
                });
        bus.subscribe(
                "outer",
                event -> {
                    assertThat(inner.get().join(Duration.ofNanos(1))).isFalse();
                    gaveUp.pass();
                });
        inner.set(other.publish("inner", 1));
        gate.awaitReached();
        outer.set(bus.publish("outer", 1));
        gaveUp.awaitReached();
        gate.open();
        Await.until("the inner one waits", NoLeaks::handlerWaits);
        gaveUp.open();
        assertThat(completed(inner.get()).outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(completed(outer.get()).outcome()).isEqualTo(Outcome.HANDLED);
    }

    @Test
    @DisplayName(
            "NST-2 an action on completion that blocks for the same lane does not stop the lane")
    void waitingActions() throws Exception {
        bus.subscribe("t", event -> seen.add(event.payload()));
        CompletableFuture<Object> joined = new CompletableFuture<>();
        CompletableFuture<Object> got = new CompletableFuture<>();
        Gate gate = new Gate();
        bus.subscribe("hold", event -> gate.pass());
        bus.publish("hold", 1);
        gate.awaitReached();
        bus.publish("t", 1)
                .whenCompleted(
                        done -> joined.complete(joinedQuietly(bus.publish("t", 2)).outcome()));
        bus.publish("t", 3)
                .toCompletableFuture()
                .thenAccept(
                        done ->
                                got.complete(
                                        bus.publish("t", 4)
                                                .toCompletableFuture()
                                                .join()
                                                .outcome()));
        gate.open();
        assertThat(joined.get(20, TimeUnit.SECONDS)).isEqualTo(Outcome.HANDLED);
        assertThat(got.get(20, TimeUnit.SECONDS)).isEqualTo(Outcome.HANDLED);
        assertThat(bus.awaitIdle(LONG)).isTrue();
        assertThat(seen).containsExactlyInAnyOrder(1, 2, 3, 4);
    }

    private static Publication joinedQuietly(Publication publication) {
        try {
            return completed(publication);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName(
            "NST-2 handlers that run together each await children, and go on one permit at a time")
    void togetherWithChildren() throws Exception {
        try (EventBus together =
                EventBus.builder("together").handlerOrder(HandlerOrder.PARALLEL).build()) {
            Overlap children = new Overlap();
            for (int i = 0; i < 4; i++) {
                together.subscribe(
                        "t", event -> assertThat(together.publish("child", 1).join(LONG)).isTrue());
            }
            together.subscribe("child", event -> children.within(Thread::yield));
            for (int i = 0; i < 50; i++) {
                assertThat(completed(together.publish("t", i)).outcome())
                        .isEqualTo(Outcome.HANDLED);
            }
            assertThat(children.most()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("NST-2 ORD-1 an awaited child waits while another handler of its parent runs")
    void togetherWithOneAtWork() throws Exception {
        try (EventBus together =
                EventBus.builder("together").handlerOrder(HandlerOrder.PARALLEL).build()) {
            Gate atWork = new Gate();
            AtomicReference<Boolean> early = new AtomicReference<>();
            together.subscribe("t", event -> atWork.pass());
            together.subscribe(
                    "t",
                    event -> {
                        atWork.awaitReached();
                        Publication child = together.publish("child", 1);
                        early.set(child.join(Duration.ofMillis(100)));
                        atWork.open();
                        completed(child);
                    });
            together.subscribe("child", event -> {});
            assertThat(completed(together.publish("t", 1)).outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(early).hasValue(false);
        }
    }
}

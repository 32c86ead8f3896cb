// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class FirstTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final PublishOptions FIRST =
            PublishOptions.builder().completion(Completion.FIRST).build();
    private static final PublishOptions FIRST_OF_ALL =
            FIRST.toBuilder().handlerOrder(HandlerOrder.PARALLEL).build();

    // Without thresholds, at which a look would find out that a handler is to end.
    private final EventBus bus =
            EventBus.builder("orders")
                    .slowHandlerThreshold(Duration.ZERO)
                    .slowEventThreshold(Duration.ZERO)
                    .build();
    private final List<String> calls = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        bus.close();
    }

    private Publication first(PublishOptions options) throws InterruptedException {
        Publication publication = bus.publish(Event.of("t", 1), options);
        assertThat(publication.join(LONG)).isTrue();
        return publication;
    }

    @Test
    @DisplayName("ORD-6 ALL: an event completes when every handler has ended")
    void all() throws Exception {
        for (int i = 0; i < 3; i++) {
            int value = i;
            bus.subscribeReplying("t", event -> value);
        }
        Publication publication = first(PublishOptions.defaults());
        assertThat(publication.results()).containsExactly(0, 1, 2);
    }

    @Test
    @DisplayName("ORD-6 FIRST: no value and a failure do not win; handlers not begun never run")
    void firstValueWins() throws Exception {
        bus.subscribe("t", event -> calls.add("nothing"));
        bus.subscribeReplying("t", event -> null);
        bus.subscribeReplying("t", event -> "won");
        bus.subscribe("t", event -> calls.add("late"));
        Publication publication = first(FIRST);
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(publication.reason()).isEqualTo("Every handler has returned.");
        assertThat(publication.result()).isEqualTo("won");
        assertThat(publication.handlerResults())
                .extracting(HandlerResult::state)
                .containsExactly(
                        DeliveryState.COMPLETED,
                        DeliveryState.COMPLETED,
                        DeliveryState.COMPLETED,
                        DeliveryState.CANCELLED);
        HandlerResult loser = publication.handlerResults().get(3);
        assertThat(loser.error())
                .isInstanceOf(CancellationException.class)
                .hasMessage(
                        "Event '%s' was stopped: Another handler has returned the first value."
                                .formatted(publication.event().id()));
        assertThat(loser.attempts()).isZero();
        assertThat(loser.start()).isNull();
        assertThat(calls).containsExactly("nothing");
    }

    @Test
    @DisplayName("ORD-6 FIRST together: a value that is there at once lets no other handler begin")
    void wonBeforeOthersBegin() throws Exception {
        bus.subscribeAsync("t", event -> CompletableFuture.completedFuture("won"));
        bus.subscribeAsync("t", event -> CompletableFuture.completedFuture(calls.add("begun")));
        Publication publication = first(FIRST_OF_ALL);
        assertThat(publication.values()).containsExactly("won");
        HandlerResult loser = publication.handlerResults().get(1);
        assertThat(loser.state()).isEqualTo(DeliveryState.CANCELLED);
        assertThat(loser.attempts()).isZero();
        assertThat(loser.start()).isNull();
        assertThat(calls).isEmpty();
    }

    @Test
    @DisplayName("ORD-6 FIRST: 0, false and the empty text win")
    void falsyValuesWin() throws Exception {
        for (Object falsy : List.of(0, false, "")) {
            Subscription one = bus.subscribeReplying("t", event -> falsy);
            Subscription two = bus.subscribeReplying("t", event -> "second");
            assertThat(first(FIRST).result()).isEqualTo(falsy);
            one.close();
            two.close();
        }
    }

    @Test
    @DisplayName("ORD-6 FIRST: when no one wins all have run, and a failure is told")
    void noWinner() throws Exception {
        IllegalStateException failure = new IllegalStateException("no");
        bus.subscribe("t", event -> calls.add("one"));
        bus.subscribe(
                "t",
                event -> {
                    throw failure;
                });
        bus.subscribe("t", event -> calls.add("two"));
        Publication publication = first(FIRST);
        assertThat(calls).containsExactly("one", "two");
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
        assertThat(publication.handlerResults().get(1).error()).isSameAs(failure);
    }

    @Test
    @DisplayName(
            "ORD-6 FIRST: a handler that waits to be tried again is cancelled when another wins")
    void retryLoses() throws Exception {
        bus.subscribe(
                "t",
                SubscribeOptions.builder().retry(RetryPolicy.fixed(3, Duration.ofHours(1))).build(),
                event -> {
                    throw new IllegalStateException("later");
                });
        bus.subscribeReplying("t", event -> "won");
        Publication publication = first(FIRST);
        assertThat(publication.handlerResults())
                .extracting(HandlerResult::state)
                .containsExactly(DeliveryState.CANCELLED, DeliveryState.COMPLETED);
        assertThat(publication.handlerResults().get(0).end()).isNotNull();
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(publication.result()).isEqualTo("won");
    }

    @Test
    @DisplayName(
            "ORD-6 FIRST together: running losers are interrupted or cancelled, with their children")
    void losersAreCancelled() throws Exception {
        CountDownLatch waiting = new CountDownLatch(3);
        CountDownLatch interrupted = new CountDownLatch(1);
        AtomicReference<Publication> child = new AtomicReference<>();
        AtomicReference<Publication> free = new AtomicReference<>();
        CompletableFuture<Void> told = new CompletableFuture<>();
        bus.subscribe(
                "t",
                event -> {
                    waiting.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                });
        bus.subscribe(
                "t",
                event -> {
                    free.set(bus.publish("free", 1));
                    child.set(bus.publish("child", 1));
                    waiting.countDown();
                    child.get().join(LONG);
                });
        bus.subscribeDelivery(
                "t",
                SubscribeOptions.defaults(),
                delivery -> {
                    delivery.onCancel(() -> told.complete(null));
                    waiting.countDown();
                });
        bus.subscribeReplying(
                "t",
                event -> {
                    waiting.await();
                    return "won";
                });
        bus.subscribeDelivery("child", SubscribeOptions.defaults(), delivery -> {});
        bus.subscribe("free", event -> calls.add("free"));
        Publication publication = first(FIRST_OF_ALL);
        assertThat(publication.result()).isEqualTo("won");
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(publication.handlerResults())
                .extracting(HandlerResult::state)
                .containsExactly(
                        DeliveryState.CANCELLED,
                        DeliveryState.CANCELLED,
                        DeliveryState.CANCELLED,
                        DeliveryState.COMPLETED);
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        told.get(20, TimeUnit.SECONDS);
        assertThat(child.get().join(LONG)).isTrue();
        assertThat(child.get().outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(free.get().join(LONG)).isTrue();
        assertThat(free.get().outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(calls).containsExactly("free");
    }

    @Test
    @DisplayName("ORD-6 FIRST: what the winner awaited besides goes on and holds the event open")
    void winnersChildren() throws Exception {
        Gate gate = new Gate();
        AtomicReference<Publication> child = new AtomicReference<>();
        bus.subscribe("child", event -> gate.pass());
        bus.subscribeAsync(
                "t",
                event -> {
                    child.set(bus.publish("child", 1));
                    child.get().toCompletableFuture();
                    return CompletableFuture.completedFuture("won");
                });
        Publication publication = bus.publish(Event.of("t", 1), FIRST);
        gate.awaitReached();
        assertThat(publication.join(Duration.ofMillis(1))).isFalse();
        gate.open();
        assertThat(publication.join(LONG)).isTrue();
        assertThat(child.get().outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(publication.result()).isEqualTo("won");
    }

    @Test
    @DisplayName("ORD-6 ORD-7 the publish decides against the bus, both ways")
    void precedence() throws Exception {
        try (EventBus firsts = EventBus.builder("firsts").completion(Completion.FIRST).build()) {
            for (EventBus each : List.of(bus, firsts)) {
                each.subscribeReplying("t", event -> 1);
                each.subscribeReplying("t", event -> 2);
            }
            Publication one = firsts.publish("t", 1);
            Publication all =
                    firsts.publish(
                            Event.of("t", 1),
                            PublishOptions.builder().completion(Completion.ALL).build());
            assertThat(one.join(LONG) && all.join(LONG)).isTrue();
            assertThat(one.values()).containsExactly(1);
            assertThat(all.values()).containsExactly(1, 2);
            assertThat(first(FIRST).values()).containsExactly(1);
            assertThat(first(PublishOptions.defaults()).values()).containsExactly(1, 2);
        }
    }
}

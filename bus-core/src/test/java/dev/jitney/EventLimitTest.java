// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static dev.jitney.Await.completed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class EventLimitTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final PublishOptions WITHIN_SECOND =
            PublishOptions.builder().timeout(SECOND).build();

    private final OwnTime time = new OwnTime();
    private final EventBus bus = EventBus.builder("orders").clock(time).build();
    private final EventBus other = EventBus.builder("other").clock(time).build();
    private final List<Object> seen = new CopyOnWriteArrayList<>();
    private final Gate gate = new Gate();

    @AfterEach
    void close() {
        gate.open();
        bus.close();
        other.close();
    }

    private static SubscribeOptions limit(long seconds) {
        return SubscribeOptions.builder().timeout(Duration.ofSeconds(seconds)).build();
    }

    /** Publishes an event whose one handler hangs, and says how long it may. */
    private Duration limitOf(EventBus on, SubscribeOptions options, PublishOptions publish)
            throws Exception {
        CompletableFuture<Object> never = new CompletableFuture<>();
        CompletableFuture<Object> begun = new CompletableFuture<>();
        Subscription subscription =
                on.subscribeAsync(
                        "limit",
                        options,
                        event -> {
                            begun.complete(1);
                            return never;
                        });
        Publication publication = on.publish(Event.of("limit", 1), publish);
        begun.get();
        subscription.close();
        var start = time.instant();
        HandlerResult hangs = publication.handlerResults().get(0);
        for (int i = 0; i < 1_000 && hangs.state() == DeliveryState.STARTED; i++) {
            time.advance(SECOND);
        }
        never.complete("late");
        completed(publication);
        return publication.values().isEmpty()
                ? Duration.between(start, time.instant())
                : Duration.ZERO;
    }

    @Test
    @DisplayName(
            "TMO-1 the subscription's limit, else the event's, else the bus's, cut by the event's own")
    void precedence() throws Exception {
        PublishOptions none = PublishOptions.defaults();
        SubscribeOptions unset = SubscribeOptions.defaults();
        PublishOptions ten =
                PublishOptions.builder().handlerTimeout(Duration.ofSeconds(10)).build();
        PublishOptions five = PublishOptions.builder().timeout(Duration.ofSeconds(5)).build();
        PublishOptions unlimited = PublishOptions.builder().timeout(Duration.ZERO).build();
        assertThat(limitOf(bus, unset, none)).isEqualTo(Duration.ofSeconds(30));
        assertThat(limitOf(bus, unset, ten)).isEqualTo(Duration.ofSeconds(10));
        assertThat(limitOf(bus, limit(7), ten)).isEqualTo(Duration.ofSeconds(7));
        assertThat(limitOf(bus, limit(7), five)).isEqualTo(Duration.ofSeconds(5));
        assertThat(limitOf(bus, limit(90), none)).isEqualTo(Duration.ofSeconds(60));
        assertThat(limitOf(bus, limit(0), none)).isEqualTo(Duration.ofSeconds(60));
        assertThat(limitOf(bus, limit(90), unlimited)).isEqualTo(Duration.ofSeconds(90));
        assertThat(limitOf(bus, limit(0), unlimited)).isEqualTo(Duration.ZERO);
        try (EventBus own =
                EventBus.builder("own")
                        .clock(time)
                        .handlerTimeout(Duration.ofSeconds(3))
                        .eventTimeout(Duration.ofSeconds(8))
                        .build()) {
            assertThat(limitOf(own, unset, none)).isEqualTo(Duration.ofSeconds(3));
            assertThat(limitOf(own, limit(9), none)).isEqualTo(Duration.ofSeconds(8));
        }
    }

    @Test
    @DisplayName("TMO-1 a limit that is negative is refused")
    void negative() {
        assertThatThrownBy(() -> SubscribeOptions.builder().timeout(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Handler timeout 'PT-1S' is negative. Use zero or more.");
        assertThatThrownBy(() -> EventBus.builder("x").eventTimeout(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Event timeout 'PT-1S' is negative. Use zero or more.");
    }

    @Test
    @DisplayName(
            "TMO-3 at the event's limit what runs is TIMED_OUT, what waits CANCELLED, what ended stays")
    void eventLimit() throws Exception {
        bus.subscribeReplying("t", event -> "done");
        bus.subscribe("t", event -> gate.pass());
        bus.subscribe("t", event -> seen.add("never"));
        Publication publication = bus.publish(Event.of("t", 1), WITHIN_SECOND);
        gate.awaitReached();
        time.advance(SECOND);
        String reason =
                "Event '%s' of topic 't' took longer than its limit of 1 s on bus 'orders'."
                        .formatted(publication.event().id());
        assertThat(completed(publication).outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(publication.reason()).isEqualTo(reason);
        assertThat(publication.cause()).isInstanceOf(TimeoutException.class).hasMessage(reason);
        assertThat(publication.handlerResults())
                .extracting(HandlerResult::state)
                .containsExactly(
                        DeliveryState.COMPLETED, DeliveryState.TIMED_OUT, DeliveryState.CANCELLED);
        assertThat(publication.values()).containsExactly("done");
        assertThat(publication.handlerResults().get(1).error()).isSameAs(publication.cause());
        assertThatThrownBy(publication::result).isInstanceOf(PublicationException.class);
        assertThat(seen).isEmpty();
        assertThat(completed(bus.publish("next", 1)).outcome()).isEqualTo(Outcome.NO_HANDLER);
    }

    @Test
    @DisplayName("TMO-3 the event's limit counts all handlers together, those that run at once too")
    void handlersTogether() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        bus.subscribe("t", event -> gate.pass());
        bus.subscribeAsync(
                "t",
                event -> {
                    asked.countDown();
                    return new CompletableFuture<>();
                });
        bus.subscribeReplying("t", event -> "done");
        Publication publication =
                bus.publish(
                        Event.of("t", 1),
                        WITHIN_SECOND.toBuilder().handlerOrder(HandlerOrder.PARALLEL).build());
        gate.awaitReached();
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        Await.until("one has ended", () -> publication.values().size() == 1);
        time.advance(SECOND);
        assertThat(completed(publication).handlerResults())
                .extracting(HandlerResult::state)
                .containsExactly(
                        DeliveryState.TIMED_OUT, DeliveryState.TIMED_OUT, DeliveryState.COMPLETED);
        assertThat(publication.outcome()).isEqualTo(Outcome.TIMED_OUT);
    }

    @Test
    @DisplayName(
            "TMO-3 NST-3 an event whose handlers have ended does not outlast its limit for a child")
    void heldOpen() throws Exception {
        AtomicReference<Publication> child = new AtomicReference<>();
        other.subscribe("child", event -> gate.pass());
        bus.subscribeAsync(
                "t",
                event -> {
                    child.set(other.publish("child", 1));
                    child.get().toCompletableFuture();
                    return CompletableFuture.completedFuture("done");
                });
        Publication publication = bus.publish(Event.of("t", 1), WITHIN_SECOND);
        gate.awaitReached();
        Await.until("its handler has ended", () -> publication.values().size() == 1);
        // The third beside those that watch the handlers of the two buses.
        Await.until("its limit is set", () -> time.timers() == 3);
        assertThat(publication.join(Duration.ofMillis(1))).isFalse();
        time.advance(SECOND);
        assertThat(completed(publication).outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(completed(child.get()).outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(publication.values()).containsExactly("done");
    }

    @Test
    @DisplayName(
            "TMO-4 awaited children are cancelled with the handler, on every bus, all the way down")
    void awaitedChildren() throws Exception {
        AtomicReference<Publication> child = new AtomicReference<>();
        AtomicReference<Publication> grandchild = new AtomicReference<>();
        AtomicReference<Publication> queued = new AtomicReference<>();
        bus.subscribe(
                "t",
                limit(1),
                event -> {
                    child.set(other.publish("child", 1));
                    child.get().join(LONG);
                });
        other.subscribe(
                "child",
                event -> {
                    grandchild.set(bus.publish("grandchild", 1));
                    queued.set(other.publish("queued", 1));
                    queued.get().toCompletableFuture();
                    grandchild.get().join(LONG);
                });
        other.subscribe("queued", event -> seen.add("queued"));
        bus.subscribe("grandchild", event -> gate.pass());
        Publication publication = bus.publish("t", 1);
        gate.awaitReached();
        time.advance(SECOND);
        assertThat(completed(publication).handlerResults().get(0).state())
                .isEqualTo(DeliveryState.TIMED_OUT);
        assertThat(completed(child.get()).outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(child.get().reason())
                .isEqualTo("Handler 't#s1', which waited for the event, was ended.");
        assertThat(child.get().handlerResults().get(0).state()).isEqualTo(DeliveryState.CANCELLED);
        assertThat(completed(grandchild.get()).outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(completed(queued.get()).outcome()).isIn(Outcome.CANCELLED, Outcome.HANDLED);
        assertThat(bus.awaitIdle(LONG) && other.awaitIdle(LONG)).isTrue();
    }

    @Test
    @DisplayName("TMO-4 FWD-1 an awaited child is cancelled on the buses that it was forwarded to")
    void forwardedChild() throws Exception {
        bus.forwardTo(other, "child");
        AtomicReference<Publication> child = new AtomicReference<>();
        other.subscribe("child", event -> gate.pass());
        bus.subscribe(
                "t",
                limit(1),
                event -> {
                    child.set(bus.publish("child", 1));
                    child.get().join(LONG);
                });
        Publication publication = bus.publish("t", 1);
        gate.awaitReached();
        time.advance(SECOND);
        assertThat(completed(publication).outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
        assertThat(completed(child.get()).outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(other.awaitIdle(LONG)).isTrue();
    }

    @Test
    @DisplayName("TMO-4 a child that waits on a busy bus is cancelled there and never runs")
    void waitingChild() throws Exception {
        other.subscribe("hold", event -> gate.pass());
        other.subscribe("child", event -> seen.add("never"));
        other.publish("hold", 1);
        gate.awaitReached();
        AtomicReference<Publication> child = new AtomicReference<>();
        CompletableFuture<Object> waits = new CompletableFuture<>();
        bus.subscribe(
                "t",
                limit(1),
                event -> {
                    child.set(other.publish("child", 1));
                    waits.complete(1);
                    child.get().join(LONG);
                });
        Publication publication = bus.publish("t", 1);
        waits.get();
        // Being published is not yet being awaited.
        Await.until("it waits", NoLeaks::handlerWaits);
        time.advance(SECOND);
        assertThat(completed(publication).outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
        assertThat(completed(child.get()).outcome()).isEqualTo(Outcome.CANCELLED);
        gate.open();
        assertThat(other.awaitIdle(LONG)).isTrue();
        assertThat(seen).isEmpty();
    }

    @Test
    @DisplayName("TMO-4 a child that was not awaited runs on")
    void unawaitedChild() throws Exception {
        AtomicReference<Publication> child = new AtomicReference<>();
        other.subscribe("child", event -> gate.pass());
        bus.subscribe(
                "t",
                limit(1),
                event -> {
                    child.set(other.publish("child", 1));
                    new CountDownLatch(1).await();
                });
        Publication publication = bus.publish("t", 1);
        gate.awaitReached();
        time.advance(SECOND);
        assertThat(completed(publication).outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
        assertThat(child.get().outcome()).isNull();
        gate.open();
        assertThat(completed(child.get()).outcome()).isEqualTo(Outcome.HANDLED);
    }

    @Test
    @DisplayName("TMO-3 TMO-4 the limit of an event that runs on the thread of its waiting parent")
    void childOnTheParentsThread() throws Exception {
        AtomicReference<Publication> child = new AtomicReference<>();
        bus.subscribe("child", event -> gate.pass());
        bus.subscribe(
                "t",
                event -> {
                    child.set(bus.publish(Event.of("child", 1), WITHIN_SECOND));
                    assertThat(child.get().join(Duration.ZERO)).isTrue();
                    seen.add(Thread.currentThread().isInterrupted());
                });
        Publication publication = bus.publish("t", 1);
        gate.awaitReached();
        time.advance(SECOND);
        assertThat(completed(publication).outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(child.get().outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(seen).containsExactly(false);
    }

    @Test
    @DisplayName(
            "TMO-2 NST-2 a handler whose limit passes while it waits for its turn is ended too")
    void whileItWaitsForItsTurn() throws Exception {
        Gate quick = new Gate();
        CompletableFuture<Object> asked = new CompletableFuture<>();
        other.subscribe("quick", event -> quick.pass());
        bus.subscribe("long", event -> gate.pass());
        // While this one waits for 'quick', its lane is lent to 'long', for which the other bus
        // waits.
        bus.subscribe(
                "t",
                limit(5),
                event -> {
                    asked.complete(1);
                    other.publish("quick", 1).join(LONG);
                    seen.add("never, or ended");
                });
        bus.subscribe("next", event -> seen.add("next"));
        Publication publication = bus.publish("t", 1);
        asked.get();
        quick.awaitReached();
        try (EventBus third = EventBus.builder("third").clock(time).build()) {
            third.subscribe("ask", event -> bus.publish("long", 1).join(LONG));
            Publication ask = third.publish("ask", 1);
            gate.awaitReached();
            quick.open();
            assertThat(other.awaitIdle(LONG)).isTrue();
            Publication next = bus.publish("next", 1);
            time.advance(Duration.ofSeconds(5));
            assertThat(completed(publication).handlerResults().get(0).state())
                    .isEqualTo(DeliveryState.TIMED_OUT);
            gate.open();
            assertThat(completed(ask).outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(completed(next).outcome()).isEqualTo(Outcome.HANDLED);
        }
        assertThat(seen).contains("next");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static dev.jitney.Await.completed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class RetryTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final OwnTime time = new OwnTime();
    private final EventBus bus = EventBus.builder("orders").clock(time).build();
    private final List<Object> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        bus.close();
    }

    private static SubscribeOptions retry(RetryPolicy policy) {
        return SubscribeOptions.builder().name("flaky").retry(policy).build();
    }

    /** Subscribes a handler that fails until its attempt of this number. */
    private Subscription flaky(EventBus on, String pattern, RetryPolicy policy, int succeedsAt) {
        return on.subscribeDelivery(
                pattern,
                retry(policy),
                delivery -> {
                    seen.add(delivery.event().payload() + " attempt " + delivery.attempt());
                    if (delivery.attempt() < succeedsAt) {
                        delivery.fail(new IllegalStateException("not yet"));
                    } else {
                        delivery.complete("done");
                    }
                });
    }

    @Test
    @DisplayName("ERR-2 ERR-3 a delivery that its owner cancels is not tried again")
    void cancelledIsNotRetried() throws Exception {
        Subscription flaky =
                bus.subscribeDelivery(
                        "a",
                        retry(RetryPolicy.immediate(3)),
                        delivery -> delivery.cancel(new CancellationException("no more")));
        Publication publication = bus.publishAndJoin("a", 1, LONG);
        HandlerResult result = publication.handlerResults().get(0);
        assertThat(result.state()).isEqualTo(DeliveryState.CANCELLED);
        assertThat(result.attempts()).isEqualTo(1);
        assertThat(flaky.retried()).isZero();
        assertThat(bus.deadLetters().size()).isZero();
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
        assertThat(publication.reason())
                .isEqualTo(
                        "Handler 'flaky' was cancelled:"
                                + " java.util.concurrent.CancellationException: no more.");
    }

    /** Moves time on as soon as the handlers sleep. */
    private void advanceOnce(EventBus on, Duration by) {
        Await.until(
                "a retry is due", () -> on.subscriptions().stream().anyMatch(s -> s.retried() > 0));
        Await.until("it sleeps", () -> time.timers() == 2);
        time.advance(by);
    }

    @Test
    @DisplayName("ERR-3 a failed handler is tried again as often as its policy says, visibly")
    void retries() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Subscription subscription =
                bus.subscribeReplying(
                        "t",
                        retry(RetryPolicy.immediate(3)),
                        event -> {
                            if (runs.incrementAndGet() < 3) {
                                throw new IllegalStateException("not yet");
                            }
                            return "done";
                        });
        Publication publication = completed(bus.publish("t", 1));
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(publication.values()).containsExactly("done");
        assertThat(publication.handlerResults().get(0).attempts()).isEqualTo(3);
        assertThat(subscription.retried()).isEqualTo(2);
        assertThat(subscription.handled()).isEqualTo(1);
        assertThat(subscription.failed()).isZero();
    }

    @Test
    @DisplayName("ERR-3 when no attempt is left the last failure is the handler's")
    void givesUp() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Subscription subscription =
                bus.subscribe(
                        "t",
                        retry(RetryPolicy.immediate(3)),
                        event -> {
                            throw new IllegalStateException("run " + runs.incrementAndGet());
                        });
        Publication publication = completed(bus.publish("t", 1));
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
        HandlerResult result = publication.handlerResults().get(0);
        assertThat(result.state()).isEqualTo(DeliveryState.FAILED);
        assertThat(result.attempts()).isEqualTo(3);
        assertThat(result.error()).hasMessage("run 3");
        assertThat(subscription.failed()).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "ERR-3 the back-off passes before the next attempt, the event's other handlers run meanwhile")
    void backOff() throws Exception {
        flaky(bus, "t", RetryPolicy.fixed(2, MINUTE), 2);
        bus.subscribe("t", event -> seen.add("other"));
        Publication publication = bus.publish("t", 1);
        Await.until("the other has run", () -> seen.size() == 2);
        Await.until("it sleeps", () -> sleeps(publication));
        assertThat(publication.handlerResults().get(0).state()).isEqualTo(DeliveryState.STARTED);
        time.advance(MINUTE.minusMillis(1));
        assertThat(publication.join(Duration.ofMillis(5))).isFalse();
        assertThat(seen).containsExactly("1 attempt 1", "other");
        time.advance(Duration.ofMillis(1));
        assertThat(completed(publication).outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(seen).containsExactly("1 attempt 1", "other", "1 attempt 2");
    }

    @Test
    @DisplayName("ERR-3 TMO-3 back-off counts toward no limit")
    void backOffIsNoTime() throws Exception {
        flaky(bus, "t", RetryPolicy.fixed(3, Duration.ofHours(1)), 3);
        Publication publication = bus.publish("t", 1);
        for (int retries = 1; retries <= 2; retries++) {
            int count = retries;
            Await.until("it failed", () -> seen.size() == count);
            Await.until("it sleeps", () -> sleeps(publication));
            time.advance(Duration.ofHours(1));
        }
        assertThat(completed(publication).outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(seen).hasSize(3);
    }

    // The limits' timer and that of the back-off.
    private boolean sleeps(Publication publication) {
        return time.timers() == 2 && publication.outcome() == null;
    }

    @Test
    @DisplayName(
            "ERR-3 ORD-1 on a serial lane the lane waits, unless the policy releases the order")
    void serialLaneWaits() throws Exception {
        flaky(bus, "keeps", RetryPolicy.fixed(2, MINUTE), 2);
        RetryPolicy releases =
                RetryPolicy.builder().attempts(2).fixed(MINUTE).releaseOrder().build();
        flaky(bus, "releases", releases, 2);
        bus.subscribe("next", event -> seen.add(event.payload()));
        bus.publish("keeps", "keeps");
        Publication behind = bus.publish("next", "behind");
        Await.until("it failed", () -> seen.size() == 1);
        assertThat(behind.join(Duration.ofMillis(5))).isFalse();
        advanceOnce(bus, MINUTE);
        completed(behind);
        Publication released = bus.publish("releases", "releases");
        completed(bus.publish("next", "ahead"));
        assertThat(released.outcome()).isNull();
        Await.until("it sleeps", () -> sleeps(released));
        time.advance(MINUTE);
        assertThat(completed(released).outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(seen)
                .containsExactly(
                        "keeps attempt 1",
                        "keeps attempt 2",
                        "behind",
                        "releases attempt 1",
                        "ahead",
                        "releases attempt 2");
    }

    @Test
    @DisplayName("ERR-3 ORD-1 a policy that releases the order does not let two events overlap")
    void releasedButAlone() throws Exception {
        Overlap overlap = new Overlap();
        AtomicInteger failures = new AtomicInteger();
        RetryPolicy releases =
                RetryPolicy.builder().attempts(2).fixed(MINUTE).releaseOrder().build();
        Gate hold = new Gate();
        Gate inRetry = new Gate();
        bus.subscribe(
                "t",
                retry(releases),
                event -> {
                    if (failures.getAndIncrement() == 0) {
                        throw new IllegalStateException("not yet");
                    }
                    overlap.within(inRetry::pass);
                });
        bus.subscribe("hold", event -> overlap.within(hold::pass));
        bus.subscribe("next", event -> overlap.within(() -> seen.add("next")));
        Publication retried = bus.publish("t", 1);
        bus.publish("hold", 1);
        hold.awaitReached();
        Await.until("it sleeps", () -> time.timers() == 2);
        time.advance(MINUTE.dividedBy(4));
        assertThat(overlap.inside()).isEqualTo(1);
        hold.open();
        assertThat(bus.awaitIdle(Duration.ofMillis(1))).isFalse();
        Await.until("the lane is free", () -> overlap.inside() == 0);
        Await.until("it sleeps", () -> time.timers() > 0);
        time.advance(MINUTE);
        inRetry.awaitReached();
        Publication next = bus.publish("next", 1);
        assertThat(next.join(Duration.ofMillis(20))).isFalse();
        inRetry.open();
        completed(next);
        assertThat(completed(retried).outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(overlap.most()).isEqualTo(1);
    }

    @Test
    @DisplayName("ERR-3 ORD-2 on a keyed lane only later events of that key wait")
    void keyedLane() throws Exception {
        try (EventBus keyed =
                EventBus.builder("keyed").ordering(Ordering.KEYED).lanes(1).clock(time).build()) {
            flaky(keyed, "flaky", RetryPolicy.fixed(2, MINUTE), 2);
            keyed.subscribe("t", event -> seen.add(event.payload()));
            Publication retried = keyed.publish(Event.of("flaky", "k").withKey("k"));
            Publication later = keyed.publish(Event.of("t", "later of k").withKey("k"));
            Publication last = keyed.publish(Event.of("t", "last of k").withKey("k"));
            completed(keyed.publish(Event.of("t", "other key").withKey("l")));
            completed(keyed.publish("t", "no key"));
            assertThat(later.join(Duration.ofMillis(5))).isFalse();
            assertThat(keyed.pendingCount()).isEqualTo(2);
            advanceOnce(keyed, MINUTE);
            completed(last);
            assertThat(completed(retried).outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(seen)
                    .containsExactly(
                            "k attempt 1",
                            "other key",
                            "no key",
                            "k attempt 2",
                            "later of k",
                            "last of k");
        }
    }

    @Test
    @DisplayName(
            "ERR-3 ORD-5 handlers that run together retry beside each other; only their key waits")
    void together() throws Exception {
        try (EventBus keyed =
                EventBus.builder("keyed")
                        .ordering(Ordering.KEYED)
                        .lanes(1)
                        .handlerOrder(HandlerOrder.PARALLEL)
                        .clock(time)
                        .build()) {
            flaky(keyed, "flaky", RetryPolicy.fixed(2, MINUTE), 2);
            keyed.subscribe("flaky", event -> seen.add("beside"));
            keyed.subscribe("t", event -> seen.add(event.payload()));
            Publication retried = keyed.publish(Event.of("flaky", "k").withKey("k"));
            Publication later = keyed.publish(Event.of("t", "later of k").withKey("k"));
            completed(keyed.publish(Event.of("t", "other key").withKey("l")));
            assertThat(later.join(Duration.ofMillis(5))).isFalse();
            advanceOnce(keyed, MINUTE);
            completed(later);
            assertThat(completed(retried).values()).containsExactly("done");
            assertThat(seen).endsWith("other key", "k attempt 2", "later of k");
        }
    }

    @Test
    @DisplayName(
            "ERR-3 NST-2 a handler in back-off does not keep the lane from one that waits beside it")
    void backOffBesideAWait() throws Exception {
        try (EventBus together =
                EventBus.builder("together")
                        .handlerOrder(HandlerOrder.PARALLEL)
                        .clock(time)
                        .build()) {
            flaky(together, "t", RetryPolicy.fixed(2, MINUTE), 2);
            Gate gate = new Gate();
            Subscription waiting =
                    together.subscribe(
                            "t",
                            event -> {
                                gate.pass();
                                together.publish("child", 1).join(LONG);
                            });
            together.subscribe("child", event -> seen.add("child"));
            Publication publication = together.publish("t", 1);
            gate.awaitReached();
            Await.until("it sleeps", () -> time.timers() == 2);
            gate.open();
            Await.until("it has returned", () -> waiting.handled() == 1);
            time.advance(MINUTE);
            assertThat(completed(publication).outcome()).isEqualTo(Outcome.HANDLED);
        }
    }

    @Test
    @DisplayName(
            "ERR-3 the publication completes when retries have settled, also when the bus closes")
    void closing() throws Exception {
        EventBus closing = EventBus.builder("closing").closeLimit(Duration.ZERO).build();
        flaky(closing, "t", RetryPolicy.fixed(2, Duration.ofHours(1)), 2);
        Publication publication = closing.publish("t", 1);
        Await.until("it failed", () -> seen.size() == 1);
        assertThat(publication.join(Duration.ofMillis(5))).isFalse();
        closing.close();
        assertThat(completed(publication).outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(publication.handlerResults().get(0).state()).isEqualTo(DeliveryState.CANCELLED);
        assertThat(publication.handlerResults().get(0).end()).isNotNull();
    }

    @Test
    @DisplayName("ERR-3 only the errors that the policy names are retried")
    void whichErrors() throws Exception {
        RetryPolicy policy =
                RetryPolicy.builder().attempts(3).retryOn(IllegalStateException.class).build();
        AtomicInteger runs = new AtomicInteger();
        bus.subscribe(
                "t",
                retry(policy),
                event -> {
                    throw runs.incrementAndGet() == 1
                            ? new IllegalStateException("again")
                            : new IllegalArgumentException("never");
                });
        HandlerResult result = completed(bus.publish("t", 1)).handlerResults().get(0);
        assertThat(result.attempts()).isEqualTo(2);
        assertThat(result.error()).hasMessage("never");
    }

    @Test
    @DisplayName("ERR-3 a predicate that fails is retried with its handler, together or in series")
    void failedPredicate() throws Exception {
        for (HandlerOrder order : HandlerOrder.values()) {
            Subscription fails =
                    bus.subscribe(
                            "t",
                            SubscribeOptions.builder()
                                    .retry(RetryPolicy.immediate(2))
                                    .predicate(
                                            event -> {
                                                throw new IllegalStateException("no");
                                            })
                                    .build(),
                            event -> seen.add("never"));
            Subscription other = bus.subscribe("t", event -> seen.add("other"));
            Publication publication =
                    completed(
                            bus.publish(
                                    Event.of("t", 1),
                                    PublishOptions.builder().handlerOrder(order).build()));
            assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
            assertThat(publication.handlerResults().get(0).state()).isEqualTo(DeliveryState.FAILED);
            assertThat(publication.handlerResults().get(0).error()).hasMessage("no");
            fails.close();
            other.close();
        }
        assertThat(seen).containsOnly("other");
    }

    @Test
    @DisplayName("ERR-4 a handler may ask to run later, after its own delay, without a policy")
    void asksForARetry() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        bus.subscribeReplying(
                "t",
                event -> {
                    if (runs.incrementAndGet() == 1) {
                        throw RetryException.after(MINUTE);
                    }
                    return "done";
                });
        Publication publication = bus.publish("t", 1);
        Await.until("it sleeps", () -> sleeps(publication));
        time.advance(MINUTE.minusMillis(1));
        assertThat(publication.join(Duration.ofMillis(5))).isFalse();
        time.advance(Duration.ofMillis(1));
        assertThat(completed(publication).values()).containsExactly("done");
        assertThat(publication.handlerResults().get(0).attempts()).isEqualTo(2);
    }

    @Test
    @DisplayName("ERR-4 a rejected event is not tried again, whatever the policy says")
    void rejects() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        bus.subscribe(
                "t",
                retry(RetryPolicy.immediate(5)),
                event -> {
                    runs.incrementAndGet();
                    throw new RejectException("It has no order number.");
                });
        bus.subscribe("t", event -> seen.add("other"));
        Publication publication = completed(bus.publish("t", 1));
        assertThat(runs).hasValue(1);
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
        assertThat(publication.handlerResults().get(0).error()).isInstanceOf(RejectException.class);
        assertThat(seen).containsExactly("other");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.PluginContext;
import dev.jitney.spi.PublicationInfo;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What interceptors are told of events on their way, and in which order. */
class InterceptorTest extends BusWithADiary {

    private static Handler failing() {
        return event -> {
            throw new IllegalStateException("The test lets it fail.");
        };
    }

    @Test
    @DisplayName("ICP-1 an event and its handlers go from pending over started to completed, once")
    void handled() throws Exception {
        try (EventBus bus = builder().build()) {
            bus.subscribe("t", named("one"), event -> {});
            bus.subscribeReplying("t", named("two"), event -> 2);
            joined(bus.publish("t", 1));
            assertThat(diary.of("t"))
                    .containsExactly(
                            "observe PUBLISHED",
                            "beforePublish",
                            "pending",
                            "started",
                            "one observe PENDING",
                            "two observe PENDING",
                            "one handlerPending PENDING",
                            "two handlerPending PENDING",
                            "one handlerStarted STARTED",
                            "one attemptStarted 1 STARTED",
                            "one attemptEnded 1 COMPLETED",
                            "one handlerCompleted COMPLETED",
                            "two handlerStarted STARTED",
                            "two attemptStarted 1 STARTED",
                            "two attemptEnded 1 COMPLETED",
                            "two handlerCompleted COMPLETED",
                            "completed HANDLED");
            assertThat(diary.published("t")).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("ICP-1 each way to publish is told once")
    void everyWayToPublish() throws Exception {
        try (EventBus bus = builder().build()) {
            joined(bus.publish("a", 1));
            joined(bus.publish(Event.of("b", 1)));
            joined(bus.tryPublish(Event.of("c", 1)));
            joined(bus.publishAsync(Event.of("d", 1)).toCompletableFuture().get());
            bus.publishAndJoin(Event.of("e", 1), LONG);
            bus.publish(
                    Event.of("f", 1), PublishOptions.builder().dispatch(Dispatch.DIRECT).build());
            joined(bus.findOrPublish(FindOptions.of("g"), () -> Event.of("g", 1)));
            for (String topic : List.of("a", "b", "c", "d", "e", "f", "g")) {
                assertThat(diary.of(topic))
                        .containsExactly(
                                "observe PUBLISHED",
                                "beforePublish",
                                "pending",
                                "started",
                                "completed NO_HANDLER");
                assertThat(diary.published(topic)).as(topic).isEqualTo(1);
            }
        }
    }

    @Test
    @DisplayName("ICP-1 a retry is another attempt of the same handler")
    void retried() throws Exception {
        try (EventBus bus = builder().clock(time).build()) {
            Duration delay = Duration.ofSeconds(7);
            SubscribeOptions options =
                    SubscribeOptions.builder()
                            .name("one")
                            .retry(RetryPolicy.fixed(3, delay))
                            .build();
            List<Integer> attempts = new CopyOnWriteArrayList<>();
            bus.subscribe(
                    "t",
                    options,
                    event -> {
                        attempts.add(1);
                        if (attempts.size() < 3) {
                            throw new IllegalStateException("The test lets it fail.");
                        }
                    });
            Publication publication = bus.publish("t", 1);
            time.awaitTimer(delay);
            time.advance(delay);
            time.awaitTimer(delay);
            time.advance(delay);
            joined(publication);
            assertThat(diary.of("t"))
                    .containsExactly(
                            "observe PUBLISHED",
                            "beforePublish",
                            "pending",
                            "started",
                            "one observe PENDING",
                            "one handlerPending PENDING",
                            "one handlerStarted STARTED",
                            "one attemptStarted 1 STARTED",
                            "one attemptEnded 1 IllegalStateException STARTED",
                            "one retryScheduled PT7S STARTED",
                            "one attemptStarted 2 STARTED",
                            "one attemptEnded 2 IllegalStateException STARTED",
                            "one retryScheduled PT7S STARTED",
                            "one attemptStarted 3 STARTED",
                            "one attemptEnded 3 COMPLETED",
                            "one handlerCompleted COMPLETED",
                            "completed HANDLED");
        }
    }

    @Test
    @DisplayName("ICP-1 a handler that is cancelled in its back-off completes")
    void cancelledInBackOff() throws Exception {
        Duration delay = Duration.ofSeconds(7);
        try (EventBus bus = builder().clock(time).closeLimit(Duration.ZERO).build()) {
            SubscribeOptions options =
                    SubscribeOptions.builder()
                            .name("one")
                            .retry(RetryPolicy.fixed(3, delay))
                            .build();
            bus.subscribe("t", options, failing());
            bus.publish("t", 1);
            time.awaitTimer(delay);
        }
        assertThat(diary.of("t"))
                .endsWith(
                        "one retryScheduled PT7S STARTED",
                        "one handlerCompleted CANCELLED",
                        "completed CANCELLED");
    }

    @Test
    @DisplayName("ICP-1 ERR-5 a failure makes a dead letter before the handler completes")
    void failed() throws Exception {
        try (EventBus bus = builder().build()) {
            bus.subscribe("t", named("one"), failing());
            joined(bus.publish("t", 1));
            assertThat(diary.of("t"))
                    .endsWith(
                            "one attemptStarted 1 STARTED",
                            "one attemptEnded 1 IllegalStateException FAILED",
                            "one deadLettered HANDLER_ERROR",
                            "one handlerCompleted FAILED",
                            "completed HANDLED_WITH_FAILURES");
        }
    }

    @Test
    @DisplayName("ICP-1 a handler whose predicate throws has failed without an attempt")
    void brokenPredicate() throws Exception {
        try (EventBus bus = builder().build()) {
            SubscribeOptions options =
                    SubscribeOptions.builder()
                            .name("one")
                            .predicate(
                                    event -> {
                                        throw new IllegalStateException("no");
                                    })
                            .build();
            bus.subscribe("t", options, event -> {});
            joined(bus.publish("t", 1));
            assertThat(diary.of("t"))
                    .endsWith(
                            "one handlerPending PENDING",
                            "one deadLettered HANDLER_ERROR",
                            "one handlerCompleted FAILED",
                            "completed HANDLED_WITH_FAILURES");
        }
    }

    @Test
    @DisplayName("ICP-1 TMO-2 ERR-3 a delivery goes on after an attempt that has passed its limit")
    void timedOutAndTriedAgain() throws Exception {
        Duration limit = Duration.ofSeconds(3);
        Duration delay = Duration.ofSeconds(7);
        SubscribeOptions options =
                SubscribeOptions.builder()
                        .name("one")
                        .timeout(limit)
                        .retry(RetryPolicy.fixed(2, delay))
                        .build();
        try (EventBus bus = builder().clock(time).build()) {
            Gate gate = new Gate();
            List<Integer> attempts = new CopyOnWriteArrayList<>();
            bus.subscribe(
                    "t",
                    options,
                    event -> {
                        attempts.add(1);
                        if (attempts.size() == 1) {
                            gate.pass();
                        }
                    });
            Publication publication = bus.publish("t", 1);
            gate.awaitReached();
            time.awaitTimer(limit);
            time.advance(limit);
            time.awaitTimer(delay);
            time.advance(delay);
            joined(publication);
            assertThat(diary.of("t"))
                    .contains(
                            "one attemptEnded 1 TimeoutException STARTED",
                            "one retryScheduled PT7S STARTED")
                    .endsWith(
                            "one attemptStarted 2 STARTED",
                            "one attemptEnded 2 COMPLETED",
                            "one handlerCompleted COMPLETED",
                            "completed HANDLED");
        }
    }

    @Test
    @DisplayName(
            "ICP-1 TMO-2 an attempt that passes its limit ends there, though its thread does not")
    void timedOut() throws Exception {
        Duration limit = Duration.ofSeconds(3);
        Gate gate = new Gate();
        try (EventBus bus = builder().clock(time).handlerTimeout(limit).build()) {
            bus.subscribe(
                    "t",
                    named("one"),
                    event -> {
                        try {
                            gate.pass();
                        } catch (InterruptedException e) {
                            gate.pass();
                        }
                    });
            bus.subscribe("t", named("two"), event -> {});
            Publication publication = bus.publish("t", 1);
            gate.awaitReached();
            time.awaitTimer(limit);
            time.advance(limit);
            joined(publication);
            gate.open();
            assertThat(diary.of("t"))
                    .endsWith(
                            "one handlerStarted STARTED",
                            "one attemptStarted 1 STARTED",
                            "one attemptEnded 1 TimeoutException TIMED_OUT",
                            "one deadLettered HANDLER_TIMEOUT",
                            "one handlerCompleted TIMED_OUT",
                            "two handlerStarted STARTED",
                            "two attemptStarted 1 STARTED",
                            "two attemptEnded 1 COMPLETED",
                            "two handlerCompleted COMPLETED",
                            "completed HANDLED_WITH_FAILURES");
        }
    }

    @Test
    @DisplayName("ICP-1 ORD-6 a loser that never begins is pending, then completed")
    void loser() throws Exception {
        try (EventBus bus = builder().completion(Completion.FIRST).build()) {
            bus.subscribeReplying("t", named("one"), event -> 1);
            bus.subscribeReplying("t", named("two"), event -> 2);
            joined(bus.publish("t", 1));
            assertThat(diary.of("t"))
                    .endsWith(
                            "one handlerPending PENDING",
                            "two handlerPending PENDING",
                            "one handlerStarted STARTED",
                            "one attemptStarted 1 STARTED",
                            "one attemptEnded 1 COMPLETED",
                            "one handlerCompleted COMPLETED",
                            "two handlerCompleted CANCELLED",
                            "completed HANDLED");
        }
    }

    @Test
    @DisplayName("ICP-1 ORD-6 a loser that runs is broken off")
    void runningLoser() throws Exception {
        EventBusBuilder together =
                builder().completion(Completion.FIRST).handlerOrder(HandlerOrder.PARALLEL);
        try (EventBus bus = together.build()) {
            Gate gate = new Gate();
            bus.subscribe("t", named("slow"), event -> gate.pass());
            bus.subscribeReplying(
                    "t",
                    named("quick"),
                    event -> {
                        gate.awaitReached();
                        return 1;
                    });
            joined(bus.publish("t", 1));
            assertThat(diary.of("t").stream().filter(line -> line.startsWith("slow ")))
                    .containsExactly(
                            "slow observe PENDING",
                            "slow handlerPending PENDING",
                            "slow handlerStarted STARTED",
                            "slow attemptStarted 1 STARTED",
                            "slow attemptEnded 1 CancellationException CANCELLED",
                            "slow handlerCompleted CANCELLED");
            assertThat(diary.of("t")).endsWith("completed HANDLED");
        }
    }

    @Test
    @DisplayName("ICP-1 TMO-5 a slow handler is told of once")
    void slow() throws Exception {
        Duration threshold = Duration.ofSeconds(2);
        Gate gate = new Gate();
        try (EventBus bus = builder().clock(time).slowHandlerThreshold(threshold).build()) {
            bus.subscribe("t", named("one"), event -> gate.pass());
            Publication publication = bus.publish("t", 1);
            gate.awaitReached();
            time.awaitTimer(threshold);
            time.advance(threshold.multipliedBy(3));
            gate.open();
            joined(publication);
            assertThat(diary.of("t"))
                    .containsOnlyOnce("one slow STARTED")
                    .endsWith(
                            "one attemptStarted 1 STARTED",
                            "one slow STARTED",
                            "one attemptEnded 1 COMPLETED",
                            "one handlerCompleted COMPLETED",
                            "completed HANDLED");
        }
    }

    @Test
    @DisplayName("ICP-1 BPR-1 an event for which there is no room completes as dropped")
    void dropped() throws Exception {
        Gate gate = new Gate();
        EventBusBuilder small = builder().pendingLimit(1).overflow(Overflow.DROP_LATEST);
        try (EventBus bus = small.build()) {
            bus.subscribe("t", named("one"), event -> gate.pass());
            bus.publish("t", 1);
            gate.awaitReached();
            bus.publish("queued", 1);
            bus.publish("dropped", 1);
            assertThat(diary.of("dropped"))
                    .containsExactly(
                            "observe PUBLISHED",
                            "beforePublish",
                            "deadLettered OVERFLOW",
                            "completed DROPPED");
            assertThat(diary.published("dropped")).isEqualTo(1);
            gate.open();
        }
    }

    @Test
    @DisplayName("ICP-1 BPR-1 an event that makes room for a newer one is never started")
    void droppedWhileItWaits() throws Exception {
        Gate gate = new Gate();
        EventBusBuilder small = builder().pendingLimit(1).overflow(Overflow.DROP_OLDEST);
        try (EventBus bus = small.build()) {
            bus.subscribe("t", named("one"), event -> gate.pass());
            bus.publish("t", 1);
            gate.awaitReached();
            bus.publish("old", 1);
            bus.publish("new", 1);
            assertThat(diary.of("old"))
                    .containsExactly(
                            "observe PUBLISHED",
                            "beforePublish",
                            "pending",
                            "deadLettered OVERFLOW",
                            "completed DROPPED");
            gate.open();
        }
    }

    @Test
    @DisplayName("ICP-1 PUB-4 a duplicate completes with the first, and is never pending")
    void duplicate() throws Exception {
        try (EventBus bus = builder().build()) {
            Event event = Event.of("t", 1);
            joined(bus.publish(event));
            diary.clear();
            joined(bus.publish(event));
            assertThat(diary.of("t"))
                    .containsExactly("observe PUBLISHED", "beforePublish", "completed DUPLICATE");
            assertThat(diary.published("t")).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("ICP-1 DUP-2 noise completes as suppressed")
    void suppressed() throws Exception {
        try (EventBus bus = builder().clock(time).noise(1, Duration.ofSeconds(1)).build()) {
            joined(bus.publish("t", 1));
            diary.clear();
            joined(bus.publish("t", 2));
            assertThat(diary.of("t"))
                    .containsExactly("observe PUBLISHED", "beforePublish", "completed SUPPRESSED");
        }
    }

    @Test
    @DisplayName("ICP-1 LIF-2 an event that waits when the bus closes completes as cancelled")
    void cancelled() throws Exception {
        Gate gate = new Gate();
        try (EventBus bus = builder().closeLimit(Duration.ZERO).build()) {
            bus.subscribe("t", named("one"), event -> gate.pass());
            bus.publish("t", 1);
            gate.awaitReached();
            bus.publish("queued", 1);
        }
        assertThat(diary.of("queued"))
                .containsExactly(
                        "observe PUBLISHED", "beforePublish", "pending", "completed CANCELLED");
        assertThat(diary.of("t"))
                .endsWith(
                        "one attemptEnded 1 CancellationException CANCELLED",
                        "one handlerCompleted CANCELLED",
                        "completed CANCELLED");
    }

    @Test
    @DisplayName("ICP-1 what completed shows stays: outcome, reason, cause, event, bus")
    void shown() throws Exception {
        try (EventBus bus = builder().build()) {
            Publication publication = bus.publish("t", 1);
            joined(publication);
            Await.until("completed", () -> diary.completed().size() == 1);
            PublicationInfo shown = diary.completed().get(0);
            assertThat(shown.bus()).isEqualTo("orders");
            assertThat(shown.event()).isSameAs(publication.event());
            assertThat(shown.origin()).isEqualTo(PublicationInfo.Origin.PUBLISHED);
            assertThat(shown.outcome()).isEqualTo(Outcome.NO_HANDLER);
            assertThat(shown.reason())
                    .isEqualTo("No subscription of bus 'orders' wanted the event.");
            assertThat(shown.cause()).isNull();
            assertThat(shown.lane()).isZero();
        }
    }

    @Test
    @DisplayName("ICP-1 subscriptions are told of when they are added and removed, once")
    void subscriptions() {
        try (EventBus bus = builder().build()) {
            Subscription one = bus.subscribe("t", named("one"), event -> {});
            bus.subscribe("t", named("two"), event -> {});
            one.close();
            one.close();
            assertThat(diary.subscriptions())
                    .containsExactly("added one", "added two", "removed one");
        }
        assertThat(diary.subscriptions())
                .containsExactly("added one", "added two", "removed one", "removed two");
    }

    /** Tells which bus it works on; or that it does so though it has another for each. */
    private record Told(List<String> told, String bus) implements Interceptor {

        @Override
        public String name() {
            return "told";
        }

        @Override
        public Interceptor forBus(PluginContext context) {
            return new Told(told, context.busName());
        }

        @Override
        public void published(PublicationInfo publication) {
            told.add(bus + " has " + publication.event().payload());
        }

        @Override
        public void close() {
            told.add("closed");
        }
    }

    @Test
    @DisplayName("ICP-1 one interceptor may have another for each bus; neither is closed with it")
    void forEachBus() {
        List<String> told = new CopyOnWriteArrayList<>();
        Interceptor shared = new Told(told, "no bus");
        try (EventBus one = EventBus.builder("one").interceptor(shared).build();
                EventBus two = EventBus.builder("two").interceptor(shared).build()) {
            one.publish("t", 1);
            two.publish("t", 2);
            one.publish("t", 3);
        }
        assertThat(told).containsExactly("one has 1", "two has 2", "one has 3");
    }
}

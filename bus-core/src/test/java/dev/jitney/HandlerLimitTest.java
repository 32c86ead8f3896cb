// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static dev.jitney.Await.completed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import dev.jitney.logs.Logs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.event.Level;

@ExtendWith(NoLeaks.class)
class HandlerLimitTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final OwnTime time = new OwnTime();
    private final EventBus bus = EventBus.builder("orders").clock(time).abandonedLimit(3).build();
    private final List<Object> seen = new CopyOnWriteArrayList<>();
    private final CountDownLatch stop = new CountDownLatch(1);

    @AfterEach
    void close() {
        stop.countDown();
        bus.close();
    }

    private static SubscribeOptions.Builder limit(long seconds) {
        return SubscribeOptions.builder().name("slow").timeout(Duration.ofSeconds(seconds));
    }

    private void hangs(Gate gate) throws InterruptedException {
        gate.pass();
    }

    @Test
    @DisplayName("TMO-2 the error of a limit shows where the handler was, if it was on a thread")
    void sayWhere() throws Exception {
        Gate gate = new Gate();
        bus.subscribe("t", limit(1).build(), event -> hangs(gate));
        AtomicReference<Thread> called = new AtomicReference<>();
        bus.subscribeAsync(
                "t",
                limit(1).build(),
                event -> {
                    called.set(Thread.currentThread());
                    return new CompletableFuture<>();
                });
        Publication publication = bus.publish("t", 1);
        gate.awaitReached();
        time.advance(SECOND);
        Await.until("its call is over", () -> called.get() != null && !calls(called.get()));
        time.advance(SECOND);
        completed(publication);
        List<HandlerResult> results = publication.handlerResults();
        assertThat(results.get(0).error())
                .isInstanceOf(TimeoutException.class)
                .satisfies(
                        error ->
                                assertThat(error.getStackTrace())
                                        .extracting(StackTraceElement::getMethodName)
                                        .contains("hangs"));
        assertThat(results.get(1).error())
                .isInstanceOf(TimeoutException.class)
                .satisfies(error -> assertThat(error.getStackTrace()).isEmpty());
    }

    private static boolean calls(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().startsWith("dev.jitney.engine.Calls"));
    }

    private void spin() {
        while (stop.getCount() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    @DisplayName("TMO-2 at its limit a handler is interrupted and TIMED_OUT, and the next one runs")
    void interrupted() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        Gate gate = new Gate();
        bus.subscribe(
                "t",
                limit(1).build(),
                event -> {
                    try {
                        gate.pass();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                });
        bus.subscribe("t", event -> seen.add("next"));
        Publication publication = bus.publish("t", 1);
        gate.awaitReached();
        time.advance(Duration.ofMillis(999));
        assertThat(interrupted.getCount()).isEqualTo(1);
        time.advance(Duration.ofMillis(1));
        assertThat(completed(publication).outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(seen).containsExactly("next");
        HandlerResult slow = publication.handlerResults().get(0);
        assertThat(slow.state()).isEqualTo(DeliveryState.TIMED_OUT);
        assertThat(slow.error())
                .isInstanceOf(TimeoutException.class)
                .hasMessage(
                        "Handler 'slow' of bus 'orders' took longer than its limit of 1 s on event '%s' of topic 't'."
                                .formatted(publication.event().id()));
        assertThat(slow.start()).isEqualTo(time.instant().minusSeconds(1));
        assertThat(slow.end()).isEqualTo(time.instant());
        assertThat(publication.handlerResults().get(1).state()).isEqualTo(DeliveryState.COMPLETED);
    }

    @Test
    @DisplayName("TMO-2 a stage, a delivery and a blocking handler are ended at their limits too")
    void deferred() throws Exception {
        CompletableFuture<Object> stage = new CompletableFuture<>();
        AtomicReference<Delivery> delivery = new AtomicReference<>();
        Gate gate = new Gate();
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        bus.subscribeAsync(
                "t",
                limit(1).build(),
                event -> {
                    asked.countDown();
                    return stage;
                });
        bus.subscribeDelivery(
                "t",
                limit(1).build(),
                given -> {
                    given.onCancel(() -> seen.add("cancelled"));
                    delivery.set(given);
                });
        bus.subscribe(
                "t",
                limit(1).blocking().build(),
                event -> {
                    try {
                        gate.pass();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                });
        Publication publication = bus.publish("t", 1);
        // A handler is shown as STARTED before its limit is set.
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        time.advance(SECOND);
        Await.until("the delivery runs", () -> delivery.get() != null);
        stage.complete("late");
        time.advance(SECOND);
        gate.awaitReached();
        assertThat(delivery.get().complete("late")).isFalse();
        time.advance(SECOND);
        assertThat(completed(publication).handlerResults())
                .extracting(HandlerResult::state)
                .containsOnly(DeliveryState.TIMED_OUT)
                .hasSize(3);
        assertThat(publication.values()).isEmpty();
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        Await.until("it was told", () -> seen.contains("cancelled"));
        delivery.get().onCancel(() -> seen.add("at once"));
        Await.until("it was told", () -> seen.contains("at once"));
    }

    @Test
    @DisplayName(
            "TMO-2 the limit runs from the handler's start, not from the queue or the handlers before")
    void fromItsStart() throws Exception {
        Gate before = new Gate();
        Gate inside = new Gate();
        bus.subscribe("hold", SubscribeOptions.builder().build(), event -> before.pass());
        bus.subscribe(
                "t", SubscribeOptions.builder().priority(200).build(), event -> before.pass());
        bus.subscribe("t", limit(5).build(), event -> inside.pass());
        bus.publish("hold", 0);
        before.awaitReached();
        Publication publication = bus.publish("t", 1);
        time.advance(Duration.ofSeconds(20));
        before.open();
        inside.awaitReached();
        time.advance(Duration.ofSeconds(4));
        inside.open();
        assertThat(completed(publication).outcome()).isEqualTo(Outcome.HANDLED);
    }

    @Test
    @DisplayName("TMO-2 ERR-3 the limit holds per attempt")
    void perAttempt() throws Exception {
        List<Gate> gates = List.of(new Gate(), new Gate());
        bus.subscribeDelivery(
                "t",
                limit(5).retry(RetryPolicy.immediate(2)).build(),
                delivery ->
                        delivery.executor()
                                .execute(
                                        () -> {
                                            try {
                                                gates.get(delivery.attempt() - 1).pass();
                                                delivery.complete("done");
                                            } catch (InterruptedException e) {
                                                delivery.fail(e);
                                            }
                                        }));
        Publication publication = bus.publish("t", 1);
        gates.get(0).awaitReached();
        time.advance(Duration.ofSeconds(5));
        gates.get(1).awaitReached();
        time.advance(Duration.ofSeconds(4));
        gates.get(1).open();
        assertThat(completed(publication).values()).containsExactly("done");
        assertThat(publication.handlerResults().get(0).attempts()).isEqualTo(2);
        assertThat(publication.handlerResults().get(0).state()).isEqualTo(DeliveryState.COMPLETED);
    }

    @Test
    @DisplayName(
            "TMO-2 a handler that ignores the interrupt is abandoned; what it still does is refused")
    void abandoned() throws Exception {
        CompletableFuture<Throwable> refused = new CompletableFuture<>();
        bus.subscribeReplying(
                "t",
                limit(1).build(),
                event -> {
                    seen.add("spins");
                    spin();
                    try {
                        bus.publish("late", 1);
                    } catch (DeliveryEndedException e) {
                        refused.complete(e);
                    }
                    return "late";
                });
        Publication publication = bus.publish("t", 1);
        Await.until("it spins", () -> seen.size() == 1);
        time.advance(SECOND);
        assertThat(completed(publication).values()).isEmpty();
        assertThat(bus.awaitIdle(LONG)).isTrue();
        assertThat(completed(bus.publish("other", 1)).outcome()).isEqualTo(Outcome.NO_HANDLER);
        stop.countDown();
        assertThat(refused.get(20, TimeUnit.SECONDS))
                .hasMessage(
                        "Handler 'slow' cannot publish any more: its delivery of event '%s' has ended as TIMED_OUT."
                                .formatted(publication.event().id()));
        assertThat(publication.handlerResults().get(0).state()).isEqualTo(DeliveryState.TIMED_OUT);
        assertThat(publication.handlerResults().get(0).published()).isEmpty();
        assertThat(publication.values()).isEmpty();
    }

    @Test
    @DisplayName("TMO-2 past the limit of abandoned handlers new blocking ones fail with the cause")
    void tooManyAbandoned() throws Exception {
        bus.subscribe(
                "spin",
                limit(1).build(),
                event -> {
                    seen.add(1);
                    spin();
                });
        bus.subscribe("t", event -> seen.add("ran"));
        bus.subscribeAsync("t", event -> CompletableFuture.completedFuture("stage"));
        for (int i = 1; i <= 3; i++) {
            Publication spins = bus.publish("spin", i);
            int count = i;
            Await.until("it spins", () -> seen.size() == count);
            time.advance(SECOND);
            completed(spins);
        }
        Publication refused = completed(bus.publish("t", 1));
        assertThat(refused.handlerResults().get(0).error())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "Bus 'orders' runs no more blocking handlers: 3 were left behind at their time"
                                + " limits and have not returned. Let them heed the interrupt, or"
                                + " raise EventBusBuilder.abandonedLimit.");
        assertThat(refused.values()).containsExactly("stage");
        assertThat(seen).doesNotContain("ran");
        stop.countDown();
        Await.until(
                "the lane takes blocking handlers again",
                () -> joined(bus.publish("t", 2)).outcome() == Outcome.HANDLED);
        assertThat(seen).contains("ran");
    }

    private static Publication joined(Publication publication) {
        try {
            return completed(publication);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("TMO-2 handlers that are stuck hold up no other bus")
    void othersGoOn() throws Exception {
        List<EventBus> stuck = new ArrayList<>();
        try (EventBus free = EventBus.builder("free").build()) {
            for (int i = 0; i < 20; i++) {
                EventBus each = EventBus.builder("stuck" + i).closeLimit(Duration.ZERO).build();
                stuck.add(each);
                each.subscribe(
                        "t",
                        event -> {
                            seen.add(1);
                            stop.await();
                        });
                each.publish("t", 1);
            }
            Await.until("all are stuck", () -> seen.size() == 20);
            free.subscribeReplying("t", event -> "free");
            assertThat(completed(free.publish("t", 1)).values()).containsExactly("free");
        } finally {
            stop.countDown();
            stuck.forEach(EventBus::close);
        }
    }

    @Test
    @DisplayName("TMO-2 a blocking handler that waits in its executor never runs once it was ended")
    void neverRunsLate() throws Exception {
        ExecutorService one = Executors.newSingleThreadExecutor();
        try {
            Gate gate = new Gate();
            one.execute(() -> joinedGate(gate));
            gate.awaitReached();
            CountDownLatch waits = new CountDownLatch(1);
            Executor telling =
                    task -> {
                        one.execute(task);
                        waits.countDown();
                    };
            bus.subscribe("t", limit(1).blocking(telling).build(), event -> seen.add("late"));
            Publication publication = bus.publish("t", 1);
            assertThat(waits.await(20, TimeUnit.SECONDS)).isTrue();
            time.advance(SECOND);
            assertThat(completed(publication).handlerResults().get(0).state())
                    .isEqualTo(DeliveryState.TIMED_OUT);
            gate.open();
        } finally {
            one.shutdown();
            assertThat(one.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(seen).isEmpty();
    }

    private static void joinedGate(Gate gate) {
        try {
            gate.pass();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("TMO-2 an interrupt that comes late finds no other handler on the thread")
    void noInterruptLeaks() throws Exception {
        bus.subscribe(
                "t",
                event -> {
                    if (Thread.interrupted()) {
                        seen.add("interrupted");
                    }
                    Thread.currentThread().interrupt();
                });
        for (int i = 0; i < 200; i++) {
            bus.publish("t", i);
        }
        assertThat(bus.awaitIdle(LONG)).isTrue();
        assertThat(seen).isEmpty();
    }

    @Test
    @DisplayName(
            "TMO-5 past the slow thresholds of handler and event one warning each is logged, once")
    void slow() throws Exception {
        Gate gate = new Gate();
        bus.subscribe("t", limit(0).build(), event -> gate.pass());
        Logs.clear();
        Publication publication = bus.publish("t", 1);
        gate.awaitReached();
        time.advance(Duration.ofMillis(9_999));
        assertThat(Logs.messages(Level.WARN)).isEmpty();
        time.advance(Duration.ofMillis(1));
        String id = publication.event().id();
        String handler =
                "Handler 'slow' of bus 'orders' is slow on event %s (t): it has taken longer than its slow threshold"
                        .formatted(id);
        assertThat(Logs.messages(Level.WARN)).containsExactly(handler);
        time.advance(Duration.ofSeconds(20));
        time.advance(Duration.ofSeconds(20));
        String event =
                "Bus 'orders' is slow on event %s (t): its handlers have taken 30 s so far"
                        .formatted(id);
        assertThat(Logs.messages(Level.WARN)).containsExactly(handler, event);
        gate.open();
        assertThat(completed(publication).outcome()).isEqualTo(Outcome.HANDLED);
    }

    @Test
    @DisplayName(
            "TMO-5 thresholds are the subscription's, the publish's or the bus's; zero is never")
    void slowThresholds() throws Exception {
        List<Gate> gates = List.of(new Gate(), new Gate());
        try (EventBus own =
                EventBus.builder("own")
                        .clock(time)
                        .slowHandlerThreshold(Duration.ZERO)
                        .slowEventThreshold(Duration.ZERO)
                        .build()) {
            SubscribeOptions threshold =
                    SubscribeOptions.builder().name("own").slowThreshold(SECOND).build();
            own.subscribe("t", threshold, event -> gates.get(0).pass());
            own.subscribe("t", event -> gates.get(1).pass());
            PublishOptions options =
                    PublishOptions.builder().slowThreshold(Duration.ofSeconds(2)).build();
            Logs.clear();
            Publication publication = own.publish(Event.of("t", 1), options);
            gates.get(0).awaitReached();
            time.advance(SECOND);
            gates.get(0).open();
            gates.get(1).awaitReached();
            time.advance(Duration.ofSeconds(20));
            gates.get(1).open();
            completed(publication);
            assertThat(Logs.messages(Level.WARN))
                    .hasSize(2)
                    .anyMatch(line -> line.startsWith("Handler 'own' of bus 'own' is slow"))
                    .anyMatch(line -> line.endsWith("its handlers have taken 2 s so far"));
        }
    }

    @Test
    @DisplayName("TMO-6 a hundred events set no more timers than one")
    void fewTimers() throws Exception {
        bus.subscribe("t", event -> {});
        for (int i = 0; i < 100; i++) {
            completed(bus.publish("t", i));
        }
        assertThat(time.timers()).isLessThanOrEqualTo(1);
    }

    @Test
    @DisplayName("TMO-7 handlers run on daemon threads of the pool, blocking ones where they say")
    void threads() throws Exception {
        List<Thread> threads = new CopyOnWriteArrayList<>();
        ExecutorService own = Executors.newSingleThreadExecutor(task -> new Thread(task, "own"));
        try {
            bus.subscribe("t", event -> threads.add(Thread.currentThread()));
            bus.subscribe(
                    "t",
                    SubscribeOptions.builder().blocking().build(),
                    event -> threads.add(Thread.currentThread()));
            bus.subscribe(
                    "t",
                    SubscribeOptions.builder().blocking(own).build(),
                    event -> threads.add(Thread.currentThread()));
            completed(bus.publish(Event.of("t", 1)));
        } finally {
            own.shutdown();
        }
        assertThat(threads).hasSize(3);
        assertThat(threads.get(0).getName()).startsWith("jitney-");
        assertThat(threads.get(0).isDaemon()).isTrue();
        assertThat(threads.get(1)).isNotSameAs(threads.get(0));
        assertThat(threads.get(1).isDaemon()).isTrue();
        assertThat(threads.get(2).getName()).isEqualTo("own");
    }
}

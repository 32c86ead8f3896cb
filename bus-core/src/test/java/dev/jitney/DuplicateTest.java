// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static dev.jitney.Await.completed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import dev.jitney.spi.MetricsBackend;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeaks.class)
class DuplicateTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final List<Object> seen = new CopyOnWriteArrayList<>();
    private final Gate gate = new Gate();

    @Test
    @DisplayName(
            "PUB-4 NST-2 a handler may await a duplicate of an event that runs or waits elsewhere")
    void awaitedDuplicate() throws Exception {
        try (EventBus bus = EventBus.builder("orders").build();
                EventBus other = EventBus.builder("other").build()) {
            other.subscribe("hold", event -> gate.pass());
            other.subscribe("t", event -> seen.add(event.payload()));
            other.publish("hold", 1);
            gate.awaitReached();
            other.publish("t", "queued");
            Publication first = other.publish("t", "first");
            AtomicReference<Publication> second = new AtomicReference<>();
            bus.subscribe(
                    "ask",
                    event -> {
                        second.set(other.publish(first.event()));
                        second.get().join(LONG);
                    });
            Publication ask = bus.publish("ask", 1);
            Await.until("it waits", NoLeaks::handlerWaits);
            gate.open();
            completed(ask);
            assertThat(first.outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(second.get().outcome()).isEqualTo(Outcome.DUPLICATE);
            assertThat(other.awaitIdle(LONG)).isTrue();
            assertThat(seen).containsExactly("first", "queued");
        }
    }

    @Test
    @DisplayName("PUB-4 NST-2 a handler that awaits a duplicate of its own event is told")
    void ownDuplicate() throws Exception {
        try (EventBus bus = EventBus.builder("orders").build()) {
            bus.subscribe("t", event -> bus.publish(event).join(LONG));
            HandlerResult result = completed(bus.publish("t", 1)).handlerResults().get(0);
            assertThat(result.error())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageEndingWith(
                            "is being handled and cannot be waited for by its own handlers.");
        }
    }

    @Test
    @DisplayName(
            "PUB-4 NST-3 a duplicate of an event that is held open by its child waits for that too")
    void duplicateOfAParent() throws Exception {
        try (EventBus bus = EventBus.builder("orders").build();
                EventBus other = EventBus.builder("other").build()) {
            other.subscribe("child", event -> gate.pass());
            bus.subscribeAsync(
                    "t",
                    event -> {
                        other.publish("child", 1).toCompletableFuture();
                        return CompletableFuture.completedFuture("done");
                    });
            Publication first = bus.publish("t", 1);
            gate.awaitReached();
            Publication second = bus.publish(first.event());
            assertThat(second.join(Duration.ofMillis(5))).isFalse();
            gate.open();
            assertThat(completed(second).outcome()).isEqualTo(Outcome.DUPLICATE);
            assertThat(first.outcome()).isEqualTo(Outcome.HANDLED);
        }
    }

    @Test
    @DisplayName("PUB-4 PUB-2 a duplicate of an event that was dropped or cancelled says so")
    void lostFirst() throws Exception {
        EventBus bus =
                EventBus.builder("orders")
                        .pendingLimit(1)
                        .overflow(Overflow.DROP_OLDEST)
                        .closeLimit(Duration.ZERO)
                        .build();
        bus.subscribe("hold", event -> gate.pass());
        bus.publish("hold", 1);
        gate.awaitReached();
        Publication dropped = bus.publish("t", 1);
        Publication twin = bus.publish(dropped.event());
        Publication cancelled = bus.publish("t", 2);
        Publication cancelledTwin = bus.publish(cancelled.event());
        assertThat(completed(twin).outcome()).isEqualTo(Outcome.DROPPED);
        assertThat(twin.reason()).isEqualTo(dropped.reason()).isNotEmpty();
        bus.close();
        gate.open();
        assertThat(completed(cancelled).outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(completed(cancelledTwin).outcome()).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    @DisplayName("PUB-4 a duplicate of an event that is refused after all does not wait for ever")
    void refusedFirst() throws Exception {
        try (EventBus bus = EventBus.builder("orders").pendingLimit(1).build()) {
            bus.subscribe("hold", event -> gate.pass());
            bus.publish("hold", 1);
            gate.awaitReached();
            bus.publish("t", 1);
            Event event = Event.of("t", 2);
            CompletableFuture<Throwable> refused = new CompletableFuture<>();
            Thread publisher =
                    new Thread(
                            () -> {
                                try {
                                    bus.publish(event);
                                } catch (BackpressureException e) {
                                    refused.complete(e);
                                }
                            });
            publisher.start();
            Await.until("it waits", () -> publisher.getState() == Thread.State.WAITING);
            Publication twin = bus.publish(event);
            publisher.interrupt();
            Throwable cause = refused.get(20, TimeUnit.SECONDS);
            assertThat(completed(twin).outcome()).isEqualTo(Outcome.REJECTED);
            assertThat(twin.cause()).isSameAs(cause);
            assertThatThrownBy(twin::result).isInstanceOf(PublicationException.class);
            gate.open();
            assertThat(completed(bus.publish(event)).outcome()).isEqualTo(Outcome.NO_HANDLER);
        }
    }

    @Test
    @DisplayName("PUB-4 of a thousand publishers of one event from eight threads one runs it")
    void race() throws Exception {
        try (EventBus bus = EventBus.builder("orders").ordering(Ordering.PARALLEL).build()) {
            bus.subscribe("t", event -> seen.add(event.id()));
            for (int round = 0; round < 100; round++) {
                Event event = Event.of("t", round);
                List<Publication> all = new CopyOnWriteArrayList<>();
                Thread[] threads = new Thread[8];
                for (int i = 0; i < threads.length; i++) {
                    threads[i] = new Thread(() -> all.add(bus.publish(event)));
                    threads[i].start();
                }
                for (Thread thread : threads) {
                    thread.join(20_000);
                }
                for (Publication each : all) {
                    completed(each);
                }
                assertThat(all)
                        .extracting(Publication::outcome)
                        .containsOnlyOnce(Outcome.HANDLED)
                        .containsOnly(Outcome.HANDLED, Outcome.DUPLICATE);
            }
        }
        assertThat(seen).hasSize(100).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5})
    @DisplayName("PUB-4 HIS-1 of what has left the history duplicates are known, payloads are not")
    void keyOnly(int history) throws Exception {
        try (EventBus bus = EventBus.builder("orders").historyLimit(history).build()) {
            bus.subscribe("t", event -> seen.add(event.id()));
            WeakReference<Object> payload = publishBig(bus);
            awaitCollected(payload, bus);
            Event again = Event.builder("t").id("1").source("shop").payload("again").build();
            Publication twin = completed(bus.publish(again));
            assertThat(twin.outcome()).isEqualTo(Outcome.DUPLICATE);
            assertThat(twin.reason())
                    .isEqualTo("An event with source 'shop' and id '1' was accepted before.");
            assertThat(seen).containsExactly("1");
        }
    }

    private static void awaitCollected(WeakReference<Object> payload, EventBus bus)
            throws Exception {
        // Its places in the history and in the lane go to others.
        for (int i = 0; i <= 5; i++) {
            completed(bus.publish("other", i));
        }
        Await.until(
                "the payload is collected",
                () -> {
                    System.gc();
                    return payload.refersTo(null);
                });
    }

    private static WeakReference<Object> publishBig(EventBus bus) throws Exception {
        Object payload = new Object();
        Event event = Event.builder("t").id("1").source("shop").payload(payload).build();
        assertThat(completed(bus.publish(event)).outcome()).isEqualTo(Outcome.HANDLED);
        return new WeakReference<>(payload);
    }

    @Test
    @DisplayName(
            "PUB-4 what runs is remembered whole, however many later events have come and gone")
    void runningIsWhole() throws Exception {
        EventBus bus =
                EventBus.builder("orders").ordering(Ordering.PARALLEL).historyLimit(0).build();
        try (bus) {
            bus.subscribe("t", event -> gate.pass());
            Publication first = bus.publish("t", 1);
            gate.awaitReached();
            for (int i = 0; i < 20; i++) {
                completed(bus.publish("other", i));
            }
            Publication twin = bus.publish(first.event());
            assertThat(twin.join(Duration.ofMillis(5))).isFalse();
            gate.open();
            assertThat(completed(twin).outcome()).isEqualTo(Outcome.DUPLICATE);
        }
    }

    @Test
    @DisplayName("PUB-4 HIS-1 a duplicate waits for an event that left the history before it ended")
    void leftBeforeItsEnd() throws Exception {
        EventBusBuilder builder = EventBus.builder("orders").ordering(Ordering.PARALLEL);
        try (EventBus bus = builder.historyLimit(1).metrics(new SlowCount()).build()) {
            WeakReference<Object> payload = new WeakReference<>(publishSlow(bus).event().payload());
            Event again = Event.builder("slow").id("1").source("shop").build();
            Publication twin = bus.publish(again);
            assertThat(twin.join(Duration.ofMillis(5))).isFalse();
            gate.open();
            assertThat(completed(twin).outcome()).isEqualTo(Outcome.DUPLICATE);
            awaitCollected(payload, bus);
            assertThat(completed(bus.publish(again)).outcome()).isEqualTo(Outcome.DUPLICATE);
        }
    }

    /** Publishes an event that is held up at its end, and has another one take its place. */
    private Publication publishSlow(EventBus bus) throws Exception {
        Object payload = new Object();
        Event event = Event.builder("slow").id("1").source("shop").payload(payload).build();
        Publication slow = bus.publish(event);
        gate.awaitReached();
        completed(bus.publish("other", 1));
        return slow;
    }

    /** Holds up what ends an event of topic {@code slow}, which is in the history by then. */
    private final class SlowCount implements MetricsBackend {

        @Override
        public LongConsumer counter(String name, Map<String, String> tags) {
            boolean held = name.equals("bus.events.unhandled") && tags.containsValue("slow");
            return held ? value -> pass() : value -> {};
        }

        private void pass() {
            try {
                gate.pass();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public LongConsumer timer(String name, Map<String, String> tags) {
            return value -> {};
        }

        @Override
        public AutoCloseable gauge(String name, Map<String, String> tags, LongSupplier value) {
            return () -> {};
        }

        @Override
        public void close() {}
    }
}

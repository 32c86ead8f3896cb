// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeaks.class)
class DirectTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final PublishOptions DIRECT =
            PublishOptions.builder().dispatch(Dispatch.DIRECT).build();
    private static final PublishOptions QUEUED =
            PublishOptions.builder().dispatch(Dispatch.QUEUED).build();

    private final OwnTime time = new OwnTime();
    private final EventBus bus =
            EventBus.builder("direct").dispatch(Dispatch.DIRECT).clock(time).build();
    private final List<Object> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        bus.close();
    }

    @Test
    @DisplayName("ORD-9 handlers run on the publisher's thread before publish returns")
    void onThePublishersThread() {
        bus.subscribe("t", event -> seen.add(Thread.currentThread()));
        bus.subscribeReplying("t", event -> Thread.currentThread().getName());
        Publication publication = bus.publish("t", 1);
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(seen).containsExactly(Thread.currentThread());
        Publication tried = bus.tryPublish(Event.of("t", 1));
        assertThat(tried).isNotNull();
        assertThat(tried.outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(seen).containsOnly(Thread.currentThread());
    }

    @Test
    @DisplayName("ORD-9 ORD-7 the publish can ask for it, or for the queue, against the bus")
    void byPublish() throws Exception {
        try (EventBus queued = EventBus.builder("queued").build()) {
            for (EventBus each : List.of(bus, queued)) {
                each.subscribe("t", event -> seen.add(Thread.currentThread()));
            }
            assertThat(queued.publish(Event.of("t", 1), DIRECT).outcome())
                    .isEqualTo(Outcome.HANDLED);
            assertThat(seen).containsExactly(Thread.currentThread());
            Publication later = bus.publish(Event.of("t", 1), QUEUED);
            Await.until("it is handled", () -> seen.size() == 2);
            assertThat(later.join(LONG)).isTrue();
            assertThat(seen.get(1)).isNotSameAs(Thread.currentThread());
        }
    }

    @Test
    @DisplayName("ORD-9 ORD-1 a direct publish waits for its turn and then runs on its own thread")
    void waitsForItsTurn() throws Exception {
        Gate gate = new Gate();
        Overlap overlap = new Overlap();
        bus.subscribe("hold", event -> overlap.within(gate::pass));
        bus.subscribe(
                "t",
                event ->
                        overlap.within(
                                () ->
                                        seen.add(
                                                event.payload()
                                                        + " "
                                                        + threadIs(event.headers().get("by")))));
        bus.publish(Event.of("hold", 0), QUEUED);
        gate.awaitReached();
        Thread[] publishers = new Thread[3];
        for (int i = 0; i < 3; i++) {
            int number = i;
            publishers[i] =
                    new Thread(
                            () -> bus.publish(Event.of("t", number).withHeader("by", "p" + number)),
                            "p" + i);
            publishers[i].start();
            int queued = i + 1;
            Await.until("it waits", () -> bus.pendingCount() == queued);
        }
        gate.open();
        for (Thread publisher : publishers) {
            publisher.join(20_000);
        }
        assertThat(seen).containsExactly("0 true", "1 true", "2 true");
        assertThat(overlap.most()).isEqualTo(1);
        assertThat(bus.awaitIdle(LONG)).isTrue();
    }

    @Test
    @DisplayName("ORD-9 an interrupt while a direct publish waits for its turn is not lost")
    void interruptedInTurn() throws Exception {
        Gate gate = new Gate();
        bus.subscribe("hold", event -> gate.pass());
        bus.subscribe("t", event -> seen.add(event.payload()));
        bus.publish(Event.of("hold", 0), QUEUED);
        gate.awaitReached();
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Thread publisher =
                new Thread(
                        () -> {
                            bus.publish("t", 1);
                            flag.set(Thread.currentThread().isInterrupted());
                        });
        publisher.start();
        Await.until("it waits", () -> bus.pendingCount() == 1);
        publisher.interrupt();
        Await.until("it has noticed", () -> !publisher.isInterrupted());
        gate.open();
        publisher.join(20_000);
        assertThat(seen).containsExactly(1);
        assertThat(flag.get()).isTrue();
    }

    private static boolean threadIs(String name) {
        return Thread.currentThread().getName().replaceFirst(" @.*", "").equals(name);
    }

    @Test
    @DisplayName("ORD-9 NST-2 in a handler a direct publish runs at once, on the handler's thread")
    void nested() {
        bus.subscribe(
                "outer",
                event -> {
                    seen.add("begin");
                    Publication inner = bus.publish("inner", 1);
                    seen.add(inner.outcome());
                    seen.add(Thread.currentThread());
                });
        bus.subscribe("inner", event -> seen.add(Thread.currentThread()));
        bus.publish("outer", 1);
        assertThat(seen)
                .containsExactly(
                        "begin", Thread.currentThread(), Outcome.HANDLED, Thread.currentThread());
    }

    @Test
    @DisplayName("ORD-9 ERR-1 a handler's failure is not the publisher's")
    void failure() {
        bus.subscribe(
                "t",
                event -> {
                    throw new IllegalStateException("no");
                });
        bus.subscribe("t", event -> seen.add("next"));
        assertThat(bus.publish("t", 1).outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
        assertThat(seen).containsExactly("next");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("ORD-9 publish returns when a handler that settles later has settled")
    void deferredHandler(boolean inTurn) throws Exception {
        Gate gate = new Gate();
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Object> later = new CompletableFuture<>();
        bus.subscribe("hold", event -> gate.pass());
        bus.subscribeAsync(
                "t",
                event -> {
                    begun.countDown();
                    return later;
                });
        if (inTurn) {
            bus.publish(Event.of("hold", 0), QUEUED);
            gate.awaitReached();
        }
        AtomicReference<Object> atReturn = new AtomicReference<>();
        Thread publisher = new Thread(() -> atReturn.set(bus.publish("t", 1).outcome()));
        publisher.start();
        Await.until("it waits for its turn, or not", () -> bus.pendingCount() == (inTurn ? 1 : 0));
        gate.open();
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        Await.until(
                "it waits for its handler, or has returned",
                () -> publisher.getState() == Thread.State.WAITING || !publisher.isAlive());
        later.complete("done");
        publisher.join(20_000);
        assertThat(atReturn.get()).isEqualTo(Outcome.HANDLED);
    }

    @Test
    @DisplayName(
            "ORD-9 TMO-2 at a limit the lane goes on, and the publisher returns with its handler")
    void limit() throws Exception {
        Gate gate = new Gate();
        CountDownLatch interrupted = new CountDownLatch(1);
        AtomicReference<Publication> result = new AtomicReference<>();
        AtomicReference<Boolean> flag = new AtomicReference<>();
        bus.subscribe(
                "t",
                SubscribeOptions.builder().timeout(Duration.ofSeconds(1)).build(),
                event -> {
                    try {
                        gate.pass();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                        awaitUninterruptibly(gate);
                    }
                });
        bus.subscribe("t", event -> seen.add("next"));
        Thread publisher =
                new Thread(
                        () -> {
                            result.set(bus.publish("t", 1));
                            flag.set(Thread.currentThread().isInterrupted());
                        });
        publisher.start();
        gate.awaitReached();
        time.advance(Duration.ofSeconds(1));
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(bus.awaitIdle(LONG)).isTrue();
        assertThat(seen).containsExactly("next");
        assertThat(result.get()).isNull();
        gate.open();
        publisher.join(20_000);
        assertThat(result.get().outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
        assertThat(flag.get()).isFalse();
    }

    private static void awaitUninterruptibly(Gate gate) {
        while (true) {
            try {
                gate.pass();
                return;
            } catch (InterruptedException e) {
                // once more
            }
        }
    }

    @Test
    @DisplayName("ORD-9 LIF-2 a publisher that waits for its turn is let go when the bus closes")
    void closedMeanwhile() throws Exception {
        EventBus closing =
                EventBus.builder("closing")
                        .dispatch(Dispatch.DIRECT)
                        .closeLimit(Duration.ZERO)
                        .build();
        Gate gate = new Gate();
        closing.subscribe("hold", event -> gate.pass());
        closing.publish(
                Event.of("hold", 0), PublishOptions.builder().dispatch(Dispatch.QUEUED).build());
        gate.awaitReached();
        CompletableFuture<Publication> waiting =
                CompletableFuture.supplyAsync(() -> closing.publish("t", 1));
        Await.until("it waits", () -> closing.pendingCount() == 1);
        closing.close();
        assertThat(waiting.get(20, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.CANCELLED);
        gate.open();
    }

    @Test
    @DisplayName("ORD-9 ORD-2 ORD-3 direct events keep the order of their lanes and the limit")
    void otherOrders() throws Exception {
        for (Ordering ordering : List.of(Ordering.KEYED, Ordering.PARALLEL)) {
            try (EventBus ordered =
                    EventBus.builder("ordered")
                            .ordering(ordering)
                            .lanes(2)
                            .parallelism(2)
                            .dispatch(Dispatch.DIRECT)
                            .build()) {
                Overlap overlap = new Overlap();
                ordered.subscribe("t", event -> overlap.within(() -> seen.add(event.payload())));
                Thread[] publishers = new Thread[4];
                for (int i = 0; i < 4; i++) {
                    String key = "k" + i;
                    publishers[i] =
                            new Thread(
                                    () -> {
                                        for (int n = 0; n < 500; n++) {
                                            ordered.publish(Event.of("t", n).withKey(key));
                                        }
                                    });
                    publishers[i].start();
                }
                for (Thread publisher : publishers) {
                    publisher.join(20_000);
                }
                assertThat(ordered.awaitIdle(LONG)).isTrue();
                assertThat(overlap.most()).isLessThanOrEqualTo(2);
            }
        }
        assertThat(seen).hasSize(2 * 4 * 500);
    }
}

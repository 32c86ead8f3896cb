// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class DrainTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final List<Object> seen = new CopyOnWriteArrayList<>();
    private final Gate gate = new Gate();

    @Test
    @DisplayName(
            "LIF-1 idle is never told too early: handlers that publish and awaited children count")
    void neverTooEarly() throws Exception {
        for (Ordering ordering : Ordering.values()) {
            try (EventBus bus = EventBus.builder("orders").ordering(ordering).build()) {
                AtomicInteger handled = new AtomicInteger();
                bus.subscribe(
                        "t",
                        event -> {
                            int left = (int) event.payload();
                            if (left > 0) {
                                bus.publish("t", left - 1);
                            }
                            handled.incrementAndGet();
                        });
                for (int round = 1; round <= 300; round++) {
                    bus.publish("t", 20);
                    assertThat(bus.awaitIdle(LONG)).isTrue();
                    assertThat(handled).hasValue(round * 21);
                }
            }
        }
    }

    @Test
    @DisplayName("LIF-2 the report of a drain counts what came of events while it drained")
    void countsFromItsBeginning() throws Exception {
        try (EventBus bus = EventBus.builder("orders").build()) {
            Subscription counted = bus.subscribe("a", event -> seen.add(event.payload()));
            bus.subscribe(
                    "a",
                    event -> {
                        throw new IllegalStateException("no");
                    });
            bus.subscribe("hold", event -> gate.pass());
            bus.publish("a", 1);
            bus.publish("a", 2);
            assertThat(bus.awaitIdle(LONG)).isTrue();
            bus.publish("hold", 3);
            gate.awaitReached();
            bus.publish("a", 4);
            assertThat(bus.drain(Duration.ZERO).handled()).containsEntry(counted.id(), 0L);
            AtomicReference<DrainReport> drained = new AtomicReference<>();
            Thread drainer = new Thread(() -> drained.set(drained(bus)));
            drainer.start();
            Await.until("it waits", () -> drainer.getState() == Thread.State.TIMED_WAITING);
            gate.open();
            drainer.join(20_000);
            DrainReport report = drained.get();
            assertThat(report.complete()).isTrue();
            assertThat(report.handled()).containsEntry(counted.id(), 1L);
            assertThat(report.deadLettered()).isEqualTo(1);
        }
    }

    private static DrainReport drained(EventBus bus) {
        try {
            return bus.drain(LONG);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("LIF-1 FWD-2 a bus is idle only when what it forwarded is done")
    void forwarded() throws Exception {
        try (EventBus a = EventBus.builder("a").build();
                EventBus b = EventBus.builder("b").build()) {
            a.forwardTo(b, "*");
            b.subscribe("t", event -> gate.pass());
            a.publish("t", 1);
            gate.awaitReached();
            assertThat(a.awaitIdle(Duration.ofMillis(5))).isFalse();
            gate.open();
            assertThat(a.awaitIdle(LONG)).isTrue();
        }
    }

    @Test
    @DisplayName("LIF-1 actions on completion have run when the bus is idle")
    void actionsToo() throws Exception {
        try (EventBus bus = EventBus.builder("orders").build()) {
            for (int i = 0; i < 500; i++) {
                int number = i;
                bus.publish("t", i).whenCompleted(done -> seen.add(number));
                assertThat(bus.awaitIdle(LONG)).isTrue();
                assertThat(seen).hasSize(i + 1);
            }
        }
    }

    @Test
    @DisplayName("LIF-2 NST-2 drain from a handler begins and does not wait for that handler")
    void drainInside() throws Exception {
        try (EventBus bus = EventBus.builder("orders").build()) {
            CompletableFuture<DrainReport> report = new CompletableFuture<>();
            bus.subscribe("t", event -> report.complete(bus.drain(LONG)));
            bus.subscribe("t", event -> bus.publish("child", 1));
            bus.subscribe("child", event -> seen.add("child"));
            Publication publication = bus.publish("t", 1);
            assertThat(report.get(20, TimeUnit.SECONDS).complete()).isFalse();
            assertThat(report.get().abandoned()).isEqualTo(1);
            assertThat(publication.join(LONG)).isTrue();
            assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(seen).containsExactly("child");
            assertThatThrownBy(() -> bus.publish("t", 1)).isInstanceOf(BusClosedException.class);
        }
    }

    @Test
    @DisplayName("LIF-2 an action on completion may close its bus and is not waited for")
    void closeInAnAction() throws Exception {
        for (boolean inline : List.of(false, true)) {
            EventBus bus = EventBus.builder("orders").build();
            bus.subscribe("t", event -> seen.add("t"));
            bus.subscribe("hold", event -> gate.pass());
            long begun = System.nanoTime();
            if (inline) {
                bus.subscribe(
                        "outer",
                        event -> {
                            Publication inner = bus.publish("t", 1);
                            inner.whenCompleted(done -> bus.close());
                            inner.join(Duration.ZERO);
                        });
                bus.publishAndJoin(Event.of("outer", 1), Duration.ZERO);
            } else {
                bus.publish("hold", 1);
                gate.awaitReached();
                bus.publish("t", 1).whenCompleted(done -> bus.close());
                gate.open();
            }
            bus.close();
            // Far below the close limit of 10 s, which a bus that waits for itself would take.
            assertThat(System.nanoTime() - begun).isLessThan(Duration.ofSeconds(9).toNanos());
        }
    }

    @Test
    @DisplayName("LIF-2 close waits, interrupted or not, and keeps the interrupt")
    void interruptedClose() throws Exception {
        EventBus bus = EventBus.builder("orders").build();
        bus.subscribe("t", event -> gate.pass());
        Publication publication = bus.publish("t", 1);
        gate.awaitReached();
        Thread first = new Thread(bus::close);
        first.start();
        Await.until("it waits", () -> first.getState() == Thread.State.TIMED_WAITING);
        AtomicInteger interrupts = new AtomicInteger();
        Thread second =
                new Thread(
                        () -> {
                            bus.close();
                            if (Thread.currentThread().isInterrupted()) {
                                interrupts.incrementAndGet();
                            }
                        });
        second.start();
        Await.until("it waits", () -> second.getState() == Thread.State.WAITING);
        second.interrupt();
        gate.open();
        first.join(20_000);
        second.join(20_000);
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(interrupts).hasValue(1);
    }

    @Test
    @DisplayName(
            "LIF-2 PUB-2 drain and close during publishes from eight threads: every publication ends")
    void closeDuringPublishes() throws Exception {
        for (int round = 0; round < 60; round++) {
            Ordering ordering = Ordering.values()[round % 3];
            EventBus bus =
                    EventBus.builder("orders")
                            .ordering(ordering)
                            .pendingLimit(8)
                            .closeLimit(Duration.ofMillis(round % 4))
                            .build();
            Subscription subscription = bus.subscribe("t", event -> Thread.onSpinWait());
            List<Publication> taken = new CopyOnWriteArrayList<>();
            Thread[] threads = new Thread[8];
            for (int i = 0; i < threads.length; i++) {
                threads[i] = new Thread(() -> publishUntilClosed(bus, taken));
                threads[i].start();
            }
            Await.until("it runs", () -> subscription.handled() > 0);
            if (round % 2 == 0) {
                bus.drain(Duration.ofMillis(1));
            }
            bus.close();
            for (Thread thread : threads) {
                thread.join(20_000);
            }
            for (Publication each : taken) {
                assertThat(each.join(LONG)).isTrue();
                assertThat(each.outcome()).isIn(Outcome.HANDLED, Outcome.CANCELLED);
            }
        }
    }

    private static void publishUntilClosed(EventBus bus, List<Publication> taken) {
        try {
            List<Publication> own = new ArrayList<>();
            try {
                while (true) {
                    own.add(bus.publish("t", 1));
                }
            } finally {
                taken.addAll(own);
            }
        } catch (BusClosedException e) {
            // what the test waits for
        }
    }

    @Test
    @DisplayName("LIF-2 LIF-3 closing ends handlers of every kind, and none begins afterwards")
    void closeEndsEverything() throws Exception {
        EventBus bus =
                EventBus.builder("orders")
                        .ordering(Ordering.PARALLEL)
                        .parallelism(8)
                        .closeLimit(Duration.ZERO)
                        .build();
        CountDownLatch running = new CountDownLatch(4);
        CountDownLatch interrupted = new CountDownLatch(2);
        Handler waits =
                event -> {
                    running.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                };
        bus.subscribe("plain", waits);
        bus.subscribe("blocking", SubscribeOptions.builder().blocking().build(), waits);
        bus.subscribeAsync(
                "stage",
                event -> {
                    running.countDown();
                    return new CompletableFuture<>();
                });
        bus.subscribeDelivery(
                "delivery", SubscribeOptions.defaults(), delivery -> running.countDown());
        List<Publication> all = new ArrayList<>();
        for (String topic : List.of("plain", "blocking", "stage", "delivery")) {
            all.add(bus.publish(topic, 1));
        }
        assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
        bus.close();
        for (Publication each : all) {
            assertThat(each.outcome()).isEqualTo(Outcome.CANCELLED);
            assertThat(each.reason()).isEqualTo("The bus was closed while a handler was running.");
        }
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @DisplayName(
            "LIF-3 a thousand buses leave no thread, and neither does one that is used and dropped")
    void manyBuses() throws Exception {
        for (int i = 0; i < 300; i++) {
            try (EventBus bus = EventBus.builder("b" + i).build()) {
                bus.subscribe("t", event -> {});
                bus.publish("t", 1);
            }
        }
        Await.until("no thread is left", () -> NoLeaks.threads().isEmpty());
    }
}

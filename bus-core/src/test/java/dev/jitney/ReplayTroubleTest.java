// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.spi.EventReader;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreClosedException;
import dev.jitney.tck.ForwardingEventStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a replay reports that does not get all events to handlers (HIS-4). */
class ReplayTroubleTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final Gate gate = new Gate();
    private final List<Object> seen = new CopyOnWriteArrayList<>();
    private final Handler held =
            event -> {
                gate.pass();
                seen.add(event.payload());
            };

    private static void publish(EventBus bus, String topic, int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            bus.publishAndJoin(topic, i, LONG);
        }
    }

    @Test
    @DisplayName("HIS-4 what no handler wants is not delivered")
    void unwanted() throws Exception {
        try (EventBus bus = EventBus.builder("orders").build()) {
            publish(bus, "a", 2);
            publish(bus, "b", 3);
            bus.subscribe("b", event -> seen.add(event.payload()));
            assertThat(bus.replay(ReplayOptions.builder().build()))
                    .isEqualTo(new ReplayReport(3, 0, true));
            ReplayOptions nobody = ReplayOptions.builder().handlers("nope").build();
            assertThat(bus.replay(nobody)).isEqualTo(new ReplayReport(0, 0, true));
            assertThat(seen).containsExactly(0, 1, 2);
        }
    }

    @Test
    @DisplayName("HIS-4 BPR-1 what is dropped before a handler gets it has failed")
    void dropped() throws Exception {
        try (EventBus bus =
                EventBus.builder("orders").pendingLimit(2).overflow(Overflow.DROP_OLDEST).build()) {
            publish(bus, "a", 3);
            bus.subscribe("a", held);
            FutureTask<ReplayReport> replay =
                    new FutureTask<>(() -> bus.replay(ReplayOptions.builder().build()));
            new Thread(replay, "replay").start();
            gate.awaitReached();
            Await.until("the others wait", () -> bus.pendingCount() == 2);
            bus.publish("b", 1);
            bus.publish("b", 2);
            gate.open();
            assertThat(replay.get(20, TimeUnit.SECONDS)).isEqualTo(new ReplayReport(3, 2, true));
            assertThat(seen).containsExactly(0);
        }
    }

    @Test
    @DisplayName(
            "HIS-4 an interrupt while a replay waits for room ends it, and what was delivered is waited for")
    void interruptedAtTheDoor() throws Exception {
        try (EventBus bus = EventBus.builder("orders").pendingLimit(1).build()) {
            publish(bus, "a", 5);
            bus.subscribe("a", held);
            FutureTask<ReplayReport> replay =
                    new FutureTask<>(
                            () -> {
                                ReplayReport report = bus.replay(ReplayOptions.builder().build());
                                assertThat(Thread.interrupted()).isTrue();
                                return report;
                            });
            Thread thread = new Thread(replay, "replay");
            thread.start();
            gate.awaitReached();
            Await.until("it waits for room", () -> bus.pendingCount() == 1);
            Await.until("asleep", () -> thread.getState() == Thread.State.WAITING);
            thread.interrupt();
            Await.until("it waits for the rest", () -> !thread.isInterrupted());
            gate.open();
            assertThat(replay.get(20, TimeUnit.SECONDS)).isEqualTo(new ReplayReport(2, 0, false));
            assertThat(seen).containsExactly(0, 1);
        }
    }

    @Test
    @DisplayName("PUB-5 a negative limit is refused before the event is published")
    void negativeLimit() {
        try (EventBus bus = EventBus.builder("orders").build()) {
            bus.subscribe("a", event -> seen.add(event.payload()));
            Duration less = Duration.ofSeconds(-1);
            assertThatThrownBy(() -> bus.publishAndJoin("a", 1, less))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("negative");
            assertThatThrownBy(() -> bus.request("a", 1, Integer.class, less))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(bus.history()).isEmpty();
            assertThat(seen).isEmpty();
        }
    }

    @Test
    @DisplayName("LIF-2 HIS-4 a replay whose bus closes says so, and not that its store is closed")
    void closedMeanwhile() {
        EventStore store = EventBus.builder("store").store("memory:").openStore();
        AtomicReference<Runnable> onRead = new AtomicReference<>(store::close);
        EventBus bus = EventBus.builder("orders").store(closing(store, onRead)).build();
        assertThatThrownBy(() -> bus.replay(ReplayOptions.builder().build()))
                .as("the store alone is closed")
                .isInstanceOf(StoreClosedException.class);
        onRead.set(bus::close);
        assertThatThrownBy(() -> bus.replay(ReplayOptions.builder().build()))
                .isInstanceOf(BusClosedException.class);
    }

    @Test
    @DisplayName("LIF-2 HIS-4 a replay whose bus closes between two events waits for none any more")
    void closedBetween() throws Exception {
        OwnTime time = new OwnTime();
        EventBus bus = EventBus.builder("orders").clock(time).build();
        publish(bus, "a", 1);
        time.advance(Duration.ofHours(1));
        publish(bus, "a", 1);
        FutureTask<ReplayReport> replay =
                new FutureTask<>(() -> bus.replay(ReplayOptions.builder().speed(1).build()));
        Thread thread = new Thread(replay, "replay");
        int before = time.timers();
        thread.start();
        Await.until("it waits for the next event", () -> time.timers() > before);
        Await.until("asleep", () -> thread.getState() == Thread.State.WAITING);
        bus.close();
        assertThatThrownBy(() -> replay.get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(BusClosedException.class);
    }

    /** A store that is read when something else has happened. */
    private static EventStore closing(EventStore store, AtomicReference<Runnable> onRead) {
        return new ForwardingEventStore(store) {
            @Override
            public EventReader read(ReadOptions options) {
                onRead.get().run();
                return super.read(options);
            }
        };
    }
}

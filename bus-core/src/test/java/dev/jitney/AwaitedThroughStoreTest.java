// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.event.Outcome;
import dev.jitney.spi.Append;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.StoreFailedException;
import dev.jitney.tck.ForwardingEventStore;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Callers that wait for events of a bus with a store. */
@ExtendWith(NoLeaks.class)
class AwaitedThroughStoreTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final List<Object> seen = new CopyOnWriteArrayList<>();

    private static EventBus bus(EventStore store) {
        return EventBus.builder("orders").store(store).build();
    }

    private static Publication joined(EventBus bus, Object payload) {
        try {
            return bus.publishAndJoin("a", payload, LONG);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> workers() {
        return NoLeaks.threads().stream().filter(name -> name.matches("jitney-\\d+")).toList();
    }

    @Test
    @DisplayName("ORD-10 PUB-3 the caller runs the handlers itself when the event is stored")
    void callerRuns() throws Exception {
        try (EventBus bus = EventBus.builder("orders").store("memory:").build()) {
            bus.subscribe("a", event -> seen.add(Thread.currentThread()));
            assertThat(bus.publishAndJoin("a", 1, Duration.ZERO).outcome())
                    .isEqualTo(Outcome.HANDLED);
            assertThat(bus.publishAndJoin("a", 2, LONG).outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(seen).hasSize(2).containsOnly(Thread.currentThread());
            assertThat(workers()).as("no other thread was woken for it").isEmpty();
        }
    }

    @Test
    @DisplayName("ORD-9 PUB-3 and so does a publisher whose handlers are to run directly")
    void direct() {
        try (EventBus bus =
                EventBus.builder("orders").store("memory:").dispatch(Dispatch.DIRECT).build()) {
            bus.subscribe("a", event -> seen.add(Thread.currentThread()));
            assertThat(bus.publish("a", 1).outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(seen).containsExactly(Thread.currentThread());
            assertThat(workers()).isEmpty();
        }
    }

    @Test
    @DisplayName("ORD-10 but none that is declared blocking, when its wait has a limit")
    void notWithALimit() throws Exception {
        try (EventBus bus = EventBus.builder("orders").store("memory:").build()) {
            bus.subscribe("a", event -> seen.add(Thread.currentThread()));
            bus.subscribe("a", SubscribeOptions.builder().blocking().build(), event -> {});
            assertThat(bus.publishAndJoin("a", 1, LONG).outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(seen).hasSize(1).doesNotContain(Thread.currentThread());
        }
    }

    @Test
    @DisplayName("ORD-10 ORD-1 the events of several callers are handled in the order of the store")
    void inOrder() throws Exception {
        try (HeldStore store = new HeldStore();
                EventBus bus = bus(store)) {
            Overlap overlap = new Overlap();
            bus.subscribe("a", event -> overlap.within(() -> seen.add(event.payload())));
            CompletableFuture<Publication> first =
                    CompletableFuture.supplyAsync(() -> joined(bus, 1));
            Await.until("it is appended", () -> store.held() == 1);
            bus.publish("a", 2);
            CompletableFuture<Publication> third =
                    CompletableFuture.supplyAsync(() -> joined(bus, 3));
            Await.until("all are appended", () -> store.held() == 3);
            assertThat(seen).isEmpty();
            for (int i = 0; i < 3; i++) {
                store.release();
            }
            assertThat(first.get(20, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(third.get(20, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(seen).containsExactly(1, 2, 3);
            assertThat(overlap.most()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("PUB-3 a caller whose limit passes first leaves the event to its lane")
    void limit() throws Exception {
        try (HeldStore store = new HeldStore();
                EventBus bus = bus(store)) {
            bus.subscribe("a", event -> seen.add(Thread.currentThread()));
            Publication publication = bus.publishAndJoin("a", 1, Duration.ofMillis(1));
            assertThat(publication.state()).isEqualTo(Publication.State.PENDING);
            store.release();
            assertThat(publication.join(LONG)).isTrue();
            assertThat(seen).hasSize(1);
        }
    }

    @Test
    @DisplayName("STO-2 an append of any store can be awaited, and so long as can be written")
    void longestLimit() throws Exception {
        try (HeldStore store = new HeldStore()) {
            Append append = store.append(List.of(Event.of("a", 1).withSource("s")), Level.OS);
            assertThat(append.await(Level.OS, Duration.ofNanos(1))).isFalse();
            CompletableFuture<Boolean> awaited =
                    CompletableFuture.supplyAsync(() -> awaited(append));
            store.release();
            assertThat(awaited.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static boolean awaited(Append append) {
        try {
            return append.await(Level.OS, ChronoUnit.FOREVER.getDuration());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("PUB-3 so does one that is interrupted")
    void interrupted() throws Exception {
        try (HeldStore store = new HeldStore();
                EventBus bus = bus(store)) {
            bus.subscribe("a", event -> seen.add(event.payload()));
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> bus.publishAndJoin("a", 1, LONG))
                    .isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isFalse();
            store.release();
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(seen).containsExactly(1);
        }
    }

    @Test
    @DisplayName("PUB-3 what the store fails to write ends as rejected, with the cause")
    void failed() throws Exception {
        StoreFailedException failure = new StoreFailedException("Disk full.");
        try (HeldStore store = new HeldStore();
                EventBus bus = bus(store)) {
            bus.subscribe("a", event -> seen.add(event.payload()));
            CompletableFuture<Publication> ends =
                    CompletableFuture.supplyAsync(() -> joined(bus, 1));
            Await.until("it is appended", () -> store.held() == 1);
            store.fail(failure);
            Publication publication = ends.get(20, TimeUnit.SECONDS);
            assertThat(publication.outcome()).isEqualTo(Outcome.REJECTED);
            assertThat(publication.cause()).isSameAs(failure);
            assertThat(seen).isEmpty();
        }
    }

    @Test
    @DisplayName("PUB-3 a store that fails to wait holds no event up")
    void brokenWait() throws Exception {
        try (EventBus bus = bus(new Restless())) {
            bus.subscribe("a", event -> seen.add(event.payload()));
            assertThat(bus.publishAndJoin("a", 1, LONG).outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(seen).containsExactly(1);
        }
    }

    @Test
    @DisplayName("ORD-10 NST-2 PUB-3 a handler that waits writes and runs what it waits for itself")
    void inHandler() throws Exception {
        try (EventBus bus = bus(new WrittenByWaiting())) {
            bus.subscribe("a", event -> seen.add(awaited(bus, "b")));
            bus.subscribe("b", event -> seen.add(Thread.currentThread()));
            assertThat(bus.publishAndJoin("a", 1, Duration.ZERO).outcome())
                    .isEqualTo(Outcome.HANDLED);
            assertThat(seen).containsExactly(Thread.currentThread(), Outcome.HANDLED);
            assertThat(workers()).as("no other thread was woken for it").isEmpty();
        }
    }

    private static @Nullable Outcome awaited(EventBus bus, String topic)
            throws InterruptedException {
        return bus.publishAndJoin(topic, 1, LONG).outcome();
    }

    @Test
    @DisplayName("NST-2 PUB-3 what it waits for is handled, too, if it is interrupted meanwhile")
    void interruptedInHandler() throws Exception {
        try (HeldStore store = new HeldStore();
                EventBus bus = bus(store)) {
            bus.subscribe("a", event -> interruptedWait(bus));
            bus.subscribe("b", event -> seen.add(event.payload()));
            Publication outer = bus.publish("a", 1);
            store.release();
            assertThat(outer.join(LONG)).isTrue();
            assertThat(outer.handlerResults().get(0).error())
                    .isInstanceOf(InterruptedException.class);
            while (store.held() > 0) {
                store.release();
            }
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(seen).containsExactly(1);
        }
    }

    private static void interruptedWait(EventBus bus) throws InterruptedException {
        Thread.currentThread().interrupt();
        bus.publishAndJoin("b", 1, LONG);
    }

    @Test
    @DisplayName("PUB-3 nobody is sent for before the store has the event")
    void sentForInTime() throws Exception {
        try (HeldStore store = new HeldStore();
                EventBus bus = bus(store)) {
            bus.subscribe("a", event -> seen.add(event.payload()));
            Publication first = bus.publish("a", 1);
            Publication second = bus.publish("a", 2);
            assertThat(workers()).as("it could only wait").isEmpty();
            store.release();
            assertThat(first.join(LONG)).isTrue();
            assertThat(second.state()).isEqualTo(Publication.State.PENDING);
            store.release();
            assertThat(second.join(LONG)).isTrue();
            bus.publish("a", 3);
            store.release();
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(seen).containsExactly(1, 2, 3);
        }
    }

    /** A store that writes what somebody waits for, and nothing else. */
    private static final class WrittenByWaiting extends ForwardingEventStore {

        private final HeldStore held;

        WrittenByWaiting() {
            this(new HeldStore());
        }

        private WrittenByWaiting(HeldStore held) {
            super(held);
            this.held = held;
        }

        @Override
        public Append appendAwaited(List<Event> batch, Level level) {
            return new Awaited(append(batch, level), held::release);
        }
    }

    /** A store whose appends cannot be waited for, as by a defect. */
    private static final class Restless extends ForwardingEventStore {

        Restless() {
            super(EventBusBuilder.create("restless").store("memory:").openStore());
        }

        @Override
        public Append appendAwaited(List<Event> batch, Level level) {
            return new Awaited(append(batch, level), Restless::fail);
        }

        private static void fail() {
            throw new IllegalStateException("broken");
        }
    }

    /** An append for which is waited in some way. */
    private record Awaited(Append append, Runnable waiting) implements Append {

        @Override
        public CompletionStage<Offset> reached(Level level) {
            return append.reached(level);
        }

        @Override
        public boolean isDone(Level level) {
            return append.isDone(level);
        }

        @Override
        public boolean await(Level level, Duration limit) {
            waiting.run();
            return true;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventTail;
import dev.jitney.spi.Position;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreCapabilities;
import dev.jitney.spi.TailOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Holds the stores and threads of one test and shortens what the rules say often. Belongs to the
 * test's thread, but for reading and appending.
 */
public final class StoreHarness {

    /** How long the tests wait for what must happen. A store that is in order never needs it. */
    public static final Duration PATIENCE = Duration.ofSeconds(15);

    // Long enough to notice an event that should not be there, short enough for many tests.
    private static final Duration BLINK = Duration.ofMillis(20);

    private final TckContext context = new TckContext();
    private final Supplier<EventStore> factory;
    private final List<EventStore> stores = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private @Nullable EventStore main;

    StoreHarness(java.util.function.Function<TckContext, EventStore> factory) {
        this.factory = () -> factory.apply(context);
    }

    TckContext context() {
        return context;
    }

    /** The store under test, opened at the first call. */
    EventStore store() {
        if (main == null) {
            main = openAnother();
        }
        return main;
    }

    /** One more store at the same location, beside those that are open. */
    EventStore openAnother() {
        EventStore store = factory.get();
        stores.add(store);
        return store;
    }

    /** Closes every store and opens the location again. */
    EventStore reopen() {
        closeStores();
        main = openAnother();
        return main;
    }

    StoreCapabilities can() {
        return store().capabilities();
    }

    /** The weakest level at which readers see an event. */
    Level visible() {
        for (Level level : List.of(Level.OS, Level.DISK, Level.REMOTE)) {
            if (can().levels().contains(level)) {
                return level;
            }
        }
        return Level.MEMORY;
    }

    // ---- events

    static Event event(String topic, Object payload) {
        return Event.builder(topic).source("tck").payload(payload).build();
    }

    static List<Event> events(String topic, int count) {
        return IntStream.range(0, count).mapToObj(n -> event(topic, "v" + n)).toList();
    }

    /** Appends one batch to the store under test and returns its events as they were appended. */
    List<Event> append(List<Event> batch) {
        append(store(), batch);
        return batch;
    }

    List<Event> append(String topic, int count) {
        return append(events(topic, count));
    }

    Offset append(EventStore to, List<Event> batch) {
        return to.appendAndWait(batch, visible(), PATIENCE);
    }

    // ---- reading

    List<StoredEvent> readAll() {
        return read(store(), ReadOptions.forward());
    }

    List<StoredEvent> read(ReadOptions options) {
        return read(store(), options);
    }

    static List<StoredEvent> read(EventStore from, ReadOptions options) {
        List<StoredEvent> all = new ArrayList<>();
        try (EventReader reader = from.read(options)) {
            for (StoredEvent next = reader.next(); next != null; next = reader.next()) {
                all.add(next);
            }
        }
        return all;
    }

    static List<String> ids(List<StoredEvent> stored) {
        return stored.stream().map(one -> one.event().id()).toList();
    }

    static List<String> idsOf(List<Event> events) {
        return events.stream().map(Event::id).toList();
    }

    static List<Long> offsets(List<StoredEvent> stored) {
        return stored.stream().map(one -> one.offset().value()).toList();
    }

    /** The numbers from {@code from} to {@code to}, exclusive. */
    static List<Long> range(long from, long to) {
        return java.util.stream.LongStream.range(from, to).boxed().toList();
    }

    // ---- tails

    EventTail tail(Position from) {
        return store().tail(TailOptions.from(from));
    }

    /** Takes this many events, and fails with what came when they do not come in time. */
    static List<StoredEvent> take(EventTail tail, int count) throws InterruptedException {
        List<StoredEvent> taken = new ArrayList<>();
        while (taken.size() < count) {
            StoredEvent next = tail.next(PATIENCE);
            assertThat(next)
                    .as(
                            "STO-4: event %d of %d does not come within %s, after %s. Look for a"
                                    + " lost wake-up between append and wait.",
                            taken.size() + 1, count, PATIENCE, offsets(taken))
                    .isNotNull();
            taken.add(next);
        }
        return taken;
    }

    static void expectNothing(EventTail tail) throws InterruptedException {
        assertThat(tail.next(BLINK))
                .as("STO-4: a tail gives each event once, and none that is not selected")
                .isNull();
    }

    // ---- threads

    <T> Future<T> start(Callable<T> work) {
        return threads.submit(work);
    }

    static <T> T result(Future<T> future) throws Exception {
        return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(deadline - System.nanoTime())
                    .as("%s: not so within %s", what, PATIENCE)
                    .isPositive();
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Closes everything and fails if a thread of the test does not end. */
    void close() throws InterruptedException {
        closeStores();
        threads.shutdownNow();
        assertThat(threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("LIF-3: closing a store ends the waiting of readers, tails and appends")
                .isTrue();
    }

    private void closeStores() {
        stores.forEach(EventStore::close);
        stores.clear();
        main = null;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Level;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.Append;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventTail;
import dev.jitney.spi.Position;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreClosedException;
import dev.jitney.spi.TailOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many threads on one bus directory; the tagged form does the same for longer. */
@Timeout(600)
class OneJvmTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MUCH = Integer.getInteger("stress.rounds", 50);

    @TempDir(factory = TargetDir.class)
    Path temp;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Random random = new Random(1);

    @AfterEach
    void end() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    // ---- interrupts -----------------------------------------------------------------------------

    @Test
    @DisplayName("STO-9 interrupted publishers lose and repeat nothing, and the store stays open")
    void interrupts() throws Exception {
        interrupts(60);
    }

    @Test
    @Tag("stress")
    @DisplayName("STO-9 interrupted publishers lose and repeat nothing, for long")
    void interruptsForLong() throws Exception {
        interrupts(60 * MUCH);
    }

    private void interrupts(int events) throws Exception {
        Path bus = temp.resolve("bus");
        Map<String, Long> acknowledged = new ConcurrentHashMap<>();
        List<Thread> publishers = new ArrayList<>();
        List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
        AtomicInteger alive = new AtomicInteger(16);
        // Two stores on one path, which share a writer.
        try (EventStore one = StoreChildren.open(bus, "segment-size", "64k");
                EventStore two = StoreChildren.open(bus, "segment-size", "64k")) {
            for (int t = 0; t < 16; t++) {
                int number = t;
                EventStore store = t % 2 == 0 ? one : two;
                Thread publisher =
                        new Thread(
                                () -> {
                                    try {
                                        publish(store, number, events, acknowledged);
                                    } catch (Throwable e) {
                                        failures.add(e);
                                    } finally {
                                        alive.decrementAndGet();
                                    }
                                });
                publishers.add(publisher);
                publisher.start();
            }
            while (alive.get() > 0) {
                publishers.get(random.nextInt(16)).interrupt();
                LockSupport.parkNanos(20_000);
            }
            assertThat(failures).isEmpty();
        }
        check(bus, acknowledged, 16 * events);
    }

    private static void publish(
            EventStore store, int publisher, int events, Map<String, Long> acknowledged) {
        List<CompletableFuture<?>> stages = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            String source = "t" + publisher;
            String key = source + "/" + i;
            Level level = Level.values()[i % 3];
            var event = List.of(StoreChildren.event(source, i, i * 37 % 1500));
            if (i % 2 == 0 && level != Level.MEMORY) {
                acknowledged.put(key, store.appendAndWait(event, level, PATIENCE).value());
            } else {
                Append append = store.append(event, level);
                stages.add(
                        append.reached(level == Level.MEMORY ? Level.OS : level)
                                .thenAccept(offset -> acknowledged.put(key, offset.value()))
                                .toCompletableFuture());
            }
        }
        stages.forEach(CompletableFuture::join);
    }

    // ---- closing --------------------------------------------------------------------------------

    @Test
    @DisplayName(
            "STO-2 closing while others append stores all that was accepted and refuses the rest")
    void closing() throws Exception {
        closing(5);
    }

    @Test
    @Tag("stress")
    @DisplayName("STO-2 closing while others append, again and again")
    void closingForLong() throws Exception {
        closing(5 * MUCH);
    }

    private void closing(int rounds) throws Exception {
        Map<String, Long> accepted = new ConcurrentHashMap<>();
        Path bus = temp.resolve("bus");
        for (int round = 0; round < rounds; round++) {
            EventStore store = StoreChildren.open(bus, "segment-size", "64k");
            List<Future<Void>> publishers = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                String source = "r" + round + "." + t;
                Level level = Level.values()[t % 3];
                publishers.add(threads.submit(() -> untilClosed(store, source, level, accepted)));
            }
            LockSupport.parkNanos(random.nextInt(20_000_000));
            store.close();
            for (Future<Void> publisher : publishers) {
                publisher.get(60, TimeUnit.SECONDS);
            }
        }
        check(bus, accepted, accepted.size());
    }

    private static Void untilClosed(
            EventStore store, String source, Level level, Map<String, Long> accepted) {
        for (int i = 0; ; i++) {
            String key = source + "/" + i;
            var event = List.of(StoreChildren.event(source, i, 100));
            try {
                if (i % 2 == 0) {
                    accepted.put(key, store.appendAndWait(event, level, PATIENCE).value());
                } else {
                    Append append = store.append(event, level);
                    accepted.put(key, -1L);
                    accepted.put(key, stage(append, level).value());
                }
            } catch (StoreClosedException e) {
                return null;
            }
        }
    }

    private static dev.jitney.event.Offset stage(Append append, Level level) {
        try {
            return append.reached(level).toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreClosedException closed) {
                throw closed; // its event is stored, but not forced
            }
            throw new AssertionError(e);
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    // ---- following ------------------------------------------------------------------------------

    @Test
    @DisplayName("STO-4 tails opened anywhere while segments roll see just what follows")
    void tails() throws Exception {
        tails(500);
    }

    @Test
    @Tag("stress")
    @DisplayName("STO-4 tails opened anywhere while segments roll see just what follows, for long")
    void tailsForLong() throws Exception {
        tails(500 * MUCH);
    }

    private void tails(int events) throws Exception {
        Path bus = temp.resolve("bus");
        AtomicInteger alive = new AtomicInteger(2);
        try (EventStore store = StoreChildren.open(bus, "segment-size", "64k");
                EventStore other = StoreChildren.open(bus)) {
            List<Future<Integer>> all = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                int number = t;
                all.add(
                        threads.submit(
                                () -> {
                                    try {
                                        publish(store, number, events, new HashMap<>());
                                    } finally {
                                        alive.decrementAndGet();
                                    }
                                    return 1;
                                }));
            }
            for (int t = 0; t < 4; t++) {
                long seed = t;
                all.add(threads.submit(() -> follow(other, new Random(seed), alive)));
            }
            for (Future<Integer> each : all) {
                assertThat(each.get(500, TimeUnit.SECONDS)).isPositive();
            }
        }
        check(bus, Map.of(), 2 * events);
    }

    /** Opens and closes tails at random places; returns how many. */
    private static int follow(EventStore store, Random random, AtomicInteger alive)
            throws InterruptedException {
        int tails = 0;
        List<String> problems = java.util.Collections.synchronizedList(new ArrayList<>());
        while (alive.get() > 0 || tails == 0) {
            long end = store.end().value();
            long from = end == 0 ? 0 : random.nextLong(end);
            Position position =
                    switch (random.nextInt(4)) {
                        case 0 -> Position.start();
                        case 1 -> Position.end();
                        case 2 -> Position.last(random.nextInt(100));
                        default -> Position.at(new dev.jitney.event.Offset(from));
                    };
            TailOptions options =
                    TailOptions.from(position).withOnProblem(p -> problems.add(p.toString()));
            try (EventTail tail = store.tail(options)) {
                long next = tail.position().value();
                if (position instanceof Position.Start) {
                    assertThat(next).isZero();
                } else if (position instanceof Position.AtOffset) {
                    assertThat(next).isEqualTo(from);
                } else if (position instanceof Position.End) {
                    assertThat(next).isGreaterThanOrEqualTo(end);
                }
                for (int i = random.nextInt(2_000); i > 0 && alive.get() > 0; i--) {
                    StoredEvent stored = tail.next(Duration.ofMillis(20));
                    if (stored != null) {
                        assertThat(stored.offset().value()).isEqualTo(next++);
                    }
                }
            }
            tails++;
        }
        assertThat(problems).isEmpty();
        return tails;
    }

    // ---- making ---------------------------------------------------------------------------------

    @Test
    @DisplayName("STO-7 a bus that many make at once is one bus")
    void making() throws Exception {
        for (int round = 0; round < 15; round++) {
            Path bus = temp.resolve("parent" + round).resolve("bus");
            CyclicBarrier start = new CyclicBarrier(8);
            List<Callable<String>> makers = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                makers.add(
                        () -> {
                            start.await();
                            // As other processes do: nothing of this JVM's is shared.
                            BusDirectory made = BusDirectory.open(config(bus), Instant.EPOCH);
                            made.makeFolders();
                            return made.id();
                        });
            }
            List<String> ids = new ArrayList<>();
            for (Future<String> maker : threads.invokeAll(makers)) {
                ids.add(maker.get());
            }
            assertThat(ids.stream().distinct()).hasSize(1);
        }
    }

    private static StoreConfig config(Path bus) {
        return new StoreConfig(
                bus,
                true,
                "test",
                StoreConfig.DEFAULT_SEGMENT,
                StoreConfig.DEFAULT_MAX_EVENT,
                Duration.ofSeconds(10),
                StoreConfig.RetentionRule.NONE,
                false);
    }

    // ---- checking -------------------------------------------------------------------------------

    /** Everything acknowledged is there once, at its offset, and nothing else is. */
    private static void check(Path bus, Map<String, Long> acknowledged, int events)
            throws Exception {
        Map<String, Long> found = new HashMap<>();
        try (EventStore store = StoreChildren.open(bus);
                EventReader reader = store.read(ReadOptions.forward())) {
            StoredEvent stored;
            while ((stored = reader.next()) != null) {
                String key = stored.event().source() + "/" + StoreChildren.number(stored);
                assertThat(found.put(key, stored.offset().value())).as(key).isNull();
            }
        }
        acknowledged.forEach(
                (key, offset) -> {
                    assertThat(found).containsKey(key);
                    assertThat(offset).as(key).isIn(-1L, found.get(key));
                });
        assertThat(found).hasSize(events);
        assertThat(new ReadBack(new NioDisk(bus)).problems).isEmpty();
    }
}

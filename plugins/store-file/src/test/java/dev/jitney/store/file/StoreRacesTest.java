// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.spi.EventStore;
import dev.jitney.store.file.StoreChildren.Trier;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Meetings of stores and threads that are rare by themselves, arranged on purpose. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StoreRacesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(8);

    @TempDir(factory = TargetDir.class)
    Path temp;

    // ---- class loaders --------------------------------------------------------------------------

    /** A store as the other class loader has it; told apart by types of the JDK alone. */
    public static final class Peer implements Callable<Long>, AutoCloseable {
        private final EventStore store;

        public Peer(String directory, String lockTimeout) {
            store = StoreChildren.open(Path.of(directory), "lock-timeout", lockTimeout);
        }

        @Override
        public Long call() {
            List<Event> event = List.of(StoreChildren.event("peer", 0, 100));
            return store.appendAndWait(event, Level.OS, Duration.ofSeconds(30)).value();
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private static URLClassLoader otherLoader() throws IOException {
        List<URL> urls = new ArrayList<>();
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(Path.of(path).toUri().toURL());
        }
        return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    @SuppressWarnings("unchecked")
    private static Callable<Long> peer(ClassLoader loader, Path bus, String timeout)
            throws ReflectiveOperationException {
        Class<?> type = loader.loadClass(Peer.class.getName());
        assertThat(type).isNotSameAs(Peer.class);
        return (Callable<Long>)
                type.getConstructor(String.class, String.class)
                        .newInstance(bus.toString(), timeout);
    }

    @Test
    @DisplayName("STO-7 stores of two class loaders in one JVM wait for each other")
    void loadersWait() throws Exception {
        Path bus = temp.resolve("bus");
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (URLClassLoader loader = otherLoader();
                EventStore own = StoreChildren.open(bus)) {
            Callable<Long> peer = peer(loader, bus, "10s");
            List<Future<Void>> both = new ArrayList<>();
            for (Callable<Long> side :
                    List.<Callable<Long>>of(() -> append(own, 0).value(), peer)) {
                both.add(
                        threads.submit(
                                () -> {
                                    for (int i = 0; i < 300; i++) {
                                        side.call();
                                    }
                                    return null;
                                }));
            }
            for (Future<Void> side : both) {
                side.get();
            }
            ((AutoCloseable) peer).close();
            assertThat(append(own, 1).value()).isEqualTo(600);
        } finally {
            threads.shutdownNow();
        }
        assertThat(new ReadBack(new NioDisk(bus)).problems).isEmpty();
    }

    @Test
    @DisplayName("STO-7 closing a store never drops the lock of another class loader's")
    void closingKeepsLocks() throws Exception {
        Path bus = temp.resolve("bus");
        try (URLClassLoader loader = otherLoader();
                EventStore own = StoreChildren.open(bus)) {
            append(own, 0);
            Callable<Long> open = peer(loader, bus, "100ms");
            assertThat(open.call()).isEqualTo(1);
            Callable<Long> late = peer(loader, temp.resolve("bus/../bus"), "100ms");
            String result =
                    ((FileEventStore) own)
                            .core()
                            .underLock(
                                    () -> {
                                        try {
                                            assertThatThrownBy(late::call)
                                                    .hasMessageContaining(
                                                            "was not had within 100 ms");
                                            ((AutoCloseable) open).close();
                                            ((AutoCloseable) late).close();
                                        } catch (Exception e) {
                                            throw new AssertionError(e);
                                        }
                                        try (StoreChild trier =
                                                StoreChild.start(Trier.class, bus)) {
                                            return trier.line();
                                        } catch (InterruptedException e) {
                                            throw new AssertionError(e);
                                        }
                                    });
            assertThat(result).isEqualTo("UNAVAILABLE");
            assertThat(append(own, 1).value()).isEqualTo(2);
        }
    }

    // ---- other stores ---------------------------------------------------------------------------

    @Test
    @DisplayName("STO-7 while one store is closed another one can be opened, by a dependent too")
    void closingHoldsUpNobody() throws Exception {
        EventStore first = StoreChildren.open(temp.resolve("first"));
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch closing = new CountDownLatch(1);
        CompletableFuture<Long> other =
                first.append(List.of(StoreChildren.event("me", 0, 10)), Level.OS)
                        .reached(Level.OS)
                        .thenApplyAsync(
                                offset -> {
                                    running.countDown();
                                    awaitQuietly(closing);
                                    try (EventStore second =
                                            StoreChildren.open(temp.resolve("second"))) {
                                        return append(second, 0).value();
                                    }
                                },
                                heldBy(first))
                        .toCompletableFuture();
        running.await();
        Thread closer = new Thread(first::close);
        closer.start();
        awaitWaiting(closer);
        closing.countDown();
        assertThat(other.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
        closer.join();
    }

    /** Runs a task on the store's writer thread, while a later event is completed. */
    private static java.util.concurrent.Executor heldBy(EventStore store) {
        return task ->
                store.append(List.of(StoreChildren.event("me", 1, 10)), Level.OS)
                        .reached(Level.OS)
                        .thenRun(task);
    }

    @Test
    @DisplayName("STO-5 retention goes on when the store that was opened last is closed")
    void retentionOutlivesAStore() throws Exception {
        Path bus = temp.resolve("bus");
        String[] options = {"segment-size", "4k", "retention.count", "10"};
        try (EventStore one = StoreChildren.open(bus, options)) {
            EventStore two = StoreChildren.open(bus, options);
            append(two, 0);
            two.close();
            for (int i = 0; i < 50; i++) {
                one.append(List.of(StoreChildren.event("me", i, 1000)), Level.OS)
                        .reached(Level.OS)
                        .toCompletableFuture()
                        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
            append(one, 50);
            await(() -> one.start().value() > 20);
        }
    }

    @Test
    @DisplayName("STO-2 closing with rolls to come and a retention stores all, and does not fail")
    void closingWithRetention() {
        Path bus = temp.resolve("bus");
        try (EventStore store =
                StoreChildren.open(bus, "segment-size", "4k", "retention.count", "100000")) {
            for (int i = 0; i < 4000; i++) {
                store.append(List.of(StoreChildren.event("me", i, 1000)), Level.MEMORY);
            }
        }
        try (EventStore store = StoreChildren.open(bus)) {
            assertThat(store.end().value()).isEqualTo(4000);
        }
    }

    /** Upkeep runs on a thread of its own: what it does is waited for. */
    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    // ---- recovery -------------------------------------------------------------------------------

    @Test
    @DisplayName("STO-8 a sidecar of which a loss of power has left the name alone is made again")
    void emptySidecar() throws Exception {
        Path bus = temp.resolve("bus");
        try (EventStore store = StoreChildren.open(bus)) {
            append(store, 0);
            append(store, 1);
        }
        NioDisk disk = new NioDisk(bus);
        disk.create(new SegmentName(0, 0).sidecar()).close();
        disk.map(SharedState.FILE, 4096, true).set(1, 0); // another run of the machine
        try (EventStore store = StoreChildren.open(bus)) {
            assertThat(append(store, 2).value()).isEqualTo(2);
        }
        assertThat(new ReadBack(disk).problems).isEmpty();
    }

    // ---- reading --------------------------------------------------------------------------------

    @Test
    @DisplayName("STO-4 a segment that is filled and closed while it is opened is verifiable")
    void openedWhileItRolls() throws Exception {
        Path bus = temp.resolve("bus");
        try (EventStore store = StoreChildren.open(bus, "segment-size", "4k")) {
            for (int begin : List.of(0, 1)) {
                // Begin a segment of its own, with no event yet or with one.
                ((FileEventStore) store).core().underLock(() -> roll(store));
                for (int i = 0; i < begin; i++) {
                    append(store, i);
                }
                NioDisk disk = new NioDisk(bus);
                List<SegmentName> names = Segments.list(disk);
                SegmentName tail = names.get(names.size() - 1);
                AtomicReference<Runnable> filling =
                        new AtomicReference<>(
                                () -> {
                                    for (int i = 0; i < 10; i++) {
                                        append(store, i);
                                    }
                                });
                Disk hooked = beforeSize(disk, tail.log(), filling);
                try (SegmentView view = SegmentView.open(hooked, tail)) {
                    assertThat(filling.get()).isNull();
                    assertThat(view.verifiable()).as("begun with %d events", begin).isTrue();
                }
            }
        }
    }

    private static Object roll(EventStore store) throws IOException {
        ((FileEventStore) store).core().roll();
        return "rolled";
    }

    /** A disk that runs an action when the size of a file is first asked for. */
    private static Disk beforeSize(Disk disk, String name, AtomicReference<Runnable> action) {
        return proxy(
                Disk.class,
                disk,
                (method, result) ->
                        method.equals("open") && result instanceof StoreFile file
                                ? proxy(
                                        StoreFile.class,
                                        file,
                                        (called, value) -> {
                                            Runnable due =
                                                    called.equals("size")
                                                            ? action.getAndSet(null)
                                                            : null;
                                            if (due != null) {
                                                due.run();
                                                return file.size();
                                            }
                                            return value;
                                        })
                                : result,
                name);
    }

    private interface After {
        Object result(String method, Object result) throws IOException;
    }

    private static <T> T proxy(Class<T> type, T real, After after, String... only) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (self, method, arguments) -> {
                            try {
                                Object result = method.invoke(real, arguments);
                                boolean chosen = only.length == 0 || only[0].equals(arguments[0]);
                                return chosen ? after.result(method.getName(), result) : result;
                            } catch (java.lang.reflect.InvocationTargetException e) {
                                throw e.getCause();
                            }
                        }));
    }

    // ---- helpers --------------------------------------------------------------------------------

    private static Offset append(EventStore store, int number) {
        List<Event> event = List.of(StoreChildren.event("me", number, 1000));
        return store.appendAndWait(event, Level.OS, Duration.ofSeconds(30));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            assertThat(thread.isAlive()).isTrue();
            Thread.onSpinWait();
        }
    }
}

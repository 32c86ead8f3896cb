// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.spi.StoreClosedException;
import dev.jitney.spi.StoreFailedException;
import dev.jitney.spi.StoreUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who writes and forces for whom, over a log in memory. */
@Timeout(60)
class CommitterTest {

    /** Below the ten seconds after which a thread that was not woken looks by itself. */
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private static final String MIB = "m".repeat((1 << 20) - 1);
    private static final int ROUNDS = Integer.getInteger("stress.rounds", 10_000);

    private final PlainLog log = new PlainLog();
    private final Committer committer = new Committer(log);
    private final List<Stop> stops = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() throws InterruptedException {
        log.writing = PlainLog.Door.OPEN;
        log.forcing = PlainLog.Door.OPEN;
        stops.forEach(Stop::open); // a test that failed may have left somebody waiting
        committer.close();
        threads.shutdownNow();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @DisplayName("STO-2 of two that wait for the disk none is left asleep with its force undone")
    void noWaiterIsLeftAsleep() throws Exception {
        // Round by round: whoever appends next would force for the one that was forgotten.
        CyclicBarrier round = new CyclicBarrier(3);
        List<Future<Void>> publishers = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            publishers.add(
                    start(
                            () -> {
                                for (int i = 0; i < ROUNDS; i++) {
                                    round.await();
                                    append("{}", Level.DISK, PATIENCE);
                                }
                                return null;
                            }));
        }
        for (Future<Void> publisher : publishers) {
            publisher.get();
        }
    }

    @Test
    @DisplayName(
            "STO-2 what a waiter has given up on is forced all the same, and what is behind it")
    void givenUpIsForced() throws Exception {
        Stop force = stop();
        log.forcing = force;
        Future<Offset> first = start(() -> append("{1}", Level.DISK, PATIENCE));
        force.arrived();
        assertThatThrownBy(() -> append("{2}", Level.DISK, Duration.ofMillis(20)))
                .isInstanceOf(StoreUnavailableException.class);
        force.open();
        assertThat(first.get().value()).isZero();
        assertThat(get(append("{3}", Level.DISK), Level.DISK)).isEqualTo(2);
    }

    @Test
    @DisplayName("STO-9 a force that fails in an unforeseen way stops the store too")
    void anyFailureOfAForceStops() throws Exception {
        log.forcing =
                () -> {
                    throw new UncheckedIOException(new IOException("Input/output error"));
                };
        FileAppend append = append("{1}", Level.DISK);
        assertThatThrownBy(() -> get(append, Level.DISK))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(StoreFailedException.class)
                .hasMessageContaining("Input/output error");
        assertThatThrownBy(() -> append("{2}", Level.DISK, PATIENCE))
                .isInstanceOf(StoreFailedException.class)
                .hasMessageContaining("takes no more events since a write has failed");
    }

    @Test
    @DisplayName("STO-2 others' code runs with no lock held, also when a second stage is asked for")
    void stagesCompleteWithoutLocks() throws Exception {
        Stop write = stop();
        log.writing = write;
        append("{0}", Level.OS);
        write.arrived();
        FileAppend first = append(MIB, Level.OS);
        CompletableFuture<Boolean> locked = new CompletableFuture<>();
        first.reached(Level.OS).thenRun(() -> locked.complete(Thread.holdsLock(first.group())));
        append(MIB, Level.OS);
        // Closing writes one group after the other and completes them all at the end.
        Future<Void> closing = start(() -> end(committer));
        write.pass(2);
        write.arrived();
        first.reached(Level.OS);
        write.open();
        closing.get();
        assertThat(locked.get()).isFalse();
    }

    @Test
    @DisplayName(
            "STO-2 a level that is asked for when the store is closed fails, and is not waited for")
    void levelAfterCloseFails() {
        append("{1}", Level.OS, PATIENCE);
        FileAppend append = append("{2}", Level.OS);
        committer.close();
        assertThatThrownBy(() -> get(append, Level.DISK))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(StoreClosedException.class);
        assertThat(log.lines()).containsExactly("{1}", "{2}");
    }

    @Test
    @DisplayName("STO-2 a level that was reached by chance is known when the store is closed")
    void levelReachedByChance() throws Exception {
        FileAppend append = append("{1}", Level.OS);
        append("{2}", Level.DISK, PATIENCE);
        committer.close();
        assertThat(get(append, Level.DISK)).isZero();
    }

    @Test
    @DisplayName("STO-2 a dependent of a lower level may wait for a higher one")
    void dependentWaitsForHigherLevel() throws Exception {
        Stop write = stop();
        log.writing = write;
        append("{0}", Level.OS);
        write.arrived();
        FileAppend append = append("{1}", Level.DISK);
        CompletableFuture<Long> both =
                append.reached(Level.OS)
                        .thenApply(
                                os ->
                                        append.reached(Level.DISK)
                                                .toCompletableFuture()
                                                .join()
                                                .value())
                        .toCompletableFuture();
        write.open();
        assertThat(both.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "STO-2 a dependent may append though the queue is full: it must not wait for itself")
    void dependentAppendsToFullQueue() throws Exception {
        Stop write = stop();
        log.writing = write;
        FileAppend first = append("{0}", Level.OS);
        write.arrived();
        CompletableFuture<Offset> next =
                first.reached(Level.OS)
                        .thenCompose(offset -> append("{next}", Level.OS).reached(Level.OS))
                        .toCompletableFuture();
        for (int i = 0; i < 7; i++) {
            append(MIB, Level.OS);
        }
        append(MIB + MIB, Level.OS); // beyond 8 MiB, also when the first is written
        write.open();
        assertThat(next.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).value()).isEqualTo(9);
    }

    @Test
    @DisplayName("STO-2 a full queue holds appends up until there is room, and loses none")
    void fullQueueHoldsUp() throws Exception {
        Stop write = stop();
        log.writing = write;
        append("{0}", Level.OS);
        write.arrived();
        AtomicInteger accepted = new AtomicInteger();
        Future<Void> publisher =
                start(
                        () -> {
                            for (int i = 0; i < 100; i++) {
                                append(MIB, Level.MEMORY);
                                accepted.incrementAndGet();
                            }
                            return null;
                        });
        // 8 MiB and the append that went beyond
        awaitTrue(() -> accepted.get() == 8);
        write.pass(10);
        // ten were written, of which the first was small: one more than that has room
        awaitTrue(() -> accepted.get() == 18);
        write.open();
        publisher.get();
        committer.close();
        assertThat(log.lines()).hasSize(101);
    }

    @ParameterizedTest
    @EnumSource(
            value = Level.class,
            names = {"MEMORY", "OS", "DISK"})
    @DisplayName("STO-2 a limit also holds for the wait for room, and then nothing is stored")
    void fullQueueKeepsTheLimit(Level level) throws Exception {
        Stop write = stop();
        log.writing = write;
        append("{0}", Level.OS);
        write.arrived();
        for (int i = 0; i < 8; i++) {
            append(MIB, Level.MEMORY);
        }
        assertThatThrownBy(() -> append("{late}", level, Duration.ofMillis(20)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("no room")
                .hasMessageContaining("within 20 ms");
        write.open();
        committer.close();
        assertThat(log.lines()).hasSize(9).doesNotContain("{late}");
    }

    @Test
    @DisplayName("STO-2 who waits for the disk while the forcer is at it is not left waiting")
    void forcerHandsOn() throws Exception {
        Stop force = stop();
        log.forcing = force;
        CompletableFuture<Offset> asked =
                append("{0}", Level.DISK).reached(Level.DISK).toCompletableFuture();
        force.arrived();
        CompletableFuture<Offset> late = new CompletableFuture<>();
        Thread waiter = new Thread(() -> late.complete(append("{1}", Level.DISK, Duration.ZERO)));
        waiter.start();
        // Written after the force had begun, so not on disk when it ends.
        awaitTrue(() -> log.lines().size() == 2);
        awaitTrue(() -> waiter.getState() == Thread.State.TIMED_WAITING);
        force.open();
        assertThat(asked.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).value()).isZero();
        assertThat(late.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).value()).isEqualTo(1);
    }

    @Test
    @DisplayName("STO-2 an interrupt while waiting neither ends the wait nor is lost")
    void interruptIsHandedOn() throws Exception {
        Stop write = stop();
        log.writing = write;
        append("{0}", Level.OS);
        write.arrived();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread waiter =
                new Thread(
                        () -> {
                            append("{1}", Level.DISK, PATIENCE);
                            interrupted.complete(Thread.currentThread().isInterrupted());
                        });
        waiter.start();
        awaitTrue(() -> waiter.getState() == Thread.State.TIMED_WAITING);
        waiter.interrupt();
        awaitTrue(() -> !waiter.isInterrupted());
        write.open();
        assertThat(interrupted.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(log.lines()).containsExactly("{0}", "{1}");
    }

    @Test
    @DisplayName("STO-2 the longest limit that can be written is one")
    void longestLimit() {
        assertThat(append("{1}", Level.DISK, ChronoUnit.FOREVER.getDuration()).value()).isZero();
    }

    // ---- helpers --------------------------------------------------------------------------------

    private Offset append(String line, Level level, Duration limit) {
        byte[] bytes = bytes(line);
        return committer.appendAndWait(bytes, bytes.length, 1, level, limit);
    }

    private FileAppend append(String line, Level level) {
        byte[] bytes = bytes(line);
        return committer.append(bytes, bytes.length, 1, level);
    }

    private static byte[] bytes(String line) {
        return (line + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private <T> Future<T> start(Callable<T> work) {
        return threads.submit(work);
    }

    private static long get(FileAppend append, Level level) throws Exception {
        return append.reached(level)
                .toCompletableFuture()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .value();
    }

    private Stop stop() {
        Stop stop = new Stop();
        stops.add(stop);
        return stop;
    }

    private static Void end(Committer committer) {
        committer.close();
        return null;
    }

    private static void awaitTrue(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(deadline - System.nanoTime()).isPositive();
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Holds up whoever comes until it is let through. */
    private static final class Stop implements PlainLog.Door {

        private final Semaphore here = new Semaphore(0);
        private final Semaphore through = new Semaphore(0);

        @Override
        public void pass() {
            here.release();
            through.acquireUninterruptibly();
        }

        void arrived() throws InterruptedException {
            assertThat(here.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }

        void pass(int steps) {
            through.release(steps);
        }

        void open() {
            through.release(1 << 16);
        }
    }
}

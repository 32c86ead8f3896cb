// SPDX-License-Identifier: Apache-2.0
package dev.jitney.test;

import dev.jitney.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Time that stands still until a test moves it, for {@code EventBusBuilder.clock}: a bus then waits
 * for no limit, back-off or window in true time.
 *
 * <pre>{@code
 * VirtualTime time = new VirtualTime();
 * try (EventBus bus = EventBus.builder("orders").clock(time).build()) {
 *     bus.subscribe("order.placed", retrying, handler);
 *     bus.publish("order.placed", order);
 *     time.awaitTimer(Duration.ofSeconds(5)); // the handler has failed, its retry is set
 *     time.advance(Duration.ofSeconds(5));
 * }
 * }</pre>
 *
 * <p><b>Order.</b> Actions that become due run on the thread that advances, in order of time, then
 * of scheduling, each at the moment at which it is due; those that they schedule in turn run in the
 * same call if they are due by its end. A bus hands longer work on to its own threads, so its
 * handlers may still run when {@link #advance} has returned: wait for the bus, not for the time. A
 * {@link TestBus} needs no such care: before the time moves, between two moments at which something
 * is due, and before {@code advance} returns, everything that moves by itself has come to rest.
 *
 * <p><b>Threads.</b> Safe for concurrent use. Calls of {@code advance} take turns.
 *
 * <p><b>Failures.</b> What an action throws is thrown by {@code advance} when all actions have run.
 */
public final class VirtualTime implements TimeSource {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final long PATIENCE_SECONDS = 20;

    // Guards the fields; never held while an action runs.
    private final Object lock = new Object();
    // Held while time moves.
    private final Object turn = new Object();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(
                    Comparator.comparing((Timer timer) -> timer.due)
                            .thenComparing(timer -> timer.number));
    private final Stillness stillness = new Stillness();
    private final Instant start;
    private Instant now;
    private long numbers;

    private static final class Timer {

        private final Instant due;
        private final long number;
        private final Runnable action;

        private Timer(Instant due, long number, Runnable action) {
            this.due = due;
            this.number = number;
            this.action = action;
        }
    }

    /** Makes time that stands at the beginning of 2026, UTC. */
    public VirtualTime() {
        this(START);
    }

    /** Makes time that stands at this moment. */
    public VirtualTime(Instant start) {
        this.start = start;
        now = start;
    }

    /** Returns the time at which it stood when it was made. */
    public Instant start() {
        return start;
    }

    /** Returns how much time has passed since it was made. */
    public Duration passed() {
        return Duration.between(start, instant());
    }

    @Override
    public Instant instant() {
        synchronized (lock) {
            return now;
        }
    }

    @Override
    public AutoCloseable schedule(Duration delay, Runnable action) {
        synchronized (lock) {
            Duration left = delay.isNegative() ? Duration.ZERO : delay;
            boolean ever = left.compareTo(Duration.between(now, Instant.MAX)) > 0;
            Timer timer = new Timer(ever ? Instant.MAX : now.plus(left), numbers++, action);
            timers.add(timer);
            lock.notifyAll();
            return () -> cancel(timer);
        }
    }

    private void cancel(Timer timer) {
        synchronized (lock) {
            timers.remove(timer);
        }
    }

    /** Returns in how much time each scheduled action is due, the next one first. */
    public List<Duration> timers() {
        synchronized (lock) {
            return timers.stream().map(one -> Duration.between(now, one.due)).sorted().toList();
        }
    }

    /**
     * Waits, in true time, until an action is due in exactly this much time: so a test knows that
     * the bus has come to where it waits.
     *
     * @throws AssertionError if there is none after 20 s; it names those that there are
     */
    public void awaitTimer(Duration delay) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        synchronized (lock) {
            while (!timers().contains(delay)) {
                long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (millis <= 0) {
                    throw new AssertionError(
                            "No timer is due in %s after %d s; there are timers due in %s."
                                    .formatted(delay, PATIENCE_SECONDS, timers()));
                }
                lock.wait(millis);
            }
        }
    }

    /**
     * Moves time on and runs what becomes due.
     *
     * @throws IllegalArgumentException if the span is negative: time does not run backwards
     * @throws IllegalStateException if an action that it runs calls it, or a handler of a {@link
     *     TestBus}
     * @throws AssertionError if handlers of a {@link TestBus} neither end nor wait for 10 s of true
     *     time; it names them
     */
    public void advance(Duration span) {
        advance(span, Stillness.PATIENCE);
    }

    /**
     * Moves time on to a moment and runs what becomes due; see {@link #advance}.
     *
     * @throws IllegalArgumentException if the moment is over
     */
    public void advanceTo(Instant moment) {
        advance(Duration.between(instant(), moment));
    }

    /** As the other one, with less or more patience for what moves by itself. */
    void advance(Duration span, Duration patience) {
        if (span.isNegative()) {
            throw new IllegalArgumentException(
                    "Span '" + span + "' is negative. Use zero or more: time only moves on.");
        }
        checkMayMove();
        synchronized (turn) {
            Instant end = instant().plus(span);
            List<Throwable> failures = new ArrayList<>();
            stillness.await(patience);
            for (Timer due = takeDue(end); due != null; due = takeDue(end)) {
                run(due, failures);
                if (!isDue()) {
                    stillness.await(patience);
                }
            }
            raise(failures);
        }
    }

    /**
     * Blocks the calling thread until so much time has passed: a slow handler, as quick as the
     * test.
     *
     * @param span zero or less does not wait
     * @throws InterruptedException if the thread is interrupted, as a handler is at its limit
     * @throws IllegalStateException if the thread is the one that moves the time
     */
    public void sleep(Duration span) throws InterruptedException {
        checkNotMoving("wait for");
        CountDownLatch over = new CountDownLatch(1);
        Thread thread = Thread.currentThread();
        Sleep sleep =
                sleep(
                        span,
                        () -> {
                            stillness.wakes(thread);
                            over.countDown();
                        });
        try {
            over.await();
        } finally {
            stillness.woken(thread);
            sleep.close();
        }
    }

    /**
     * Runs the action when so much time has passed; until then the calling handler waits for it.
     */
    Sleep sleep(Duration span, Runnable wake) {
        Runnable asleep = stillness.fallsAsleep(Thread.currentThread());
        Sleep sleep = new Sleep(asleep);
        if (span.isNegative() || span.isZero()) {
            wake.run();
            sleep.close();
        } else {
            sleep.timer =
                    schedule(
                            span,
                            () -> {
                                sleep.over();
                                wake.run();
                            });
        }
        return sleep;
    }

    /** A wait for the time by a handler. */
    static final class Sleep {

        private final AtomicReference<@Nullable Runnable> asleep;
        private volatile @Nullable AutoCloseable timer;

        private Sleep(Runnable asleep) {
            this.asleep = new AtomicReference<>(asleep);
        }

        private void over() {
            Runnable wakes = asleep.getAndSet(null);
            if (wakes != null) {
                wakes.run();
            }
        }

        /** Ends the wait if it is not over. */
        void close() {
            over();
            AutoCloseable scheduled = timer;
            if (scheduled != null) {
                try {
                    scheduled.close();
                } catch (Exception e) {
                    throw new IllegalStateException("Closing a timer does not throw.", e);
                }
            }
        }
    }

    /** Says who else has to come to rest before the time moves. */
    Stillness stillness() {
        return stillness;
    }

    /** Refuses a handler, and an action that time runs: who moves the time waits for both. */
    void checkMayMove() {
        checkNotMoving("move");
        stillness.checkOutside();
    }

    private void checkNotMoving(String what) {
        if (Thread.holdsLock(turn)) {
            throw new IllegalStateException(
                    "An action that time runs cannot %s it. Let it be quick, and hand the rest on."
                            .formatted(what));
        }
    }

    private boolean isDue() {
        synchronized (lock) {
            Timer next = timers.peek();
            return next != null && !next.due.isAfter(now);
        }
    }

    private static void run(Timer timer, List<Throwable> failures) {
        try {
            timer.action.run();
        } catch (RuntimeException | Error e) {
            failures.add(e);
        }
    }

    /** At the end nothing is due, in one step: a timer that is set from now on is set then. */
    private @Nullable Timer takeDue(Instant end) {
        synchronized (lock) {
            Timer next = timers.peek();
            if (next == null || next.due.isAfter(end)) {
                now = end;
                return null;
            }
            now = next.due.isAfter(now) ? next.due : now;
            return timers.poll();
        }
    }

    private static void raise(List<Throwable> failures) {
        if (failures.isEmpty()) {
            return;
        }
        Throwable first = failures.get(0);
        failures.subList(1, failures.size()).forEach(first::addSuppressed);
        if (first instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) first;
    }

    @Override
    public String toString() {
        return "VirtualTime(" + instant() + ")";
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.test;

import dev.jitney.EventBus;
import dev.jitney.event.Event;
import dev.jitney.test.Recorder.Attempt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Knows when nothing moves any more but by the time: no thread of the engine works, nothing waits
 * for one, and each handler that runs waits for something.
 *
 * <p>What waits for a thread is found by a probe: an event of a bus of our own, which is handled on
 * the same threads after all that was handed to them before. A handler that waits for the time is
 * known to; of any other that waits nobody can tell whether it is about to go on, so it counts as
 * waiting when nothing has moved for 20 ms of true time and 20 probes: on a machine that is short
 * of processors one that is about to go on has got one before the last of them.
 *
 * <p>INVARIANT: the probe's bus is there exactly while there are recorders.
 */
final class Stillness {

    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final long UNSURE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int UNSURE_LOOKS = 20;
    private static final long PROBE_MILLIS = 5;
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(50);
    private static final int GLANCES = 10;
    private static final String ENGINE = "jitney-";

    private enum Sight {
        MOVING,
        /** Nothing moves, but something may be about to. */
        UNSURE,
        STILL
    }

    private final List<Recorder> recorders = new CopyOnWriteArrayList<>();
    private final Set<Thread> waking = ConcurrentHashMap.newKeySet();
    private @Nullable EventBus probe;

    synchronized void add(Recorder recorder) {
        if (probe == null) {
            probe = probe();
        }
        recorders.add(recorder);
    }

    synchronized void remove(Recorder recorder) {
        recorders.remove(recorder);
        if (recorders.isEmpty() && probe != null) {
            probe.close();
            probe = null;
        }
    }

    private static EventBus probe() {
        EventBus bus =
                EventBus.builder("test-kit")
                        .historyLimit(0)
                        .duplicateWindow(0)
                        .handlerTimeout(Duration.ZERO)
                        .eventTimeout(Duration.ZERO)
                        .slowHandlerThreshold(Duration.ZERO)
                        .slowEventThreshold(Duration.ZERO)
                        .build();
        bus.subscribe("probe", event -> event.payload(CountDownLatch.class).countDown());
        return bus;
    }

    // ---- handlers that wait for the time

    /** The handler on this thread, if any, waits for the time until what is returned runs. */
    Runnable fallsAsleep(Thread thread) {
        Attempt attempt = attemptOn(thread);
        return attempt == null ? () -> {} : attempt.fallAsleep();
    }

    /** The thread may go on, and has not begun to. */
    void wakes(Thread thread) {
        waking.add(thread);
    }

    void woken(Thread thread) {
        waking.remove(thread);
    }

    /** Says whether a handler or a back-off waits for the time. */
    boolean waitsForTime() {
        return recorders.stream().anyMatch(Recorder::waitsForTime);
    }

    /**
     * Returns the handlers of a bus that wait neither for the time nor, over however many handlers,
     * for an event of theirs that does.
     */
    List<Attempt> awake(Recorder recorder) {
        Set<String> awaiting = new HashSet<>();
        List<Event> waiting = new ArrayList<>();
        recorders.forEach(one -> waiting.addAll(one.asleep()));
        while (!waiting.isEmpty()) {
            Set<String> causes = new HashSet<>();
            waiting.forEach(event -> causes.add(String.valueOf(event.causationId())));
            waiting.clear();
            recorders.stream()
                    .flatMap(one -> one.awake().stream())
                    .map(Attempt::event)
                    .filter(event -> causes.contains(event.id()) && awaiting.add(event.id()))
                    .forEach(waiting::add);
        }
        return recorder.awake().stream()
                .filter(attempt -> !awaiting.contains(attempt.event().id()))
                .toList();
    }

    void checkOutside() {
        Attempt attempt = attemptOn(Thread.currentThread());
        if (attempt != null) {
            throw new IllegalStateException(
                    ("Handler '%s' cannot wait for its bus or move the time: they wait for it. "
                                    + "Let the test do it.")
                            .formatted(attempt.subscription()));
        }
    }

    private @Nullable Attempt attemptOn(Thread thread) {
        for (Recorder recorder : recorders) {
            Attempt attempt = recorder.attemptOn(thread);
            if (attempt != null) {
                return attempt;
            }
        }
        return null;
    }

    // ---- waiting for it

    /**
     * Returns when nothing moves; at once if no bus is watched.
     *
     * @throws AssertionError if the patience is over first, or the thread is interrupted, which it
     *     stays
     */
    void await(Duration patience) {
        if (recorders.isEmpty()) {
            return;
        }
        Deadline deadline = new Deadline(patience);
        long quietSince = 0;
        int quiet = 0;
        while (true) {
            Sight sight = look();
            if (sight == Sight.MOVING) {
                quiet = 0;
            } else if (quiet++ == 0) {
                quietSince = System.nanoTime();
            } else if (sight == Sight.STILL || isLong(quiet, quietSince)) {
                return;
            }
            deadline.check(() -> "Nothing came to rest" + deadline.within() + ": " + moving());
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static boolean isLong(int looks, long since) {
        return looks > UNSURE_LOOKS && System.nanoTime() - since >= UNSURE_NANOS;
    }

    private Sight look() {
        long before = moves();
        if (!probed()) {
            return Sight.MOVING;
        }
        for (int glance = 0; engineWorks(); glance++) {
            if (glance == GLANCES) {
                return Sight.MOVING;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        if (!waking.isEmpty() || recorders.stream().anyMatch(Recorder::works)) {
            return Sight.MOVING;
        }
        boolean sure = recorders.stream().allMatch(one -> one.awake().isEmpty());
        return moves() != before ? Sight.MOVING : sure ? Sight.STILL : Sight.UNSURE;
    }

    private long moves() {
        return recorders.stream().mapToLong(Recorder::moves).sum();
    }

    /** Whether all that was handed to the engine's threads until now was taken up by one. */
    private boolean probed() {
        EventBus bus;
        synchronized (this) {
            bus = probe;
        }
        if (bus == null) {
            return true;
        }
        CountDownLatch handled = new CountDownLatch(1);
        bus.publish("probe", handled);
        try {
            return handled.await(PROBE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Whether a thread of the engine does anything but wait; those of all buses are the same. */
    private static boolean engineWorks() {
        for (Thread thread : threads()) {
            if (thread != null && thread.getName().startsWith(ENGINE) && !waits(thread)) {
                return true;
            }
        }
        return false;
    }

    private static Thread[] threads() {
        ThreadGroup all = Thread.currentThread().getThreadGroup();
        while (all.getParent() != null) {
            all = all.getParent();
        }
        while (true) {
            // One place more than needed shows that none is missing.
            Thread[] threads = new Thread[all.activeCount() + 16];
            if (all.enumerate(threads) < threads.length) {
                return threads;
            }
        }
    }

    static boolean waits(Thread thread) {
        return switch (thread.getState()) {
            case WAITING, TIMED_WAITING, TERMINATED -> true;
            default -> false;
        };
    }

    private String moving() {
        String running =
                recorders.stream()
                        .flatMap(one -> one.running().stream())
                        .map(Attempt::toString)
                        .collect(Collectors.joining("; "));
        return Stream.of(running, "threads of the engine are at work, for this bus or another one")
                        .filter(text -> !text.isEmpty())
                        .findFirst()
                        .orElseThrow()
                + ". A handler ends, or waits; one that computes for so long cannot be tested so.";
    }
}

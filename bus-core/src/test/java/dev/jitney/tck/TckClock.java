// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import dev.jitney.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still until a test moves it, and then runs the timers that are due, on the
 * test's thread.
 *
 * <p>INVARIANTS: all fields are guarded by this; actions run without the lock.
 */
public final class TckClock implements TimeSource {

    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(
                    Comparator.comparing((Timer timer) -> timer.due)
                            .thenComparing(timer -> timer.number));
    private Instant now;
    private long scheduled;

    /** An action that waits for its time. */
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

    /** Makes a clock that shows this time. */
    public TckClock(Instant start) {
        now = start;
    }

    @Override
    public synchronized Instant instant() {
        return now;
    }

    @Override
    public synchronized AutoCloseable schedule(Duration delay, Runnable action) {
        Duration left = delay.isNegative() ? Duration.ZERO : delay;
        Timer timer = new Timer(now.plus(left), scheduled++, action);
        timers.add(timer);
        return () -> cancel(timer);
    }

    private synchronized void cancel(Timer timer) {
        timers.remove(timer);
    }

    /**
     * Moves the clock and runs what is due on the way, each at its own time; a negative span moves
     * it back. What an action throws is thrown at the end, the first of several.
     */
    public void advance(Duration span) {
        Instant target = instant().plus(span);
        RuntimeException failure = null;
        for (Timer due = next(target); due != null; due = next(target)) {
            try {
                due.action.run();
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            }
        }
        synchronized (this) {
            now = target;
        }
        if (failure != null) {
            throw failure;
        }
    }

    private synchronized @Nullable Timer next(Instant target) {
        Timer first = timers.peek();
        if (first == null || first.due.isAfter(target)) {
            return null;
        }
        now = first.due.isAfter(now) ? first.due : now;
        return timers.poll();
    }
}

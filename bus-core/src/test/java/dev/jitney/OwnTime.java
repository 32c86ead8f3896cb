// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A clock with timers that moves when the test says so; its timers run on the test's thread. */
final class OwnTime implements TimeSource {

    private record Timer(Instant due, Runnable action) {}

    private final List<Timer> timers = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public synchronized Instant instant() {
        return now;
    }

    @Override
    public synchronized AutoCloseable schedule(Duration delay, Runnable action) {
        Timer timer = new Timer(now.plus(delay), action);
        timers.add(timer);
        return () -> remove(timer);
    }

    private synchronized void remove(Timer timer) {
        timers.removeIf(other -> other == timer);
    }

    /** Says how many timers are set. */
    synchronized int timers() {
        return timers.size();
    }

    /** Moves time on and runs what becomes due, in order. */
    void advance(Duration by) {
        Instant end = instant().plus(by);
        while (true) {
            Timer next = takeDue(end);
            if (next == null) {
                break;
            }
            next.action().run();
        }
    }

    private synchronized Timer takeDue(Instant end) {
        Timer next =
                timers.stream()
                        .filter(timer -> !timer.due().isAfter(end))
                        .min(Comparator.comparing(Timer::due))
                        .orElse(null);
        timers.remove(next);
        // With nothing due it is the end, in one step: a timer that is set from now on is set then.
        Instant to = next == null ? end : next.due();
        if (to.isAfter(now)) {
            now = to;
        }
        return next;
    }
}

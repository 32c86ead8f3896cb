// SPDX-License-Identifier: Apache-2.0
package dev.jitney.test;

import dev.jitney.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The time as one bus sees it, so that what the bus leaves behind is known to be its own. */
final class BusTime implements TimeSource {

    private final VirtualTime time;
    private final Set<Object> timers = ConcurrentHashMap.newKeySet();

    BusTime(VirtualTime time) {
        this.time = time;
    }

    @Override
    public Instant instant() {
        return time.instant();
    }

    @Override
    public AutoCloseable schedule(Duration delay, Runnable action) {
        Object timer = new Object();
        timers.add(timer);
        AutoCloseable scheduled =
                time.schedule(
                        delay,
                        () -> {
                            timers.remove(timer);
                            action.run();
                        });
        return () -> {
            timers.remove(timer);
            scheduled.close();
        };
    }

    /** Returns how many timers the bus has set that are neither due nor closed. */
    int timers() {
        return timers.size();
    }
}

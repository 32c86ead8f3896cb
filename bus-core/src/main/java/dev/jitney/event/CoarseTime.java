// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * The system's time, which costs a nanosecond instead of some forty while it is asked for often:
 * then a thread looks at the clocks every millisecond, and all others read what it saw. A program
 * that asks less than {@value #BUSY} times within a millisecond has the exact time and no such
 * thread; the thread ends after {@value #PATIENCE} ticks in which nobody asked.
 *
 * <p>So the time may be late by a tick and the moment until the thread gets a processor: at most 2
 * ms, unless the machine stands still or has more to do than it can.
 *
 * <p><b>Threads.</b> Safe for concurrent use, without a lock.
 */
final class CoarseTime implements Runnable {

    private static final int BUSY = 64;
    private static final int PATIENCE = 20;
    private static final long TICK_NANOS = 1_000_000;
    private static final InstantSource SYSTEM = InstantSource.system();

    // What the thread saw last; zero while there is none.
    private volatile long epochNanos;
    private volatile long nanoTime;
    private volatile boolean used;

    private final AtomicBoolean running = new AtomicBoolean();

    // Counts without a lock: it is enough that it comes to BUSY sooner or later.
    private long countedMilli;
    private int count;

    /** Returns the nanoseconds since 1970, as {@link #nanosOf} counts them. */
    long epochNanos() {
        long seen = epochNanos;
        if (seen == 0) {
            return exact();
        }
        noteUse();
        return seen;
    }

    /** Returns {@link System#nanoTime()}, or what it was a tick ago. */
    long nanoTime() {
        long seen = nanoTime;
        if (seen == 0) {
            return System.nanoTime();
        }
        noteUse();
        return seen;
    }

    static long nanosOf(Instant instant) {
        return instant.getEpochSecond() * EventClock.NANOS_PER_SECOND + instant.getNano();
    }

    private void noteUse() {
        if (!used) {
            used = true;
        }
    }

    private long exact() {
        long now = nanosOf(SYSTEM.instant());
        long milli = now / TICK_NANOS;
        if (milli != countedMilli) {
            countedMilli = milli;
            count = 0;
        } else if (++count == BUSY) {
            start();
        }
        return now;
    }

    private void start() {
        if (!running.compareAndSet(false, true)) {
            return;
        }
        Thread ticker = new Thread(null, this, "jitney-clock", 0, false);
        ticker.setDaemon(true);
        // What the starting thread holds is not this one's to keep alive.
        ticker.setContextClassLoader(null);
        try {
            ticker.start();
        } catch (OutOfMemoryError e) {
            // No more threads: the time stays exact, and the next busy millisecond tries again.
            running.set(false);
        }
    }

    /** Ticks until nobody has asked for a while. */
    @Override
    public void run() {
        try {
            for (int idle = 0; idle < PATIENCE; idle++) {
                epochNanos = nanosOf(SYSTEM.instant());
                // Zero is taken, and a nanosecond is nothing here.
                nanoTime = System.nanoTime() | 1;
                if (used) {
                    used = false;
                    idle = 0;
                }
                LockSupport.parkNanos(this, TICK_NANOS);
            }
        } finally {
            epochNanos = 0;
            nanoTime = 0;
            running.set(false);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Has work in the background give way while this process appends: it works for a quarter of a
 * millisecond and rests for four times as long as it has worked, so that it takes a fifth of a core
 * at the most and no append waits for a core longer than that. When nothing was appended for a
 * tenth of a second it does not rest.
 *
 * <p><b>Threads.</b> {@link #step} belongs to one thread, {@link #hurry} to any.
 */
final class Pace {

    static final long WORK_NANOS = 250_000;
    static final long REST_FACTOR = 4;
    // A step that took long, in reading from the disk for instance, is not paid for in full.
    static final long LONGEST_REST = 5_000_000;
    static final long QUIET_NANOS = 100_000_000;

    private final LongSupplier appended;
    private final LongSupplier nanoTime;
    private final LongConsumer rest;
    private long seen;
    private long seenAt;
    private long begin;
    private volatile boolean hurried;

    /**
     * @param appended a number that changes with what is appended
     */
    Pace(LongSupplier appended) {
        this(appended, System::nanoTime, LockSupport::parkNanos);
    }

    /** As above, with a clock and a way to rest: for tests. */
    Pace(LongSupplier appended, LongSupplier nanoTime, LongConsumer rest) {
        this.appended = appended;
        this.nanoTime = nanoTime;
        this.rest = rest;
        begin = nanoTime.getAsLong();
        seen = appended.getAsLong();
        seenAt = begin - QUIET_NANOS;
    }

    /** Returns a pace without rests, for work that somebody waits for. */
    static Pace none() {
        Pace pace = new Pace(() -> 0);
        pace.hurry();
        return pace;
    }

    /** To be called every now and then by the one who works; rests if it is time to. */
    void step() {
        if (hurried) {
            return;
        }
        long now = nanoTime.getAsLong();
        long worked = now - begin;
        if (worked < WORK_NANOS) {
            return;
        }
        long latest = appended.getAsLong();
        if (latest != seen) {
            seen = latest;
            seenAt = now;
        }
        if (now - seenAt < QUIET_NANOS) {
            rest.accept(Math.min(REST_FACTOR * worked, LONGEST_REST));
        }
        begin = nanoTime.getAsLong();
    }

    /** Takes the rests away. */
    void hurry() {
        hurried = true;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gives ids and times that strictly increase (EVT-2): one counter of nanoseconds since 1970 that
 * follows a clock and never stands still. When the clock stops or runs backward, each tick is one
 * nanosecond after the last. A clock before 1970 counts as 1970.
 *
 * <p>An id is a UUID of version 7 (RFC 9562, method 3): the tick, to the nanosecond, then 54 bits
 * drawn at random once per clock. So ids of one clock sort in the order in which they were given,
 * and two clocks would have to draw the same bits and tick in the same nanosecond to collide.
 *
 * <p>A clock that follows the system's time reads it at most some 64 000 times a second: while
 * there is more to do it goes by a daemon thread that looks every millisecond, and may be up to 2
 * ms behind, longer only where the machine does not let that thread run. Ids and times increase
 * strictly all the same.
 *
 * <p><b>Threads.</b> Safe for concurrent use, without a lock. <b>Cost.</b> At most one read of the
 * clock and one atomic addition; no random number is drawn for an event.
 */
public final class EventClock {

    static final long NANOS_PER_SECOND = 1_000_000_000L;

    static final long NANOS_PER_MILLI = 1_000_000L;
    private static final long MILLIS_PER_SECOND = 1_000L;
    private static final long LAST_SECOND = Long.MAX_VALUE / NANOS_PER_SECOND - 1;
    private static final long NODE_MASK = (1L << 54) - 1;
    private static final CoarseTime COARSE = new CoarseTime();
    private static final EventClock SYSTEM = new EventClock(InstantSource.system());

    private final InstantSource source;
    private final boolean coarse;
    private final AtomicLong last = new AtomicLong(-1);
    private volatile long node;

    private EventClock(InstantSource source) {
        this.source = source;
        coarse = source == InstantSource.system();
    }

    /**
     * Returns {@link System#nanoTime()}, or what it was up to 2 ms ago while events are made
     * quickly: for spans of time that are long beside that.
     */
    public static long coarseNanoTime() {
        return COARSE.nanoTime();
    }

    /** Returns the clock of this process, which follows the system's time. */
    public static EventClock system() {
        return SYSTEM;
    }

    /** Returns a new clock that follows this source of time; tests own it. */
    public static EventClock of(InstantSource source) {
        return new EventClock(source);
    }

    /** Returns the source of time that this clock follows. */
    public InstantSource source() {
        return source;
    }

    /**
     * Returns the next id with its time.
     *
     * @throws IllegalStateException if the source of time is past the year 2261
     */
    public Stamp next() {
        long tick = tick();
        return new Stamp(idAt(tick), instantAt(tick));
    }

    /** Advances the clock and returns the nanoseconds since 1970. */
    long tick() {
        long now = coarse ? COARSE.epochNanos() : exact();
        // Most ticks come within one look at the clock; an addition bears many threads better.
        long next = last.incrementAndGet();
        while (next < now) {
            if (last.compareAndSet(next, now)) {
                return now;
            }
            next = last.incrementAndGet();
        }
        return next;
    }

    /** Returns the time in milliseconds since 1970, as exact as that of the next tick. */
    public long millis() {
        return coarse ? COARSE.epochNanos() / NANOS_PER_MILLI : source.millis();
    }

    private long exact() {
        Instant instant = source.instant();
        if (instant.getEpochSecond() > LAST_SECOND) {
            throw new IllegalStateException(
                    "The clock says " + instant + ". Events can be made up to the year 2261.");
        }
        return CoarseTime.nanosOf(instant);
    }

    /** Returns the id that belongs to a tick of this clock, always the same. */
    String idAt(long tick) {
        long fraction = tick % NANOS_PER_MILLI;
        long high = (tick / NANOS_PER_MILLI) << 16 | 0x7000L | fraction >>> 8;
        long low = 0x8000_0000_0000_0000L | (fraction & 0xff) << 54 | node();
        return new UUID(high, low).toString();
    }

    static Instant instantAt(long tick) {
        return Instant.ofEpochSecond(
                Math.floorDiv(tick, NANOS_PER_SECOND), Math.floorMod(tick, NANOS_PER_SECOND));
    }

    static long millisAt(long tick) {
        return Math.floorDiv(tick, NANOS_PER_MILLI);
    }

    /** Returns the milliseconds since 1970 of any time, or the nearest that a long can hold. */
    static long millisOf(Instant time) {
        long seconds = time.getEpochSecond();
        if (Math.abs(seconds) < Long.MAX_VALUE / MILLIS_PER_SECOND) {
            return time.toEpochMilli();
        }
        return seconds < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    /** Says whether nanoseconds since 1970 in a long can hold the time. */
    static boolean fits(Instant time) {
        return Math.abs(time.getEpochSecond()) < LAST_SECOND;
    }

    static long tickAt(Instant time) {
        return CoarseTime.nanosOf(time);
    }

    // Drawn when the first id is asked for: a process that only reads events never pays for it.
    private long node() {
        long drawn = node;
        if (drawn == 0) {
            synchronized (this) {
                while (node == 0) {
                    node = Nodes.next() & NODE_MASK;
                }
                drawn = node;
            }
        }
        return drawn;
    }

    /**
     * The random bits of this process's clocks: drawn once, then spread as SplitMix64 does, which
     * takes some nanoseconds where the system takes 20 us. Its 64 bits never repeat; of two clocks
     * the 54 that count are the same as often as if each had drawn them.
     */
    private static final class Nodes {

        private static final long STEP = 0x9e37_79b9_7f4a_7c15L;
        private static final AtomicLong LAST = new AtomicLong(random());

        static long next() {
            long mixed = LAST.addAndGet(STEP);
            mixed = (mixed ^ mixed >>> 30) * 0xbf58_476d_1ce4_e5b9L;
            mixed = (mixed ^ mixed >>> 27) * 0x94d0_49bb_1331_11ebL;
            return mixed ^ mixed >>> 31;
        }

        // The system's own source where there is one: SecureRandom takes 20 ms to load, and the
        // command line draws once per process.
        private static long random() {
            try (InputStream in = new FileInputStream("/dev/urandom")) {
                byte[] bytes = in.readNBytes(Long.BYTES);
                if (bytes.length == Long.BYTES) {
                    return ByteBuffer.wrap(bytes).getLong();
                }
            } catch (IOException e) {
                // There is none on this system.
            }
            return new SecureRandom().nextLong();
        }
    }

    /**
     * One tick of the clock.
     *
     * @param id a UUID of version 7, greater than all given before by this clock
     * @param time later than all given before by this clock
     */
    public record Stamp(String id, Instant time) {}
}

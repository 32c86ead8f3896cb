// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import java.time.Duration;
import java.time.InstantSource;

/**
 * A clock that also runs timers, so that whoever owns the clock owns all of a bus's time. A bus
 * whose clock is one takes every timer from it: limits, slow thresholds, back-off, windows. A bus
 * whose clock is a mere {@link InstantSource} reads the time from that and waits in true time.
 *
 * <p><b>Order.</b> An action runs once {@link #instant} has reached the time at which it is due,
 * never before; actions of different times run in order of time, those of one time in the order in
 * which they were scheduled. While one runs, {@code instant} gives the time at which it was due, or
 * a later one.
 *
 * <p><b>Threads.</b> Safe for concurrent use. Actions run on the thread that moves the time, or on
 * one of the time source's own, never within {@link #schedule}. They are quick and hand longer work
 * on.
 *
 * <p><b>Failures.</b> What an action throws does not keep others from running.
 */
public interface TimeSource extends InstantSource {

    /**
     * Runs the action once, as soon as this much time has passed.
     *
     * @param delay from now; zero or less makes it due at once
     * @return cancels the action when closed, if it has not begun; does not wait for one that has.
     *     Closing again has no effect, and closing never throws
     */
    AutoCloseable schedule(Duration delay, Runnable action);
}

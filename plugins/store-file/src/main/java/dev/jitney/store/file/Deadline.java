// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.time.Duration;

/**
 * Until when a call may wait.
 *
 * @param limit as the caller gave it; zero is without limit
 * @param end the moment by {@link System#nanoTime}, of no meaning without limit
 */
record Deadline(Duration limit, long end) {

    static final Deadline NONE = new Deadline(Duration.ZERO, 0);

    private static final Duration LONGEST = Duration.ofDays(36_500);

    /** Returns the deadline of a limit that begins now; a hundred years and more are no limit. */
    static Deadline in(Duration limit) {
        boolean none = limit.isZero() || limit.compareTo(LONGEST) > 0;
        return none ? NONE : new Deadline(limit, System.nanoTime() + limit.toNanos());
    }

    /** Returns the nanoseconds that are left, at most so many; none or less when it has passed. */
    long left(long most) {
        return limit.isZero() ? most : Math.min(most, end - System.nanoTime());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.test;

import java.time.Duration;
import java.util.function.Supplier;

/** How long a test waits, in true time, for what has to come by itself. */
final class Deadline {

    /** For ever, as far as a nanosecond clock can tell. */
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 2);

    private final Duration patience;
    private final long end;

    Deadline(Duration patience) {
        if (patience.isNegative()) {
            throw new IllegalArgumentException(
                    "Patience '" + patience + "' is negative. Use zero or more.");
        }
        this.patience = patience;
        end = System.nanoTime() + (patience.compareTo(LONGEST) < 0 ? patience : LONGEST).toNanos();
    }

    long nanosLeft() {
        return Math.max(0, end - System.nanoTime());
    }

    boolean over() {
        return nanosLeft() == 0;
    }

    /** Returns the patience as a part of a sentence. */
    String within() {
        return " within " + Texts.span(patience) + " of true time";
    }

    /** Fails the test if the time is over, or if its thread is interrupted, which it stays. */
    void check(Supplier<String> message) {
        if (Thread.currentThread().isInterrupted()) {
            throw new AssertionError("The test was interrupted. " + message.get());
        }
        if (over()) {
            throw new AssertionError(message.get());
        }
    }
}

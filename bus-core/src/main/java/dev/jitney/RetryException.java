// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by a handler that cannot handle the event now and asks to run for it again later (ERR-4).
 *
 * <p>The subscription's {@link RetryPolicy} says how often that may happen: this asks for an
 * attempt, it does not add one. It is retried whatever errors the policy names. When no attempt is
 * left it is a failure like any other.
 */
public final class RetryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final @Nullable Duration delay;

    /** Asks to run again after the policy's own delay. */
    public RetryException(String message) {
        this(message, null, null);
    }

    /** Asks to run again after the policy's own delay. */
    public RetryException(String message, @Nullable Throwable cause) {
        this(message, null, cause);
    }

    /**
     * Asks to run again.
     *
     * @param delay how long to wait first, from zero to 365 days; null for the policy's own delay
     * @param cause what went wrong, or null
     * @throws IllegalArgumentException if the delay is out of range
     */
    public RetryException(String message, @Nullable Duration delay, @Nullable Throwable cause) {
        super(message, cause);
        this.delay = delay == null ? null : RetryPolicy.delay("Delay", delay);
    }

    /**
     * Returns an exception that asks to run again after this delay, from zero to 365 days.
     *
     * @throws IllegalArgumentException if the delay is out of range
     */
    public static RetryException after(Duration delay) {
        Objects.requireNonNull(delay, "delay");
        return new RetryException(
                "The handler asks to run again after " + delay + ".", delay, null);
    }

    /** Returns how long to wait before the next attempt, or null for the policy's own delay. */
    public @Nullable Duration delay() {
        return delay;
    }
}

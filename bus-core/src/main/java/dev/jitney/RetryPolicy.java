// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * When a handler that has failed on an event runs for it again, and how often (ERR-3).
 *
 * <p>The wait after a failure is the first delay, multiplied by the factor for each failure before
 * it, cut at the ceiling; jitter then takes a random share off, so that handlers which failed
 * together do not come back together. A {@link RetryException} that names a delay has its own.
 *
 * <p><b>Which errors.</b> A {@link RejectException} is never retried, nor is a {@link
 * VirtualMachineError} other than {@link StackOverflowError} (ERR-2). A {@link RetryException}
 * always is, while there are attempts left. Any other error is retried unless its class was
 * excluded, and when classes or conditions were given, only if one of them holds. An error is
 * looked at as it is, not its causes. The engine does not ask about a delivery that was cancelled.
 *
 * <p><b>Limits.</b> 1 to 1 000 attempts; delays and ceiling from zero to 365 days.
 *
 * <p><b>Threads.</b> Immutable; conditions may be asked by several threads at once.
 */
public final class RetryPolicy {

    /** The most attempts that a policy may allow, the first included. */
    public static final int MAX_ATTEMPTS = 1_000;

    /** The ceiling of a policy that sets none: one hour, or the first delay if that is longer. */
    public static final Duration DEFAULT_CEILING = Duration.ofHours(1);

    static final Duration MAX_DELAY = Duration.ofDays(365);

    private static final double MAX_FACTOR = 1_000;
    private static final Duration FIRST_WHEN_ASKED = Duration.ofSeconds(1);
    private static final RetryPolicy NONE = builder().build();

    private final int attempts;
    private final Duration first;
    private final double factor;
    private final double jitter;
    private final Duration ceiling;
    private final boolean ceilingSet;
    private final List<Class<? extends Throwable>> excluded;
    private final List<Predicate<? super Throwable>> conditions;
    private final boolean releasesOrder;

    private RetryPolicy(Builder builder) {
        attempts = builder.attempts;
        first = builder.first;
        factor = builder.factor;
        jitter = builder.jitter;
        ceilingSet = builder.ceiling != null;
        ceiling = builder.ceiling != null ? builder.ceiling : max(DEFAULT_CEILING, first);
        excluded = List.copyOf(builder.excluded);
        conditions = List.copyOf(builder.conditions);
        releasesOrder = builder.releasesOrder;
    }

    /** Returns the policy of one attempt: nothing is retried. */
    public static RetryPolicy none() {
        return NONE;
    }

    /** Returns a policy that retries at once. */
    public static RetryPolicy immediate(int attempts) {
        return builder().attempts(attempts).build();
    }

    /** Returns a policy that waits equally long before each retry. */
    public static RetryPolicy fixed(int attempts, Duration delay) {
        return builder().attempts(attempts).fixed(delay).build();
    }

    /**
     * Returns a policy that waits twice as long before each retry as before the last, up to an
     * hour, less a random share of up to one half.
     */
    public static RetryPolicy exponential(int attempts, Duration first) {
        return builder().attempts(attempts).exponential(first).jitter(0.5).build();
    }

    /**
     * Returns a policy that retries only when the handler asks for it with a {@link
     * RetryException}: after the delay that this names, else as {@link #exponential} from one
     * second on.
     */
    public static RetryPolicy onRequest(int attempts) {
        return exponential(attempts, FIRST_WHEN_ASKED).toBuilder().retryIf(error -> false).build();
    }

    /** Returns a builder of a policy of one attempt without delay. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder that holds all that this policy says. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Returns how often the handler may run for one event, the first run included. */
    public int attempts() {
        return attempts;
    }

    /** Says whether later events may be handled during the back-off, out of order. */
    public boolean releasesOrder() {
        return releasesOrder;
    }

    /**
     * Says whether the handler is to run again.
     *
     * <p>A condition that throws counts as one that does not hold; what it threw is added to the
     * error as suppressed.
     *
     * @param error the last failure
     * @param failedAttempts how often the handler has run for the event, from 1
     */
    public boolean retries(Throwable error, int failedAttempts) {
        if (failedAttempts >= attempts || error instanceof RejectException) {
            return false;
        }
        if (error instanceof RetryException) {
            return true;
        }
        if (error instanceof VirtualMachineError && !(error instanceof StackOverflowError)) {
            return false;
        }
        for (Class<?> type : excluded) {
            if (type.isInstance(error)) {
                return false;
            }
        }
        return conditions.isEmpty() || anyHolds(error);
    }

    /**
     * Returns how long to wait before the next attempt; depends on nothing but its arguments.
     *
     * @param failedAttempts how often the handler has run for the event, from 1
     * @param random from 0, for the whole delay, to 1, for the least that the jitter allows
     * @throws IllegalArgumentException if an argument is out of range
     */
    public Duration backoff(int failedAttempts, double random) {
        if (failedAttempts < 1) {
            throw new IllegalArgumentException(
                    "Failed attempts '" + failedAttempts + "' is out of range. Use 1 or more.");
        }
        share("Random number", random);
        if (first.isZero()) {
            return Duration.ZERO;
        }
        double grown = first.toNanos() * Math.pow(factor, failedAttempts - 1.0);
        double cut = Math.min(grown, ceiling.toNanos());
        return Duration.ofNanos(Math.round(cut * (1 - jitter * random)));
    }

    /** As {@link #backoff(int, double)}, but a delay that the error itself names comes first. */
    public Duration backoff(Throwable error, int failedAttempts, double random) {
        Duration own = error instanceof RetryException asked ? asked.delay() : null;
        return own != null ? own : backoff(failedAttempts, random);
    }

    /** Returns attempts and delays, for people. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("RetryPolicy[attempts=").append(attempts);
        if (!first.isZero()) {
            text.append(", first=").append(first);
            if (factor != 1) {
                text.append(", factor=").append(factor).append(", ceiling=").append(ceiling);
            }
            if (jitter != 0) {
                text.append(", jitter=").append(jitter);
            }
        }
        return text.append(releasesOrder ? ", releasesOrder]" : "]").toString();
    }

    private boolean anyHolds(Throwable error) {
        for (Predicate<? super Throwable> condition : conditions) {
            try {
                if (condition.test(error)) {
                    return true;
                }
            } catch (Throwable thrown) {
                // The handler's own failure is the one to report; this one comes with it.
                if (thrown != error) {
                    error.addSuppressed(thrown);
                }
            }
        }
        return false;
    }

    static Duration delay(String what, Duration delay) {
        if (delay.isNegative() || delay.compareTo(MAX_DELAY) > 0) {
            throw new IllegalArgumentException(
                    what + " '" + delay + "' is out of range. Use zero to 365 days.");
        }
        return delay;
    }

    private static double share(String what, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(
                    what + " '" + value + "' is out of range. Use 0 to 1.");
        }
        return value;
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    /** Gathers what a policy says. Not thread-safe. */
    public static final class Builder {

        private int attempts = 1;
        private Duration first = Duration.ZERO;
        private double factor = 1;
        private double jitter;
        private @Nullable Duration ceiling;
        private final List<Class<? extends Throwable>> excluded = new ArrayList<>();
        private final List<Predicate<? super Throwable>> conditions = new ArrayList<>();
        private boolean releasesOrder;

        private Builder() {}

        private Builder(RetryPolicy policy) {
            attempts = policy.attempts;
            first = policy.first;
            factor = policy.factor;
            jitter = policy.jitter;
            ceiling = policy.ceilingSet ? policy.ceiling : null;
            excluded.addAll(policy.excluded);
            conditions.addAll(policy.conditions);
            releasesOrder = policy.releasesOrder;
        }

        /**
         * Sets how often the handler may run for one event, the first run included: 1 to 1 000.
         *
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder attempts(int attempts) {
            if (attempts < 1 || attempts > MAX_ATTEMPTS) {
                throw new IllegalArgumentException(
                        "Attempts '"
                                + attempts
                                + "' is out of range. Use 1 to 1000, the first run included.");
            }
            this.attempts = attempts;
            return this;
        }

        /** Retries at once, which is also what a new builder does. */
        public Builder noDelay() {
            return growing(Duration.ZERO, 1);
        }

        /**
         * Waits equally long before each retry.
         *
         * @throws IllegalArgumentException if the delay is out of range
         */
        public Builder fixed(Duration delay) {
            return growing(delay("Delay", Objects.requireNonNull(delay, "delay")), 1);
        }

        /** Waits twice as long before each retry as before the last; see the other form. */
        public Builder exponential(Duration first) {
            return exponential(first, 2);
        }

        /**
         * Waits longer before each retry.
         *
         * @param first the wait before the first retry
         * @param factor by how much each wait is longer than the last: 1 to 1 000
         * @throws IllegalArgumentException if an argument is out of range
         */
        public Builder exponential(Duration first, double factor) {
            if (!(factor >= 1 && factor <= MAX_FACTOR)) {
                throw new IllegalArgumentException(
                        "Factor '" + factor + "' is out of range. Use 1 to 1000.");
            }
            return growing(delay("First delay", Objects.requireNonNull(first, "first")), factor);
        }

        private Builder growing(Duration first, double factor) {
            this.first = first;
            this.factor = factor;
            return this;
        }

        /**
         * Takes a random share off each wait: 0, the default, takes nothing, 1 up to all of it.
         *
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder jitter(double jitter) {
            this.jitter = share("Jitter", jitter);
            return this;
        }

        /**
         * Sets the longest wait; see {@link #DEFAULT_CEILING}. A delay that a {@link
         * RetryException} names is not cut.
         *
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder ceiling(Duration ceiling) {
            this.ceiling = delay("Ceiling", Objects.requireNonNull(ceiling, "ceiling"));
            return this;
        }

        /** Retries errors of this class, or that another condition given holds for. */
        public Builder retryOn(Class<? extends Throwable> type) {
            Objects.requireNonNull(type, "type");
            return retryIf(type::isInstance);
        }

        /**
         * Retries errors that this condition holds for, or another one given. It runs on the
         * handler's lane, so it must be quick.
         */
        public Builder retryIf(Predicate<? super Throwable> condition) {
            conditions.add(Objects.requireNonNull(condition, "condition"));
            return this;
        }

        /** Never retries errors of this class, whatever else holds; a RetryException stays one. */
        public Builder neverOn(Class<? extends Throwable> type) {
            excluded.add(Objects.requireNonNull(type, "type"));
            return this;
        }

        /**
         * Lets the lane go on with later events during the back-off. The retried event is then
         * handled out of order.
         */
        public Builder releaseOrder() {
            releasesOrder = true;
            return this;
        }

        /**
         * Returns the policy.
         *
         * @throws IllegalArgumentException if the ceiling is below the first delay
         */
        public RetryPolicy build() {
            if (ceiling != null && ceiling.compareTo(first) < 0) {
                throw new IllegalArgumentException(
                        "Ceiling '"
                                + ceiling
                                + "' is below the first delay '"
                                + first
                                + "'. Raise it, or shorten the delay.");
            }
            return new RetryPolicy(this);
        }
    }
}

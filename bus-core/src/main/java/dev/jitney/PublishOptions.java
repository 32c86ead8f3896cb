// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How one event is to be handled where that differs from the bus (ORD-7). What is not set is the
 * bus's, on each bus that handles the event. Options travel with the event to other buses of the
 * process, to its retries and its dead letter, and never on the wire. Immutable.
 */
public final class PublishOptions {

    private static final PublishOptions DEFAULTS = builder().build();

    private final @Nullable Ordering ordering;
    private final @Nullable HandlerOrder handlerOrder;
    private final @Nullable Completion completion;
    private final @Nullable Dispatch dispatch;
    private final @Nullable Duration timeout;
    private final @Nullable Duration handlerTimeout;
    private final @Nullable Duration slowThreshold;
    private final @Nullable Class<?> resultType;
    private final @Nullable Supplier<? extends AutoCloseable> context;

    private PublishOptions(Builder builder) {
        ordering = builder.ordering;
        handlerOrder = builder.handlerOrder;
        completion = builder.completion;
        dispatch = builder.dispatch;
        timeout = builder.timeout;
        handlerTimeout = builder.handlerTimeout;
        slowThreshold = builder.slowThreshold;
        resultType = builder.resultType;
        context = builder.context;
    }

    /** Returns the options that set nothing. */
    public static PublishOptions defaults() {
        return DEFAULTS;
    }

    /** Returns a builder with nothing set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder with what is set here. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.ordering = ordering;
        builder.handlerOrder = handlerOrder;
        builder.completion = completion;
        builder.dispatch = dispatch;
        builder.timeout = timeout;
        builder.handlerTimeout = handlerTimeout;
        builder.slowThreshold = slowThreshold;
        builder.resultType = resultType;
        builder.context = context;
        return builder;
    }

    /** Returns how the event is ordered among others, or null for the bus's way. */
    public @Nullable Ordering ordering() {
        return ordering;
    }

    /** Returns how the event's handlers run, or null for the bus's way. */
    public @Nullable HandlerOrder handlerOrder() {
        return handlerOrder;
    }

    /** Returns when the event is complete, or null for the bus's way. */
    public @Nullable Completion completion() {
        return completion;
    }

    /** Returns on which thread handlers run, or null for the bus's way. */
    public @Nullable Dispatch dispatch() {
        return dispatch;
    }

    /** Returns the limit for all handlers together, zero for none, or null for the bus's. */
    public @Nullable Duration timeout() {
        return timeout;
    }

    /** Returns the limit for each handler, zero for none, or null for the bus's. */
    public @Nullable Duration handlerTimeout() {
        return handlerTimeout;
    }

    /** Returns after how long a warning is due, zero for never, or null for the bus's. */
    public @Nullable Duration slowThreshold() {
        return slowThreshold;
    }

    /** Returns what handlers must return, or null if anything will do. */
    public @Nullable Class<?> resultType() {
        return resultType;
    }

    /**
     * Returns what makes a context that of the thread it is called on, or null if there is none.
     */
    public @Nullable Supplier<? extends AutoCloseable> context() {
        return context;
    }

    /**
     * Sets options.
     *
     * <p><b>Threads.</b> Not thread-safe.
     */
    public static final class Builder {

        private @Nullable Ordering ordering;
        private @Nullable HandlerOrder handlerOrder;
        private @Nullable Completion completion;
        private @Nullable Dispatch dispatch;
        private @Nullable Duration timeout;
        private @Nullable Duration handlerTimeout;
        private @Nullable Duration slowThreshold;
        private @Nullable Class<?> resultType;
        private @Nullable Supplier<? extends AutoCloseable> context;

        private Builder() {}

        /**
         * Sets how the event is ordered among the others of its bus. Events that ask for another
         * order than the bus's have lanes of their own there and are in no order with the rest.
         */
        public Builder ordering(Ordering ordering) {
            this.ordering = Objects.requireNonNull(ordering, "ordering");
            return this;
        }

        /** Sets how the event's handlers run. */
        public Builder handlerOrder(HandlerOrder handlerOrder) {
            this.handlerOrder = Objects.requireNonNull(handlerOrder, "handlerOrder");
            return this;
        }

        /** Sets when the event is complete. */
        public Builder completion(Completion completion) {
            this.completion = Objects.requireNonNull(completion, "completion");
            return this;
        }

        /** Sets on which thread handlers run. */
        public Builder dispatch(Dispatch dispatch) {
            this.dispatch = Objects.requireNonNull(dispatch, "dispatch");
            return this;
        }

        /**
         * Sets the limit for all handlers of the event together, from its start (TMO-3).
         *
         * @param timeout zero for none, or more
         * @throws IllegalArgumentException if it is negative
         */
        public Builder timeout(Duration timeout) {
            this.timeout = Limits.notNegative("Event timeout", "timeout", timeout);
            return this;
        }

        /**
         * Sets the limit for each handler whose subscription sets none (TMO-1).
         *
         * @param timeout zero for none, or more
         * @throws IllegalArgumentException if it is negative
         */
        public Builder handlerTimeout(Duration timeout) {
            this.handlerTimeout = Limits.notNegative("Handler timeout", "timeout", timeout);
            return this;
        }

        /**
         * Sets after how long in handling one warning is logged (TMO-5).
         *
         * @param threshold zero for never, or more
         * @throws IllegalArgumentException if it is negative
         */
        public Builder slowThreshold(Duration threshold) {
            this.slowThreshold = Limits.notNegative("Slow threshold", "threshold", threshold);
            return this;
        }

        /**
         * Sets what handlers must return: a handler that returns something else, null apart, has
         * failed (RES-3).
         */
        public Builder resultType(Class<?> resultType) {
            this.resultType = Objects.requireNonNull(resultType, "resultType");
            return this;
        }

        /**
         * Sets a context of the publisher's that handlers are to see (CTX-4), beside what the
         * {@code ContextCarrier}s of the bus take along. It is restored around every attempt and
         * whenever a suspended handler goes on, on the thread that does so; the same thread closes
         * what was returned. Both must be quick and not throw.
         */
        public Builder context(Supplier<? extends AutoCloseable> context) {
            this.context = Objects.requireNonNull(context, "context");
            return this;
        }

        /** Returns what was set so far. */
        public PublishOptions build() {
            return new PublishOptions(this);
        }
    }
}

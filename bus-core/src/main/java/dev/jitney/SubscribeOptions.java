// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.Event;
import dev.jitney.event.Severity;
import dev.jitney.spi.Position;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** How to subscribe (SUB-7). Immutable. */
public final class SubscribeOptions {

    /** The priority of a subscription that sets none. */
    public static final int DEFAULT_PRIORITY = 100;

    private static final SubscribeOptions DEFAULTS = builder().build();

    private final @Nullable String name;
    private final int priority;
    private final boolean includeRemote;
    private final @Nullable Predicate<? super Event> predicate;
    private final Set<Severity> severities;
    private final boolean blocking;
    private final @Nullable Executor executor;
    private final @Nullable Duration timeout;
    private final @Nullable Duration slowThreshold;
    private final @Nullable RetryPolicy retry;
    private final int times;
    private final @Nullable Predicate<? super Event> until;
    private final @Nullable String cursor;
    private final Position cursorStart;

    private SubscribeOptions(Builder builder) {
        name = builder.name;
        priority = builder.priority;
        includeRemote = builder.includeRemote;
        predicate = builder.predicate;
        severities = Set.copyOf(builder.severities);
        blocking = builder.blocking;
        executor = builder.executor;
        timeout = builder.timeout;
        slowThreshold = builder.slowThreshold;
        retry = builder.retry;
        times = builder.times;
        until = builder.until;
        cursor = builder.cursor;
        cursorStart = builder.cursorStart;
    }

    /** Returns the options of a subscription that sets none. */
    public static SubscribeOptions defaults() {
        return DEFAULTS;
    }

    /** Returns a builder with nothing set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the name, or null to have one made. */
    public @Nullable String name() {
        return name;
    }

    /** Returns the priority; higher runs first. */
    public int priority() {
        return priority;
    }

    /** Says whether events of other processes on the same store are wanted too. */
    public boolean includeRemote() {
        return includeRemote;
    }

    /** Returns the condition that an event must meet, or null if there is none. */
    public @Nullable Predicate<? super Event> predicate() {
        return predicate;
    }

    /** Returns the severities that are wanted; empty when any will do. */
    public Set<Severity> severities() {
        return severities;
    }

    /** Says whether the handler runs off the threads that all handlers share. */
    public boolean blocking() {
        return blocking;
    }

    /** Returns the executor that a blocking handler runs on, or null for the bus's own. */
    public @Nullable Executor executor() {
        return executor;
    }

    /** Returns the limit for each attempt, zero for none, or null for the event's or the bus's. */
    public @Nullable Duration timeout() {
        return timeout;
    }

    /** Returns after how long a warning is due, zero for never, or null for the bus's. */
    public @Nullable Duration slowThreshold() {
        return slowThreshold;
    }

    /** Returns when and how often a failed attempt is followed by another, or null for never. */
    public @Nullable RetryPolicy retry() {
        return retry;
    }

    /** Returns after how many events the subscription closes; 0 for never. */
    public int times() {
        return times;
    }

    /** Returns the condition for closing, or null if there is none. */
    public @Nullable Predicate<? super Event> until() {
        return until;
    }

    /** Returns the name of the cursor that makes it durable, or null if it is not. */
    public @Nullable String cursor() {
        return cursor;
    }

    /** Returns where a durable subscription begins whose cursor is new. */
    public Position cursorStart() {
        return cursorStart;
    }

    /** Gathers options. Not thread-safe. */
    public static final class Builder {

        private @Nullable String name;
        private int priority = DEFAULT_PRIORITY;
        private boolean includeRemote;
        private @Nullable Predicate<? super Event> predicate;
        private final Set<Severity> severities = EnumSet.noneOf(Severity.class);
        private boolean blocking;
        private @Nullable Executor executor;
        private @Nullable Duration timeout;
        private @Nullable Duration slowThreshold;
        private @Nullable RetryPolicy retry;
        private int times;
        private @Nullable Predicate<? super Event> until;
        private @Nullable String cursor;
        private Position cursorStart = Position.end();

        private Builder() {}

        /**
         * Names the subscription, for people: in results, logs and reports. Need not be unique.
         *
         * @throws IllegalArgumentException if it is empty
         */
        public Builder name(String name) {
            if (Objects.requireNonNull(name, "name").isEmpty()) {
                throw new IllegalArgumentException(
                        "The name of a subscription is ''. Give at least one character.");
            }
            this.name = name;
            return this;
        }

        /** Sets the priority: higher runs first, 100 unless set (SUB-3). */
        public Builder priority(int priority) {
            this.priority = priority;
            return this;
        }

        /**
         * Adds the events that other processes append to the bus's store from now on: each exactly
         * once, in the order of the store among themselves, between this bus's own events. Own
         * events are recognised by offset and never run twice (DSU-1).
         */
        public Builder includeRemote() {
            this.includeRemote = true;
            return this;
        }

        /**
         * Sets a condition. It runs on the bus's lane when the event's processing starts, so it
         * must be quick; one that throws fails the handler on that event.
         */
        public Builder predicate(Predicate<? super Event> predicate) {
            this.predicate = Objects.requireNonNull(predicate, "predicate");
            return this;
        }

        /** Wants this severity, or another one given. */
        public Builder severity(Severity severity) {
            severities.add(Objects.requireNonNull(severity, "severity"));
            return this;
        }

        /** Wants this severity and all that are worse. */
        public Builder severityAtLeast(Severity floor) {
            Objects.requireNonNull(floor, "floor");
            for (Severity severity : Severity.values()) {
                if (severity.atLeast(floor)) {
                    severities.add(severity);
                }
            }
            return this;
        }

        /**
         * Says that the handler blocks for long. It runs on a virtual thread where there are such,
         * else on a daemon thread of its own, so that it holds up no other bus. Order is kept: the
         * lane waits for it. Only for handlers that are done when they return.
         */
        public Builder blocking() {
            this.blocking = true;
            return this;
        }

        /** As {@link #blocking()}, on this executor. */
        public Builder blocking(Executor executor) {
            this.executor = Objects.requireNonNull(executor, "executor");
            this.blocking = true;
            return this;
        }

        /**
         * Sets the limit for each attempt of the handler, measured from when it starts (TMO-1); the
         * event's own limit cuts it.
         *
         * @param timeout zero for none, or more
         * @throws IllegalArgumentException if it is negative
         */
        public Builder timeout(Duration timeout) {
            this.timeout = Limits.notNegative("Handler timeout", "timeout", timeout);
            return this;
        }

        /**
         * Sets after how long in the handler one warning is logged and counted (TMO-5).
         *
         * @param threshold zero for never, or more
         * @throws IllegalArgumentException if it is negative
         */
        public Builder slowThreshold(Duration threshold) {
            this.slowThreshold = Limits.notNegative("Slow threshold", "threshold", threshold);
            return this;
        }

        /** Sets when and how often a failed attempt is followed by another (ERR-3). */
        public Builder retry(RetryPolicy retry) {
            this.retry = Objects.requireNonNull(retry, "retry");
            return this;
        }

        /** Closes the subscription when its first event begins to be handled. */
        public Builder once() {
            return times(1);
        }

        /**
         * Closes the subscription when so many events have begun to be handled; no more will.
         *
         * @param events 1 or more
         * @throws IllegalArgumentException if it is less
         */
        public Builder times(int events) {
            if (events < 1) {
                throw new IllegalArgumentException(
                        "Times '%s' is not valid. Use 1 or more.".formatted(events));
            }
            this.times = events;
            return this;
        }

        /**
         * Closes the subscription at the first event that meets the condition, after which it is
         * not handled any more; that event itself still is. It runs on the bus's lane, for events
         * that the subscription wants.
         */
        public Builder until(Predicate<? super Event> condition) {
            this.until = Objects.requireNonNull(condition, "condition");
            return this;
        }

        /** As {@link #durable(String, Position)}, beginning with what is stored from now on. */
        public Builder durable(String cursor) {
            return durable(cursor, Position.end());
        }

        /**
         * Makes the subscription durable (DSU-2): it gets every event of the bus's store that it
         * wants at least once, whoever stored it, from where the cursor stopped, also what is
         * stored while nobody subscribes. {@link #includeRemote()} adds nothing to it.
         *
         * <p><b>How events come.</b> Read back from the store and not from the publisher, in store
         * order, on the bus's lanes: so in order over the bus, by key or not at all, as the bus
         * says. A payload is what the store gives, JSON as a rule: take it with {@link
         * Event#payload(Class)}. Events come at level OS whatever the bus's {@code deliverAfter}
         * says. An event's own publication does not wait for durable subscriptions and does not
         * show them: its {@code join} returns when the ordinary handlers are done, and if there are
         * none, its outcome is {@code NO_HANDLER} with a reason that says so. {@code awaitIdle}
         * waits for what was read, not for what is still in the store. Predicates, retries, limits
         * and dead letters are as ever.
         *
         * <p><b>What is finished.</b> An event is finished when its handler has returned, or has
         * failed for good and the dead letter is kept, or when it is not wanted. The cursor keeps
         * the lowest unfinished offset and what is finished above it. It is saved after 1 000
         * finished events, or a second after the first of them, and at the end: a graceful close, a
         * {@code drain} too, repeats nothing; a kill repeats what was finished since the last save.
         * So handlers must bear an event twice.
         *
         * <p><b>One owner.</b> One subscription of all buses and processes is active for a cursor;
         * others stand by, see {@link Subscription#standby()}, and one of them takes over within a
         * second when the owner ends or its process dies (DSU-3). Closing the subscription lets
         * deliveries that have begun end, leaves all others to the next owner, and returns at once.
         *
         * <p><b>Trouble.</b> A stored line that is no event becomes a dead letter and is passed
         * over (DSU-4), what was removed by purge or retention is passed over with a warning. If
         * the store can be followed no longer the subscription ends, which is logged.
         *
         * <p><b>Limits.</b> 1 024 events at the most are read and not finished, and what is on its
         * way to the handler takes 8 MiB and one event at the most; then reading pauses. Each
         * durable subscription has a thread of its own. {@code subscribe} throws {@link
         * IllegalStateException} if the bus has no store, or one whose cursors cannot be claimed,
         * and what the store throws.
         *
         * @param cursor the name of the cursor: {@code [A-Za-z0-9][A-Za-z0-9._-]*}, at most 128
         *     characters
         * @param first where to begin when the store has no such cursor yet; the cursor is saved
         *     before {@code subscribe} returns
         */
        public Builder durable(String cursor, Position first) {
            this.cursor = Objects.requireNonNull(cursor, "cursor");
            this.cursorStart = Objects.requireNonNull(first, "first");
            return this;
        }

        /** Returns what was set so far. */
        public SubscribeOptions build() {
            return new SubscribeOptions(this);
        }
    }
}

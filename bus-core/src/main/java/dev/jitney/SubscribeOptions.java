// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.Event;
import dev.jitney.event.Severity;
import java.util.EnumSet;
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

    private SubscribeOptions(Builder builder) {
        name = builder.name;
        priority = builder.priority;
        includeRemote = builder.includeRemote;
        predicate = builder.predicate;
        severities = Set.copyOf(builder.severities);
        blocking = builder.blocking;
        executor = builder.executor;
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

    /** Gathers options. Not thread-safe. */
    public static final class Builder {

        private @Nullable String name;
        private int priority = DEFAULT_PRIORITY;
        private boolean includeRemote;
        private @Nullable Predicate<? super Event> predicate;
        private final Set<Severity> severities = EnumSet.noneOf(Severity.class);
        private boolean blocking;
        private @Nullable Executor executor;

        private Builder() {}

        /** Names the subscription, for people: in results, logs and reports. Need not be unique. */
        public Builder name(String name) {
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
            this.predicate = predicate;
            return this;
        }

        /** Wants this severity, or another one given. */
        public Builder severity(Severity severity) {
            severities.add(severity);
            return this;
        }

        /** Wants this severity and all that are worse. */
        public Builder severityAtLeast(Severity floor) {
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
            this.blocking = true;
            this.executor = executor;
            return this;
        }

        /** Returns what was set so far. */
        public SubscribeOptions build() {
            return new SubscribeOptions(this);
        }
    }
}

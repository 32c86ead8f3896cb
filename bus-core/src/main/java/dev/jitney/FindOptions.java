// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.Event;
import dev.jitney.event.InvalidTopicException;
import dev.jitney.event.TopicPattern;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What to look for among a bus's events, and how far back and ahead (HIS-2). Unless set otherwise,
 * the whole history is looked at, and nothing is waited for.
 *
 * <p><b>Threads.</b> Immutable. A predicate is called by the finder's thread and, for events to
 * come, by those that publish; it must be quick. One that throws ends this search with what it
 * threw and touches no one else.
 */
public final class FindOptions {

    /** The window that has no end. */
    public static final Duration UNLIMITED = Duration.ofSeconds(Long.MAX_VALUE);

    private final TopicPattern pattern;
    private final @Nullable Predicate<? super Event> predicate;
    private final Duration past;
    private final Duration future;
    private final @Nullable Event childOf;
    private final boolean reachIntoStore;

    private FindOptions(Builder builder) {
        pattern = builder.pattern;
        predicate = builder.predicate;
        past = builder.past;
        future = builder.future;
        childOf = builder.childOf;
        reachIntoStore = builder.reachIntoStore;
    }

    /**
     * Returns the options that look for a pattern in the whole history.
     *
     * @throws InvalidTopicException if the text is no pattern
     */
    public static FindOptions of(String pattern) {
        return builder(pattern).build();
    }

    /**
     * Returns a builder for a topic or a pattern (TOP-2).
     *
     * @throws InvalidTopicException if the text is no pattern
     */
    public static Builder builder(String pattern) {
        return new Builder(TopicPattern.parse(Objects.requireNonNull(pattern, "pattern")));
    }

    /** Returns the pattern that the topic must match. */
    public TopicPattern pattern() {
        return pattern;
    }

    /** Returns the condition that the event must meet, or null if there is none. */
    public @Nullable Predicate<? super Event> predicate() {
        return predicate;
    }

    /** Returns how long ago an event may have been made: zero for none, or {@link #UNLIMITED}. */
    public Duration past() {
        return past;
    }

    /** Returns how long to wait for an event: zero for not at all, or {@link #UNLIMITED}. */
    public Duration future() {
        return future;
    }

    /** Returns the event that the event must descend from, or null if any will do. */
    public @Nullable Event childOf() {
        return childOf;
    }

    /** Says whether the bus's store is searched too when the history has no match. */
    public boolean reachIntoStore() {
        return reachIntoStore;
    }

    /** Returns pattern and windows, for people. */
    @Override
    public String toString() {
        return "FindOptions[pattern="
                + pattern
                + ", past="
                + (past.equals(UNLIMITED) ? "unlimited" : past)
                + ", future="
                + (future.equals(UNLIMITED) ? "unlimited" : future)
                + (predicate == null ? "" : ", predicate")
                + (childOf == null ? "" : ", childOf=" + childOf.id())
                + (reachIntoStore ? ", reachIntoStore]" : "]");
    }

    /** Gathers options. Not thread-safe. */
    public static final class Builder {

        private final TopicPattern pattern;
        private @Nullable Predicate<? super Event> predicate;
        private Duration past = UNLIMITED;
        private Duration future = Duration.ZERO;
        private @Nullable Event childOf;
        private boolean reachIntoStore;

        private Builder(TopicPattern pattern) {
            this.pattern = pattern;
        }

        /** Sets a condition on the event. */
        public Builder predicate(Predicate<? super Event> predicate) {
            this.predicate = Objects.requireNonNull(predicate, "predicate");
            return this;
        }

        /**
         * Looks back this far, by the time of the events; an event exactly that old counts.
         *
         * @param past zero not to look back, {@link #UNLIMITED} for all that is kept
         * @throws IllegalArgumentException if it is negative
         */
        public Builder past(Duration past) {
            this.past = window("Past window", Objects.requireNonNull(past, "past"));
            return this;
        }

        /** Does not look back: only events published from the call on count. */
        public Builder noPast() {
            return past(Duration.ZERO);
        }

        /**
         * Waits this long for an event to come, if the past has none. An event matches when it is
         * published, before it is handled.
         *
         * @param future zero not to wait, {@link #UNLIMITED} to wait without limit
         * @throws IllegalArgumentException if it is negative
         */
        public Builder future(Duration future) {
            this.future = window("Future window", Objects.requireNonNull(future, "future"));
            return this;
        }

        /** Waits without limit; closing the bus ends the wait with null. */
        public Builder unlimitedFuture() {
            return future(UNLIMITED);
        }

        /**
         * Wants events that descend from this one only: caused by it, or by one that does, as far
         * as the events in between are pending, running or in the history (NST-4).
         */
        public Builder childOf(Event ancestor) {
            this.childOf = Objects.requireNonNull(ancestor, "ancestor");
            return this;
        }

        /** Searches the bus's store too when the history has no match in the past window. */
        public Builder reachIntoStore() {
            this.reachIntoStore = true;
            return this;
        }

        /** Returns what was set so far. */
        public FindOptions build() {
            return new FindOptions(this);
        }

        private static Duration window(String what, Duration window) {
            if (window.isNegative()) {
                throw new IllegalArgumentException(
                        what + " '" + window + "' is negative. Use zero for none, or more.");
            }
            return window;
        }
    }
}

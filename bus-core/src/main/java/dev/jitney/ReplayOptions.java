// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.Selection;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What to deliver again, to whom and how fast (HIS-4). Immutable. */
public final class ReplayOptions {

    private final Selection selection;
    private final double speed;
    private final @Nullable Duration maxGap;
    private final Set<String> handlers;

    private ReplayOptions(Builder builder) {
        selection = builder.selection;
        speed = builder.speed;
        maxGap = builder.maxGap;
        handlers = builder.handlers;
    }

    /** Returns the options that deliver what is selected, to all handlers, without waiting. */
    public static ReplayOptions of(Selection selection) {
        return builder().selection(selection).build();
    }

    /** Returns a builder for all events, to all handlers, without waiting. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns which events are delivered. */
    public Selection selection() {
        return selection;
    }

    /** Returns how many times as fast as they were made events are delivered; 0 does not wait. */
    public double speed() {
        return speed;
    }

    /** Returns the longest wait between two events, or null if there is none. */
    public @Nullable Duration maxGap() {
        return maxGap;
    }

    /** Returns the names of the subscriptions that get the events; empty for all. */
    public Set<String> handlers() {
        return handlers;
    }

    /** Gathers options. Not thread-safe. */
    public static final class Builder {

        private Selection selection = Selection.all();
        private double speed;
        private @Nullable Duration maxGap;
        private Set<String> handlers = Set.of();

        private Builder() {}

        /** Sets which events are delivered. */
        public Builder selection(Selection selection) {
            this.selection = Objects.requireNonNull(selection, "selection");
            return this;
        }

        /**
         * Sets how fast events are delivered: 1 keeps the gaps between their times, 10 is ten times
         * as fast, 0 does not wait. What handlers take is taken off the next gap.
         *
         * @throws IllegalArgumentException if it is negative or no number
         */
        public Builder speed(double speed) {
            if (!(speed >= 0)) {
                throw new IllegalArgumentException(
                        "Speed '%s' is not valid. Use 0, which does not wait, or more."
                                .formatted(speed));
            }
            this.speed = Double.isInfinite(speed) ? 0 : speed;
            return this;
        }

        /**
         * Sets the longest wait between two events, after the speed.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder maxGap(Duration maxGap) {
            this.maxGap = Limits.notNegative("Longest gap", "maxGap", maxGap);
            return this;
        }

        /**
         * Delivers only to the subscriptions of these names; one that is named twice counts once.
         */
        public Builder handlers(String... names) {
            Set<String> distinct = new LinkedHashSet<>();
            for (String name : Objects.requireNonNull(names, "names")) {
                distinct.add(Objects.requireNonNull(name, "name"));
            }
            this.handlers = Collections.unmodifiableSet(distinct);
            return this;
        }

        /** Returns what was set so far. */
        public ReplayOptions build() {
            return new ReplayOptions(this);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeadLetter.Reason;
import dev.jitney.event.Selection;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Keeps events that were given up until someone has looked after them (ERR-5). The rules are proved
 * by {@code dev.jitney.tck.DeadLetterSinkContract}.
 *
 * <p><b>Order.</b> Letters stand in the order in which they were added; updating one does not move
 * it.
 *
 * <p><b>Threads.</b> Safe for concurrent use. The bus calls {@link #add} on the threads that handle
 * and publish events, so it must be quick: no network call that it waits for without a limit.
 *
 * <p><b>Failures.</b> What {@link #add} throws is logged by the bus and harms no delivery (ERR-6);
 * then the letter is not kept. After {@link #close} every method but {@link #close} throws {@link
 * IllegalStateException}.
 *
 * <p><b>Limits.</b> A sink has a bound. When it is reached the oldest letters make room.
 */
public interface DeadLetterSink extends AutoCloseable {

    /**
     * Keeps a letter. One that is there with the same id is replaced, in its place, and nothing is
     * evicted then.
     *
     * @return the letters that were evicted to make room, the oldest first; empty as long as there
     *     is room
     */
    List<DeadLetter> add(DeadLetter letter);

    /** Returns how many letters there are. */
    long size();

    /** Returns the most letters that are kept. */
    long bound();

    /** Returns how many letters were evicted since the sink was opened. */
    long evicted();

    /**
     * Returns the letters that are selected, the newest first.
     *
     * @param limit the most letters to return, 0 or more
     */
    List<DeadLetter> list(Filter filter, int limit);

    /** Returns the letter of this id, or null if there is none. */
    @Nullable DeadLetter get(String id);

    /**
     * Replaces the letter of this id, as after a retry that failed. One that was removed meanwhile
     * stays removed.
     *
     * @return whether there was one
     */
    boolean update(DeadLetter letter);

    /**
     * Counts one retry more for a letter that has had fewer than {@code mostRetries}. Of several
     * callers that retry one letter at once none is lost and none passes the ceiling: the one that
     * is given the letter runs it, then removes or updates it.
     *
     * @param now the time of the retry, which becomes the letter's last time
     * @return the letter with the retry counted, or null if there is none or it has had enough
     */
    @Nullable DeadLetter startRetry(String id, int mostRetries, Instant now);

    /** Removes the letter of this id and says whether there was one. */
    boolean remove(String id);

    /** Removes the letters that are selected and returns how many they were. */
    long clear(Filter filter);

    /** Returns the letters counted in several ways. */
    Stats stats();

    /** Waits for letters that are being added, then releases its resources. Safe to call twice. */
    @Override
    void close();

    /**
     * What a sink holds, at one moment.
     *
     * @param size how many letters there are
     * @param bound the most letters that are kept
     * @param evicted how many were evicted since the sink was opened
     * @param byReason how many of each reason; reasons without letters are left out
     * @param byTopic how many of each topic
     * @param byHandler how many of each handler; the empty name is for those without one
     * @param oldest the first {@link DeadLetter#firstTime} of all, or null if there is no letter
     * @param newest the last {@link DeadLetter#lastTime} of all, or null if there is no letter
     */
    record Stats(
            long size,
            long bound,
            long evicted,
            Map<Reason, Long> byReason,
            Map<String, Long> byTopic,
            Map<String, Long> byHandler,
            @Nullable Instant oldest,
            @Nullable Instant newest) {

        public Stats {
            byReason = Map.copyOf(byReason);
            byTopic = Map.copyOf(byTopic);
            byHandler = Map.copyOf(byHandler);
        }

        /** Counts letters, one after the other. Not thread-safe. */
        public static final class Counter {

            private final Map<Reason, Long> byReason = new EnumMap<>(Reason.class);
            private final Map<String, Long> byTopic = new HashMap<>();
            private final Map<String, Long> byHandler = new HashMap<>();
            private long size;
            private @Nullable Instant oldest;
            private @Nullable Instant newest;

            /** Makes one that has counted none. */
            public Counter() {}

            /** Counts one letter more. */
            public void add(DeadLetter letter) {
                size++;
                byReason.merge(letter.reason(), 1L, Long::sum);
                byTopic.merge(letter.event().topic(), 1L, Long::sum);
                byHandler.merge(letter.handler(), 1L, Long::sum);
                if (oldest == null || letter.firstTime().isBefore(oldest)) {
                    oldest = letter.firstTime();
                }
                if (newest == null || letter.lastTime().isAfter(newest)) {
                    newest = letter.lastTime();
                }
            }

            /** Returns what was counted so far, of a sink with this bound and these evictions. */
            public Stats stats(long bound, long evicted) {
                return new Stats(
                        size, bound, evicted, byReason, byTopic, byHandler, oldest, newest);
            }
        }
    }

    /**
     * Which letters are meant: all conditions that are set must hold, and a set holds when one of
     * its members does. A filter with no condition selects every letter. Immutable.
     */
    final class Filter {

        private static final Filter ALL = builder().build();

        private final Selection events;
        private final Set<Reason> reasons;
        private final Set<String> handlers;
        private final @Nullable Instant since;
        private final @Nullable Instant until;
        private final int retriesBelow;

        private Filter(Builder builder) {
            events = builder.events;
            reasons = Set.copyOf(builder.reasons);
            handlers = Set.copyOf(builder.handlers);
            since = builder.since;
            until = builder.until;
            retriesBelow = builder.retriesBelow;
        }

        /** Returns the filter that selects every letter. */
        public static Filter all() {
            return ALL;
        }

        /** Returns a builder with no condition set. */
        public static Builder builder() {
            return new Builder();
        }

        /** Returns which events are selected, by topic pattern and all else that an event has. */
        public Selection events() {
            return events;
        }

        /** Returns the reasons of which one must be equal; empty when any will do. */
        public Set<Reason> reasons() {
            return reasons;
        }

        /** Returns the handlers of which one must be equal; empty when any will do. */
        public Set<String> handlers() {
            return handlers;
        }

        /** Returns the earliest last time selected, or null when there is none. */
        public @Nullable Instant since() {
            return since;
        }

        /** Returns the last time from which on nothing is selected, or null when there is none. */
        public @Nullable Instant until() {
            return until;
        }

        /** Returns the number of retries from which on nothing is selected. */
        public int retriesBelow() {
            return retriesBelow;
        }

        /** Says whether the letter is selected. */
        public boolean matches(DeadLetter letter) {
            return (reasons.isEmpty() || reasons.contains(letter.reason()))
                    && (handlers.isEmpty() || handlers.contains(letter.handler()))
                    && (since == null || !letter.lastTime().isBefore(since))
                    && (until == null || letter.lastTime().isBefore(until))
                    && letter.retries() < retriesBelow
                    && events.matches(letter.event());
        }

        /** Gathers conditions. Not thread-safe. */
        public static final class Builder {

            private final Set<Reason> reasons = EnumSet.noneOf(Reason.class);
            private final Set<String> handlers = new TreeSet<>();
            private Selection events = Selection.all();
            private @Nullable Instant since;
            private @Nullable Instant until;
            private int retriesBelow = Integer.MAX_VALUE;

            private Builder() {}

            /** Selects letters whose event is selected. */
            public Builder events(Selection events) {
                this.events = Objects.requireNonNull(events, "events");
                return this;
            }

            /** Selects this reason, or another one given. */
            public Builder reason(Reason reason) {
                reasons.add(Objects.requireNonNull(reason, "reason"));
                return this;
            }

            /** Selects the letters of this handler, or another one given. */
            public Builder handler(String handler) {
                handlers.add(Objects.requireNonNull(handler, "handler"));
                return this;
            }

            /** Selects letters whose last time is this or later. */
            public Builder since(Instant since) {
                this.since = Objects.requireNonNull(since, "since");
                return this;
            }

            /** Selects letters whose last time is earlier than this. */
            public Builder until(Instant until) {
                this.until = Objects.requireNonNull(until, "until");
                return this;
            }

            /** Selects letters with fewer retries than this. */
            public Builder retriesBelow(int retries) {
                this.retriesBelow = retries;
                return this;
            }

            /** Returns the filter of what was set so far. */
            public Filter build() {
                return new Filter(this);
            }
        }
    }
}

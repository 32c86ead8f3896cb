// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Event;
import dev.jitney.event.Severity;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.ListIterator;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps alerts until somebody has looked after them (ALR-1). The rules are proved by {@code
 * dev.jitney.tck.AlertStoreContract}.
 *
 * <p><b>Order.</b> Alerts stand in the order in which they were raised; changing one does not move
 * it.
 *
 * <p><b>Threads.</b> Safe for concurrent use, by several processes as well where the store is
 * durable. A change is made whole, and of two that are not possible one after the other only one
 * is.
 *
 * <p><b>Failures.</b> What cannot be kept is thrown: a handler that raises alerts then fails, so
 * that its event is not lost. After {@link #close} every method but {@link #close} throws {@link
 * IllegalStateException}.
 *
 * <p><b>Limits.</b> A store has a bound. When it is reached the oldest alert that is resolved makes
 * room, or the oldest of all if none is.
 */
public interface AlertStore extends AutoCloseable {

    /**
     * Keeps a new alert. One of the same id is left as it is, whatever its state: so an event that
     * comes again, by a retry or a replay, neither reopens nor doubles an alert.
     *
     * @return whether it is new
     */
    boolean raise(Alert alert);

    /** Returns the alert of this id, or null if there is none. */
    @Nullable Alert get(String id);

    /**
     * Returns the alerts that are selected, the newest first.
     *
     * @param limit the most alerts to return, 0 or more
     */
    List<Alert> list(Filter filter, int limit);

    /** Returns how many alerts there are. */
    long size();

    /** Returns the most alerts that are kept. */
    long bound();

    /**
     * Changes an alert while nobody else does.
     *
     * @param change is given the alert as it is and returns it as it is to be, with the same id; it
     *     may be called on any thread, must be quick, and leaves all as it is when it throws
     * @return the alert as it is now
     * @throws IllegalArgumentException if there is no such alert
     */
    Alert change(String id, UnaryOperator<Alert> change);

    /**
     * Says that somebody looks after an alert.
     *
     * @param user who; not blank
     * @param note what there is to say; may be empty
     * @throws IllegalArgumentException if there is no such alert, or the user is blank
     * @throws IllegalStateException if it is acknowledged already, or resolved
     */
    default Alert acknowledge(String id, String user, String note, Instant now) {
        checkGiven(id, user, note, now);
        return change(id, alert -> alert.become(State.ACKNOWLEDGED, user, note, now));
    }

    /**
     * Says that an alert is over.
     *
     * @param user who has found so; not blank
     * @param note what there is to say; may be empty
     * @throws IllegalArgumentException if there is no such alert, or the user is blank
     * @throws IllegalStateException if it is resolved already
     */
    default Alert resolve(String id, String user, String note, Instant now) {
        checkGiven(id, user, note, now);
        return change(id, alert -> alert.become(State.RESOLVED, user, note, now));
    }

    /**
     * Adds a note to an alert in any state.
     *
     * @param user who; not blank
     * @param note what there is to say; not blank
     * @throws IllegalArgumentException if there is no such alert, or user or note is blank
     */
    default Alert note(String id, String user, String note, Instant now) {
        checkGiven(id, user, note, now);
        return change(id, alert -> alert.noted(user, note, now));
    }

    private static void checkGiven(String id, String user, String note, Instant now) {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(note, "note");
        Objects.requireNonNull(now, "now");
    }

    /** Removes the alert of this id and says whether there was one. */
    boolean remove(String id);

    /** Waits for changes that are being made, then releases its resources. Safe to call twice. */
    @Override
    void close();

    /** What becomes of an alert. */
    enum State {
        /** Nobody looks after it yet. */
        NEW,
        /** Somebody looks after it. */
        ACKNOWLEDGED,
        /** It is over, for good. */
        RESOLVED;

        /** Says whether an alert in this state may go to another one. */
        public boolean mayBecome(State next) {
            return compareTo(next) < 0;
        }
    }

    /**
     * What was done to an alert: who, when, and what there was to say.
     *
     * @param state the state that it was in afterwards
     * @param time to the millisecond
     * @param user not blank
     * @param note may be empty
     */
    record Change(State state, Instant time, String user, String note) {

        public Change {
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(time, "time");
            Objects.requireNonNull(user, "user");
            Objects.requireNonNull(note, "note");
            if (user.isBlank()) {
                throw new IllegalArgumentException(
                        "The user who changes an alert is '" + user + "'. Give a name.");
            }
            time = time.truncatedTo(ChronoUnit.MILLIS);
        }
    }

    /**
     * An event that somebody should look after. Immutable.
     *
     * @param id that of the event
     * @param topic that of the event
     * @param source that of the event, or empty
     * @param severity that of the event
     * @param message what it is about, masked
     * @param raised when it was raised, to the millisecond
     * @param changes what was done to it, the oldest first
     */
    record Alert(
            String id,
            String topic,
            String source,
            Severity severity,
            String message,
            Instant raised,
            List<Change> changes) {

        public Alert {
            if (id.isEmpty()) {
                throw new IllegalArgumentException(
                        "The id of an alert is ''. Give at least one character.");
            }
            raised = raised.truncatedTo(ChronoUnit.MILLIS);
            changes = List.copyOf(changes);
        }

        /** Returns the new alert of an event. */
        public static Alert of(Event event, String message, Instant raised) {
            String source = event.source();
            return new Alert(
                    event.id(),
                    event.topic(),
                    source == null ? "" : source,
                    event.severity(),
                    message,
                    raised,
                    List.of());
        }

        /** Returns its state. */
        public State state() {
            return changes.isEmpty() ? State.NEW : changes.get(changes.size() - 1).state();
        }

        /** Returns the change that brought it to a state, or null if none has. */
        public @Nullable Change changeTo(State state) {
            return changes.stream().filter(one -> one.state() == state).findFirst().orElse(null);
        }

        /**
         * Returns the alert in another state.
         *
         * @throws IllegalStateException if its state does not allow that
         */
        public Alert become(State next, String user, String note, Instant now) {
            if (!state().mayBecome(next)) {
                throw new IllegalStateException(
                        "Alert '%s' is %s and cannot become %s. %s"
                                .formatted(id, word(state()), word(next), advice()));
            }
            return with(new Change(next, now, user, note));
        }

        /** Returns the alert with a note more. */
        public Alert noted(String user, String note, Instant now) {
            if (Objects.requireNonNull(note, "note").isBlank()) {
                throw new IllegalArgumentException(
                        "The note to alert '" + id + "' is '" + note + "'. Say something.");
            }
            return with(new Change(state(), now, user, note));
        }

        private Alert with(Change change) {
            List<Change> all = new ArrayList<>(changes);
            all.add(change);
            return new Alert(id, topic, source, severity, message, raised, all);
        }

        private String advice() {
            return switch (state()) {
                case NEW -> "It may become acknowledged or resolved.";
                case ACKNOWLEDGED -> "It may become resolved.";
                case RESOLVED -> "It is over; a note may be added.";
            };
        }

        private static String word(State state) {
            return state.name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Which alerts are meant: all conditions that are set must hold, and a set holds when one of
     * its members does. Immutable.
     */
    final class Filter {

        private static final Filter ALL = builder().build();
        private static final Filter OPEN =
                builder().state(State.NEW).state(State.ACKNOWLEDGED).build();

        private final Set<State> states;
        private final Set<Severity> severities;
        private final Set<String> sources;
        private final @Nullable Instant since;
        private final @Nullable Instant until;

        private Filter(Builder builder) {
            states = Set.copyOf(builder.states);
            severities = Set.copyOf(builder.severities);
            sources = Set.copyOf(builder.sources);
            since = builder.since;
            until = builder.until;
        }

        /** Returns the filter that selects every alert. */
        public static Filter all() {
            return ALL;
        }

        /** Returns the filter that selects what is not resolved. */
        public static Filter open() {
            return OPEN;
        }

        /** Returns a builder with no condition set. */
        public static Builder builder() {
            return new Builder();
        }

        /** Says whether the alert is selected. */
        public boolean matches(Alert alert) {
            return (states.isEmpty() || states.contains(alert.state()))
                    && (severities.isEmpty() || severities.contains(alert.severity()))
                    && (sources.isEmpty() || sources.contains(alert.source()))
                    && (since == null || !alert.raised().isBefore(since))
                    && (until == null || alert.raised().isBefore(until));
        }

        /**
         * Returns those of the alerts that are selected, the last one first.
         *
         * @param alerts in the order in which they were raised
         * @param limit the most that are returned
         */
        public List<Alert> newest(List<Alert> alerts, int limit) {
            List<Alert> selected = new ArrayList<>();
            ListIterator<Alert> backward = alerts.listIterator(alerts.size());
            while (selected.size() < limit && backward.hasPrevious()) {
                Alert alert = backward.previous();
                if (matches(alert)) {
                    selected.add(alert);
                }
            }
            return selected;
        }

        /** Gathers conditions. Not thread-safe. */
        public static final class Builder {

            private final Set<State> states = EnumSet.noneOf(State.class);
            private final Set<Severity> severities = EnumSet.noneOf(Severity.class);
            private final Set<String> sources = new TreeSet<>();
            private @Nullable Instant since;
            private @Nullable Instant until;

            private Builder() {}

            /** Selects this state, or another one given. */
            public Builder state(State state) {
                states.add(Objects.requireNonNull(state, "state"));
                return this;
            }

            /** Selects this severity, or another one given. */
            public Builder severity(Severity severity) {
                severities.add(Objects.requireNonNull(severity, "severity"));
                return this;
            }

            /** Selects the alerts of this source, or another one given. */
            public Builder source(String source) {
                sources.add(Objects.requireNonNull(source, "source"));
                return this;
            }

            /** Selects alerts that were raised then or later. */
            public Builder since(Instant since) {
                this.since = Objects.requireNonNull(since, "since");
                return this;
            }

            /** Selects alerts that were raised earlier. */
            public Builder until(Instant until) {
                this.until = Objects.requireNonNull(until, "until");
                return this;
            }

            /** Returns the filter of what was set so far. */
            public Filter build() {
                return new Filter(this);
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import dev.jitney.event.Event;
import dev.jitney.event.Severity;
import dev.jitney.event.TopicPattern;
import dev.jitney.event.Topics;
import dev.jitney.spi.EventHandler;
import dev.jitney.spi.PluginContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Follows the states of things by the events about them (STA-1). A thing is named by its event's
 * key, or its subject where there is no key; events with neither move nothing.
 *
 * <p><b>Moves.</b> An event that its machine does not allow in the thing's state changes nothing;
 * {@code system.invalid_transition} tells of it, with machine, entity, from, to, what would have
 * been allowed, and the event. An event whose last state the thing is in already changes nothing
 * either, and is no fault: events may come twice.
 *
 * <p><b>Threads.</b> Safe for concurrent use; of several that would move a thing to where only one
 * can, one does.
 *
 * <p><b>Limits.</b> Keeps a bounded number of things; finished ones make room first, the oldest of
 * all if none is. Keeps a bounded number of each thing's last transitions. All is in memory.
 */
public final class StateTracker implements EventHandler {

    /** The topic that tells of a move that is not allowed. */
    public static final String INVALID = "system.invalid_transition";

    private static final String REPLAYED = "replayof";

    private final Map<String, Entities> machines = new LinkedHashMap<>();
    private final boolean replays;
    private volatile @Nullable PluginContext context;

    private StateTracker(Builder builder) {
        builder.machines.forEach(
                (name, machine) ->
                        machines.put(
                                name,
                                new Entities(machine, builder.maxEntities, builder.maxHistory)));
        replays = builder.replays;
    }

    /** Returns a builder of a tracker that follows no machine yet. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String name() {
        return "state-tracker";
    }

    @Override
    public List<TopicPattern> patterns() {
        return machines.values().stream()
                .flatMap(one -> one.machine().topics().stream())
                .map(topic -> Topics.domainOf(topic) + ".*")
                .distinct()
                .sorted()
                .map(TopicPattern::parse)
                .toList();
    }

    @Override
    public void start(PluginContext context) {
        this.context = context;
    }

    @Override
    public boolean wants(Event event) {
        return (replays || event.header(REPLAYED) == null)
                && entity(event) != null
                && machines.values().stream()
                        .anyMatch(one -> one.machine().topics().contains(event.topic()));
    }

    @Override
    public void handle(Event event) {
        PluginContext bus = context;
        String entity = entity(event);
        if (bus == null || entity == null) {
            return;
        }
        for (Entities one : machines.values()) {
            List<String> path = one.machine().path(event, bus.eventFormat());
            if (!path.isEmpty()) {
                Entities.Refusal refusal =
                        one.move(entity, path, event.topic(), event.id(), bus.clock().instant());
                if (refusal != null) {
                    bus.publish(invalid(one.machine(), entity, refusal, event));
                }
            }
        }
    }

    /**
     * Returns a thing's state, or null if nothing was heard of it.
     *
     * @throws IllegalArgumentException if there is no such machine
     */
    public @Nullable String state(String machine, String entity) {
        return of(machine).state(entity);
    }

    /** Says whether a thing is in a state that nothing follows. */
    public boolean finished(String machine, String entity) {
        String state = state(machine, entity);
        return state != null && of(machine).machine().terminal(state);
    }

    /**
     * Says whether a thing may go to a state from where it is; one not heard of, from the first.
     */
    public boolean may(String machine, String entity, String state) {
        String now = state(machine, entity);
        StateMachine rules = of(machine).machine();
        return rules.may(now == null ? rules.initial() : now, state);
    }

    /** Returns the last transitions of a thing, the oldest first; none if it was not heard of. */
    public List<Transition> history(String machine, String entity) {
        return of(machine).history(entity);
    }

    /** Returns the states of all things of a machine by their names, the oldest first. */
    public Map<String, String> states(String machine) {
        return of(machine).states();
    }

    /** Returns how many things of a machine are in each state, in order of the states' names. */
    public Map<String, Long> counts(String machine) {
        Map<String, Long> counts = new TreeMap<>();
        states(machine).values().forEach(state -> counts.merge(state, 1L, Long::sum));
        return counts;
    }

    /** Forgets a thing and says whether it was known. */
    public boolean forget(String machine, String entity) {
        return of(machine).forget(entity);
    }

    private Entities of(String machine) {
        Entities entities = machines.get(machine);
        if (entities == null) {
            throw new IllegalArgumentException(
                    "No state machine is named '%s'. There are: %s."
                            .formatted(machine, String.join(", ", machines.keySet())));
        }
        return entities;
    }

    private static @Nullable String entity(Event event) {
        return event.key() != null ? event.key() : event.subject();
    }

    private static Event invalid(
            StateMachine machine, String entity, Entities.Refusal refusal, Event event) {
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("machine", machine.name());
        payload.put("entity", entity);
        payload.put("from", refusal.from());
        payload.put("to", refusal.to());
        payload.put("allowed", machine.next(refusal.from()).stream().sorted().toList());
        payload.put("topic", event.topic());
        payload.put("event", event.id());
        payload.put(
                "message",
                "%s '%s' is %s and cannot become '%s'."
                        .formatted(machine.name(), entity, refusal.from(), refusal.to()));
        return Event.builder(INVALID)
                .severity(Severity.WARNING)
                .key(entity)
                .payload(payload)
                .build();
    }

    /** Gathers what to follow. Not thread-safe. */
    public static final class Builder {

        private final Map<String, StateMachine> machines = new LinkedHashMap<>();
        private int maxEntities = 10_000;
        private int maxHistory = 100;
        private boolean replays;

        private Builder() {}

        /**
         * Follows a machine.
         *
         * @throws IllegalArgumentException if one of its name is followed already
         */
        public Builder machine(StateMachine machine) {
            if (machines.putIfAbsent(machine.name(), machine) != null) {
                throw new IllegalArgumentException(
                        "Two state machines are named '" + machine.name() + "'. Rename one.");
            }
            return this;
        }

        /** Sets how many things of a machine are kept: 1 or more, 10 000 unless set. */
        public Builder maxEntities(int most) {
            maxEntities = positive("maxEntities", most);
            return this;
        }

        /** Sets how many transitions of a thing are kept: 1 or more, 100 unless set. */
        public Builder maxHistory(int most) {
            maxHistory = positive("maxHistory", most);
            return this;
        }

        /** Sets whether replayed events move things; not unless set. */
        public Builder replays(boolean apply) {
            replays = apply;
            return this;
        }

        /**
         * Returns the tracker.
         *
         * @throws IllegalArgumentException if there is no machine
         */
        public StateTracker build() {
            if (machines.isEmpty()) {
                throw new IllegalArgumentException(
                        "A state tracker has no state machine. Add one or more with machine.");
            }
            return new StateTracker(this);
        }

        private static int positive(String what, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(what + " must be 1 or more, but was " + value);
            }
            return value;
        }
    }
}

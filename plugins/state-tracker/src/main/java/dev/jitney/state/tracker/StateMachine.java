// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import dev.jitney.event.Event;
import dev.jitney.event.Topics;
import dev.jitney.spi.EventFormat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which states things of one kind have, which may follow which, and which events bring them there
 * (STA-1). Made in code, or read from JSON by {@link #parse}. Immutable.
 */
public final class StateMachine {

    private final String name;
    private final Set<String> initial;
    private final Map<String, Set<String>> transitions;
    private final Map<String, List<String>> events;

    private StateMachine(Builder builder) {
        name = builder.name;
        initial = new LinkedHashSet<>(builder.initial);
        transitions = new LinkedHashMap<>();
        builder.transitions.forEach((from, to) -> transitions.put(from, Set.copyOf(to)));
        events = Map.copyOf(builder.events);
    }

    /**
     * Returns a builder of a machine.
     *
     * @param name what its things are called: {@code order}
     * @param initial the states in which things may begin, the usual one first: one or more
     */
    public static Builder builder(String name, String... initial) {
        return new Builder(name, List.of(initial));
    }

    /**
     * Reads a machine from JSON: {@code {"name": "order", "initial": ["placed"], "transitions":
     * {"placed": ["paid"], "paid": []}, "events": {"order.paid": "paid"}}}.
     *
     * @throws IllegalArgumentException if it is wrong, with all problems at once
     */
    public static StateMachine parse(String json) {
        return MachineJson.read(json);
    }

    /** Returns what its things are called. */
    public String name() {
        return name;
    }

    /** Returns the state in which a thing begins unless its first event says otherwise. */
    public String initial() {
        return initial.iterator().next();
    }

    /** Says whether a thing may begin in this state. */
    public boolean initial(String state) {
        return initial.contains(state);
    }

    /** Returns all states, in the order of their declaration. */
    public Set<String> states() {
        return new LinkedHashSet<>(transitions.keySet());
    }

    /** Returns the states that may follow this one; none for one that is not a state. */
    public Set<String> next(String state) {
        return transitions.getOrDefault(state, Set.of());
    }

    /** Says whether one state may follow another. */
    public boolean may(String from, String to) {
        return next(from).contains(to);
    }

    /** Says whether this is a state and nothing follows it. */
    public boolean terminal(String state) {
        return transitions.containsKey(state) && next(state).isEmpty();
    }

    /** Returns the topics of the events that move its things. */
    public Set<String> topics() {
        return events.keySet();
    }

    /**
     * Returns the states that an event brings its thing through, the last one to stay in; empty if
     * it does not move it. {@code {field}} in a declaration is the text of that field of the
     * payload, or an empty text if there is none.
     */
    List<String> path(Event event, EventFormat format) {
        List<String> path = new ArrayList<>();
        for (String step : events.getOrDefault(event.topic(), List.of())) {
            path.add(Builder.isField(step) ? field(event, format, step) : step);
        }
        return path;
    }

    private static String field(Event event, EventFormat format, String step) {
        try {
            String name = step.substring(1, step.length() - 1);
            Object tree =
                    event.payload() instanceof Map<?, ?> map
                            ? map
                            : format.payload(format.payloadJson(event)).tree();
            return tree instanceof Map<?, ?> map && map.get(name) != null
                    ? String.valueOf(map.get(name))
                    : "";
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** Gathers states, transitions and events. Not thread-safe. */
    public static final class Builder {

        private final String name;
        private final List<String> initial;
        private final Map<String, Set<String>> transitions = new LinkedHashMap<>();
        private final Map<String, List<String>> events = new LinkedHashMap<>();

        private Builder(String name, List<String> initial) {
            this.name = name;
            this.initial = initial;
            initial.forEach(this::state);
        }

        /** Declares that the states given may follow the first one; all become states. */
        public Builder allow(String from, String... to) {
            for (String next : to) {
                state(from).add(next);
                state(next);
            }
            if (to.length == 0) {
                state(from);
            }
            return this;
        }

        /**
         * Declares what an event does.
         *
         * @param topic the event's topic
         * @param path the states that it brings its thing through, one or more; {@code {field}} is
         *     the text of that field of the payload
         */
        public Builder on(String topic, String... path) {
            events.put(topic, List.of(path));
            return this;
        }

        /**
         * Returns the machine.
         *
         * @throws IllegalArgumentException if it is wrong, with all problems at once
         */
        public StateMachine build() {
            return build(new ArrayList<>());
        }

        StateMachine build(List<String> problems) {
            if (!name.matches("[a-z][a-z0-9_-]*")) {
                problems.add("'name' is '" + name + "', expected letters a to z, digits, - and _");
            }
            if (initial.isEmpty()) {
                problems.add("'initial' has no state");
            }
            if (events.isEmpty()) {
                problems.add("'events' has no event, so nothing would ever move");
            }
            events.forEach((topic, path) -> check(topic, path, problems));
            if (!problems.isEmpty()) {
                throw new IllegalArgumentException(
                        "State machine '%s' has %s: %s."
                                .formatted(
                                        name,
                                        problems.size() == 1
                                                ? "a problem"
                                                : problems.size() + " problems",
                                        String.join("; ", problems)));
            }
            return new StateMachine(this);
        }

        private void check(String topic, List<String> path, List<String> problems) {
            if (!Topics.isValidTopic(topic) || !topic.contains(".")) {
                problems.add("event '" + topic + "' is no topic of a domain");
            } else if (Topics.isSystem(topic)) {
                problems.add("event '" + topic + "' is one of the bus's own");
            }
            if (path.isEmpty()) {
                problems.add("event '" + topic + "' leads to no state");
            }
            for (String state : path) {
                if (!isField(state) && !transitions.containsKey(state)) {
                    problems.add(
                            "event '" + topic + "' leads to '" + state + "', which is no state");
                }
            }
        }

        private Set<String> state(String state) {
            return transitions.computeIfAbsent(state, any -> new LinkedHashSet<>());
        }

        private static boolean isField(String step) {
            return step.length() > 2 && step.startsWith("{") && step.endsWith("}");
        }
    }
}

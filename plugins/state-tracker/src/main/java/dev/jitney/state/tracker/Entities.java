// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The things of one machine.
 *
 * <p>INVARIANTS: {@code entities} is guarded by this, and in the order in which things were first
 * heard of; a thing's history is not empty, and the last entry is its state.
 */
final class Entities {

    private static final String INITIALIZATION = "initialization";

    private final StateMachine machine;
    private final int maxEntities;
    private final int maxHistory;
    private final Map<String, Deque<Transition>> entities = new LinkedHashMap<>();

    /** A move that was not allowed. */
    record Refusal(String from, String to) {}

    Entities(StateMachine machine, int maxEntities, int maxHistory) {
        this.machine = machine;
        this.maxEntities = maxEntities;
        this.maxHistory = maxHistory;
    }

    StateMachine machine() {
        return machine;
    }

    /** Moves a thing through all states of a path, or through none and says why. */
    synchronized @Nullable Refusal move(
            String entity, List<String> path, String trigger, String event, Instant now) {
        String state = state(entity);
        List<Transition> steps = new ArrayList<>();
        if (state == null) {
            boolean named = machine.initial(path.get(0));
            state = named ? path.get(0) : machine.initial();
            steps.add(new Transition("", state, now, named ? trigger : INITIALIZATION, event));
        }
        if (!state.equals(path.get(path.size() - 1))) {
            for (String next : path) {
                // The first state of a path may be where the thing is already.
                if (next.equals(state)) {
                    continue;
                }
                if (!machine.may(state, next)) {
                    return new Refusal(state, next);
                }
                steps.add(new Transition(state, next, now, trigger, event));
                state = next;
            }
        }
        steps.forEach(step -> add(entity, step));
        return null;
    }

    synchronized @Nullable String state(String entity) {
        Deque<Transition> history = entities.get(entity);
        return history == null ? null : history.getLast().to();
    }

    synchronized List<Transition> history(String entity) {
        Deque<Transition> history = entities.get(entity);
        return history == null ? List.of() : List.copyOf(history);
    }

    synchronized Map<String, String> states() {
        Map<String, String> states = new LinkedHashMap<>();
        entities.forEach((entity, history) -> states.put(entity, history.getLast().to()));
        return states;
    }

    synchronized boolean forget(String entity) {
        return entities.remove(entity) != null;
    }

    private void add(String entity, Transition step) {
        Deque<Transition> history = entities.get(entity);
        if (history == null) {
            if (entities.size() >= maxEntities) {
                makeRoom();
            }
            history = new ArrayDeque<>();
            entities.put(entity, history);
        }
        if (history.size() >= maxHistory) {
            history.removeFirst();
        }
        history.addLast(step);
    }

    private void makeRoom() {
        String oldest = entities.keySet().iterator().next();
        for (Map.Entry<String, Deque<Transition>> entry : entities.entrySet()) {
            if (machine.terminal(entry.getValue().getLast().to())) {
                oldest = entry.getKey();
                break;
            }
        }
        entities.remove(oldest);
    }
}

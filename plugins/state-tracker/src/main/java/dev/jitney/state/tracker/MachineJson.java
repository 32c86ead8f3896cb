// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import dev.jitney.event.JsonPayload;
import dev.jitney.event.PayloadException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads state machines from JSON, and gathers what is wrong. */
final class MachineJson {

    private static final Set<String> KEYS = Set.of("name", "initial", "transitions", "events");

    private final List<String> problems = new ArrayList<>();

    private MachineJson() {}

    static StateMachine read(String json) {
        try {
            if (JsonPayload.of(json).tree() instanceof Map<?, ?> fields) {
                return new MachineJson().machine(fields);
            }
        } catch (PayloadException e) {
            throw new IllegalArgumentException(
                    "The state machine is not JSON: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("The state machine is no JSON object.");
    }

    private StateMachine machine(Map<?, ?> fields) {
        for (Object key : fields.keySet()) {
            if (!KEYS.contains(key)) {
                problems.add(
                        "'"
                                + key
                                + "' is not a known key, expected name, initial, transitions or"
                                + " events");
            }
        }
        String name = fields.get("name") instanceof String text ? text : "";
        StateMachine.Builder builder =
                StateMachine.builder(name, texts("initial", fields.get("initial")));
        object("transitions", fields.get("transitions"))
                .forEach(
                        (from, to) ->
                                builder.allow(
                                        String.valueOf(from), texts("transitions of " + from, to)));
        object("events", fields.get("events"))
                .forEach(
                        (topic, path) ->
                                builder.on(String.valueOf(topic), texts("event " + topic, path)));
        return builder.build(problems);
    }

    private Map<?, ?> object(String what, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        problems.add("'" + what + "' is " + (value == null ? "missing" : "no object"));
        return Map.of();
    }

    private String[] texts(String what, @Nullable Object value) {
        List<?> list =
                value instanceof List<?> many ? many : value == null ? List.of() : List.of(value);
        List<String> texts = new ArrayList<>();
        for (Object one : list) {
            if (one instanceof String text && !text.isEmpty()) {
                texts.add(text);
            } else {
                problems.add("'" + what + "' has " + one + ", expected a text");
            }
        }
        return texts.toArray(String[]::new);
    }
}

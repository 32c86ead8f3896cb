// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import java.util.Map;
import java.util.Set;

/** A run of an experiment as a whole. Its states are told by what it changes to. */
public enum WorkflowEvent implements EntityEvent {
    /** {@code workflow.state_changed}. */
    STATE_CHANGED("state_changed", "state"),
    /** {@code workflow.failed}. */
    FAILED("failed", "error", "error_type=unknown");

    private final EventShape shape;

    WorkflowEvent(String action, String... fields) {
        shape = EventShape.of("workflow", action, fields);
    }

    @Override
    public String topic() {
        return shape.topic();
    }

    @Override
    public Set<String> required() {
        return shape.required();
    }

    @Override
    public Map<String, Object> defaults() {
        return shape.defaults();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

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
    public EventShape shape() {
        return shape;
    }
}

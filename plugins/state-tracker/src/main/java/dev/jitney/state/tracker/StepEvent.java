// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import java.util.Map;
import java.util.Set;

/** A step of a test. */
public enum StepEvent implements EntityEvent {
    /** {@code step.execution_started}. */
    EXECUTION_STARTED("execution_started"),
    /** {@code step.execution_completed}. */
    EXECUTION_COMPLETED("execution_completed"),
    /** {@code step.execution_failed}. */
    EXECUTION_FAILED("execution_failed", "error", "error_type=unknown"),
    /** {@code step.progress}. */
    PROGRESS("progress", "progress"),
    /** {@code step.unsupported}. */
    UNSUPPORTED("unsupported", "reason"),
    /** {@code step.skipped}. */
    SKIPPED("skipped", "reason=skipped");

    private final EventShape shape;

    StepEvent(String action, String... fields) {
        shape = EventShape.of("step", action, fields);
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

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import java.util.Map;
import java.util.Set;

/** Something that a test asserts. */
public enum AssertionEvent implements EntityEvent {
    /** {@code assertion.validation_started}. */
    VALIDATION_STARTED("validation_started"),
    /** {@code assertion.validation_completed}. */
    VALIDATION_COMPLETED("validation_completed"),
    /** {@code assertion.progress}. */
    PROGRESS("progress", "progress"),
    /** {@code assertion.result}. */
    RESULT("result", "result"),
    /** {@code assertion.error}. */
    ERROR("error", "error", "error_type=unknown"),
    /** {@code assertion.unknown}. */
    UNKNOWN("unknown", "reason=unknown");

    private final EventShape shape;

    AssertionEvent(String action, String... fields) {
        shape = EventShape.of("assertion", action, fields);
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

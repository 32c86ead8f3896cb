// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import java.util.Map;
import java.util.Set;

/** A test, from its set-up to its tear-down. */
public enum TestEvent implements EntityEvent {
    /** {@code test.created}. */
    CREATED("created", "name"),
    /** {@code test.setup_started}. */
    SETUP_STARTED("setup_started"),
    /** {@code test.setup_completed}. */
    SETUP_COMPLETED("setup_completed"),
    /** {@code test.setup_failed}. */
    SETUP_FAILED("setup_failed", "error", "error_type=unknown"),
    /** {@code test.environment_setup_started}. */
    ENVIRONMENT_SETUP_STARTED("environment_setup_started"),
    /** {@code test.environment_setup_completed}. */
    ENVIRONMENT_SETUP_COMPLETED("environment_setup_completed"),
    /** {@code test.environment_setup_failed}. */
    ENVIRONMENT_SETUP_FAILED("environment_setup_failed", "error", "error_type=unknown"),
    /** {@code test.deployment_started}. */
    DEPLOYMENT_STARTED("deployment_started"),
    /** {@code test.deployment_completed}. */
    DEPLOYMENT_COMPLETED("deployment_completed"),
    /** {@code test.deployment_failed}. */
    DEPLOYMENT_FAILED("deployment_failed", "error", "error_type=unknown"),
    /** {@code test.execution_started}. */
    EXECUTION_STARTED("execution_started"),
    /** {@code test.execution_completed}. */
    EXECUTION_COMPLETED("execution_completed"),
    /** {@code test.execution_failed}. */
    EXECUTION_FAILED("execution_failed", "error", "error_type=unknown"),
    /** {@code test.step_started}. */
    STEP_STARTED("step_started", "step"),
    /** {@code test.step_completed}. */
    STEP_COMPLETED("step_completed", "step"),
    /** {@code test.step_failed}. */
    STEP_FAILED("step_failed", "step", "error", "error_type=unknown"),
    /** {@code test.assertions_started}. */
    ASSERTIONS_STARTED("assertions_started"),
    /** {@code test.assertions_completed}. */
    ASSERTIONS_COMPLETED("assertions_completed"),
    /** {@code test.assertions_failed}. */
    ASSERTIONS_FAILED("assertions_failed", "error", "error_type=unknown"),
    /** {@code test.assertion_checked}. */
    ASSERTION_CHECKED("assertion_checked", "assertion", "passed"),
    /** {@code test.teardown_started}. */
    TEARDOWN_STARTED("teardown_started", "teardown_reason=test_completed"),
    /** {@code test.teardown_completed}. */
    TEARDOWN_COMPLETED("teardown_completed"),
    /** {@code test.completed}. */
    COMPLETED("completed", "category=default"),
    /** {@code test.failed}. */
    FAILED("failed", "error", "error_type=unknown", "category=default");

    private final EventShape shape;

    TestEvent(String action, String... fields) {
        shape = EventShape.of("test", action, fields);
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

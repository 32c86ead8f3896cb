// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import java.util.Map;
import java.util.Set;

/** An experiment, which runs tests. */
public enum ExperimentEvent implements EntityEvent {
    /** {@code experiment.initialized}. */
    INITIALIZED("initialized"),
    /** {@code experiment.plugin_loading_started}. */
    PLUGIN_LOADING_STARTED("plugin_loading_started"),
    /** {@code experiment.plugin_loading_completed}. */
    PLUGIN_LOADING_COMPLETED("plugin_loading_completed"),
    /** {@code experiment.plugin_loading_failed}. */
    PLUGIN_LOADING_FAILED("plugin_loading_failed", "error", "error_type=unknown"),
    /** {@code experiment.test_cases_initialized}. */
    TEST_CASES_INITIALIZED("test_cases_initialized", "tests"),
    /** {@code experiment.execution_started}. */
    EXECUTION_STARTED("execution_started"),
    /** {@code experiment.execution_completed}. */
    EXECUTION_COMPLETED("execution_completed"),
    /** {@code experiment.execution_failed}. */
    EXECUTION_FAILED("execution_failed", "error", "error_type=unknown"),
    /** {@code experiment.finished_early}. */
    FINISHED_EARLY("finished_early", "reason"),
    /** {@code experiment.service_failure}. */
    SERVICE_FAILURE("service_failure", "service", "error", "error_type=unknown"),
    /** {@code experiment.completed}. */
    COMPLETED("completed"),
    /** {@code experiment.failed}. */
    FAILED("failed", "error", "error_type=unknown");

    private final EventShape shape;

    ExperimentEvent(String action, String... fields) {
        shape = EventShape.of("experiment", action, fields);
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

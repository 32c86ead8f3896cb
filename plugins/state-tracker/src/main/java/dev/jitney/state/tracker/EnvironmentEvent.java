// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import java.util.Map;
import java.util.Set;

/** What services run in. */
public enum EnvironmentEvent implements EntityEvent {
    /** {@code environment.created}. */
    CREATED("created"),
    /** {@code environment.initialization_started}. */
    INITIALIZATION_STARTED("initialization_started"),
    /** {@code environment.initialization_completed}. */
    INITIALIZATION_COMPLETED("initialization_completed"),
    /** {@code environment.initialization_failed}. */
    INITIALIZATION_FAILED("initialization_failed", "error", "error_type=unknown"),
    /** {@code environment.setup_started}. */
    SETUP_STARTED("setup_started"),
    /** {@code environment.setup_completed}. */
    SETUP_COMPLETED("setup_completed"),
    /** {@code environment.setup_failed}. */
    SETUP_FAILED("setup_failed", "error", "error_type=unknown"),
    /** {@code environment.ready}. */
    READY("ready"),
    /** {@code environment.teardown_started}. */
    TEARDOWN_STARTED("teardown_started", "teardown_reason=test_completed"),
    /** {@code environment.teardown_completed}. */
    TEARDOWN_COMPLETED("teardown_completed"),
    /** {@code environment.teardown_failed}. */
    TEARDOWN_FAILED("teardown_failed", "error", "error_type=unknown"),
    /** {@code environment.deployment_started}. */
    DEPLOYMENT_STARTED("deployment_started"),
    /** {@code environment.deployment_completed}. */
    DEPLOYMENT_COMPLETED("deployment_completed"),
    /** {@code environment.deployment_failed}. */
    DEPLOYMENT_FAILED("deployment_failed", "error", "error_type=unknown"),
    /** {@code environment.destroyed}. */
    DESTROYED("destroyed"),
    /** {@code environment.error}. */
    ERROR("error", "error", "error_type=unknown", "recoverable=false"),
    /** {@code environment.resource}. */
    RESOURCE("resource", "resource"),
    /** {@code environment.configuration}. */
    CONFIGURATION("configuration", "configuration"),
    /** {@code environment.monitoring}. */
    MONITORING("monitoring"),
    /** {@code environment.network.setup.started}. */
    NETWORK_SETUP_STARTED("network.setup.started"),
    /** {@code environment.network.setup.completed}. */
    NETWORK_SETUP_COMPLETED("network.setup.completed"),
    /** {@code environment.network.setup.failed}. */
    NETWORK_SETUP_FAILED("network.setup.failed", "error", "error_type=unknown"),
    /** {@code environment.network.teardown.started}. */
    NETWORK_TEARDOWN_STARTED("network.teardown.started"),
    /** {@code environment.network.teardown.completed}. */
    NETWORK_TEARDOWN_COMPLETED("network.teardown.completed"),
    /** {@code environment.execution.setup.started}. */
    EXECUTION_SETUP_STARTED("execution.setup.started"),
    /** {@code environment.execution.setup.completed}. */
    EXECUTION_SETUP_COMPLETED("execution.setup.completed"),
    /** {@code environment.execution.monitoring}. */
    EXECUTION_MONITORING("execution.monitoring"),
    /** {@code environment.execution.limit.exceeded}. */
    EXECUTION_LIMIT_EXCEEDED("execution.limit.exceeded", "limit"),
    /** {@code environment.output_collection_started}. */
    OUTPUT_COLLECTION_STARTED("output_collection_started"),
    /** {@code environment.output_collected}. */
    OUTPUT_COLLECTED("output_collected", "output"),
    /** {@code environment.output_collection_completed}. */
    OUTPUT_COLLECTION_COMPLETED("output_collection_completed");

    private final EventShape shape;

    EnvironmentEvent(String action, String... fields) {
        shape = EventShape.of("environment", action, fields);
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

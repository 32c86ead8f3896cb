// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import java.util.Map;
import java.util.Set;

/** A service under test. */
public enum ServiceEvent implements EntityEvent {
    /** {@code service.created}. */
    CREATED("created"),
    /** {@code service.preparation_started}. */
    PREPARATION_STARTED("preparation_started"),
    /** {@code service.preparation_completed}. */
    PREPARATION_COMPLETED("preparation_completed"),
    /** {@code service.preparation_failed}. */
    PREPARATION_FAILED("preparation_failed", "error", "error_type=unknown"),
    /** {@code service.deployment_started}. */
    DEPLOYMENT_STARTED("deployment_started"),
    /** {@code service.deployment_completed}. */
    DEPLOYMENT_COMPLETED("deployment_completed"),
    /** {@code service.deployment_failed}. */
    DEPLOYMENT_FAILED("deployment_failed", "error", "error_type=unknown"),
    /** {@code service.started}. */
    STARTED("started"),
    /** {@code service.ready}. */
    READY("ready"),
    /** {@code service.health_check_passed}. */
    HEALTH_CHECK_PASSED("health_check_passed"),
    /** {@code service.health_check_failed}. */
    HEALTH_CHECK_FAILED("health_check_failed", "error"),
    /** {@code service.stopped}. */
    STOPPED("stopped", "stop_reason=normal_shutdown"),
    /** {@code service.error}. */
    ERROR("error", "error", "error_type=unknown", "recoverable=false"),
    /** {@code service.destroyed}. */
    DESTROYED("destroyed"),
    /** {@code service.test_results}. */
    TEST_RESULTS("test_results", "action");

    private final EventShape shape;

    ServiceEvent(String action, String... fields) {
        shape = EventShape.of("service", action, fields);
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

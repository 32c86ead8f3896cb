// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import java.util.Map;
import java.util.Set;

/** A plugin of an experiment. */
public enum PluginEvent implements EntityEvent {
    /** {@code plugin.loading_started}. */
    LOADING_STARTED("loading_started", "type=unknown"),
    /** {@code plugin.loading_completed}. */
    LOADING_COMPLETED("loading_completed"),
    /** {@code plugin.loading_failed}. */
    LOADING_FAILED("loading_failed", "error", "error_type=unknown"),
    /** {@code plugin.initialized}. */
    INITIALIZED("initialized"),
    /** {@code plugin.started}. */
    STARTED("started"),
    /** {@code plugin.stopped}. */
    STOPPED("stopped", "stop_reason=normal_shutdown"),
    /** {@code plugin.error}. */
    ERROR("error", "error", "error_type=unknown", "recoverable=false"),
    /** {@code plugin.service_created}. */
    SERVICE_CREATED("service_created", "service"),
    /** {@code plugin.service_started}. */
    SERVICE_STARTED("service_started", "service"),
    /** {@code plugin.service_stopped}. */
    SERVICE_STOPPED("service_stopped", "service"),
    /** {@code plugin.environment_created}. */
    ENVIRONMENT_CREATED("environment_created", "environment"),
    /** {@code plugin.environment_ready}. */
    ENVIRONMENT_READY("environment_ready", "environment"),
    /** {@code plugin.environment_destroyed}. */
    ENVIRONMENT_DESTROYED("environment_destroyed", "environment");

    private final EventShape shape;

    PluginEvent(String action, String... fields) {
        shape = EventShape.of("plugin", action, fields);
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

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import java.util.Map;
import java.util.Set;

/** A collection of metrics. */
public enum MetricsEvent implements EntityEvent {
    /** {@code metrics.collected}. */
    COLLECTED("collected", "metrics"),
    /** {@code metrics.resource}. */
    RESOURCE("resource", "resource", "value"),
    /** {@code metrics.timing}. */
    TIMING("timing", "name", "seconds"),
    /** {@code metrics.counter}. */
    COUNTER("counter", "name", "increment=1"),
    /** {@code metrics.summary}. */
    SUMMARY("summary", "summary");

    private final EventShape shape;

    MetricsEvent(String action, String... fields) {
        shape = EventShape.of("metrics", action, fields);
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

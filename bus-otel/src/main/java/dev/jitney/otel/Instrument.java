// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import dev.jitney.spi.BusMetric;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a metric of a bus is called in OpenTelemetry, and what its tags are: those that the
 * conventions know under their names, all others as {@code jitney.…}.
 *
 * @param unit as UCUM writes it; timers are in seconds
 */
record Instrument(String name, String unit, Attributes attributes) {

    private static final String BUS_PREFIX = "bus.";

    static Instrument of(String name, Map<String, String> tags) {
        BusMetric metric = BusMetric.named(name);
        if (metric == null) {
            return new Instrument(name, "1", attributes(tags, null));
        }
        String unit = metric.unit().equals("ns") ? "s" : metric.unit();
        return switch (metric) {
            case PUBLISHED -> of(Names.SENT, "{message}", tags, Names.SEND, null);
            case HANDLER_COMPLETED -> of(Names.CONSUMED, "{message}", tags, Names.PROCESS, null);
            case HANDLER_FAILED ->
                    of(Names.CONSUMED, "{message}", tags, Names.PROCESS, Names.OTHER_ERROR);
            case HANDLER_TIMED_OUT ->
                    of(Names.CONSUMED, "{message}", tags, Names.PROCESS, Names.TIMEOUT_ERROR);
            case HANDLER_LATENCY -> of(Names.PROCESS_DURATION, unit, tags, Names.PROCESS, null);
            case PUBLISH_LATENCY -> of(Names.OPERATION_DURATION, unit, tags, Names.SEND, null);
            default ->
                    new Instrument(
                            Names.METRIC_PREFIX + name.substring(BUS_PREFIX.length()),
                            unit,
                            attributes(tags, null));
        };
    }

    private static Instrument of(
            String name,
            String unit,
            Map<String, String> tags,
            String operation,
            @Nullable String error) {
        AttributesBuilder attributes = attributes(tags, error).toBuilder();
        attributes.put(Names.SYSTEM, Names.SYSTEM_JITNEY);
        attributes.put(Names.OPERATION_NAME, operation);
        attributes.put(Names.OPERATION_TYPE, operation);
        return new Instrument(name, unit, attributes.build());
    }

    private static Attributes attributes(Map<String, String> tags, @Nullable String error) {
        AttributesBuilder attributes = Attributes.builder();
        tags.forEach(
                (tag, value) -> {
                    switch (tag) {
                        case "topic" -> attributes.put(Names.DESTINATION, value);
                        case "subscription" -> attributes.put(Names.SUBSCRIPTION, value);
                        default -> attributes.put(Names.METRIC_PREFIX + tag, value);
                    }
                });
        if (error != null) {
            attributes.put(Names.ERROR_TYPE, error);
        }
        return attributes.build();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.spi.AlertStoreProvider;
import dev.jitney.spi.ContextCarrierProvider;
import dev.jitney.spi.DeadLetterSinkProvider;
import dev.jitney.spi.EventStoreProvider;
import dev.jitney.spi.EventValidatorProvider;
import dev.jitney.spi.HandlerProvider;
import dev.jitney.spi.InterceptorProvider;
import dev.jitney.spi.MaskerProvider;
import dev.jitney.spi.MetricsBackendProvider;
import dev.jitney.spi.PayloadCodecProvider;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of plugins that there are: the one place that knows them and our own artifacts.
 *
 * @param provider the interface that providers implement and service files are named after
 * @param noun what one is called in a sentence
 * @param config what one is called in front of its name in configuration errors
 * @param instance the method that takes an instance, for advice; null if there is none
 * @param artifacts the plugins that we publish: name to artifact
 */
record PluginKind(
        Class<?> provider,
        String noun,
        String config,
        @Nullable String instance,
        Map<String, String> artifacts) {

    /** Names that no plugin of others may take in any kind. */
    static final Set<String> RESERVED = Set.of("memory", "discard", "log");

    static final List<PluginKind> ALL =
            List.of(
                    new PluginKind(
                            EventStoreProvider.class,
                            "event store",
                            "store",
                            "EventBusBuilder.store",
                            Map.of(
                                    "file", "bus-store-file",
                                    "nats", "bus-store-nats",
                                    "redis", "bus-store-redis",
                                    "postgres", "bus-store-postgres",
                                    "sqlite", "bus-store-sqlite",
                                    "kafka", "bus-store-kafka")),
                    new PluginKind(
                            DeadLetterSinkProvider.class,
                            "dead-letter sink",
                            "dead-letter sink",
                            "EventBusBuilder.deadLetters",
                            Map.of("file", "bus-deadletter-file")),
                    new PluginKind(
                            AlertStoreProvider.class,
                            "alert store",
                            "alert store",
                            "EventBusBuilder.alerts",
                            Map.of("file", "bus-alerts")),
                    new PluginKind(
                            EventValidatorProvider.class,
                            "event validator",
                            "validator",
                            "EventBusBuilder.validator",
                            Map.of("jsonschema", "bus-validator-jsonschema")),
                    new PluginKind(
                            MetricsBackendProvider.class,
                            "metrics backend",
                            "metrics",
                            "EventBusBuilder.metrics",
                            Map.of("micrometer", "bus-metrics-micrometer", "otel", "bus-otel")),
                    new PluginKind(
                            InterceptorProvider.class,
                            "interceptor",
                            "interceptor",
                            "EventBusBuilder.interceptor",
                            Map.of("audit-file", "bus-audit-file", "otel", "bus-otel")),
                    new PluginKind(
                            HandlerProvider.class,
                            "handler",
                            "handler",
                            "EventBusBuilder.handler",
                            Map.of(
                                    "log", "bus-handler-log",
                                    "webhook", "bus-handler-webhook",
                                    "alerts", "bus-alerts",
                                    "state-tracker", "bus-state-tracker")),
                    new PluginKind(
                            ContextCarrierProvider.class,
                            "context carrier",
                            "context carrier",
                            "EventBusBuilder.contextCarrier",
                            Map.of("otel", "bus-otel")),
                    new PluginKind(
                            PayloadCodecProvider.class,
                            "payload codec",
                            "codec",
                            "EventBusBuilder.payloadCodec",
                            Map.of("jackson", "bus-codec-jackson")),
                    new PluginKind(
                            MaskerProvider.class,
                            "masker",
                            "masker",
                            null,
                            Map.of("redactor", "bus-redactor")));

    static PluginKind of(Class<?> provider) {
        for (PluginKind kind : ALL) {
            if (kind.provider.equals(provider)) {
                return kind;
            }
        }
        throw new IllegalArgumentException(provider.getName() + " is not a kind of plugin.");
    }

    /** Returns the noun at the start of a sentence. */
    String title() {
        return noun.substring(0, 1).toUpperCase(Locale.ROOT) + noun.substring(1);
    }
}

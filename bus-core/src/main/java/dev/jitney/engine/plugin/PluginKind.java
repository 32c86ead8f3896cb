// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.spi.EventStoreProvider;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The kinds of plugins that there are: the one place that knows them and our own artifacts.
 *
 * @param provider the interface that providers implement and service files are named after
 * @param noun what one is called in a sentence
 * @param config what one is called in front of its name in configuration errors
 * @param instance the method that takes an instance, for advice
 * @param artifacts the plugins that we publish: name to artifact
 */
record PluginKind(
        Class<?> provider,
        String noun,
        String config,
        String instance,
        Map<String, String> artifacts) {

    /** Names that no plugin may take in any kind. */
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
                                    "kafka", "bus-store-kafka")));

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

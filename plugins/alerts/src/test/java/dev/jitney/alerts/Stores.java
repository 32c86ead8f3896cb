// SPDX-License-Identifier: Apache-2.0
package dev.jitney.alerts;

import dev.jitney.event.Event;
import dev.jitney.event.Severity;
import dev.jitney.spi.AlertStore;
import dev.jitney.spi.AlertStore.Alert;
import dev.jitney.spi.AlertStore.Filter;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.TckContext;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the tests say often. */
final class Stores {

    static final Instant NOON = Instant.parse("2026-03-04T12:00:00Z");

    private Stores() {}

    /** Opens a store, as a tool does that runs no bus; options are a key and a value each. */
    static AlertStore open(Path directory, String... options) {
        Map<String, String> values = new HashMap<>();
        values.put("directory", directory.toString());
        for (int i = 0; i < options.length; i += 2) {
            values.put(options[i], options[i + 1]);
        }
        return new FileAlertStoreProvider()
                .create(PluginConfig.of("alert store 'file'", values, new TckContext()));
    }

    static Alert alert(String id, int bytes) {
        Event event = Event.builder("disk.full").source("host").id(id).build();
        return Alert.of(event.withSeverity(Severity.WARNING), "x".repeat(bytes), NOON);
    }

    static List<String> ids(AlertStore store) {
        return store.list(Filter.all(), Integer.MAX_VALUE).stream().map(Alert::id).toList();
    }

    /** A context with an alert store. */
    record With(PluginContext context, AlertStore store) implements PluginContext {

        @Override
        public EventFormat eventFormat() {
            return context.eventFormat();
        }

        @Override
        public InstantSource clock() {
            return context.clock();
        }

        @Override
        public @Nullable AlertStore alerts() {
            return store;
        }
    }
}

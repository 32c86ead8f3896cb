// SPDX-License-Identifier: Apache-2.0
package dev.jitney.alerts;

import dev.jitney.event.Event;
import dev.jitney.event.Severity;
import dev.jitney.spi.AlertStore;
import dev.jitney.spi.EventHandler;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.HandlerContract;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The handler keeps every rule of handlers. */
class AlertHandlerContractTest extends HandlerContract {

    @TempDir private Path directory;
    private final List<AlertStore> stores = new ArrayList<>();

    @Override
    protected EventHandler open(PluginContext context) {
        AlertStore store = Stores.open(directory);
        stores.add(store);
        PluginContext with = new Stores.With(context, store);
        return new AlertHandlerProvider()
                .create(PluginConfig.of("handler 'alerts'", Map.of(), with));
    }

    @Override
    protected List<Event> samples() {
        return List.of(
                Event.builder("disk.full").severity(Severity.WARNING).source("host").build(),
                Event.builder("system.handler_error")
                        .severity(Severity.CRITICAL)
                        .source("bus")
                        .payload(Map.of("message", "x"))
                        .build());
    }

    @AfterEach
    void closeStores() {
        stores.forEach(AlertStore::close);
    }
}

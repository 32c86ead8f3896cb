// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.spi.EventStore;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.EventStoreContract;
import dev.jitney.tck.FaultyEventStore;
import java.nio.file.Path;
import java.util.Map;

/** With no fault planned, the decorator keeps every rule of what it decorates. */
class FaultyEventStoreContractTest extends EventStoreContract {

    @Override
    protected EventStore open(Path directory, PluginContext context) {
        PluginConfig config = PluginConfig.of("store 'memory'", Map.of(), context);
        return new FaultyEventStore(new MemoryEventStoreProvider().create(config));
    }
}

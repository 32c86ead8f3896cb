// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.spi.EventStore;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.EventStoreContract;
import java.nio.file.Path;
import java.util.Map;

class MemoryEventStoreContractTest extends EventStoreContract {

    @Override
    protected EventStore open(Path directory, PluginContext context) {
        Map<String, String> config = Map.of("location", directory.getFileName().toString());
        return new MemoryEventStoreProvider()
                .create(PluginConfig.of("store 'memory'", config, context));
    }
}

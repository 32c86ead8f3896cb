// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.spi.EventStore;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.EventStoreContract;
import java.nio.file.Path;
import java.util.Map;

/** The file store keeps every rule of event stores. */
class FileEventStoreContractTest extends EventStoreContract {

    @Override
    protected EventStore open(Path directory, PluginContext context) {
        // Small segments, so that the rules hold across rolls.
        Map<String, String> config = Map.of("location", directory.toString(), "segment-size", "8k");
        return new FileEventStoreProvider()
                .create(PluginConfig.of("store 'file'", config, context));
    }
}

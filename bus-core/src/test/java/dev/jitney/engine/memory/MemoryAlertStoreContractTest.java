// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.spi.AlertStore;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.AlertStoreContract;
import java.nio.file.Path;
import java.util.Map;

class MemoryAlertStoreContractTest extends AlertStoreContract {

    @Override
    protected AlertStore open(Path directory, int bound, PluginContext context) {
        Map<String, String> config = Map.of("max-alerts", "" + bound);
        return new MemoryAlertStoreProvider()
                .create(PluginConfig.of("alert store 'memory'", config, context));
    }
}

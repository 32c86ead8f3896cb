// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.spi.MetricsBackend;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.MetricsBackendContract;
import java.util.Map;

class MemoryMetricsContractTest extends MetricsBackendContract {

    @Override
    protected MetricsBackend open(PluginContext context) {
        return new MemoryMetricsProvider()
                .create(PluginConfig.of("metrics 'memory'", Map.of(), context));
    }
}

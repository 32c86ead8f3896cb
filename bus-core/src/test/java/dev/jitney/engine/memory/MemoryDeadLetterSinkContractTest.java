// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.DeadLetterSinkContract;
import java.nio.file.Path;
import java.util.Map;

class MemoryDeadLetterSinkContractTest extends DeadLetterSinkContract {

    @Override
    protected DeadLetterSink open(Path directory, int bound, PluginContext context) {
        Map<String, String> config = Map.of("max-letters", Integer.toString(bound));
        return new MemoryDeadLetterSinkProvider()
                .create(PluginConfig.of("dead-letter sink 'memory'", config, context));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.deadletter.file;

import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.DeadLetterSinkContract;
import java.nio.file.Path;
import java.util.Map;

/** The file keeps every rule of dead-letter sinks. */
class FileDeadLetterSinkContractTest extends DeadLetterSinkContract {

    @Override
    protected DeadLetterSink open(Path directory, int bound, PluginContext context) {
        Map<String, String> config =
                Map.of("directory", directory.toString(), "max-letters", "" + bound);
        return new FileDeadLetterSinkProvider()
                .create(PluginConfig.of("dead-letter sink 'file'", config, context));
    }

    @Override
    protected boolean durable() {
        return true;
    }
}

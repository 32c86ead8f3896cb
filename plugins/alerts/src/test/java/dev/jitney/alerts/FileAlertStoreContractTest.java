// SPDX-License-Identifier: Apache-2.0
package dev.jitney.alerts;

import dev.jitney.spi.AlertStore;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.AlertStoreContract;
import java.nio.file.Path;
import java.util.Map;

/** The file keeps every rule of alert stores. */
class FileAlertStoreContractTest extends AlertStoreContract {

    @Override
    protected AlertStore open(Path directory, int bound, PluginContext context) {
        Map<String, String> config =
                Map.of("directory", directory.toString(), "max-alerts", "" + bound);
        return new FileAlertStoreProvider()
                .create(PluginConfig.of("alert store 'file'", config, context));
    }

    @Override
    protected boolean durable() {
        return true;
    }
}

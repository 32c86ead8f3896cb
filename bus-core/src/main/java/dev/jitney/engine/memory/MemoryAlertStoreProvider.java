// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.spi.AlertStore;
import dev.jitney.spi.AlertStoreProvider;
import dev.jitney.spi.PluginConfig;

/**
 * Makes alert stores of the name {@code memory}, which end with the process.
 *
 * <p>Keys: {@code max-alerts}, how many alerts are kept (1 to 1 000 000, default 1 000).
 */
public final class MemoryAlertStoreProvider implements AlertStoreProvider {

    /** Called by the service loader. */
    public MemoryAlertStoreProvider() {}

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public AlertStore create(PluginConfig config) {
        int bound = (int) config.number("max-alerts", 1_000, 1, 1_000_000);
        config.check();
        return new MemoryAlertStore(bound);
    }
}

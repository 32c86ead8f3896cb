// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.spi.MetricsBackend;
import dev.jitney.spi.MetricsBackendProvider;
import dev.jitney.spi.PluginConfig;

/**
 * Makes metrics backends of the name {@code memory}, which can be read and reset.
 *
 * <p>Keys: {@code max-series}, how many sets of name and tags are told apart (100 to 1 000 000,
 * default 10 000).
 */
public final class MemoryMetricsProvider implements MetricsBackendProvider {

    /** Called by the service loader. */
    public MemoryMetricsProvider() {}

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public MetricsBackend create(PluginConfig config) {
        int bound = (int) config.number("max-series", 10_000, 100, 1_000_000);
        config.check();
        return new MemoryMetrics(bound);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

/** Provides a place for measurements. A bus has at most one, which is asked for by name. */
public interface MetricsBackendProvider extends PluginProvider<MetricsBackend> {

    /**
     * Returns a backend that takes measurements.
     *
     * @throws ConfigException if the configuration is wrong, with all problems at once
     */
    @Override
    MetricsBackend create(PluginConfig config);
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

/**
 * Opens alert stores by name; a bus has at most one. The bus hands it to its plugins through {@link
 * PluginContext#alerts}.
 */
public interface AlertStoreProvider extends PluginProvider<AlertStore> {

    /**
     * Opens the store with the alerts that it has kept, if it outlives the process.
     *
     * @throws ConfigException if the configuration is wrong, with all problems at once
     */
    @Override
    AlertStore create(PluginConfig config);
}

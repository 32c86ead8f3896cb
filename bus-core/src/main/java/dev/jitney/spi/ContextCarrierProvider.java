// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

/** Provides a carrier of contexts. A bus may have any number. */
public interface ContextCarrierProvider extends PluginProvider<ContextCarrier> {

    /**
     * Returns a carrier that is ready.
     *
     * @throws ConfigException if the configuration is wrong, with all problems at once
     */
    @Override
    ContextCarrier create(PluginConfig config);
}

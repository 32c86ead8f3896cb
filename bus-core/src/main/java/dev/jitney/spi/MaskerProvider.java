// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

/** Provides a masker. A bus has at most one, which is asked for by name. */
public interface MaskerProvider extends PluginProvider<Masker> {

    /**
     * Returns a masker with its rules made ready.
     *
     * @throws ConfigException if the configuration is wrong, with all problems at once
     */
    @Override
    Masker create(PluginConfig config);
}

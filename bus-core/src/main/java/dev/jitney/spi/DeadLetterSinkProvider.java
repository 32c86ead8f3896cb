// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

/** Provides a place for dead letters. A bus has at most one, which is asked for by name. */
public interface DeadLetterSinkProvider extends PluginProvider<DeadLetterSink> {

    /**
     * Opens the sink with the letters that it has kept, if it outlives the process.
     *
     * @throws ConfigException if the configuration is wrong, with all problems at once
     */
    @Override
    DeadLetterSink create(PluginConfig config);
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

/** Provides a handler of events. A bus may have any number. */
public interface HandlerProvider extends PluginProvider<EventHandler> {

    /**
     * Returns a handler that is ready for its first event. It cannot publish before the bus has
     * started.
     *
     * @throws ConfigException if the configuration is wrong, with all problems at once
     */
    @Override
    EventHandler create(PluginConfig config);
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

/**
 * Provides an event store. Its name is also the scheme of the locations that it opens: {@code file}
 * for {@code file:./events}. What follows the colon is the configuration's key {@code location},
 * which may be empty.
 */
public interface EventStoreProvider extends PluginProvider<EventStore> {

    /**
     * Opens the store, and makes it where the configuration allows that.
     *
     * @throws ConfigException if the configuration is wrong, with all problems at once
     * @throws StoreException if the store cannot be opened
     */
    @Override
    EventStore create(PluginConfig config);
}

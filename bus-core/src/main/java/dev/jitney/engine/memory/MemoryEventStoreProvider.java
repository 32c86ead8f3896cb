// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventStoreProvider;
import dev.jitney.spi.PluginConfig;

/**
 * Opens stores at {@code memory:} and {@code memory:name}. Each call makes a new, empty store that
 * ends with its closing; the name is for messages and two stores of one name share nothing.
 *
 * <p>Keys: {@code retain-events}, how many of the newest events are kept (1 or more, default all);
 * {@code ignore-cursors}, whether retention may remove what a cursor has not passed yet (default
 * false); {@code cursor-idle}, how long an unused cursor holds retention back (default 30d); {@code
 * max-event}, the largest event taken (1k to 1g, default 8m).
 */
public final class MemoryEventStoreProvider implements EventStoreProvider {

    /** Called by the service loader. */
    public MemoryEventStoreProvider() {}

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public EventStore create(PluginConfig config) {
        return new MemoryEventStore(MemoryOptions.read(config), config.context());
    }
}

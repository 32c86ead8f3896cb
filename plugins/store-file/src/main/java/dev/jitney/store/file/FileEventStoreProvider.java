// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventStoreProvider;
import dev.jitney.spi.PluginConfig;

/**
 * Opens bus directories: {@code file:./.bus}. The options are listed in the README of this module.
 */
public final class FileEventStoreProvider implements EventStoreProvider {

    @Override
    public String name() {
        return "file";
    }

    @Override
    public EventStore create(PluginConfig config) {
        StoreConfig options = StoreConfig.read(config);
        return FileEventStore.open(options, config.context());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** DRAFT. Sets up a bus. Not thread-safe. */
public interface EventBusBuilder {

    /** Returns a new builder for a bus of this name. */
    static EventBusBuilder create(String name) {
        return ServiceLoader.load(EventBusBuilder.class, EventBusBuilder.class.getClassLoader())
                .findFirst()
                .orElseThrow(() -> new ServiceConfigurationError("bus-core is incomplete"))
                .name(name);
    }

    EventBusBuilder name(String name);

    EventBusBuilder clock(InstantSource clock);

    /** Plugins found on the class path take part. */
    EventBusBuilder discoverPlugins();

    /**
     * Plugins found in the jars of these directories take part, each jar in a class loader of its
     * own.
     */
    EventBusBuilder pluginDirectories(List<Path> directories);

    /** Keeps events in the store at a location such as {@code file:./events} or {@code memory:}. */
    EventBusBuilder store(String location, Map<String, String> config);

    /** Keeps events in this store, which the caller closes. */
    EventBusBuilder store(EventStore store);

    /** Opens only the store, for tools that look at it without running a bus. */
    EventStore openStore();

    /** Returns the wire form of events. */
    EventFormat eventFormat();
}

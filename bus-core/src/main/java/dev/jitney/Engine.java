// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.ServiceLoader.Provider;
import org.jspecify.annotations.Nullable;

/**
 * Finds the engine, once for the process: looking through the class path takes longer than all else
 * that makes a bus.
 */
final class Engine {

    /** Null if there is none, or one that cannot be loaded; whoever asks is told why. */
    private static final @Nullable Provider<EventBusBuilder> FOUND = find();

    private Engine() {}

    static EventBusBuilder newBuilder() {
        return FOUND == null ? load().get() : FOUND.get();
    }

    private static @Nullable Provider<EventBusBuilder> find() {
        try {
            return load();
        } catch (ServiceConfigurationError | LinkageError e) {
            // Thrown again to each who asks: an initialiser may fail only once.
            return null;
        }
    }

    private static Provider<EventBusBuilder> load() {
        ClassLoader own = EventBusBuilder.class.getClassLoader();
        Iterator<Provider<EventBusBuilder>> found =
                ServiceLoader.load(EventBusBuilder.class, own).stream().iterator();
        if (!found.hasNext()) {
            throw new ServiceConfigurationError(
                    "No engine is on the class path. Add dev.jitney:bus-core, complete with its"
                            + " META-INF/services.");
        }
        return found.next();
    }
}

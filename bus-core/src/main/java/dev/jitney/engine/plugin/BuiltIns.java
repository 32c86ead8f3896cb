// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.spi.PluginException;
import dev.jitney.spi.PluginProvider;
import java.util.ArrayList;
import java.util.List;

/**
 * The plugins that come with bus-core, looked for once in the life of the process: each bus has one
 * of them, and a look through the class path takes longer than all else that makes a bus.
 */
final class BuiltIns {

    private static final String OURS = "dev.jitney.engine.";

    private static final ClassValue<List<Found>> BY_KIND =
            new ClassValue<>() {
                @Override
                protected List<Found> computeValue(Class<?> kind) {
                    ProviderLoader loader = new ProviderLoader(PluginKind.of(kind));
                    loader.load(BuiltIns.class.getClassLoader(), null);
                    List<Found> ours = new ArrayList<>();
                    for (Found found : loader.found()) {
                        if (found.className().startsWith(OURS)) {
                            ours.add(found);
                        }
                    }
                    return List.copyOf(ours);
                }
            };

    private BuiltIns() {}

    /**
     * Returns the built-in plugin of this name.
     *
     * @throws PluginException if bus-core has come without it
     */
    static PluginProvider<?> of(Class<?> kind, String name) {
        for (Found found : BY_KIND.get(kind)) {
            if (found.name().equals(name)) {
                return found.provider();
            }
        }
        throw new PluginException(
                "%s '%s' is part of bus-core, but not on the class path. Keep the META-INF/services of bus-core."
                        .formatted(PluginKind.of(kind).title(), name));
    }
}

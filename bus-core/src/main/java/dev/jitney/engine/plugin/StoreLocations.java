// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.spi.ConfigException;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventStoreProvider;
import dev.jitney.spi.PluginContext;
import dev.jitney.spi.PluginException;
import dev.jitney.spi.StoreException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Opens event stores by location: the store's name, a colon, and what that store calls a place, as
 * in {@code file:./events}, {@code memory:} or {@code redis://host/0}.
 */
public final class StoreLocations {

    private static final Pattern LOCATION = Pattern.compile("([a-z][a-z0-9-]*):(.*)");
    private static final String KEY = "location";

    private StoreLocations() {}

    /**
     * Opens a store that the caller closes.
     *
     * @param config the store's configuration without {@code location}
     * @throws IllegalArgumentException if the location names no store
     * @throws PluginException if there is no store of that name, or it cannot be loaded
     * @throws ConfigException if the configuration is wrong or has a {@code location} of its own
     * @throws StoreException if the store cannot be opened
     */
    public static EventStore open(
            PluginCatalog catalog,
            String location,
            Map<String, String> config,
            PluginContext context) {
        Matcher parts = split(location);
        return PluginSet.create(
                catalog,
                EventStoreProvider.class,
                parts.group(1),
                complete(parts, config),
                context);
    }

    /** Opens a store that the set closes; see the other form. */
    public static EventStore open(PluginSet plugins, String location, Map<String, String> config) {
        Matcher parts = split(location);
        return plugins.create(EventStoreProvider.class, parts.group(1), complete(parts, config));
    }

    /** Opens a store that the set closes, and leaves the others open when that fails. */
    static EventStore open(
            PluginSet plugins, PluginCatalog catalog, String location, Map<String, String> config) {
        Matcher parts = split(location);
        EventStoreProvider provider = catalog.provider(EventStoreProvider.class, parts.group(1));
        return plugins.open(
                EventStoreProvider.class, provider, parts.group(1), complete(parts, config));
    }

    private static Matcher split(String location) {
        Matcher parts = LOCATION.matcher(location);
        if (!parts.matches()) {
            // A password may be in it, as in a location whose colon was left out.
            String shown = location.replaceAll("//[^/@]*@", "//***@");
            throw new IllegalArgumentException(
                    "Store location '"
                            + shown
                            + "' names no store. Begin with the store's name and a colon, for"
                            + " example file:./events.");
        }
        return parts;
    }

    private static Map<String, String> complete(Matcher parts, Map<String, String> config) {
        if (config.containsKey(KEY)) {
            throw new ConfigException(
                    "store '" + parts.group(1) + "'",
                    List.of("'location' is given twice, in the configuration and in front of it"));
        }
        Map<String, String> complete = new HashMap<>(config);
        complete.put(KEY, parts.group(2));
        return complete;
    }
}

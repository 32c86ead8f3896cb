// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.spi.DeadLetterSinkProvider;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventStoreProvider;
import dev.jitney.spi.MaskerProvider;
import dev.jitney.spi.MetricsBackendProvider;
import dev.jitney.spi.PayloadCodec;
import dev.jitney.spi.PayloadCodecProvider;
import dev.jitney.spi.PluginProvider;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which plugins a bus wants. Of stores, dead-letter sinks, metrics backends and maskers it has one
 * at most: the last that is asked for, by name or as an instance. Not thread-safe.
 */
public final class PluginRequest {

    private static final Set<Class<?>> SINGLE =
            Set.of(
                    EventStoreProvider.class,
                    DeadLetterSinkProvider.class,
                    MetricsBackendProvider.class,
                    MaskerProvider.class);

    private final String busName;
    private final InstantSource clock;
    private final PluginCatalog catalog;
    private final Function<List<PayloadCodec>, EventFormat> format;
    private final PluginLog.Output output;
    private final Map<Class<?>, Map<String, Map<String, String>>> asked = new HashMap<>();
    private final Map<Class<?>, List<Object>> instances = new HashMap<>();
    private final Map<Class<?>, Object> defaults = new HashMap<>();
    private final Set<List<Object>> unwanted = new HashSet<>();
    private @Nullable String storeLocation;
    private boolean discover;
    private boolean storeOnly;

    /**
     * @param catalog where plugins are looked for; the caller closes it, after the plugins
     * @param format makes the wire form of events from the bus's codecs
     * @param output where failures of plugins are logged
     */
    public PluginRequest(
            String busName,
            InstantSource clock,
            PluginCatalog catalog,
            Function<List<PayloadCodec>, EventFormat> format,
            PluginLog.Output output) {
        this.busName = busName;
        this.clock = clock;
        this.catalog = catalog;
        this.format = format;
        this.output = output;
    }

    /**
     * Lets every automatic plugin on the class path take part. Those of plugin directories do so
     * anyway.
     */
    public PluginRequest discover() {
        discover = true;
        return this;
    }

    /** Asks for a plugin by name. Asking again for the same one replaces its configuration. */
    public PluginRequest plugin(
            Class<? extends PluginProvider<?>> kind, String name, Map<String, String> config) {
        clearSingle(kind);
        asked.computeIfAbsent(kind, any -> new TreeMap<>()).put(name, Map.copyOf(config));
        return this;
    }

    /**
     * Gives the plugin that a bus has of this kind when nobody wants another: none is looked for on
     * the class path then. If it is used, it is closed with the others.
     */
    public <T> PluginRequest byDefault(Class<? extends PluginProvider<T>> kind, T instance) {
        defaults.put(kind, instance);
        return this;
    }

    /** Asks for the store at a location, such as {@code file:./events}. */
    public PluginRequest store(String location, Map<String, String> config) {
        // The name is found in the location when the store is opened.
        plugin(EventStoreProvider.class, "", config);
        storeLocation = location;
        return this;
    }

    /**
     * Adds a plugin that the caller has made and closes. It takes the place of any plugin of its
     * name that would take part by itself.
     */
    public <T> PluginRequest instance(Class<? extends PluginProvider<T>> kind, T instance) {
        clearSingle(kind);
        instances.computeIfAbsent(kind, any -> new ArrayList<>()).add(instance);
        return this;
    }

    /** Leaves out a plugin that would take part by itself. */
    public PluginRequest without(Class<? extends PluginProvider<?>> kind, String name) {
        unwanted.add(List.of(kind, name));
        return this;
    }

    /**
     * Opens nothing but the store and codecs that were asked for or handed in: for tools that run
     * no bus, which should neither wait for nor depend on what else lies in a plugin directory.
     */
    public PluginRequest storeOnly() {
        storeOnly = true;
        return this;
    }

    /** Opens all that is asked for; see {@link BusPlugins}. */
    public BusPlugins open() {
        return BusPlugins.open(this);
    }

    private void clearSingle(Class<?> kind) {
        if (SINGLE.contains(kind)) {
            asked.remove(kind);
            instances.remove(kind);
            storeLocation = kind == EventStoreProvider.class ? null : storeLocation;
        }
    }

    String busName() {
        return busName;
    }

    InstantSource clock() {
        return clock;
    }

    PluginCatalog catalog() {
        return catalog;
    }

    Function<List<PayloadCodec>, EventFormat> format() {
        return format;
    }

    PluginLog.Output output() {
        return output;
    }

    /** Returns the location of the store, or null if none was asked for by location. */
    @Nullable String storeLocation() {
        return storeLocation;
    }

    /** Returns what was asked for by name, in order of name, with the configurations. */
    Map<String, Map<String, String>> asked(Class<?> kind) {
        return wants(kind) ? asked.getOrDefault(kind, Map.of()) : Map.of();
    }

    <T> List<T> instances(Class<? extends PluginProvider<T>> kind) {
        @SuppressWarnings("unchecked") // instance() takes no other
        List<T> own = (List<T>) instances.getOrDefault(kind, List.of());
        return new ArrayList<>(own);
    }

    private boolean wants(Class<?> kind) {
        return !storeOnly || kind == EventStoreProvider.class || kind == PayloadCodecProvider.class;
    }

    /** Returns the plugin of this kind that nobody has to ask for, or null if it is not wanted. */
    <T> @Nullable T byDefault(Class<? extends PluginProvider<T>> kind) {
        boolean other = asked.containsKey(kind) || instances.containsKey(kind);
        @SuppressWarnings("unchecked") // the other byDefault() takes no other
        @Nullable T own = (T) defaults.get(kind);
        return other || !wants(kind) ? null : own;
    }

    /** Says whether a plugin that nobody has asked for takes part. */
    boolean invites(Class<?> kind, Found found) {
        return (discover || found.directory())
                && !unwanted.contains(List.of(kind, found.name()))
                && automatic(found.provider());
    }

    private static boolean automatic(PluginProvider<?> provider) {
        return ContextLoader.call(provider.getClass(), provider::automatic);
    }

    /** Says whether plugins that nobody has asked for may take part at all. */
    boolean invites() {
        return !storeOnly && (discover || catalog.hasDirectories());
    }

    /** Returns the names that instances have taken. */
    static Set<String> names(List<?> instances) {
        Set<String> names = new HashSet<>();
        for (Object instance : instances) {
            String name = Wording.nameOf(instance);
            if (name != null) {
                names.add(name);
            }
        }
        return names;
    }
}

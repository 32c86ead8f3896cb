// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

/**
 * Finds and builds one kind of plugin by name. A jar offers its providers in {@code
 * META-INF/services}, in a file named after the sub-interface of their kind. A provider has a
 * public constructor without parameters that does no work.
 *
 * <p><b>Threads.</b> The plugin's class loader is the thread's context class loader while the
 * constructor, {@link #name} and {@link #create} run.
 *
 * @param <T> the kind of plugin
 */
public interface PluginProvider<T> {

    /**
     * Returns the name that selects this plugin: {@code [a-z][a-z0-9-]*}, unique in its kind. The
     * names {@code memory}, {@code discard} and {@code log} belong to Jitney.
     */
    String name();

    /**
     * Returns a new plugin that is ready for use. It reads the configuration, calls {@link
     * PluginConfig#check}, and only then opens anything; when it throws, it has left nothing open.
     *
     * @throws ConfigException if the configuration is wrong, with all problems at once
     */
    T create(PluginConfig config);

    /**
     * Says whether the plugin takes part in every bus that discovers plugins, or only where it is
     * asked for by name. One that does nothing without being configured, or that should be a
     * decision, returns false. It does not matter for kinds of which a bus has at most one: they
     * are always asked for.
     */
    default boolean automatic() {
        return true;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

/**
 * Finds and builds one kind of plugin by name. Implementations are found with {@link
 * java.util.ServiceLoader} under the name of the sub-interface of their kind, and have a public
 * constructor without parameters that does no work.
 *
 * @param <T> the kind of plugin
 */
public interface PluginProvider<T> {

    /** Returns the name that selects this plugin: {@code [a-z][a-z0-9-]*}, unique in its kind. */
    String name();

    /**
     * Returns a plugin that is ready for use.
     *
     * @throws ConfigException if the configuration is wrong, with all problems at once
     */
    T create(PluginConfig config);
}

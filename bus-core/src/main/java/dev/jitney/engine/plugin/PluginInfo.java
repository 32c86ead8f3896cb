// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import org.jspecify.annotations.Nullable;

/**
 * A plugin that was found.
 *
 * @param kind what it is, for example {@code event store}
 * @param name the name that selects it
 * @param className its provider's class
 * @param jar the file name of its jar, or the path of its directory of classes
 * @param version the {@code Implementation-Version} of the jar's manifest, or null if it has none
 */
public record PluginInfo(
        String kind, String name, String className, String jar, @Nullable String version) {}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.spi.PluginProvider;

/**
 * A provider that was loaded and has told its name.
 *
 * @param origin the path of its jar or directory
 * @param directory whether it comes from a plugin directory, not from the class path
 */
record Found(PluginProvider<?> provider, String name, String origin, boolean directory) {

    String className() {
        return provider.getClass().getName();
    }

    /** The class and, in brackets, the file name of the jar. */
    String shown() {
        return shown(CodeOrigin.shortOf(origin));
    }

    String shown(String place) {
        return className() + " (" + place + ")";
    }

    /** Says whether both are one class of one jar, loaded twice. */
    boolean sameAs(Found other) {
        return className().equals(other.className()) && origin.equals(other.origin);
    }

    PluginInfo info(PluginKind kind) {
        Package home = provider.getClass().getPackage();
        String version = home == null ? null : home.getImplementationVersion();
        return new PluginInfo(kind.noun(), name, className(), CodeOrigin.shortOf(origin), version);
    }
}

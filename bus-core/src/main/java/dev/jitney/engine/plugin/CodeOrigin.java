// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;

/** Where a class was loaded from, for messages and to tell copies apart. */
final class CodeOrigin {

    private CodeOrigin() {}

    /** Returns the path of the jar or directory, or {@code unknown place}. */
    static String pathOf(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            return "unknown place";
        }
        try {
            return Path.of(source.getLocation().toURI()).toString();
        } catch (URISyntaxException | RuntimeException e) {
            // Not a file: a nested jar, say. Its address still names it.
            return source.getLocation().toString();
        }
    }

    /** Shortens the path of a jar to its file name. */
    static String shortOf(String path) {
        return path.endsWith(".jar")
                ? path.substring(path.lastIndexOf(File.separatorChar) + 1)
                : path;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Opens the jars of plugin directories, each in a class loader of its own. A class loader says
 * nothing about a jar that it cannot read, so each is looked at first.
 */
final class PluginJars implements AutoCloseable {

    private static final String SERVICES = "META-INF/services/dev.jitney.spi.";

    private final Map<Path, URLClassLoader> loaders = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    PluginJars(ClassLoader parent, List<Path> directories) {
        for (Path directory : directories) {
            for (Path jar : jarsOf(directory)) {
                open(parent, jar);
            }
        }
    }

    /** The jars that hold plugins, with their loaders: directories as given, jars in name order. */
    Map<Path, URLClassLoader> loaders() {
        return loaders;
    }

    List<String> problems() {
        return problems;
    }

    private List<Path> jarsOf(Path directory) {
        if (!Files.isDirectory(directory)) {
            String fault = Files.exists(directory) ? "is not a directory" : "does not exist";
            problems.add("Plugin directory '" + directory + "' " + fault + ".");
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".jar"))
                    .sorted(Comparator.comparing(file -> file.getFileName().toString()))
                    .toList();
        } catch (IOException e) {
            problems.add("Plugin directory '" + directory + "' cannot be read: " + e + ".");
            return List.of();
        }
    }

    private void open(ClassLoader parent, Path jar) {
        try {
            if (!Files.exists(jar)) {
                leaveOut(jar, "the link leads nowhere");
                return;
            }
            Path real = jar.toRealPath();
            String fault = loaders.containsKey(real) ? null : faultOf(real);
            if (fault != null) {
                leaveOut(jar, fault);
            } else if (!loaders.containsKey(real)) {
                loaders.put(real, newLoader(parent, real));
            }
        } catch (IOException e) {
            leaveOut(jar, e.toString());
        }
    }

    private void leaveOut(Path jar, String fault) {
        problems.add("Plugin jar '" + jar.getFileName() + "' is left out: " + fault + ".");
    }

    private static @Nullable String faultOf(Path jar) throws IOException {
        if (!Files.isRegularFile(jar) || !Files.isReadable(jar)) {
            return "it is not a file that can be read";
        }
        if (Files.size(jar) == 0) {
            return "it is empty";
        }
        try (JarFile file = new JarFile(jar.toFile())) {
            boolean offers = file.stream().anyMatch(entry -> entry.getName().startsWith(SERVICES));
            return offers ? null : "it offers no plugin (no file " + SERVICES + "*)";
        } catch (IOException | IllegalArgumentException e) {
            return "it is not a jar, or is damaged";
        }
    }

    private static URLClassLoader newLoader(ClassLoader parent, Path jar)
            throws MalformedURLException {
        URL[] urls = {jar.toUri().toURL()};
        return new URLClassLoader("plugin " + jar.getFileName(), urls, parent);
    }

    /** Closes the jars. Classes that were not loaded yet can then no longer be loaded. */
    @Override
    public void close() {
        for (URLClassLoader loader : loaders.values()) {
            try {
                loader.close();
            } catch (IOException e) {
                // It was open for reading only: nothing is lost, and nobody could do anything.
            }
        }
    }
}

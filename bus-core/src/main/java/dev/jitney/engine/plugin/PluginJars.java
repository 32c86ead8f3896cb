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
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Opens the jars of plugin directories, each in a class loader of its own, and each folder in them,
 * with all its jars in one: a plugin and the libraries that it needs. A class loader says nothing
 * about a jar that it cannot read, so each is looked at first.
 */
final class PluginJars implements AutoCloseable {

    private static final String SERVICES = "META-INF/services/dev.jitney.spi.";

    private final Map<Path, URLClassLoader> loaders;
    private final List<String> problems = new ArrayList<>();

    PluginJars(ClassLoader parent, List<Path> directories) {
        loaders = directories.isEmpty() ? Map.of() : new LinkedHashMap<>();
        for (Path directory : directories) {
            for (Path jar : jarsOf(directory)) {
                open(parent, jar);
            }
            for (Path folder : foldersOf(directory)) {
                openFolder(parent, folder);
            }
        }
    }

    /**
     * The jars and folders that hold plugins, with their loaders: directories as given, in each its
     * jars and then its folders, in name order.
     */
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
        try {
            return list(directory, file -> nameOf(file).endsWith(".jar"));
        } catch (IOException e) {
            problems.add("Plugin directory '" + directory + "' cannot be read: " + e + ".");
            return List.of();
        }
    }

    private static List<Path> foldersOf(Path directory) {
        try {
            return list(
                    directory,
                    file ->
                            Files.isDirectory(file)
                                    && !nameOf(file).startsWith(".")
                                    && !nameOf(file).endsWith(".jar"));
        } catch (IOException e) {
            // Said when its jars were listed.
            return List.of();
        }
    }

    private static List<Path> list(Path directory, Predicate<Path> wanted) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(wanted).sorted(Comparator.comparing(PluginJars::nameOf)).toList();
        }
    }

    private static String nameOf(Path file) {
        return file.getFileName().toString();
    }

    private void openFolder(ClassLoader parent, Path folder) {
        try {
            Path real = folder.toRealPath();
            List<Path> jars = list(real, file -> nameOf(file).endsWith(".jar"));
            boolean offers = false;
            for (Path jar : jars) {
                String fault = unreadable(jar);
                if (fault != null) {
                    leaveOut("folder", folder, "its jar '" + nameOf(jar) + "': " + fault);
                    return;
                }
                offers |= offersPlugin(jar);
            }
            if (!offers) {
                leaveOut("folder", folder, "no jar in it offers a plugin");
            } else if (!loaders.containsKey(real)) {
                loaders.put(real, newLoader(parent, real, jars));
            }
        } catch (IOException e) {
            leaveOut("folder", folder, e.toString());
        }
    }

    private void open(ClassLoader parent, Path jar) {
        try {
            if (!Files.exists(jar)) {
                leaveOut("jar", jar, "the link leads nowhere");
                return;
            }
            Path real = jar.toRealPath();
            String fault = loaders.containsKey(real) ? null : faultOf(real);
            if (fault != null) {
                leaveOut("jar", jar, fault);
            } else if (!loaders.containsKey(real)) {
                loaders.put(real, newLoader(parent, real, List.of(real)));
            }
        } catch (IOException e) {
            leaveOut("jar", jar, e.toString());
        }
    }

    private void leaveOut(String what, Path file, String fault) {
        problems.add(
                "Plugin " + what + " '" + file.getFileName() + "' is left out: " + fault + ".");
    }

    private static @Nullable String faultOf(Path jar) throws IOException {
        String fault = unreadable(jar);
        if (fault != null || offersPlugin(jar)) {
            return fault;
        }
        return "it offers no plugin (no file " + SERVICES + "*)";
    }

    private static @Nullable String unreadable(Path jar) throws IOException {
        if (!Files.isRegularFile(jar) || !Files.isReadable(jar)) {
            return "it is not a file that can be read";
        }
        if (Files.size(jar) == 0) {
            return "it is empty";
        }
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream().anyMatch(entry -> true) ? null : "it is empty";
        } catch (IOException | IllegalArgumentException e) {
            return "it is not a jar, or is damaged";
        }
    }

    private static boolean offersPlugin(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream().anyMatch(entry -> entry.getName().startsWith(SERVICES));
        }
    }

    private static URLClassLoader newLoader(ClassLoader parent, Path plugin, List<Path> jars)
            throws MalformedURLException {
        URL[] urls = new URL[jars.size()];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = jars.get(i).toUri().toURL();
        }
        return new URLClassLoader("plugin " + plugin.getFileName(), urls, parent);
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

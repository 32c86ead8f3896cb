// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.spi.PluginProvider;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Every line of every file in {@code META-INF/services} names a class that a service loader can
 * make. A wrong line is found at run time only, and by the user. Extend it in each module that has
 * such files:
 *
 * <pre>{@code
 * class ServiceFilesTest extends ServiceFilesContract {
 *     @Override
 *     protected Class<?> anchor() {
 *         return AcmeProvider.class;
 *     }
 * }
 * }</pre>
 */
public abstract class ServiceFilesContract {

    private static final String SPI = "dev.jitney.spi.";
    private static final Set<String> RESERVED = Set.of("memory", "discard", "log");

    /** Returns a class of the module whose service files are checked. */
    protected abstract Class<?> anchor();

    @Test
    @DisplayName("every service file names classes that exist, fit and can be made")
    void serviceFilesNameClassesThatCanBeMade() throws Exception {
        List<Path> files = serviceFiles();
        assertThat(files).as("service files beside %s", anchor().getName()).isNotEmpty();
        for (Path file : files) {
            List<String> names = namesIn(file);
            assertThat(names).as("providers in %s", file.getFileName()).isNotEmpty();
            assertThat(names).as("providers in %s", file.getFileName()).doesNotHaveDuplicates();
            for (String name : names) {
                check(file.getFileName().toString(), name);
            }
        }
    }

    @Test
    @DisplayName("every plugin has a name that is valid, its own in its kind, and stays")
    void pluginsHaveNamesOfTheirOwn() throws Exception {
        for (Path file : serviceFiles()) {
            String service = file.getFileName().toString();
            if (!service.startsWith(SPI)) {
                continue;
            }
            Class<?> kind = Class.forName(service, false, anchor().getClassLoader());
            assertThat(kind.isInterface() && PluginProvider.class.isAssignableFrom(kind))
                    .as("%s is a kind of plugin", service)
                    .isTrue();
            List<String> taken = new ArrayList<>();
            for (String className : namesIn(file)) {
                PluginProvider<?> provider = provider(className);
                String name = provider.name();
                assertThat(name).as("name of %s", className).matches("[a-z][a-z0-9-]*");
                assertThat(provider.name())
                        .as("name of %s, asked again", className)
                        .isEqualTo(name);
                assertThat(className.startsWith("dev.jitney.") || !RESERVED.contains(name))
                        .as("name '%s' of %s belongs to Jitney", name, className)
                        .isTrue();
                assertThat(provider.automatic())
                        .as("%s says one thing about taking part", className)
                        .isEqualTo(provider.automatic());
                taken.add(name);
            }
            assertThat(taken).as("names of %s", service).doesNotHaveDuplicates();
        }
    }

    private PluginProvider<?> provider(String className) throws ReflectiveOperationException {
        Class<?> type = Class.forName(className, true, anchor().getClassLoader());
        Constructor<?> constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        return (PluginProvider<?>) constructor.newInstance();
    }

    private void check(String service, String name) throws ReflectiveOperationException {
        ClassLoader loader = anchor().getClassLoader();
        Class<?> type = Class.forName(service, false, loader);
        Class<?> provider = Class.forName(name, false, loader);
        String about = "%s, a provider of %s,".formatted(name, service);
        assertThat(type).as("%s implements it", about).isAssignableFrom(provider);
        int flags = provider.getModifiers();
        assertThat(Modifier.isAbstract(flags)).as("%s is abstract", about).isFalse();
        // The service loader takes a class that is not public, if its constructor is.
        Constructor<?> constructor = provider.getDeclaredConstructor();
        assertThat(Modifier.isPublic(constructor.getModifiers()))
                .as("%s has a public constructor without parameters", about)
                .isTrue();
        assertThat(Path.of(location(provider)))
                .as("%s is of the module that names it", about)
                .isEqualTo(Path.of(location(anchor())));
    }

    private List<Path> serviceFiles() throws IOException, URISyntaxException {
        // Maven puts resources and classes into one directory, which tests run from.
        Path services = Path.of(location(anchor())).resolve("META-INF/services");
        assertThat(services).as("the module is a directory of classes").isDirectory();
        try (Stream<Path> files = Files.list(services)) {
            return files.sorted().toList();
        }
    }

    private static java.net.URI location(Class<?> type) {
        try {
            return type.getProtectionDomain().getCodeSource().getLocation().toURI();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> namesIn(Path file) throws IOException {
        List<String> names = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            String name = line.replaceFirst("#.*", "").strip();
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        return names;
    }
}

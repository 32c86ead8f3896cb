// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Compiles sources and packs them as plugin jars, as a plugin author would. */
final class TestJars {

    static final String SERVICE = "META-INF/services/dev.jitney.spi.EventStoreProvider";

    private static final String PROVIDER =
            """
            package %1$s;
            import dev.jitney.spi.EventStore;
            import dev.jitney.spi.EventStoreProvider;
            import dev.jitney.spi.PluginConfig;
            public class %2$s implements EventStoreProvider {
                public String name() { return "%3$s"; }
                public EventStore create(PluginConfig config) { %4$s }
            }
            """;

    private final Map<String, byte[]> entries = new TreeMap<>();
    private final Manifest manifest = new Manifest();
    private final Path scratch;

    TestJars(Path scratch) {
        this.scratch = scratch;
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    }

    TestJars version(String version) {
        manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, version);
        return this;
    }

    TestJars entry(String name, String text) {
        entries.put(name, text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Adds a provider of this class and name that throws when asked to create. */
    TestJars provider(String className, String name) {
        return provider(className, name, "throw new IllegalStateException(\"not built\");");
    }

    /** Adds a provider with this body of {@code create}, and its line in the service file. */
    TestJars provider(String className, String name, String create) {
        int dot = className.lastIndexOf('.');
        String home = className.substring(0, dot);
        String simple = className.substring(dot + 1);
        return source(className, PROVIDER.formatted(home, simple, name, create)).service(className);
    }

    TestJars service(String line) {
        return serviceLine(SERVICE, line);
    }

    /**
     * Adds a class that provides a kind of plugin: its source, and its line in the service file.
     */
    TestJars of(Class<?> kind, String className, String source) {
        return source(className, source)
                .serviceLine("META-INF/services/" + kind.getName(), className);
    }

    private TestJars serviceLine(String file, String line) {
        byte[] before = entries.getOrDefault(file, new byte[0]);
        return entry(file, new String(before, StandardCharsets.UTF_8) + line + "\n");
    }

    /** Compiles one source and adds all the classes that come of it. */
    TestJars source(String className, String text) {
        try {
            Path classes = Files.createTempDirectory(scratch, "classes");
            compile(className, text, classes);
            try (Stream<Path> files = Files.walk(classes)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String name = classes.relativize(file).toString().replace('\\', '/');
                    entries.put(name, Files.readAllBytes(file));
                }
            }
            return this;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    TestJars without(String entry) {
        assertThat(entries.remove(entry)).as("entry %s", entry).isNotNull();
        return this;
    }

    /** Declares a class as made for a Java version that no Java has. */
    TestJars tooNew(String entry) {
        byte[] bytes = entries.get(entry);
        bytes[6] = 0x0f;
        bytes[7] = (byte) 0xff;
        return this;
    }

    Path pack(Path jar) {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue());
                out.closeEntry();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return jar;
    }

    /** Writes the entries as files, as a module's directory of classes has them. */
    Path unpack(Path directory) {
        try {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                Path file = directory.resolve(entry.getKey());
                Files.createDirectories(file.getParent());
                Files.write(file, entry.getValue());
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return directory;
    }

    private static void compile(String className, String text, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<String> arguments =
                    List.of(
                            "-d",
                            classes.toString(),
                            "-cp",
                            coreClasses(),
                            "-proc:none",
                            "-nowarn");
            JavaFileObject source =
                    new SimpleJavaFileObject(
                            URI.create("string:///" + className.replace('.', '/') + ".java"),
                            JavaFileObject.Kind.SOURCE) {
                        @Override
                        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                            return text;
                        }
                    };
            boolean done =
                    compiler.getTask(messages, files, null, arguments, null, List.of(source))
                            .call();
            assertThat(done).as("%s compiles: %s", className, messages).isTrue();
        }
    }

    private static String coreClasses() {
        try {
            Class<?> api = dev.jitney.spi.EventStore.class;
            return Path.of(api.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}

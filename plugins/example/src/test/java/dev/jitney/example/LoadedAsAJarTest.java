// SPDX-License-Identifier: Apache-2.0
package dev.jitney.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A plugin written without Kotlin, put into a jar, and loaded from a directory by a program. */
@Timeout(120)
class LoadedAsAJarTest {

    private static final Path SOURCES = Path.of("src/main/java");
    private static final Path RESOURCES = Path.of("src/main/resources");
    private static final List<String> CLASS_PATH =
            Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator));

    @TempDir private Path scratch;

    /** Of bus-core with all its libraries, the two jars that a plugin is compiled against. */
    private static List<String> compilePath() {
        List<String> path =
                CLASS_PATH.stream()
                        .filter(one -> one.contains("bus-core") || one.contains("jspecify"))
                        .filter(one -> !one.contains("tck"))
                        .toList();
        assertThat(path).as("what the plugin is compiled against").hasSize(2);
        return path;
    }

    private Path compile() throws IOException {
        Path classes = Files.createDirectory(scratch.resolve("classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files =
                        compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
                Stream<Path> sources = Files.walk(SOURCES)) {
            List<Path> java = sources.filter(one -> one.toString().endsWith(".java")).toList();
            List<String> options =
                    List.of(
                            "-d",
                            classes.toString(),
                            "--release",
                            "17",
                            "-proc:none",
                            "-Xlint:all",
                            "-Werror",
                            "-classpath",
                            String.join(File.pathSeparator, compilePath()));
            boolean done =
                    compiler.getTask(
                                    said,
                                    files,
                                    null,
                                    options,
                                    null,
                                    files.getJavaFileObjectsFromPaths(java))
                            .call();
            assertThat(done).as("compiled without Kotlin: %s", said).isTrue();
        }
        return classes;
    }

    private Path jar(String name) throws IOException {
        Path plugins = Files.createDirectory(scratch.resolve("plugins"));
        try (JarOutputStream jar =
                new JarOutputStream(Files.newOutputStream(plugins.resolve(name)))) {
            for (Path root : List.of(compile(), RESOURCES)) {
                try (Stream<Path> files = Files.walk(root)) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        String entry = root.relativize(file).toString().replace('\\', '/');
                        jar.putNextEntry(new JarEntry(entry));
                        Files.copy(file, jar);
                    }
                }
            }
        }
        return plugins;
    }

    private static List<String> run(Path plugins) throws IOException, InterruptedException {
        String path =
                CLASS_PATH.stream()
                        .filter(one -> !one.endsWith(Path.of("target", "classes").toString()))
                        .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", path));
        command.addAll(List.of(Host.class.getName(), plugins.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said.lines().toList();
    }

    @Test
    @DisplayName("EVT-1 SUB-1 VAL-1 a jar in a directory is a plugin, in a class loader of its own")
    void aJarInADirectoryIsAPlugin() throws Exception {
        assertThat(run(jar("tally-1.0.jar")))
                .containsExactlyInAnyOrder(
                        "The plugin is not on the class path",
                        "Reached[events=2] by plugin tally-1.0.jar",
                        "Reached[events=4] by plugin tally-1.0.jar",
                        "Event 'order.placed' is refused by 'required-header': header 'tenant' is missing.",
                        "[]");
    }

    @Test
    void theCompilePathHasNoKotlin() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        assertThat(pom).contains("<groupId>org.jetbrains.kotlin</groupId>", "<exclusion>");
        for (String jar : compilePath()) {
            assertThat(Path.of(jar).getFileName().toString()).doesNotContain("kotlin");
        }
    }

    @Test
    void itIsSixtyLinesAndTheReadmeShowsThem() throws IOException {
        long lines = 0;
        String readme = Files.readString(Path.of("README.md"));
        for (String name : List.of("TallyProvider", "RequiredHeaderProvider")) {
            String source =
                    Files.readString(SOURCES.resolve("dev/jitney/example/" + name + ".java"));
            String type = source.substring(source.indexOf("/** Makes"));
            assertThat(readme).as(name).contains(type.strip());
            lines += type.lines().filter(line -> line.strip().length() > 1).count();
        }
        assertThat(lines).as("lines of code").isLessThanOrEqualTo(70);
        String host = Files.readString(Path.of("src/test/java/dev/jitney/example/Host.java"));
        String shown =
                host.substring(host.indexOf("// README\n") + 10, host.indexOf("// README end"));
        assertThat(readme).contains(shown.stripTrailing().stripIndent());
    }
}

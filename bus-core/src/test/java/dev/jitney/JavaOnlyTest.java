// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Java users compile against bus-core and JSpecify alone: no Kotlin, no coroutine, no logger. */
class JavaOnlyTest {

    private static final Path SOURCES = Path.of("src", "test", "java", "dev", "jitney");

    @TempDir private Path output;

    @Test
    void theJavaApiIsUsedWithoutKotlinOnTheCompileClassPath() throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter problems = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            Iterable<? extends JavaFileObject> sources =
                    files.getJavaFileObjectsFromPaths(List.of(SOURCES.resolve("JavaOnlyUse.java")));
            List<String> options =
                    List.of(
                            "-d",
                            output.toString(),
                            "-cp",
                            classPath(),
                            "-proc:none",
                            "-Xlint:all",
                            "-Werror",
                            "--release",
                            "17");
            boolean compiled =
                    compiler.getTask(problems, files, null, options, null, sources).call();
            assertThat(problems.toString()).isEmpty();
            assertThat(compiled).isTrue();
        }
        try (Stream<Path> classes = Files.walk(output)) {
            assertThat(classes.filter(file -> file.toString().endsWith(".class"))).isNotEmpty();
        }
    }

    private static String classPath() {
        String jspecify =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> entry.contains("jspecify"))
                        .collect(Collectors.joining(File.pathSeparator));
        assertThat(jspecify).isNotEmpty();
        return Path.of("target", "classes") + File.pathSeparator + jspecify;
    }

    /** The same code also runs, on the class path that Maven brings. */
    @Test
    void andWhatWasCompiledRuns() throws Exception {
        assertThat(JavaOnlyUse.run()).containsExactly("stage", "plain", "reply", "delivery");
    }
}

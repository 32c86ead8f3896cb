// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the README quotes is what the tests run. */
class ReadmeTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    @Test
    @DisplayName("The README's Java example is the one that ReadmeJavaExampleTest runs")
    void javaExampleIsTheTestedOne() throws IOException {
        assertThat(block("java"))
                .isEqualTo(region("src/test/java/dev/jitney/ReadmeJavaExampleTest.java"));
    }

    @Test
    @DisplayName("The README's Kotlin example is the one that ReadmeKotlinExampleTest runs")
    void kotlinExampleIsTheTestedOne() throws IOException {
        assertThat(block("kotlin"))
                .isEqualTo(region("src/test/kotlin/dev/jitney/ReadmeKotlinExampleTest.kt"));
    }

    @Test
    @DisplayName("The build that the README names is the one that CI runs")
    void ciRunsTheReadmesCommand() throws IOException {
        assertThat(Files.readString(ROOT.resolve("README.md"))).contains("\nmvn -B verify\n");
        assertThat(Files.readString(ROOT.resolve(".ci/run"))).contains("-B -ntp verify");
    }

    private static String block(String language) throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        Matcher block =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(readme);
        assertThat(block.find()).as("the README has a block of " + language).isTrue();
        return block.group(1).strip();
    }

    /** What stands between the markers, as the README would show it. */
    private static String region(String file) throws IOException {
        String source = Files.readString(Path.of(file));
        String region =
                source.substring(
                        source.indexOf("// readme:start\n") + "// readme:start\n".length(),
                        source.indexOf("// readme:end"));
        return region.stripTrailing().stripIndent().strip().replace("memory:", "file:./.bus");
    }
}

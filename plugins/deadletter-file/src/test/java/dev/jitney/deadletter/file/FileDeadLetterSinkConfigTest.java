// SPDX-License-Identifier: Apache-2.0
package dev.jitney.deadletter.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.spi.ConfigException;
import dev.jitney.spi.PluginConfig;
import dev.jitney.tck.TckContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The options, and that the README has them all. */
class FileDeadLetterSinkConfigTest {

    @TempDir private Path directory;

    private static void create(Map<String, String> config) {
        new FileDeadLetterSinkProvider()
                .create(PluginConfig.of("dead-letter sink 'file'", config, new TckContext()))
                .close();
    }

    @Test
    void tellsAllProblemsAtOnce() {
        assertThatThrownBy(
                        () ->
                                create(
                                        Map.of(
                                                "max-letters", "0",
                                                "lock-timeout", "soon",
                                                "force", "maybe",
                                                "directroy", "x")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Configuration of dead-letter sink 'file' has 5 problems: 'directory' is missing; 'max-letters' is 0, expected 1 to 1000000; 'lock-timeout' is 'soon', expected a span of time from 0ms to 36500d, such as 250ms, 15s or 7d; 'force' is 'maybe', expected true or false; 'directroy' is not a known key, did you mean 'directory'?");
    }

    @Test
    void saysWhyADirectoryCannotBeUsed() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        Path below = file.resolve("letters");
        assertThatThrownBy(() -> create(Map.of("directory", below.toString())))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageStartingWith("The folder '" + below + "' cannot be used: ");
        assertThatThrownBy(() -> create(Map.of("directory", file.toString())))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage(
                        "The folder '%1$s' cannot be used: %1$s: not a directory.".formatted(file));
    }

    @Test
    void theReadmeHasEveryOption() throws IOException {
        ConfigException known = null;
        try {
            create(Map.of("?", ""));
        } catch (ConfigException e) {
            known = e;
        }
        assertThat(known).isNotNull();
        String last = known.problems().get(known.problems().size() - 1);
        String expected = last.substring(last.indexOf("expected ") + "expected ".length());
        assertThat(rows(Files.readString(Path.of("README.md"))))
                .containsExactlyInAnyOrderElementsOf(
                        new TreeSet<>(java.util.List.of(expected.split(", | or "))));
    }

    private static java.util.List<String> rows(String readme) {
        return Pattern.compile("^\\| `([a-z-]+)` \\|", Pattern.MULTILINE)
                .matcher(readme)
                .results()
                .map(row -> row.group(1))
                .collect(Collectors.toList());
    }
}

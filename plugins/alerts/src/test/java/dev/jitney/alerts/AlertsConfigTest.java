// SPDX-License-Identifier: Apache-2.0
package dev.jitney.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.jitney.spi.ConfigException;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginProvider;
import dev.jitney.tck.TckContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The options, and that the README has them all. */
class AlertsConfigTest {

    private static void create(PluginProvider<?> provider, Map<String, String> config) {
        provider.create(PluginConfig.of("'" + provider.name() + "'", config, new TckContext()));
    }

    @Test
    void theStoreTellsAllProblemsAtOnce() {
        Map<String, String> config =
                Map.of("max-alerts", "0", "lock-timeout", "soon", "force", "yes", "dir", "x");
        assertThatThrownBy(() -> create(new FileAlertStoreProvider(), config))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Configuration of 'file' has 5 problems: 'directory' is missing; 'max-alerts' is 0, expected 1 to 100000; 'lock-timeout' is 'soon', expected a span of time from 0ms to 36500d, such as 250ms, 15s or 7d; 'force' is 'yes', expected true or false; 'dir' is not a known key, expected directory, force, lock-timeout or max-alerts.");
    }

    @Test
    void theHandlerTellsAllProblemsAtOnce() {
        Map<String, String> config = Map.of("severity", "info", "topics", "a.*, b..c", "x", "");
        assertThatThrownBy(() -> create(new AlertHandlerProvider(), config))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Configuration of 'alerts' has 4 problems: 'severity' is 'info', expected warning or critical; 'topics' holds 'b..c', expected topic patterns such as order.*,user.*; the bus has no alert store, ask for one with EventBusBuilder.plugin(AlertStoreProvider.class, \"file\", …); 'x' is not a known key, expected severity or topics.");
    }

    @Test
    void aSeverityThatIsNoneIsToldWhatIsTaken() {
        for (String severity : List.of("", "info", "bad")) {
            assertThatThrownBy(
                            () -> create(new AlertHandlerProvider(), Map.of("severity", severity)))
                    .hasMessageContaining(
                            "'severity' is '" + severity + "', expected warning or critical;");
        }
    }

    @Test
    void theStoreSaysWhyADirectoryCannotBeUsed() {
        String file = Path.of("README.md").toAbsolutePath().toString();
        assertThatThrownBy(() -> create(new FileAlertStoreProvider(), Map.of("directory", file)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage(
                        "The folder '%1$s' cannot be used: %1$s: not a directory.".formatted(file));
    }

    @Test
    void theReadmeHasEveryOption() throws IOException {
        List<String> known = new ArrayList<>(known(new FileAlertStoreProvider()));
        known.addAll(known(new AlertHandlerProvider()));
        List<String> rows =
                Pattern.compile("^\\| `([a-z-]+)` \\|", Pattern.MULTILINE)
                        .matcher(Files.readString(Path.of("README.md")))
                        .results()
                        .map(row -> row.group(1))
                        .toList();
        assertThat(rows).containsExactlyInAnyOrderElementsOf(known);
    }

    private static List<String> known(PluginProvider<?> provider) {
        ConfigException refused =
                catchThrowableOfType(
                        ConfigException.class, () -> create(provider, Map.of("?", "")));
        String last = refused.problems().get(refused.problems().size() - 1);
        return List.of(
                last.substring(last.indexOf("expected ") + "expected ".length()).split(", | or "));
    }
}

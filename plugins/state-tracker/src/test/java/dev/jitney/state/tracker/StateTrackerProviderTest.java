// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.jitney.event.Event;
import dev.jitney.spi.ConfigException;
import dev.jitney.spi.PluginConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The options, and that the README has them all. */
class StateTrackerProviderTest {

    private static final String ORDER =
            "{\"name\":\"order\",\"initial\":\"placed\",\"transitions\":{\"placed\":\"paid\"},"
                    + "\"events\":{\"order.paid\":\"paid\"}}";

    @TempDir private Path directory;

    private static StateTracker create(Map<String, String> config) {
        return (StateTracker)
                new StateTrackerProvider()
                        .create(PluginConfig.of("handler 'state-tracker'", config, new Told()));
    }

    @Test
    @DisplayName("STA-1 follows ready-made machines and those of a directory")
    void followsWhatIsConfigured() throws IOException {
        Files.writeString(directory.resolve("order.json"), ORDER);
        Files.writeString(directory.resolve("notes.txt"), "no machine");
        StateTracker tracker =
                create(Map.of("machines", "test, service", "directory", directory.toString()));
        tracker.handle(Event.builder("order.paid").key("7").build());
        tracker.handle(Event.builder("service.created").key("db").build());
        assertThat(tracker.state("order", "7")).isEqualTo("paid");
        assertThat(tracker.state("service", "db")).isEqualTo("created");
        assertThat(tracker.patterns().toString()).isEqualTo("[order.*, service.*, test.*]");
    }

    @Test
    @DisplayName("STA-1 tells all problems of the configuration at once")
    void tellsAllProblems() throws IOException {
        Files.writeString(directory.resolve("a.json"), "[]");
        Files.writeString(directory.resolve("b.json"), ORDER.replace("order.paid", "system.paid"));
        Files.writeString(directory.resolve("c.json"), ORDER);
        Files.writeString(directory.resolve("d.json"), ORDER);
        Map<String, String> config =
                Map.of(
                        "machines", "test,tests",
                        "directory", directory.toString(),
                        "max-entities", "0",
                        "max-history", "0",
                        "replays", "yes",
                        "machine", "x");
        assertThatThrownBy(() -> create(config))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Configuration of handler 'state-tracker' has 8 problems: 'max-entities'"
                                + " is 0, expected 1 to 1000000; 'max-history' is 0, expected 1 to"
                                + " 10000; 'replays' is 'yes', expected ignore or apply; 'machines' has"
                                + " 'tests', expected some of test, experiment, service, environment,"
                                + " plugin, step, assertion, metrics, workflow; a.json: The state"
                                + " machine is no JSON object; b.json: State machine 'order' has a"
                                + " problem: event 'system.paid' is one of the bus's own; d.json: Two"
                                + " state machines are named 'order'. Rename one; 'machine' is not a"
                                + " known key, did you mean 'machines'?");
    }

    @Test
    @DisplayName("STA-1 wants a machine, and a directory that has one")
    void wantsAMachine() throws IOException {
        assertThatThrownBy(() -> create(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Configuration of handler 'state-tracker' has a problem: 'machines' and"
                                + " 'directory' are missing, expected one of them.");
        refusesDirectory(
                directory.toString(),
                "'directory' is '%s', which has no file that ends in .json".formatted(directory));
        Path missing = directory.resolve("missing");
        refusesDirectory(
                missing.toString(), "'directory' is '%s', which does not exist".formatted(missing));
        Path file = Files.writeString(directory.resolve("order.json"), ORDER);
        refusesDirectory(
                file.toString(), "'directory' is '%s', which is not a directory".formatted(file));
        refusesDirectory("", "'directory' is empty");
        assertThatThrownBy(() -> create(Map.of("machines", ",")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("'machines' has '', expected some of test, ");
        assertThatThrownBy(() -> create(Map.of("directory", "\u0000")))
                .hasMessageContaining("has a problem: 'directory' is not a path, ");
        Files.write(file, new byte[] {(byte) 0xff});
        refusesDirectory(
                directory.toString(),
                "order.json: cannot be read: java.nio.charset.MalformedInputException: Input length = 1");
    }

    private static void refusesDirectory(String directory, String problem) {
        assertThatThrownBy(() -> create(Map.of("directory", directory)))
                .isInstanceOf(ConfigException.class)
                .hasMessage("Configuration of handler 'state-tracker' has a problem: %s.", problem);
    }

    @Test
    void theReadmeHasEveryOption() throws IOException {
        ConfigException refused =
                catchThrowableOfType(ConfigException.class, () -> create(Map.of("?", "")));
        String last = refused.problems().get(refused.problems().size() - 1);
        String known = last.substring(last.indexOf("expected ") + "expected ".length());
        List<String> rows =
                Pattern.compile("^\\| `([a-z-]+)` \\|", Pattern.MULTILINE)
                        .matcher(Files.readString(Path.of("README.md")))
                        .results()
                        .map(row -> row.group(1))
                        .toList();
        assertThat(rows).containsExactlyInAnyOrder(known.split(", | or "));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.validator.jsonschema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.EventBus;
import dev.jitney.Publication;
import dev.jitney.event.DeadLetter;
import dev.jitney.event.Outcome;
import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.DeadLetterSinkProvider;
import dev.jitney.spi.EventValidatorProvider;
import dev.jitney.spi.ValidationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The validator as users meet it: on a bus, and in its README. */
class JsonSchemaOnABusTest {

    @TempDir Path directory;

    private EventBus bus(String mode) {
        return EventBus.builder("orders")
                .plugin(
                        EventValidatorProvider.class,
                        "jsonschema",
                        Map.of("directory", directory.toString(), "mode", mode))
                .plugin(DeadLetterSinkProvider.class, "memory", Map.of())
                .build();
    }

    @Test
    @DisplayName(
            "VAL-2 PUB-3 a bus refuses what does not fit, with every violation, as the README shows")
    void aBusRefusesWhatDoesNotFit() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        Files.writeString(directory.resolve("order.placed.json"), block(readme, "json"));
        String expected = block(readme, "text").replaceAll("\\s+", " ").strip();
        try (EventBus bus = bus("strict")) {
            assertThatThrownBy(() -> bus.publish("order.placed", Map.of("lines", new int[0])))
                    .isInstanceOfSatisfying(
                            ValidationException.class,
                            refusal -> {
                                assertThat(refusal.rule()).isEqualTo("jsonschema");
                                assertThat(refusal.problems()).hasSize(2);
                                assertThat(refusal).hasMessage(expected);
                            });
            assertThat(bus.deadLetters().list(DeadLetterSink.Filter.all(), 10))
                    .singleElement()
                    .extracting(DeadLetter::reason)
                    .isEqualTo(DeadLetter.Reason.VALIDATION_ERROR);
        }
    }

    @Test
    @DisplayName("VAL-2 in mode warn the bus takes the event")
    void aBusTakesWhatIsOnlyWarnedOf() throws Exception {
        Files.writeString(directory.resolve("order.placed.json"), "false");
        try (EventBus bus = bus("warn")) {
            Publication publication = bus.publish("order.placed", 1);
            assertThat(publication.join(Duration.ofSeconds(10))).isTrue();
            assertThat(publication.outcome()).isEqualTo(Outcome.NO_HANDLER);
        }
    }

    @Test
    @DisplayName("VAL-2 every option stands in the README, and nothing else")
    void everyOptionStandsInTheReadme() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        String table = readme.substring(readme.indexOf("## Options"));
        String documented =
                Pattern.compile("(?m)^\\| `([^`]+)` \\|")
                        .matcher(table)
                        .results()
                        .map((MatchResult row) -> row.group(1))
                        .collect(Collectors.toCollection(TreeSet::new))
                        .toString();
        // A key that is like no other makes the configuration list all that it knows.
        assertThat(new Schemas(directory).with("a.json", "{}").set("?", "").faults())
                .singleElement()
                .asString()
                .isEqualTo(
                        "'?' is not a known key, expected "
                                + documented
                                        .substring(1, documented.length() - 1)
                                        .replaceFirst(", (?!.*, )", " or "));
    }

    private static String block(String text, String language) {
        int start = text.indexOf("```" + language + "\n") + language.length() + 4;
        return text.substring(start, text.indexOf("```", start));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.codec.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.EventBus;
import dev.jitney.EventBusBuilder;
import dev.jitney.spi.ConfigException;
import dev.jitney.spi.EventValidatorProvider;
import dev.jitney.spi.PayloadCodec;
import dev.jitney.spi.PayloadCodecProvider;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.ValidationException;
import dev.jitney.tck.TckContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The codec as users meet it: found on the class path by a bus with a store, and in its README. */
class JacksonOnABusTest {

    @Test
    @DisplayName("EVT-7 a bus that discovers plugins writes POJOs and reads them back")
    void aBusWritesPojos() {
        EventBusBuilder builder =
                EventBus.builder("shop")
                        .discoverPlugins()
                        .plugin(EventValidatorProvider.class, "wire-probe", Map.of());
        try (EventBus bus = builder.build()) {
            assertThatThrownBy(() -> bus.publish("a.b", Shop.customer("Ada", "later", 1)))
                    .isInstanceOf(ValidationException.class)
                    .hasMessage(
                            "Event 'a.b' is refused by 'wire-probe':"
                                    + " {\"customer-name\":\"Ada\",\"later\":1}.");
            assertThat(bus.pluginProblems()).isEmpty();
        }
    }

    // readme:start
    record Customer(String name, Optional<String> mail, LocalDate since) {}

    // readme:end

    @Test
    @DisplayName("EVT-7 the README's example does what it says")
    void theReadmesExample() throws Exception {
        Map<String, String> config = Map.of("nulls", "omit");
        // readme:start
        EventBus bus =
                EventBus.builder("shop")
                        .plugin(PayloadCodecProvider.class, "jackson", config)
                        .store("memory:")
                        .build();
        bus.publish("customer.added", new Customer("Ada", Optional.empty(), LocalDate.EPOCH));
        // readme:end
        try (bus) {
            assertThat(bus.awaitIdle(Duration.ofSeconds(10))).isTrue();
            String readme = Files.readString(Path.of("README.md"));
            String source =
                    Files.readString(
                            Path.of(
                                    "src/test/java",
                                    JacksonOnABusTest.class.getName().replace('.', '/') + ".java"));
            assertThat(readme).contains("```java\n" + regions(source) + "\n```");
            PayloadCodec codec =
                    new JacksonCodecProvider()
                            .create(PluginConfig.of("codec", config, new TckContext()));
            Customer ada = new Customer("Ada", Optional.empty(), LocalDate.EPOCH);
            assertThat(readme)
                    .contains("`" + new String(codec.encode(ada), StandardCharsets.UTF_8) + "`");
        }
    }

    private static String regions(String source) {
        return Pattern.compile("// readme:start\n(.*?)// readme:end", Pattern.DOTALL)
                .matcher(source)
                .results()
                .map(region -> region.group(1).stripTrailing().stripIndent().strip())
                .collect(Collectors.joining("\n\n"))
                .replace("memory:", "file:./.bus");
    }

    @Test
    @DisplayName("EVT-7 every option stands in the README, and nothing else")
    void everyOptionStandsInTheReadme() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        String documented =
                Pattern.compile("(?m)^\\| `([^`]+)` \\|")
                        .matcher(readme.substring(readme.indexOf("## Options")))
                        .results()
                        .map((MatchResult row) -> row.group(1))
                        .collect(Collectors.toCollection(TreeSet::new))
                        .toString();
        // A key that is like no other makes the configuration list all that it knows.
        PluginConfig config = PluginConfig.of("codec 'jackson'", Map.of("?", ""), new TckContext());
        try {
            new JacksonCodecProvider().create(config);
            throw new AssertionError("An unknown key was taken.");
        } catch (ConfigException e) {
            assertThat(e.problems())
                    .containsExactly(
                            "'?' is not a known key, expected "
                                    + documented
                                            .substring(1, documented.length() - 1)
                                            .replaceFirst(", (?!.*, )", " or "));
        }
    }
}

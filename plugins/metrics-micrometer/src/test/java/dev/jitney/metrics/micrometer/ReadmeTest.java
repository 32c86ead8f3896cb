// SPDX-License-Identifier: Apache-2.0
package dev.jitney.metrics.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.EventBus;
import dev.jitney.spi.BusMetric;
import dev.jitney.spi.ConfigException;
import dev.jitney.spi.MetricsBackend.Type;
import dev.jitney.spi.MetricsBackendProvider;
import dev.jitney.spi.PluginConfig;
import dev.jitney.tck.TckContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the README says is so. */
class ReadmeTest {

    private static String section(String heading) throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        int start = readme.indexOf("## " + heading);
        int end = readme.indexOf("\n## ", start);
        return readme.substring(start, end < 0 ? readme.length() : end);
    }

    private static List<String> rows(String heading) throws IOException {
        return Pattern.compile("(?m)^\\| `([^\\n]+) \\|$")
                .matcher(section(heading))
                .results()
                .map((MatchResult row) -> "`" + row.group(1))
                .toList();
    }

    @Test
    @DisplayName("MET-5 every metric stands in the README with its tag and meaning, and no other")
    void everyMetricStandsInTheReadme() throws IOException {
        List<String> expected =
                Arrays.stream(BusMetric.values())
                        .map(
                                metric ->
                                        "`%s` | `%s` | %s | %s"
                                                .formatted(
                                                        metric.metricName(),
                                                        prometheus(metric),
                                                        metric.tag() == null
                                                                ? ""
                                                                : "`" + metric.tag() + "`",
                                                        Help.of(metric.metricName())))
                        .toList();
        assertThat(rows("Metrics")).isEqualTo(expected);
    }

    private static String prometheus(BusMetric metric) {
        String name = metric.metricName().replace('.', '_');
        return metric.type() == Type.COUNTER
                ? name + "_total"
                : metric.type() == Type.TIMER ? name + "_seconds" : name;
    }

    @Test
    @DisplayName("MET-5 every option stands in the README, and nothing else")
    void everyOptionStandsInTheReadme() throws IOException {
        String documented =
                rows("Options").stream()
                        .map(row -> row.substring(1, row.indexOf('`', 1)))
                        .collect(Collectors.toCollection(TreeSet::new))
                        .toString();
        // A key that is like no other makes the configuration list all that it knows.
        PluginConfig config = PluginConfig.of("metrics", Map.of("?", ""), new TckContext());
        try {
            new MicrometerMetricsProvider().create(config);
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

    @Test
    @DisplayName("MET-5 the README's examples do what it says")
    void theReadmesExamples() throws Exception {
        // readme:start
        MicrometerMetrics metrics = MicrometerMetrics.prometheus();
        EventBus bus = EventBus.builder("orders").metrics(metrics).build();
        bus.publish("order.placed", "tea");
        String text = metrics.scrape();
        // readme:end
        try (bus;
                metrics) {
            assertThat(bus.awaitIdle(Duration.ofSeconds(10))).isTrue();
            assertThat(text).contains(line());
            String source =
                    Files.readString(
                            Path.of(
                                    "src/test/java",
                                    ReadmeTest.class.getName().replace('.', '/') + ".java"));
            String region =
                    source.substring(
                                    source.indexOf("// readme:start\n") + 16,
                                    source.indexOf("        // readme:end"))
                            .stripTrailing()
                            .stripIndent();
            assertThat(section("An example")).contains("```java\n" + region + "\n```");
        }
        try (EventBus named =
                EventBus.builder("orders")
                        .plugin(
                                MetricsBackendProvider.class,
                                "micrometer",
                                Map.of("http.port", "0"))
                        .build()) {
            assertThat(named.pluginProblems()).isEmpty();
        }
    }

    private static String line() throws IOException {
        return Pattern.compile("```text\n(.*?)```", Pattern.DOTALL)
                .matcher(section("An example"))
                .results()
                .map((MatchResult block) -> block.group(1))
                .collect(Collectors.joining());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.metrics.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.jitney.spi.BusMetric;
import dev.jitney.spi.MetricsBackend;
import dev.jitney.spi.PluginConfig;
import dev.jitney.tck.TckContext;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MicrometerMetricsTest {

    private static final Map<String, String> TAGS = Map.of("bus", "b", "topic", "a.b");

    private final TckContext context = new TckContext();

    private MicrometerMetrics open(Map<String, String> config) {
        return (MicrometerMetrics)
                new MicrometerMetricsProvider()
                        .create(PluginConfig.of("metrics 'micrometer'", config, context));
    }

    @Test
    @DisplayName(
            "MET-5 the scrape has every metric of a bus, with a help text, in a form to rely on")
    void theScrapeHasEveryMetric() {
        try (MicrometerMetrics metrics = open(Map.of())) {
            for (BusMetric metric : BusMetric.values()) {
                Map<String, String> tags = new HashMap<>();
                metric.tags().forEach(tag -> tags.put(tag, "some \"" + tag + "\"\n\\"));
                switch (metric.type()) {
                    case COUNTER -> metrics.counter(metric.metricName(), tags).accept(7);
                    case TIMER -> metrics.timer(metric.metricName(), tags).accept(2_000_000);
                    case GAUGE -> metrics.gauge(metric.metricName(), tags, () -> 7);
                }
            }
            PrometheusText text = PrometheusText.parse(metrics.scrape());
            for (BusMetric metric : BusMetric.values()) {
                String name = metric.metricName().replace('.', '_');
                String[] labels =
                        metric.tags().stream()
                                .flatMap(
                                        tag ->
                                                java.util.stream.Stream.of(
                                                        tag, "some \"" + tag + "\"\n\\"))
                                .toArray(String[]::new);
                switch (metric.type()) {
                    case COUNTER -> assertThat(text.value(name + "_total", labels)).isEqualTo(7);
                    case GAUGE -> assertThat(text.value(name, labels)).isEqualTo(7);
                    case TIMER -> {
                        assertThat(text.value(name + "_seconds_sum", labels)).isEqualTo(0.002);
                        assertThat(text.value(name + "_seconds_count", labels)).isEqualTo(1);
                        assertThat(text.value(name + "_seconds_max", labels)).isEqualTo(0.002);
                    }
                }
                assertThat(Help.of(metric.metricName())).as(name).isNotBlank();
            }
        }
    }

    @Test
    @DisplayName("MET-1 timers keep percentiles of the latest minutes")
    void timersKeepPercentiles() {
        try (MicrometerMetrics metrics = open(Map.of("percentiles", "0.99, .5"))) {
            LongConsumer timer = metrics.timer("bus.handlers.latency", TAGS);
            for (int millis = 1; millis <= 1_000; millis++) {
                timer.accept(millis * 1_000_000L);
            }
            assertThat(quantile(metrics, "0.5")).isCloseTo(0.5, within(0.05));
            assertThat(quantile(metrics, "0.99")).isCloseTo(0.99, within(0.1));
            context.advance(Duration.ofMinutes(10));
            assertThat(quantile(metrics, "0.5")).as("ten minutes later").isZero();
        }
    }

    private static double quantile(MicrometerMetrics metrics, String quantile) {
        return PrometheusText.parse(metrics.scrape())
                .value(
                        "bus_handlers_latency_seconds",
                        "bus",
                        "b",
                        "topic",
                        "a.b",
                        "quantile",
                        quantile);
    }

    @Test
    @DisplayName("MET-2 a million sets of tags make no more series than are allowed")
    void aMillionTagsMakeABoundedNumberOfSeries() {
        try (MicrometerMetrics metrics = open(Map.of("max-series", "100"))) {
            for (int i = 0; i < 1_000_000; i++) {
                metrics.counter("bus.events.published", Map.of("topic", "t" + i)).accept(1);
            }
            metrics.timer("bus.handlers.latency", TAGS).accept(1);
            PrometheusText text = PrometheusText.parse(metrics.scrape());
            assertThat(text.count("bus_events_published_total")).isEqualTo(101);
            assertThat(text.value("bus_events_published_total", "topic", "other"))
                    .isEqualTo(999_900);
            assertThat(
                            text.value(
                                    "bus_handlers_latency_seconds_count",
                                    "bus",
                                    "other",
                                    "topic",
                                    "other"))
                    .isEqualTo(1);
            assertThat(metrics.samples()).hasSize(102);
        }
    }

    @Test
    @DisplayName("MET-2 a name that is used for something else is refused")
    void refusesANameThatIsUsedForSomethingElse() {
        try (MicrometerMetrics metrics = open(Map.of())) {
            metrics.counter("a.b", TAGS).accept(1);
            assertThatThrownBy(() -> metrics.timer("a.b", TAGS))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "Metric 'a.b' is a COUNTER with the tags [bus, topic], not a TIMER with"
                                    + " the tags [bus, topic].");
            assertThatThrownBy(() -> metrics.counter("a.b", Map.of("bus", "x")))
                    .hasMessage(
                            "Metric 'a.b' is a COUNTER with the tags [bus, topic], not a COUNTER"
                                    + " with the tags [bus].");
        }
    }

    @Test
    @DisplayName("MET-6 a gauge that fails is NaN, and the rest of the scrape is there")
    void aGaugeThatFailsIsNaN() {
        try (MicrometerMetrics metrics = open(Map.of())) {
            metrics.gauge(
                    "bus.events.pending",
                    Map.of(),
                    () -> {
                        throw new IllegalStateException("The test lets this gauge fail.");
                    });
            metrics.gauge("bus.events.inflight", Map.of(), () -> 3);
            PrometheusText text = PrometheusText.parse(metrics.scrape());
            assertThat(text.value("bus_events_pending")).isNaN();
            assertThat(text.value("bus_events_inflight")).isEqualTo(3);
            assertThat(metrics.samples()).hasSize(1);
        }
    }

    @Test
    @DisplayName("MET-6 a registry that is not for Prometheus has no text")
    void onlyPrometheusHasText() {
        MicrometerMetrics metrics = MicrometerMetrics.of(new SimpleMeterRegistry());
        assertThatThrownBy(metrics::scrape)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "A SimpleMeterRegistry has no text for Prometheus. Use a"
                                + " PrometheusMeterRegistry.");
    }

    @Test
    @DisplayName("MET-6 says all that is wrong with its configuration")
    void saysWhatIsWrongWithItsConfiguration() {
        Map<String, String> config = new HashMap<>();
        config.put("max-series", "7");
        config.put("percentiles", "0.5,95,NaN");
        config.put("http.port", "metrics");
        config.put("http.path", "metrics");
        config.put("http.hots", "0.0.0.0");
        assertThatThrownBy(() -> open(config))
                .hasMessage(
                        "Configuration of metrics 'micrometer' has 6 problems: 'max-series'"
                                + " is 7, expected 100 to 1000000; 'percentiles' holds '95', expected"
                                + " fractions below 1, such as 0.5,0.99; 'percentiles' holds 'NaN',"
                                + " expected fractions below 1, such as 0.5,0.99; 'http.port' is"
                                + " 'metrics', expected a whole number from 0 to 65535; 'http.path' is"
                                + " 'metrics', expected a path such as /metrics; 'http.hots' is not a"
                                + " known key, did you mean 'http.host'?");
        assertThatThrownBy(() -> open(Map.of("http.host", "::1", "percentiles", "")))
                .hasMessage(
                        "Configuration of metrics 'micrometer' has a problem: 'http.host' is"
                                + " set, but nothing is served without 'http.port'.");
        assertThatThrownBy(() -> open(Map.of("http.host", "", "http.port", "0")))
                .hasMessage(
                        "Configuration of metrics 'micrometer' has a problem: 'http.host' is empty.");
    }

    @Test
    @DisplayName("MET-1 no percentiles are kept where none are asked for")
    void keepsNoPercentiles() {
        try (MicrometerMetrics metrics = open(Map.of("percentiles", " "))) {
            metrics.timer("bus.handlers.latency", TAGS).accept(5);
            PrometheusText text = PrometheusText.parse(metrics.scrape());
            assertThat(text.count("bus_handlers_latency_seconds")).isZero();
            assertThat(text.count("bus_handlers_latency_seconds_count")).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("MET-3 closing leaves no gauge that would hold its bus")
    void closingLetsGo() throws Exception {
        MicrometerMetrics metrics = open(Map.of());
        MetricsBackend backend = metrics;
        backend.gauge("bus.events.pending", TAGS, () -> 1).close();
        assertThat(metrics.scrape()).doesNotContain("bus_events_pending");
        metrics.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeadLetter.Reason;
import dev.jitney.event.Event;
import dev.jitney.spi.AlertStore;
import dev.jitney.spi.ConfigException;
import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.MetricsBackend;
import dev.jitney.spi.MetricsBackend.Sample;
import dev.jitney.spi.MetricsBackend.Type;
import dev.jitney.spi.PluginConfig;
import dev.jitney.tck.TckContext;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MemoryBackendsTest {

    private static DeadLetterSink sink(Map<String, String> config) {
        return new MemoryDeadLetterSinkProvider()
                .create(PluginConfig.of("dead-letter sink 'memory'", config, new TckContext()));
    }

    private static AlertStore alerts(Map<String, String> config) {
        return new MemoryAlertStoreProvider()
                .create(PluginConfig.of("alert store 'memory'", config, new TckContext()));
    }

    private static MetricsBackend metrics(Map<String, String> config) {
        return new MemoryMetricsProvider()
                .create(PluginConfig.of("metrics 'memory'", config, new TckContext()));
    }

    @Test
    @DisplayName("ERR-5 a sink in memory keeps 1 000 letters unless told otherwise")
    void aSinkKeepsAThousandLetters() {
        try (DeadLetterSink sink = sink(Map.of())) {
            assertThat(sink.bound()).isEqualTo(1_000);
            for (int i = 0; i < 1_001; i++) {
                sink.add(DeadLetter.builder(Event.of("a.b", i), Reason.OVERFLOW).build());
            }
            assertThat(sink.size()).isEqualTo(1_000);
            assertThat(sink.evicted()).isEqualTo(1);
        }
        assertThat(sink(Map.of("max-letters", "7")).bound()).isEqualTo(7);
    }

    @Test
    @DisplayName("ERR-5 a sink in memory says what is wrong with it")
    void aSinkSaysWhatIsWrong() {
        assertThatThrownBy(() -> sink(Map.of("max-letters", "0", "max-leters", "9")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Configuration of dead-letter sink 'memory' has 2 problems: 'max-letters'"
                                + " is 0, expected 1 to 10000000; 'max-leters' is not a known key,"
                                + " did you mean 'max-letters'?");
        assertThatThrownBy(() -> new MemoryDeadLetterSink(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bound must be 1 letter or more, but was 0");
        DeadLetterSink sink = sink(Map.of());
        sink.close();
        assertThatThrownBy(sink::size)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Dead-letter sink 'memory' is closed.");
    }

    @Test
    @DisplayName(
            "ALR-1 an alert store in memory keeps 1 000 alerts, and says what is wrong with it")
    void anAlertStoreSaysWhatIsWrong() {
        try (AlertStore store = alerts(Map.of())) {
            assertThat(store.bound()).isEqualTo(1_000);
        }
        assertThatThrownBy(() -> alerts(Map.of("max-alerts", "0", "bound", "9")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Configuration of alert store 'memory' has 2 problems: 'max-alerts' is 0,"
                                + " expected 1 to 1000000; 'bound' is not a known key, expected"
                                + " max-alerts.");
    }

    @Test
    void metricsAreReadInOrderAndReset() throws Exception {
        MetricsBackend backend = metrics(Map.of());
        backend.timer("b", Map.of()).accept(7);
        backend.timer("b", Map.of()).accept(5);
        backend.counter("a", Map.of("t", "2")).accept(1);
        backend.counter("a", Map.of("t", "1")).accept(4);
        AutoCloseable gauge = backend.gauge("c", Map.of(), () -> 3);
        assertThat(backend.samples())
                .containsExactly(
                        new Sample(Type.COUNTER, "a", Map.of("t", "1"), 4, 0, 0),
                        new Sample(Type.COUNTER, "a", Map.of("t", "2"), 1, 0, 0),
                        new Sample(Type.TIMER, "b", Map.of(), 12, 2, 7),
                        new Sample(Type.GAUGE, "c", Map.of(), 3, 0, 0));
        backend.reset();
        assertThat(backend.samples()).extracting(Sample::value).containsExactly(0L, 0L, 0L, 3L);
        gauge.close();
        assertThat(backend.samples()).hasSize(3);
        backend.close();
    }

    @Test
    void oneSupplierMayBeRegisteredTwice() throws Exception {
        MetricsBackend backend = metrics(Map.of());
        java.util.function.LongSupplier same = () -> 5;
        AutoCloseable first = backend.gauge("c", Map.of(), same);
        AutoCloseable second = backend.gauge("c", Map.of(), same);
        first.close();
        assertThat(backend.samples()).hasSize(1);
        second.close();
        assertThat(backend.samples()).isEmpty();
    }

    @Test
    void aMillionTopicsDoNotMakeAMillionSeries() {
        MetricsBackend backend = metrics(Map.of("max-series", "100"));
        backend.counter("a", Map.of("topic", "first")).accept(5);
        for (int i = 0; i < 1_000; i++) {
            backend.counter("a", Map.of("bus", "x", "topic", "t" + i)).accept(1);
        }
        backend.counter("a", Map.of("topic", "first")).accept(1);
        assertThat(backend.samples()).hasSizeLessThanOrEqualTo(101);
        long sum = backend.samples().stream().mapToLong(Sample::value).sum();
        assertThat(sum).as("nothing is lost").isEqualTo(1_006);
        assertThat(backend.samples())
                .contains(
                        new Sample(Type.COUNTER, "a", Map.of("topic", "first"), 6, 0, 0),
                        new Sample(
                                Type.COUNTER,
                                "a",
                                Map.of("bus", "other", "topic", "other"),
                                901,
                                0,
                                0));
        assertThatThrownBy(() -> metrics(Map.of("max-series", "5")))
                .hasMessage(
                        "Configuration of metrics 'memory' has a problem: 'max-series' is 5,"
                                + " expected 100 to 1000000.");
    }
}

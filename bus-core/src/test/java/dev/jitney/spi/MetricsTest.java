// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.spi.MetricsBackend.Sample;
import dev.jitney.spi.MetricsBackend.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MetricsTest {

    private final List<String> measured = new ArrayList<>();
    private final MetricsBackend callback =
            MetricsBackend.callback(
                    (type, name, tags, value) -> measured.add(type + " " + name + tags + value));

    @Test
    void everyMetricOfABusHasANameAUnitAndTheTagOfTheBus() {
        Set<String> names = new HashSet<>();
        for (BusMetric metric : BusMetric.values()) {
            assertThat(metric.metricName()).matches("bus(\\.[a-z]+)+");
            assertThat(names.add(metric.metricName())).as(metric.metricName()).isTrue();
            assertThat(metric.unit())
                    .isEqualTo(metric.type() == Type.TIMER ? "ns" : metric.unit())
                    .matches("ns|\\{[a-z]+}");
            assertThat(metric.tags()).startsWith(BusMetric.BUS_TAG);
            assertThat(BusMetric.named(metric.metricName())).isSameAs(metric);
        }
        assertThat(BusMetric.named("bus.nothing")).isNull();
    }

    @Test
    void noMetricHasBothTopicAndSubscription() {
        for (BusMetric metric : BusMetric.values()) {
            assertThat(metric.tags()).as(metric.metricName()).hasSizeLessThanOrEqualTo(2);
        }
        assertThat(BusMetric.PUBLISHED.tag()).isEqualTo("topic");
        assertThat(BusMetric.HANDLER_LATENCY.tag()).isEqualTo("subscription");
        assertThat(BusMetric.PENDING.tag()).isNull();
    }

    @Test
    void aSampleShowsItsTagsSorted() {
        Map<String, String> tags = Map.of("topic", "a.b", "bus", "shop");
        Sample sample = new Sample(Type.COUNTER, "bus.events.published", tags, 1, 0, 0);
        assertThat(sample.key()).isEqualTo("bus.events.published{bus=shop,topic=a.b}");
        assertThat(new Sample(Type.GAUGE, "x", Map.of(), 1, 0, 0).key()).isEqualTo("x");
    }

    @Test
    void aCallbackIsToldOfEveryMeasurement() {
        callback.counter("c", Map.of("a", "1")).accept(3);
        callback.timer("t", Map.of()).accept(5);
        assertThat(measured).containsExactly("COUNTER c{a=1}3", "TIMER t{}5");
        assertThat(callback.samples()).as("it keeps nothing").isEmpty();
    }

    @Test
    void aCallbackIsToldOfGaugesWhenSomebodyAsks() throws Exception {
        AtomicLong level = new AtomicLong(4);
        AutoCloseable first = callback.gauge("g", Map.of(), level::get);
        AutoCloseable second = callback.gauge("g", Map.of(), level::get);
        callback.gauge(
                "broken",
                Map.of(),
                () -> {
                    throw new IllegalStateException("no");
                });
        first.close();
        assertThat(callback.samples())
                .containsExactly(new Sample(Type.GAUGE, "g", Map.of(), 4, 0, 0));
        assertThat(measured).containsExactly("GAUGE g{}4");
        second.close();
        assertThat(callback.samples()).isEmpty();
        callback.gauge("g", Map.of(), level::get);
        callback.close();
        assertThat(callback.samples()).as("after closing").isEmpty();
    }

    @Test
    void aBackendThatOnlyTakesIsAllowed() {
        MetricsBackend plain =
                new MetricsBackend() {
                    @Override
                    public java.util.function.LongConsumer counter(
                            String name, Map<String, String> tags) {
                        return amount -> {};
                    }

                    @Override
                    public java.util.function.LongConsumer timer(
                            String name, Map<String, String> tags) {
                        return nanos -> {};
                    }

                    @Override
                    public AutoCloseable gauge(
                            String name,
                            Map<String, String> tags,
                            java.util.function.LongSupplier value) {
                        return () -> {};
                    }
                };
        plain.reset();
        plain.close();
        assertThat(plain.samples()).isEmpty();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.EventBus;
import dev.jitney.Handler;
import dev.jitney.SubscribeOptions;
import dev.jitney.spi.MetricsBackend;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The metrics of the conventions, and what waits. */
@Timeout(60)
class MetricsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String CONVENTIONAL =
            "messaging.operation.name=%1$s, messaging.operation.type=%1$s, messaging.system=jitney";

    private final InMemoryMetricReader reader = InMemoryMetricReader.create();
    private final OpenTelemetrySdk openTelemetry =
            OpenTelemetrySdk.builder()
                    .setMeterProvider(
                            SdkMeterProvider.builder().registerMetricReader(reader).build())
                    .build();

    private Map<String, MetricData> metrics() {
        return reader.collectAllMetrics().stream()
                .collect(Collectors.toMap(MetricData::getName, Function.identity()));
    }

    private static String shown(PointData point) {
        Map<String, String> attributes = new TreeMap<>();
        point.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), "" + value));
        long count =
                point instanceof LongPointData number
                        ? number.getValue()
                        : ((HistogramPointData) point).getCount();
        return count + " " + attributes;
    }

    @Test
    @DisplayName(
            "MET-5 sent, consumed and both durations by the conventions, and the queue's depth")
    void theMetricsOfTheConventions() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (EventBus bus =
                BusTelemetry.of(openTelemetry).install(EventBus.builder("orders")).build()) {
            SubscribeOptions mail = SubscribeOptions.builder().name("mail").build();
            bus.subscribe(
                    "order.*",
                    mail,
                    (Handler)
                            event -> {
                                busy.countDown();
                                go.await();
                                event.payload(String.class);
                            });
            bus.publish("order.placed", "tea");
            busy.await();
            bus.publish("order.placed", 1);
            MetricData depth = metrics().get("jitney.events.pending");
            assertThat(depth.getUnit()).isEqualTo("{event}");
            assertThat(depth.getLongSumData().isMonotonic()).isFalse();
            assertThat(depth.getData().getPoints())
                    .extracting(MetricsTest::shown)
                    .containsExactly("1 {jitney.bus=orders}");
            go.countDown();
            assertThat(bus.awaitIdle(PATIENCE)).isTrue();
            Map<String, MetricData> metrics = metrics();
            counts(
                    metrics.get("messaging.client.sent.messages"),
                    "{message}",
                    "2 {jitney.bus=orders, messaging.destination.name=order.placed, "
                            + CONVENTIONAL.formatted("send")
                            + "}",
                    "1 {jitney.bus=orders, messaging.destination.name=system.handler_error, "
                            + CONVENTIONAL.formatted("send")
                            + "}");
            String ofMail = ", messaging.destination.subscription.name=mail, ";
            counts(
                    metrics.get("messaging.client.consumed.messages"),
                    "{message}",
                    "1 {jitney.bus=orders" + ofMail + CONVENTIONAL.formatted("process") + "}",
                    "1 {error.type=_OTHER, jitney.bus=orders"
                            + ofMail
                            + CONVENTIONAL.formatted("process")
                            + "}");
            counts(
                    metrics.get("messaging.process.duration"),
                    "s",
                    "2 {jitney.bus=orders" + ofMail + CONVENTIONAL.formatted("process") + "}");
            counts(
                    metrics.get("messaging.client.operation.duration"),
                    "s",
                    "3 {jitney.bus=orders, " + CONVENTIONAL.formatted("send") + "}");
            assertThat(metrics.get("messaging.process.duration").getHistogramData().getPoints())
                    .allSatisfy(
                            point -> assertThat(point.getBoundaries()).isEqualTo(Names.BUCKETS));
        }
        assertThat(metrics())
                .as("gauges of a closed bus")
                .doesNotContainKey("jitney.events.pending");
    }

    @Test
    @DisplayName("LIF-3 the SDK keeps nothing of telemetry whose buses are closed")
    void nothingIsKept() throws Exception {
        WeakReference<MetricsBackend> closed = closedBus();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (closed.get() != null && System.nanoTime() < deadline) {
            System.gc();
        }
        assertThat(closed.get()).isNull();
        BusTelemetry telemetry = BusTelemetry.of(openTelemetry);
        for (int i = 0; i < 2; i++) {
            try (EventBus bus = telemetry.install(EventBus.builder("orders")).build()) {
                bus.publish("order.placed", "tea");
                assertThat(metrics()).containsKey("jitney.events.pending");
            }
            assertThat(metrics()).doesNotContainKey("jitney.events.pending");
        }
    }

    private WeakReference<MetricsBackend> closedBus() {
        BusTelemetry telemetry = BusTelemetry.of(openTelemetry);
        telemetry.install(EventBus.builder("orders")).build().close();
        return new WeakReference<>(telemetry.metrics());
    }

    private static void counts(MetricData metric, String unit, String... points) {
        assertThat(metric.getUnit()).isEqualTo(unit);
        assertThat(metric.getInstrumentationScopeInfo().getSchemaUrl()).isEqualTo(Names.SCHEMA_URL);
        assertThat(metric.getData().getPoints())
                .extracting(MetricsTest::shown)
                .containsExactlyInAnyOrder(points);
    }
}

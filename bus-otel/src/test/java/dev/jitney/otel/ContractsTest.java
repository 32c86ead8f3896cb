// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import dev.jitney.spi.ContextCarrier;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.MetricsBackend;
import dev.jitney.spi.MetricsBackend.Sample;
import dev.jitney.spi.MetricsBackend.Type;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.ContextCarrierContract;
import dev.jitney.tck.InterceptorContract;
import dev.jitney.tck.MetricsBackendContract;
import dev.jitney.tck.ServiceFilesContract;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** The contracts of the three kinds of plugins, with the SDK and without. */
class ContractsTest {

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    @Nested
    class TheInterceptor extends InterceptorContract {
        @Override
        protected Interceptor open(PluginContext context) {
            return BusTelemetry.of(rig.openTelemetry).interceptor();
        }

        @Override
        protected Object traces() {
            return Context.current();
        }
    }

    @Nested
    class TheInterceptorWithoutAnSdk extends InterceptorContract {
        @Override
        protected Interceptor open(PluginContext context) {
            return new OtelInterceptorProvider()
                    .create(PluginConfig.of("interceptor 'otel'", Map.of(), context));
        }
    }

    @Nested
    class TheCarrier extends ContextCarrierContract {
        @Override
        protected ContextCarrier open(PluginContext context) {
            return BusTelemetry.of(rig.openTelemetry).contextCarrier();
        }

        @Override
        protected AutoCloseable set(int sample) {
            return rig.tracer.spanBuilder("sample " + sample).startSpan().makeCurrent();
        }

        @Override
        protected @Nullable Object current() {
            return Span.current().getSpanContext();
        }
    }

    @Nested
    class TheCarrierWithoutAnSdk extends ContextCarrierContract {
        @Override
        protected ContextCarrier open(PluginContext context) {
            return new OtelContextCarrierProvider()
                    .create(PluginConfig.of("context carrier 'otel'", Map.of(), context));
        }

        @Override
        protected AutoCloseable set(int sample) {
            return rig.tracer.spanBuilder("sample " + sample).startSpan().makeCurrent();
        }

        @Override
        protected @Nullable Object current() {
            return Span.current().getSpanContext();
        }
    }

    @Nested
    class TheMetrics extends MetricsBackendContract {

        private final InMemoryMetricReader reader = InMemoryMetricReader.create();
        private final OpenTelemetry openTelemetry =
                OpenTelemetrySdk.builder()
                        .setMeterProvider(
                                SdkMeterProvider.builder().registerMetricReader(reader).build())
                        .build();

        @Override
        protected MetricsBackend open(PluginContext context) {
            return BusTelemetry.of(openTelemetry).metrics();
        }

        @Override
        protected @Nullable Sample read(
                MetricsBackend backend, Type type, String name, Map<String, String> tags) {
            Instrument instrument = Instrument.of(name, tags);
            for (MetricData metric : reader.collectAllMetrics()) {
                if (!metric.getName().equals(instrument.name())) {
                    continue;
                }
                for (LongPointData point : metric.getLongSumData().getPoints()) {
                    if (point.getAttributes().equals(instrument.attributes())) {
                        return new Sample(type, name, tags, point.getValue(), 0, 0);
                    }
                }
                for (HistogramPointData point : metric.getHistogramData().getPoints()) {
                    if (point.getAttributes().equals(instrument.attributes())) {
                        return new Sample(
                                type,
                                name,
                                tags,
                                Math.round(point.getSum() * 1e9),
                                point.getCount(),
                                Math.round(point.getMax() * 1e9));
                    }
                }
            }
            return null;
        }
    }

    @Nested
    class TheServiceFiles extends ServiceFilesContract {
        @Override
        protected Class<?> anchor() {
            return OtelInterceptorProvider.class;
        }
    }
}

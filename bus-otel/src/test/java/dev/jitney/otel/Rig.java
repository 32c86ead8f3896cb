// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import dev.jitney.EventBus;
import dev.jitney.EventBusBuilder;
import dev.jitney.otel.BusTelemetry.Linking;
import dev.jitney.otel.BusTelemetry.Mode;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.Clock;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** The real SDK with spans kept in memory, and buses that tell it of their events. */
final class Rig implements AutoCloseable {

    /** What runs within a span. */
    interface Work {
        void run() throws Exception;
    }

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final SdkTracerProvider tracers;
    private final List<EventBus> buses = new ArrayList<>();
    final OpenTelemetry openTelemetry;
    final Tracer tracer;

    /**
     * Counts, so that no two spans begin at one time and their order is that of their beginning.
     */
    private static final class Counting implements Clock {

        private final AtomicLong now = new AtomicLong(1_000_000_000_000L);

        @Override
        public long now() {
            return now.addAndGet(1_000);
        }

        @Override
        public long nanoTime() {
            return now.addAndGet(1_000);
        }
    }

    Rig() {
        this(Sampler.alwaysOn());
    }

    Rig(Sampler sampler) {
        tracers =
                SdkTracerProvider.builder()
                        .setClock(new Counting())
                        .setSampler(sampler)
                        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                        .build();
        openTelemetry = OpenTelemetrySdk.builder().setTracerProvider(tracers).build();
        tracer = openTelemetry.getTracer("app");
    }

    EventBus bus(String name) {
        return bus(name, bus -> bus);
    }

    EventBus bus(String name, UnaryOperator<EventBusBuilder> settings) {
        return bus(name, Mode.MESSAGING, Linking.LINK, settings);
    }

    EventBus bus(String name, Mode mode, Linking linking, UnaryOperator<EventBusBuilder> settings) {
        BusTelemetry telemetry =
                BusTelemetry.builder(openTelemetry).mode(mode).linking(linking).build();
        EventBus bus = telemetry.install(settings.apply(EventBus.builder(name))).build();
        buses.add(bus);
        return bus;
    }

    /** Runs within a span of the application's own. */
    void within(String span, Work body) throws Exception {
        Traces.traced(
                tracer,
                span,
                SpanKind.INTERNAL,
                Attributes.empty(),
                () -> {
                    body.run();
                    return null;
                });
    }

    /** Lets all buses finish, and returns the spans in the order of their beginning. */
    List<SpanData> spans() {
        buses.forEach(EventBus::close);
        tracers.forceFlush();
        return exporter.getFinishedSpanItems().stream()
                .sorted(Comparator.comparingLong(SpanData::getStartEpochNanos))
                .toList();
    }

    /** As {@link #spans}, as a text; see {@link SpanTree}. */
    String tree() {
        return SpanTree.of(spans());
    }

    @Override
    public void close() {
        buses.forEach(EventBus::close);
        tracers.close();
    }
}

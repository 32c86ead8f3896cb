// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import dev.jitney.spi.BusMetric;
import dev.jitney.spi.MetricsBackend;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures with OpenTelemetry: sent and consumed messages and durations by the names of the
 * conventions, all else as {@code jitney.…}. What was measured is read where the SDK exports it.
 *
 * <p><b>Threads.</b> Safe for concurrent use. A handle takes no lock of ours.
 *
 * <p><b>Limits.</b> Those of the SDK: by default 2 000 sets of attributes of one metric.
 */
final class OtelMetrics implements MetricsBackend {

    private static final double NANOS = 1e-9;

    private final Meter meter;
    private final Map<String, LongCounter> counters = new ConcurrentHashMap<>();
    private final Map<String, DoubleHistogram> histograms = new ConcurrentHashMap<>();
    private final Map<String, Gauges> gauges = new ConcurrentHashMap<>();

    OtelMetrics(OpenTelemetry openTelemetry) {
        meter =
                openTelemetry
                        .getMeterProvider()
                        .meterBuilder(Names.SCOPE)
                        .setSchemaUrl(Names.SCHEMA_URL)
                        .build();
    }

    @Override
    public boolean isEnabled() {
        return counter(Instrument.of(BusMetric.PUBLISHED.metricName(), Map.of())).isEnabled();
    }

    @Override
    public LongConsumer counter(String name, Map<String, String> tags) {
        Instrument instrument = Instrument.of(name, tags);
        Attributes attributes = instrument.attributes();
        LongCounter counter = counter(instrument);
        return amount -> counter.add(amount, attributes);
    }

    private LongCounter counter(Instrument instrument) {
        return counters.computeIfAbsent(
                instrument.name(),
                any -> meter.counterBuilder(any).setUnit(instrument.unit()).build());
    }

    @Override
    public LongConsumer timer(String name, Map<String, String> tags) {
        Instrument instrument = Instrument.of(name, tags);
        Attributes attributes = instrument.attributes();
        DoubleHistogram histogram =
                histograms.computeIfAbsent(
                        instrument.name(),
                        any ->
                                meter.histogramBuilder(any)
                                        .setUnit("s")
                                        .setExplicitBucketBoundariesAdvice(Names.BUCKETS)
                                        .build());
        return nanos -> histogram.record(nanos * NANOS, attributes);
    }

    @Override
    public AutoCloseable gauge(String name, Map<String, String> tags, LongSupplier value) {
        Instrument instrument = Instrument.of(name, tags);
        Gauges all = gauges.computeIfAbsent(instrument.name(), any -> new Gauges(instrument));
        return all.show(instrument.attributes(), value);
    }

    /** Gauges that are still open are no longer looked at. */
    @Override
    public void close() {
        gauges.values().forEach(Gauges::close);
        gauges.clear();
    }

    /**
     * The gauges of one name: one instrument, which sums up over buses. The SDK has it while a
     * gauge is open: it keeps what it has, and buses come and go.
     */
    private final class Gauges {

        private final Instrument of;
        private final Map<Attributes, LongSupplier> open = new ConcurrentHashMap<>();
        private @Nullable AutoCloseable instrument;

        Gauges(Instrument of) {
            this.of = of;
        }

        synchronized AutoCloseable show(Attributes attributes, LongSupplier value) {
            // An object of its own, so that one supplier can be registered twice.
            LongSupplier own =
                    new LongSupplier() {
                        @Override
                        public long getAsLong() {
                            return value.getAsLong();
                        }
                    };
            open.put(attributes, own);
            if (instrument == null) {
                // What waits or runs adds up, which a gauge would not say.
                instrument =
                        meter.upDownCounterBuilder(of.name())
                                .setUnit(of.unit())
                                .buildWithCallback(this::look);
            }
            return () -> hide(attributes, own);
        }

        private synchronized void hide(Attributes attributes, LongSupplier own) {
            if (open.remove(attributes, own) && open.isEmpty()) {
                letGo();
            }
        }

        // Without the lock: the SDK has one of its own here.
        private void look(ObservableLongMeasurement measurement) {
            open.forEach(
                    (attributes, value) -> {
                        Long now = read(value);
                        if (now != null) {
                            measurement.record(now, attributes);
                        }
                    });
        }

        // One that throws is left out, and keeps none of the others out.
        private @Nullable Long read(LongSupplier value) {
            try {
                return value.getAsLong();
            } catch (RuntimeException e) {
                return null;
            }
        }

        synchronized void close() {
            open.clear();
            letGo();
        }

        private void letGo() {
            AutoCloseable known = instrument;
            instrument = null;
            try {
                if (known != null) {
                    known.close();
                }
            } catch (Exception e) {
                // An instrument of OpenTelemetry does not throw here.
                throw new IllegalStateException(e);
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.metrics.micrometer;

import dev.jitney.metrics.micrometer.Series.Key;
import dev.jitney.spi.MetricsBackend;
import dev.jitney.spi.PluginException;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures with Micrometer. Names, tags and meaning are those of {@link dev.jitney.spi.BusMetric}.
 *
 * <p><b>Threads.</b> Safe for concurrent use. A handle takes no lock.
 *
 * <p><b>Failures.</b> A name that is used for two types, or with other tag keys, is refused with
 * {@link IllegalArgumentException}.
 *
 * <p><b>Limits.</b> The number of series is bounded: past the bound, what has a new set of tags
 * counts under one series of its name whose tags are all {@value MetricsBackend#OTHER}.
 */
public final class MicrometerMetrics implements MetricsBackend {

    static final int MAX_SERIES = 10_000;

    private final MeterRegistry registry;
    private final boolean ownRegistry;
    private final double[] percentiles;
    private final int bound;

    // Reading is free; whoever adds or takes away holds the lock on it.
    private final Map<Key, Series> series = new ConcurrentHashMap<>();
    private final Map<String, Shape> shapes = new HashMap<>();
    private @Nullable ScrapeServer server;

    /** What all series of one name have in common. */
    private record Shape(Type type, Set<String> tags) {}

    private MicrometerMetrics(
            MeterRegistry registry, boolean ownRegistry, double[] percentiles, int bound) {
        this.registry = registry;
        this.ownRegistry = ownRegistry;
        this.percentiles = percentiles;
        this.bound = bound;
    }

    /**
     * Returns a backend that measures into an application's own registry. Closing it takes its
     * meters out of the registry, which stays open.
     *
     * @param percentiles which percentiles timers keep, for example 0.5 and 0.99; none where the
     *     registry keeps histograms by itself
     */
    public static MicrometerMetrics of(MeterRegistry registry, double... percentiles) {
        return new MicrometerMetrics(registry, false, percentiles.clone(), MAX_SERIES);
    }

    /**
     * Returns a backend with a registry for Prometheus of its own, whose text is {@link #scrape}.
     * Timers keep the percentiles 0.5, 0.95 and 0.99.
     */
    public static MicrometerMetrics prometheus() {
        return prometheus(InstantSource.system(), new double[] {0.5, 0.95, 0.99}, MAX_SERIES);
    }

    static MicrometerMetrics prometheus(InstantSource clock, double[] percentiles, int bound) {
        PrometheusMeterRegistry registry =
                new PrometheusMeterRegistry(
                        PrometheusConfig.DEFAULT, new PrometheusRegistry(), new BusClock(clock));
        registry.throwExceptionOnRegistrationFailure();
        return new MicrometerMetrics(registry, true, percentiles, bound);
    }

    /** The bus's clock, by which the latest of percentiles and maxima are told from the old. */
    private record BusClock(InstantSource clock) implements Clock {
        @Override
        public long wallTime() {
            return clock.millis();
        }

        @Override
        public long monotonicTime() {
            return System.nanoTime();
        }
    }

    /** Serves the text for Prometheus until this is closed; if it cannot, this is closed. */
    MicrometerMetrics serve(String host, int port, String path, String bus) {
        try {
            server = ScrapeServer.start(this, host, port, path, bus);
            return this;
        } catch (IOException e) {
            close();
            throw new PluginException(
                    "Metrics backend 'micrometer' cannot listen on %s:%s (%s). Choose another 'http.port' or 'http.host'."
                            .formatted(host, port, e.getMessage()),
                    e);
        }
    }

    /** Returns where the text is served, or null if it is not. */
    @Nullable InetSocketAddress address() {
        return server == null ? null : server.address();
    }

    /**
     * Returns all that is in the registry in Prometheus's text format 0.0.4.
     *
     * @throws IllegalStateException if the registry is not one for Prometheus
     */
    public String scrape() {
        if (registry instanceof PrometheusMeterRegistry prometheus) {
            return prometheus.scrape();
        }
        throw new IllegalStateException(
                "A "
                        + registry.getClass().getSimpleName()
                        + " has no text for Prometheus. Use a PrometheusMeterRegistry.");
    }

    @Override
    public LongConsumer counter(String name, Map<String, String> tags) {
        return of(Type.COUNTER, name, tags).handle();
    }

    @Override
    public LongConsumer timer(String name, Map<String, String> tags) {
        return of(Type.TIMER, name, tags).handle();
    }

    @Override
    public AutoCloseable gauge(String name, Map<String, String> tags, LongSupplier value) {
        // An object of its own, so that one supplier can be registered twice.
        LongSupplier own =
                new LongSupplier() {
                    @Override
                    public long getAsLong() {
                        return value.getAsLong();
                    }
                };
        Series shown = of(Type.GAUGE, name, tags);
        synchronized (series) {
            shown.show(own);
        }
        return () -> {
            synchronized (series) {
                if (shown.shows(own)) {
                    shown.remove();
                }
            }
        };
    }

    private Series of(Type type, String name, Map<String, String> tags) {
        Key key = new Key(type, name, Map.copyOf(tags));
        Series known = series.get(key);
        return known != null ? known : add(key);
    }

    private Series add(Key key) {
        synchronized (series) {
            Shape shape = new Shape(key.type(), key.tags().keySet());
            Shape other = shapes.putIfAbsent(key.name(), shape);
            if (other != null && !other.equals(shape)) {
                throw new IllegalArgumentException(
                        "Metric '%s' is a %s with the tags %s, not a %s with the tags %s."
                                .formatted(
                                        key.name(),
                                        other.type(),
                                        sorted(other.tags()),
                                        shape.type(),
                                        sorted(shape.tags())));
            }
            Key own = series.size() < bound ? key : lumped(key);
            return Objects.requireNonNull(
                    series.computeIfAbsent(own, any -> new Series(own, registry, percentiles)));
        }
    }

    private static List<String> sorted(Set<String> keys) {
        return keys.stream().sorted().toList();
    }

    private static Key lumped(Key key) {
        Map<String, String> other = new HashMap<>(key.tags());
        other.replaceAll((tag, value) -> OTHER);
        return new Key(key.type(), key.name(), Map.copyOf(other));
    }

    @Override
    public List<Sample> samples() {
        List<Sample> samples = new ArrayList<>();
        synchronized (series) {
            for (Series one : series.values()) {
                Sample sample = one.sample();
                if (sample != null) {
                    samples.add(sample);
                }
            }
        }
        samples.sort(Comparator.comparing(Sample::key).thenComparing(Sample::type));
        return samples;
    }

    @Override
    public void reset() {
        synchronized (series) {
            series.values().forEach(Series::reset);
        }
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
        if (ownRegistry) {
            registry.close();
        } else {
            synchronized (series) {
                series.values().forEach(Series::remove);
            }
        }
    }
}

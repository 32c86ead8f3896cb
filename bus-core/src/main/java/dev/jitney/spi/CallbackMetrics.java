// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Hands every measurement to a function of the user's. */
final class CallbackMetrics implements MetricsBackend {

    private final Callback callback;
    private final Map<Series, LongSupplier> gauges = new ConcurrentHashMap<>();

    private record Series(String name, Map<String, String> tags) {}

    CallbackMetrics(Callback callback) {
        this.callback = callback;
    }

    @Override
    public LongConsumer counter(String name, Map<String, String> tags) {
        Map<String, String> own = Map.copyOf(tags);
        return amount -> callback.measured(Type.COUNTER, name, own, amount);
    }

    @Override
    public LongConsumer timer(String name, Map<String, String> tags) {
        Map<String, String> own = Map.copyOf(tags);
        return nanos -> callback.measured(Type.TIMER, name, own, nanos);
    }

    @Override
    public AutoCloseable gauge(String name, Map<String, String> tags, LongSupplier value) {
        Series series = new Series(name, Map.copyOf(tags));
        // An object of its own, so that one supplier can be registered twice.
        LongSupplier own =
                new LongSupplier() {
                    @Override
                    public long getAsLong() {
                        return value.getAsLong();
                    }
                };
        gauges.put(series, own);
        return () -> gauges.remove(series, own);
    }

    @Override
    public List<Sample> samples() {
        List<Sample> samples = new ArrayList<>();
        gauges.forEach(
                (series, supplier) -> {
                    long value;
                    try {
                        value = supplier.getAsLong();
                    } catch (RuntimeException e) {
                        return;
                    }
                    callback.measured(Type.GAUGE, series.name(), series.tags(), value);
                    samples.add(new Sample(Type.GAUGE, series.name(), series.tags(), value, 0, 0));
                });
        samples.sort(java.util.Comparator.comparing(Sample::key));
        return samples;
    }

    @Override
    public void close() {
        gauges.clear();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.spi.MetricsBackend;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what is measured in memory, to be read with {@link #samples}.
 *
 * <p>The number of series is bounded: past the bound, what has a new set of tags counts under one
 * series of its name whose tags are all {@value MetricsBackend#OTHER}.
 */
final class MemoryMetrics implements MetricsBackend {

    private final int bound;
    private final Map<Key, MemorySeries> series = new ConcurrentHashMap<>();

    private record Key(Type type, String name, Map<String, String> tags) {

        Key lumped() {
            Map<String, String> other = new TreeMap<>(tags);
            other.replaceAll((key, value) -> OTHER);
            return new Key(type, name, Map.copyOf(other));
        }
    }

    MemoryMetrics(int bound) {
        this.bound = bound;
    }

    @Override
    public LongConsumer counter(String name, Map<String, String> tags) {
        return of(Type.COUNTER, name, tags)::add;
    }

    @Override
    public LongConsumer timer(String name, Map<String, String> tags) {
        return of(Type.TIMER, name, tags)::time;
    }

    @Override
    public AutoCloseable gauge(String name, Map<String, String> tags, LongSupplier value) {
        return of(Type.GAUGE, name, tags).register(value);
    }

    @Override
    public List<Sample> samples() {
        List<Sample> samples = new ArrayList<>();
        series.forEach(
                (key, one) -> {
                    Sample sample = one.sample(key.type(), key.name(), key.tags());
                    if (sample != null) {
                        samples.add(sample);
                    }
                });
        samples.sort(Comparator.comparing(Sample::key).thenComparing(Sample::type));
        return samples;
    }

    @Override
    public void reset() {
        series.values().forEach(MemorySeries::reset);
    }

    private MemorySeries of(Type type, String name, Map<String, String> tags) {
        Key key = new Key(type, name, Map.copyOf(tags));
        @Nullable MemorySeries known = series.get(key);
        if (known != null) {
            return known;
        }
        // Racing threads may pass the bound by their number, which does not matter.
        Key own = series.size() < bound ? key : key.lumped();
        return series.computeIfAbsent(own, any -> new MemorySeries());
    }
}

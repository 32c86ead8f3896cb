// SPDX-License-Identifier: Apache-2.0
package dev.jitney.metrics.micrometer;

import dev.jitney.spi.MetricsBackend.Sample;
import dev.jitney.spi.MetricsBackend.Type;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One series and its meter in the registry. The meter of a counter or timer is replaced by a {@link
 * #reset}, which Micrometer has no way to do; the handle stays.
 *
 * <p><b>Threads.</b> Handles are safe for concurrent use; all else is called with the lock of
 * {@link MicrometerMetrics} held.
 */
final class Series {

    private final Key key;
    private final MeterRegistry registry;
    private final double[] percentiles;

    private volatile @Nullable Meter meter;
    private @Nullable LongSupplier supplier;

    /** What tells series apart. */
    record Key(Type type, String name, Map<String, String> tags) {}

    Series(Key key, MeterRegistry registry, double[] percentiles) {
        this.key = key;
        this.registry = registry;
        this.percentiles = percentiles;
        register();
    }

    private void register() {
        meter =
                switch (key.type()) {
                    case COUNTER ->
                            Counter.builder(key.name())
                                    .tags(tags())
                                    .description(Help.of(key.name()))
                                    .register(registry);
                    case TIMER ->
                            Timer.builder(key.name())
                                    .tags(tags())
                                    .description(Help.of(key.name()))
                                    .publishPercentiles(percentiles)
                                    .register(registry);
                    // Once there is something to look at.
                    case GAUGE -> null;
                };
    }

    private List<Tag> tags() {
        return key.tags().entrySet().stream()
                .map(tag -> Tag.of(tag.getKey(), tag.getValue()))
                .toList();
    }

    /** Returns what adds to the counter, or takes the nanoseconds for the timer. */
    LongConsumer handle() {
        return key.type() == Type.TIMER
                ? nanos -> {
                    if (meter instanceof Timer timer) {
                        timer.record(nanos, TimeUnit.NANOSECONDS);
                    }
                }
                : amount -> {
                    if (meter instanceof Counter counter) {
                        counter.increment(amount);
                    }
                };
    }

    /**
     * Lets the gauge show this; what it has shown before no longer counts. Micrometer takes a
     * failure for NaN, which is how Prometheus says that a value is not known.
     */
    void show(LongSupplier shown) {
        remove();
        supplier = shown;
        meter =
                Gauge.builder(key.name(), shown::getAsLong)
                        .tags(tags())
                        .description(Help.of(key.name()))
                        .strongReference(true)
                        .register(registry);
    }

    boolean shows(LongSupplier shown) {
        return supplier == shown;
    }

    void reset() {
        if (key.type() != Type.GAUGE) {
            remove();
            register();
        }
    }

    void remove() {
        Meter old = meter;
        meter = null;
        supplier = null;
        if (old != null) {
            registry.remove(old);
        }
    }

    /** Returns what was measured; null for a gauge that is closed or fails. */
    @Nullable Sample sample() {
        if (meter instanceof Counter counter) {
            return new Sample(key.type(), key.name(), key.tags(), (long) counter.count(), 0, 0);
        }
        if (meter instanceof Timer timer) {
            return new Sample(
                    key.type(),
                    key.name(),
                    key.tags(),
                    (long) timer.totalTime(TimeUnit.NANOSECONDS),
                    timer.count(),
                    (long) timer.max(TimeUnit.NANOSECONDS));
        }
        double value = meter instanceof Gauge gauge ? gauge.value() : Double.NaN;
        return Double.isNaN(value)
                ? null
                : new Sample(key.type(), key.name(), key.tags(), (long) value, 0, 0);
    }
}

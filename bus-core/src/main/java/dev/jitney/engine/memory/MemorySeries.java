// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.spi.MetricsBackend.Sample;
import dev.jitney.spi.MetricsBackend.Type;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What was measured under one name and tags. */
final class MemorySeries {

    private final LongAdder sum = new LongAdder();
    private final LongAdder count = new LongAdder();
    private final LongAccumulator max = new LongAccumulator(Math::max, 0);
    private final AtomicReference<@Nullable Gauge> gauge = new AtomicReference<>();

    /** A registration; an object of its own even where a supplier is registered twice. */
    private final class Gauge implements AutoCloseable {

        private final LongSupplier value;

        Gauge(LongSupplier value) {
            this.value = value;
        }

        @Override
        public void close() {
            gauge.compareAndSet(this, null);
        }
    }

    void add(long amount) {
        sum.add(amount);
    }

    void time(long nanos) {
        sum.add(nanos);
        count.increment();
        max.accumulate(nanos);
    }

    AutoCloseable register(LongSupplier value) {
        Gauge own = new Gauge(value);
        gauge.set(own);
        return own;
    }

    void reset() {
        sum.reset();
        count.reset();
        max.reset();
    }

    /** Returns what there is now, or null for a gauge that is closed or cannot be read. */
    @Nullable Sample sample(Type type, String name, Map<String, String> tags) {
        if (type != Type.GAUGE) {
            return new Sample(type, name, tags, sum.sum(), count.sum(), max.get());
        }
        Gauge open = gauge.get();
        try {
            return open == null ? null : new Sample(type, name, tags, open.value.getAsLong(), 0, 0);
        } catch (RuntimeException e) {
            return null;
        }
    }
}

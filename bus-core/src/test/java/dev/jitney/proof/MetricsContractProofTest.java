// SPDX-License-Identifier: Apache-2.0
package dev.jitney.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.engine.memory.MemoryMetricsProvider;
import dev.jitney.spi.MetricsBackend;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.MetricsBackendContract;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class MetricsContractProofTest {

    @TempDir private Path scratch;

    /** The contract over a memory backend that was tampered with. */
    private static final class Tampered extends MetricsBackendContract {

        private final UnaryOperator<MetricsBackend> fault;

        private Tampered(UnaryOperator<MetricsBackend> fault) {
            this.fault = fault;
        }

        @Override
        protected MetricsBackend open(PluginContext context) {
            PluginConfig config = PluginConfig.of("metrics 'memory'", Map.of(), context);
            return fault.apply(new MemoryMetricsProvider().create(config));
        }
    }

    private static class Forwarding implements MetricsBackend {

        final MetricsBackend backend;

        Forwarding(MetricsBackend backend) {
            this.backend = backend;
        }

        @Override
        public LongConsumer counter(String name, Map<String, String> tags) {
            return backend.counter(name, tags);
        }

        @Override
        public LongConsumer timer(String name, Map<String, String> tags) {
            return backend.timer(name, tags);
        }

        @Override
        public AutoCloseable gauge(String name, Map<String, String> tags, LongSupplier value) {
            return backend.gauge(name, tags, value);
        }

        @Override
        public List<Sample> samples() {
            return backend.samples();
        }

        @Override
        public void reset() {
            backend.reset();
        }

        @Override
        public void close() {
            backend.close();
        }
    }

    @Test
    @DisplayName("MET-1 a backend in order passes its contract")
    void aBackendInOrderPasses() throws Exception {
        new ContractRunner(scratch).passes(() -> new Tampered(Forwarding::new), 13);
    }

    @TestFactory
    Stream<DynamicTest> aBackendThatBreaksARuleIsFound() {
        ContractRunner.Faults<UnaryOperator<MetricsBackend>> all = new ContractRunner.Faults<>();
        all.add("counts calls", "countersAddUp", Calls::new);
        all.add("keeps times in milliseconds", "timersAddUp", Millis::new);
        all.add("makes a series for each handle", "handlesOfOneSeriesAreOne", PerHandle::new);
        all.add("ignores tags", "seriesAreKeptApart", Untagged::new);
        all.add("keeps the caller's map", "tagsAreCopied", Lazy::new);
        all.add("reads a gauge once", "gaugesGiveTheValueOfTheMoment", Frozen::new);
        all.add("keeps closed gauges", "gaugesGiveTheValueOfTheMoment", Open::new);
        all.add("closes the later gauge", "aLaterGaugeTakesThePlace", Eager::new);
        all.add("loses updates", "losesNothingOfSeveralThreads", Racy::new);
        all.add("refuses timers", "takesEverythingThatABusReports", Timeless::new);
        all.add("refuses odd tags", "takesOddTags", Picky::new);
        all.add("stumbles over a gauge", "aGaugeThatFailsHidesNoOther", Stumbling::new);
        all.add("resets nothing", "startsFromNothingAfterAReset", Unreset::new);
        all.add("drops its series on reset", "startsFromNothingAfterAReset", Dropping::new);
        all.add("bites after closing", "closingHarmsNobody", Biting::new);
        return new ContractRunner(scratch).finds(all, Tampered::new);
    }

    private static final class Calls extends Forwarding {
        Calls(MetricsBackend backend) {
            super(backend);
        }

        @Override
        public LongConsumer counter(String name, Map<String, String> tags) {
            LongConsumer own = backend.counter(name, tags);
            return amount -> own.accept(1);
        }
    }

    private static final class Millis extends Forwarding {
        Millis(MetricsBackend backend) {
            super(backend);
        }

        @Override
        public LongConsumer timer(String name, Map<String, String> tags) {
            LongConsumer own = backend.timer(name, tags);
            return nanos -> own.accept(nanos / 1_000_000);
        }
    }

    private static final class PerHandle extends Forwarding {
        private int handles;

        PerHandle(MetricsBackend backend) {
            super(backend);
        }

        @Override
        public LongConsumer counter(String name, Map<String, String> tags) {
            Map<String, String> own = new HashMap<>(tags);
            if (handles++ > 0) {
                own.put("handle", "" + handles);
            }
            return backend.counter(name, own);
        }
    }

    private static final class Untagged extends Forwarding {
        private final Map<String, LongConsumer> first = new HashMap<>();

        Untagged(MetricsBackend backend) {
            super(backend);
        }

        @Override
        public LongConsumer counter(String name, Map<String, String> tags) {
            return first.computeIfAbsent(name, any -> backend.counter(name, tags));
        }
    }

    private static final class Lazy extends Forwarding {
        Lazy(MetricsBackend backend) {
            super(backend);
        }

        @Override
        public LongConsumer counter(String name, Map<String, String> tags) {
            return amount -> backend.counter(name, tags).accept(amount);
        }
    }

    private static final class Frozen extends Forwarding {
        Frozen(MetricsBackend backend) {
            super(backend);
        }

        @Override
        public AutoCloseable gauge(String name, Map<String, String> tags, LongSupplier value) {
            long now = value.getAsLong();
            return backend.gauge(name, tags, () -> now);
        }
    }

    private static final class Open extends Forwarding {
        Open(MetricsBackend backend) {
            super(backend);
        }

        @Override
        public AutoCloseable gauge(String name, Map<String, String> tags, LongSupplier value) {
            backend.gauge(name, tags, value);
            return () -> {};
        }
    }

    private static final class Eager extends Forwarding {
        private AutoCloseable last = () -> {};

        Eager(MetricsBackend backend) {
            super(backend);
        }

        @Override
        public AutoCloseable gauge(String name, Map<String, String> tags, LongSupplier value) {
            last = backend.gauge(name, tags, value);
            return () -> last.close();
        }
    }

    private static final class Racy extends Forwarding {
        Racy(MetricsBackend backend) {
            super(backend);
        }

        @Override
        public LongConsumer counter(String name, Map<String, String> tags) {
            LongConsumer own = backend.counter(name, tags);
            boolean lossy = !Thread.currentThread().getName().endsWith("-1");
            return amount -> own.accept(lossy ? 0 : amount);
        }
    }

    private static final class Timeless extends Forwarding {
        Timeless(MetricsBackend backend) {
            super(backend);
        }

        @Override
        public LongConsumer timer(String name, Map<String, String> tags) {
            return nanos -> {};
        }
    }

    private static final class Picky extends Forwarding {
        Picky(MetricsBackend backend) {
            super(backend);
        }

        @Override
        public LongConsumer counter(String name, Map<String, String> tags) {
            if (tags.containsValue("")) {
                throw new IllegalArgumentException("empty");
            }
            return backend.counter(name, tags);
        }
    }

    private static final class Stumbling extends Forwarding {
        private LongSupplier last = () -> 0;

        Stumbling(MetricsBackend backend) {
            super(backend);
        }

        @Override
        public AutoCloseable gauge(String name, Map<String, String> tags, LongSupplier value) {
            last = value;
            return backend.gauge(name, tags, value);
        }

        @Override
        public List<Sample> samples() {
            try {
                assertThat(last.getAsLong()).isNotNegative();
                return backend.samples();
            } catch (IllegalStateException e) {
                return List.of();
            }
        }
    }

    private static final class Unreset extends Forwarding {
        Unreset(MetricsBackend backend) {
            super(backend);
        }

        @Override
        public void reset() {}
    }

    private static final class Dropping extends Forwarding {
        private boolean dropped;

        Dropping(MetricsBackend backend) {
            super(backend);
        }

        @Override
        public void reset() {
            dropped = true;
        }

        @Override
        public List<Sample> samples() {
            return dropped ? List.of() : backend.samples();
        }
    }

    private static final class Biting extends Forwarding {
        private boolean closed;

        Biting(MetricsBackend backend) {
            super(backend);
        }

        @Override
        public LongConsumer counter(String name, Map<String, String> tags) {
            LongConsumer own = backend.counter(name, tags);
            return amount -> {
                if (closed) {
                    throw new IllegalStateException("closed");
                }
                own.accept(amount);
            };
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}

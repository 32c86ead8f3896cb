// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.spi.MetricsBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MetricsOffTest {

    /** Notes what it is asked for. */
    private static final class Noting implements MetricsBackend {

        private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
        private final boolean enabled;

        Noting(boolean enabled) {
            this.enabled = enabled;
        }

        @Override
        public boolean isEnabled() {
            return enabled;
        }

        @Override
        public LongConsumer counter(String name, Map<String, String> tags) {
            asked.add(name);
            return amount -> {};
        }

        @Override
        public LongConsumer timer(String name, Map<String, String> tags) {
            asked.add(name);
            return nanos -> {};
        }

        @Override
        public AutoCloseable gauge(String name, Map<String, String> tags, LongSupplier value) {
            asked.add(name);
            return () -> {};
        }
    }

    private static List<String> asked(boolean enabled) throws Exception {
        Noting metrics = new Noting(enabled);
        try (EventBus bus = EventBus.builder("orders").metrics(metrics).build()) {
            bus.subscribe("order.*", (Handler) event -> {});
            bus.publish("order.placed", 1).join(Duration.ofSeconds(10));
        }
        return metrics.asked;
    }

    @Test
    @DisplayName("MET-6 a backend that measures nothing is asked for nothing")
    void aBackendThatMeasuresNothingIsAskedForNothing() throws Exception {
        assertThat(asked(false)).isEmpty();
        assertThat(asked(true)).contains("bus.events.published", "bus.handlers.latency");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.spi.ContextCarrier;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.MetricsBackend;
import dev.jitney.spi.PublicationInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Plugins that say that they do nothing. */
class DisabledPluginsTest {

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

    /** Notes that it is asked; an interceptor and a carrier at once. */
    private record Both(boolean enabled, List<String> asked) {

        Interceptor interceptor() {
            return new Interceptor() {
                @Override
                public String name() {
                    return "noting";
                }

                @Override
                public boolean isEnabled() {
                    return enabled;
                }

                @Override
                public PublicationInfo.Observer observe(
                        Event event, PublicationInfo.Origin origin) {
                    asked.add("observe");
                    return this;
                }
            };
        }

        ContextCarrier carrier() {
            return new ContextCarrier() {
                @Override
                public String name() {
                    return "noting";
                }

                @Override
                public boolean isEnabled() {
                    return enabled;
                }

                @Override
                public @Nullable Object capture() {
                    asked.add("capture");
                    return null;
                }

                @Override
                public @Nullable AutoCloseable restore(Object captured) {
                    return null;
                }
            };
        }
    }

    @Test
    @DisplayName("ICP-1 CTX-4 a bus goes on without interceptors and carriers that do nothing")
    void interceptorsAndCarriersThatDoNothingAreLeftOut() throws Exception {
        for (boolean enabled : new boolean[] {false, true}) {
            Both both = new Both(enabled, new ArrayList<>());
            try (EventBus bus =
                    EventBus.builder("orders")
                            .interceptor(both.interceptor())
                            .contextCarrier(both.carrier())
                            .build()) {
                bus.publish("order.placed", 1).join(Duration.ofSeconds(10));
            }
            assertThat(both.asked()).isEqualTo(enabled ? List.of("observe", "capture") : List.of());
        }
    }
}

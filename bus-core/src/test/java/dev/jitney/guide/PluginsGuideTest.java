// SPDX-License-Identifier: Apache-2.0
package dev.jitney.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.EventBus;
import dev.jitney.NoLeaks;
import dev.jitney.event.Event;
import dev.jitney.spi.DeadLetterSinkProvider;
import dev.jitney.spi.EventValidatorProvider;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.MetricsBackend;
import dev.jitney.spi.ValidationException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class PluginsGuideTest {

    // guide:start plugins
    /** Signs each event that is published. */
    record Signing(String name, String tenant) implements Interceptor {

        @Override
        public Event beforePublish(Event event) {
            return event.withHeader("tenant", tenant);
        }
    }

    // guide:end

    @Test
    void plugins() throws Exception {
        Map<String, Long> measured = new ConcurrentHashMap<>();
        // guide:start plugins
        Map<String, String> naming = Map.of("domains", "order,user");
        Map<String, String> letters = Map.of("max-letters", "10000");
        MetricsBackend metrics =
                MetricsBackend.callback(
                        (type, name, tags, value) -> measured.merge(name, value, Long::sum));

        EventBus bus =
                EventBus.builder("orders")
                        .discoverPlugins() // what is on the class path takes part;
                        .plugin(EventValidatorProvider.class, "naming", naming) // these by name,
                        .plugin(DeadLetterSinkProvider.class, "memory", letters)
                        .interceptor(new Signing("signing", "acme")) // and these as instances
                        .metrics(metrics)
                        .build();
        bus.pluginProblems().forEach(System.err::println); // what was left out, and why
        // guide:end
        try (bus) {
            Event event = Event.of("order.placed", 7);
            Event placed = bus.publishAndJoin(event, Duration.ofSeconds(20)).event();
            assertThat(placed.header("tenant")).isEqualTo("acme");
            assertThatThrownBy(() -> bus.publish("billing.done", 7))
                    .isInstanceOf(ValidationException.class);
            assertThat(bus.pluginProblems()).isEmpty();
        }
        assertThat(measured).containsEntry("bus.events.published", 1L);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.TopicPattern;
import dev.jitney.spi.AlertStore;
import dev.jitney.spi.AlertStore.Alert;
import dev.jitney.spi.AlertStoreProvider;
import dev.jitney.spi.EventHandler;
import dev.jitney.spi.PluginContext;
import dev.jitney.spi.PluginException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
@Timeout(60)
class AlertsOfABusTest {

    /** Raises an alert for each event, with what it was handed when it started. */
    private static final class Raising implements EventHandler {

        private final AtomicReference<@Nullable PluginContext> context = new AtomicReference<>();

        @Override
        public String name() {
            return "raising";
        }

        @Override
        public List<TopicPattern> patterns() {
            return List.of(TopicPattern.ALL);
        }

        @Override
        public void start(PluginContext context) {
            assertThat(this.context.getAndSet(context)).as("started before").isNull();
            assertThatThrownBy(() -> context.publish(Event.of("a.b", 1)))
                    .isInstanceOf(IllegalStateException.class);
        }

        @Override
        public void handle(Event event) {
            context.get().alerts().raise(Alert.of(event, "message", Instant.EPOCH));
        }
    }

    @Test
    @DisplayName("ALR-1 a bus hands its alert store to plugins and to the application")
    void handsItOut() throws Exception {
        AlertStore alerts;
        try (EventBus bus =
                EventBus.builder("alerts")
                        .plugin(AlertStoreProvider.class, "memory", Map.of())
                        .handler(new Raising())
                        .build()) {
            alerts = bus.alerts();
            Event event = Event.of("disk.full", 1);
            bus.publishAndJoin(event, Duration.ofSeconds(20));
            assertThat(alerts.get(event.id()).source()).isEqualTo("alerts");
            assertThat(alerts.acknowledge(event.id(), "alice", "", Instant.EPOCH).state())
                    .isEqualTo(AlertStore.State.ACKNOWLEDGED);
        }
        assertThatThrownBy(alerts::size)
                .as("the bus closes what it has opened")
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Alert store 'memory' is closed.");
        try (EventBus bus = EventBus.builder("none").build()) {
            assertThat(bus.alerts()).isNull();
        }
    }

    @Test
    @DisplayName("ALR-1 an alert store that was handed over is left open")
    void leavesAnInstanceOpen() {
        AlertStore handed;
        try (EventBus bus =
                EventBus.builder("one")
                        .plugin(AlertStoreProvider.class, "memory", Map.of("max-alerts", "5"))
                        .build()) {
            handed = bus.alerts();
            try (EventBus other = EventBus.builder("two").alerts(handed).build()) {
                assertThat(other.alerts()).isSameAs(handed);
            }
            assertThat(handed.bound()).isEqualTo(5);
        }
    }

    /** A handler that cannot start. */
    private record Unready(String name, List<TopicPattern> patterns) implements EventHandler {

        @Override
        public void start(PluginContext context) {
            throw new IllegalStateException("no key");
        }

        @Override
        public void handle(Event event) {}
    }

    @Test
    @DisplayName("SUB-1 a handler that cannot start stops the bus from starting")
    void aHandlerThatCannotStart() {
        EventHandler broken = new Unready("broken", List.of(TopicPattern.ALL));
        EventBusBuilder builder = EventBus.builder("x").handler(broken);
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no key");
    }

    @Test
    @DisplayName("SUB-1 a handler plugin that wants no topic is refused before it starts")
    void aHandlerWithoutPatterns() {
        EventHandler idle = new Unready("idle", List.of());
        assertThatThrownBy(EventBus.builder("x").handler(idle)::build)
                .isInstanceOf(PluginException.class)
                .hasMessage(
                        "Handler 'idle' wants no topic: its patterns() returns none. Return one or"
                                + " more.");
    }
}

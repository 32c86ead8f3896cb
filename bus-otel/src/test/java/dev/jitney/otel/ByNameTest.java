// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.EventBus;
import dev.jitney.EventBusBuilder;
import dev.jitney.Handler;
import dev.jitney.SubscribeOptions;
import dev.jitney.spi.ConfigException;
import dev.jitney.spi.ContextCarrierProvider;
import dev.jitney.spi.InterceptorProvider;
import dev.jitney.spi.MetricsBackendProvider;
import io.opentelemetry.api.GlobalOpenTelemetry;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The plugin as a bus finds it, by the name {@code otel}. */
class ByNameTest {

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        GlobalOpenTelemetry.resetForTest();
        rig.close();
    }

    private static EventBusBuilder named(Map<String, String> config) {
        return EventBus.builder("orders")
                .discoverPlugins()
                .plugin(InterceptorProvider.class, "otel", config)
                .plugin(ContextCarrierProvider.class, "otel", Map.of())
                .plugin(MetricsBackendProvider.class, "otel", Map.of());
    }

    @Test
    @DisplayName("by name it uses the global OpenTelemetry, with its options")
    void byName() throws Exception {
        GlobalOpenTelemetry.set(rig.openTelemetry);
        try (EventBus bus = named(Map.of("mode", "internal", "linking", "parent")).build()) {
            assertThat(bus.pluginProblems()).isEmpty();
            SubscribeOptions mail = SubscribeOptions.builder().name("mail").build();
            bus.subscribe("order.*", mail, (Handler) event -> {});
            rig.within(
                    "checkout", () -> bus.publish("order.placed", 1).join(Duration.ofSeconds(10)));
        }
        assertThat(rig.tree())
                .isEqualTo(
                        """
                        T1 checkout INTERNAL OK
                        T1   send order.placed INTERNAL {jitney.bus=orders}
                        T1     process order.placed INTERNAL {jitney.bus=orders, jitney.subscription=mail}
                        """);
    }

    @Test
    @DisplayName("on the class path alone it takes no part")
    void onlyWhenAskedFor() throws Exception {
        GlobalOpenTelemetry.set(rig.openTelemetry);
        try (EventBus bus = EventBus.builder("orders").discoverPlugins().build()) {
            rig.within(
                    "checkout",
                    () ->
                            assertThat(bus.publish("order.placed", 1).event().extensions())
                                    .isEmpty());
        }
        assertThat(rig.tree()).isEqualTo("T1 checkout INTERNAL OK\n");
    }

    @Test
    @DisplayName("all that is wrong with its options is said at once")
    void wrongOptions() {
        assertThatThrownBy(
                        () -> named(Map.of("mode", "all", "linking", "none", "link", "x")).build())
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e ->
                                assertThat(e.problems())
                                        .containsExactly(
                                                "'mode' is 'all', expected messaging, internal or off",
                                                "'linking' is 'none', expected link or parent",
                                                "'link' is not a known key, expected linking or mode"));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.EventBus;
import dev.jitney.spi.MaskerProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BusTest {

    // The example of the README.
    private static EventBus bus() {
        return EventBus.builder("shop")
                .discoverPlugins()
                .plugin(MaskerProvider.class, "redactor", Map.of("rules", "badge=B-\\d{4}"))
                .build();
    }

    @Test
    @DisplayName(
            "RED-1 a bus finds it by name; handlers get the original, and the log tree does not")
    void takesPartInABus() throws InterruptedException {
        try (EventBus bus = bus()) {
            List<Object> handled = new ArrayList<>();
            bus.subscribeReplying(
                    "user.*",
                    event -> {
                        handled.add(event.payload());
                        return "mailed jane@example.com for B-1234";
                    });
            bus.publish("user.login", Map.of("password", "hunter2")).join(Duration.ofSeconds(10));
            assertThat(handled).containsExactly(Map.of("password", "hunter2"));
            assertThat(bus.logTree())
                    .contains("mailed [REDACTED_EMAIL] for [REDACTED_BADGE]")
                    .doesNotContain("jane");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.Emitter;
import dev.jitney.EventBus;
import dev.jitney.Publication;
import dev.jitney.event.Event;
import dev.jitney.event.Severity;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PublishGuideTest extends Examples {

    @Test
    void publish() throws Exception {
        // guide:start publish
        try (EventBus bus = EventBus.builder("orders").build()) {
            bus.subscribe("order.*", event -> print(event.payload(Order.class).customer()));

            Publication placed = bus.publish("order.placed", new Order(7, "alice"));
            placed.join(Duration.ofSeconds(5)); // wait for its handlers, or never look at it again
            print(placed.outcome()); // HANDLED
            print(placed.reason()); // Every handler has returned.

            Event urgent =
                    Event.builder("order.placed")
                            .payload(new Order(8, "bob"))
                            .severity(Severity.CRITICAL)
                            .build();
            print(bus.publishAndJoin(urgent, Duration.ofSeconds(5)).state()); // COMPLETED
            print(bus.publish(urgent).outcome()); // DUPLICATE: the same source and id
        }
        // guide:end
        assertThat(lines)
                .containsExactly(
                        "alice",
                        "HANDLED",
                        "Every handler has returned.",
                        "bob",
                        "COMPLETED",
                        "DUPLICATE");
    }

    @Test
    void emitters() {
        // guide:start publish
        Emitter till = bus.emitter("till 4", "order");
        till.publish("placed", new Order(9, "carol")); // topic order.placed, source till 4
        for (Emitter one : bus.emitters()) {
            print(one.source() + " has published " + one.published());
        }
        // guide:end
        assertThat(lines).containsExactly("till 4 has published {order.placed=1}");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.Publication;
import dev.jitney.event.Event;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NestingGuideTest extends Examples {

    @Test
    void nesting() throws Exception {
        bus.subscribe("order.sent", event -> print("sent"));
        bus.subscribe("order.paid", event -> print("paid"));
        // guide:start nesting
        bus.subscribe(
                "order.placed",
                event -> {
                    bus.publish("order.sent", event.payload()); // runs after this handler

                    Publication paid = bus.publish("order.paid", event.payload());
                    paid.join(Duration.ofSeconds(5)); // runs now, ahead of all that is queued
                    print("placed");
                });
        Publication placed = bus.publish("order.placed", new Order(7, "alice"));
        bus.awaitIdle(Duration.ofSeconds(5)); // paid, placed, sent

        print(bus.children(placed.event()).size()); // 2, both with the correlation id of the first
        print(bus.logTree());
        // guide:end
        assertThat(lines).startsWith("paid", "placed", "sent", "2");
        assertThat(lines.get(4)).contains("└─ order.paid").contains("order.placed");
        assertThat(bus.children(placed.event()))
                .extracting(Event::correlationId)
                .containsOnly(placed.event().correlationId());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.EventBus;
import dev.jitney.Publication;
import dev.jitney.Subscription;
import dev.jitney.event.Event;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ForwardingGuideTest extends Examples {

    @Test
    void forward() throws Exception {
        // guide:start forwarding
        try (EventBus shop = EventBus.builder("shop").build();
                EventBus audit = EventBus.builder("audit").build()) {
            Subscription forwarding = shop.forwardTo(audit, "order.*");
            audit.subscribe("*", event -> print("noted " + event.topic()));

            Event order = Event.of("order.placed", 7);
            Publication placed = shop.publishAndJoin(order, Duration.ofSeconds(5));
            print(placed.path()); // [shop, audit]
            print(placed.outcome()); // HANDLED: both buses are done with it

            forwarding.close();
        }
        // guide:end
        assertThat(lines).containsExactly("noted order.placed", "[shop, audit]", "HANDLED");
    }
}

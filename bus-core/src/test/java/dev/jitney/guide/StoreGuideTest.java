// SPDX-License-Identifier: Apache-2.0
package dev.jitney.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.Await;
import dev.jitney.EventBus;
import dev.jitney.Publication;
import dev.jitney.SubscribeOptions;
import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.spi.Position;
import org.junit.jupiter.api.Test;

class StoreGuideTest extends Examples {

    @Test
    void store() throws Exception {
        // guide:start store-and-durable-subscriptions
        try (EventBus bus = EventBus.builder("orders").store("memory:").build()) {
            bus.subscribe("order.*", event -> print("handled"));

            Publication placed = bus.publish("order.placed", new Order(7, "alice"));
            Offset offset = placed.stored(Level.MEMORY).toCompletableFuture().get();
            print(offset.value()); // 0: its place in the log
        }
        // guide:end
        assertThat(lines).containsExactlyInAnyOrder("handled", "0");
    }

    @Test
    void durable() throws Exception {
        try (EventBus bus = EventBus.builder("orders").store("memory:").build()) {
            // guide:start store-and-durable-subscriptions
            SubscribeOptions durable =
                    SubscribeOptions.builder()
                            .name("billing")
                            .durable("billing", Position.end()) // a new cursor begins here
                            .build();
            bus.subscribe("order.*", durable, event -> print(event.payload(Order.class).id()));

            SubscribeOptions everyone = SubscribeOptions.builder().includeRemote().build();
            bus.subscribe("user.*", everyone, event -> print(event.payload()));
            // guide:end
            bus.publish("order.placed", new Order(7, "alice"));
            bus.publish("user.login", "alice");
            Await.until("both were handled", () -> lines.size() == 2);
        }
        assertThat(lines).containsExactlyInAnyOrder("7", "alice");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.CorrelationContext;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContextGuideTest extends Examples {

    @Test
    void context() throws Exception {
        bus.subscribe("order.paid", event -> print(event.correlationId()));
        // guide:start context
        bus.subscribe(
                "order.placed",
                event -> {
                    print(CorrelationContext.current()); // that of the event: req-42
                    bus.publish("order.paid", event.payload()); // req-42 as well
                });

        Map<String, String> headers = Map.of("x-request-id", "req-42"); // of an HTTP request
        String id = CorrelationContext.correlationIdFromHeaders(headers);
        CorrelationContext.runWith(id, () -> bus.publish("order.placed", new Order(7, "alice")));
        // guide:end
        settle();
        assertThat(lines).containsExactly("req-42", "req-42");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("stress")
@ExtendWith(NoLeaks.class)
class ResultsStressTest {

    private static final int EVENTS = 10_000;
    private static final int HANDLERS = 20;
    private static final int SPINS = 50;

    private final EventBus bus = EventBus.builder("orders").build();

    @AfterEach
    void close() {
        bus.close();
    }

    @Test
    @DisplayName("RES-1 whoever looks while handlers run sees none go back to an earlier state")
    void neverBack() {
        for (int handler = 0; handler < HANDLERS; handler++) {
            bus.subscribe("t", event -> Await.spin(SPINS));
        }
        for (int event = 0; event < EVENTS; event++) {
            follow(bus.publish("t", event));
        }
    }

    @Test
    @DisplayName("RES-1 whoever looks sees the results of all handlers of an event, or of none")
    void allOrNone() {
        PublishOptions together =
                PublishOptions.builder().handlerOrder(HandlerOrder.PARALLEL).build();
        for (int handler = 0; handler < HANDLERS; handler++) {
            bus.subscribeAsync("t", event -> CompletableFuture.completedFuture("value"));
        }
        for (int event = 0; event < EVENTS; event++) {
            Publication publication = bus.publish(Event.of("t", event), together);
            boolean over;
            do {
                over = publication.state() == Publication.State.COMPLETED;
                assertThat(publication.handlerResults().size()).isIn(0, HANDLERS);
            } while (!over);
        }
    }

    private static void follow(Publication publication) {
        DeliveryState[] last = new DeliveryState[HANDLERS];
        boolean over;
        do {
            over = publication.state() == Publication.State.COMPLETED;
            List<HandlerResult> results = publication.handlerResults();
            for (int at = 0; at < results.size(); at++) {
                DeliveryState state = results.get(at).state();
                if (last[at] != null) {
                    assertThat(state).as("handler " + at).isGreaterThanOrEqualTo(last[at]);
                }
                last[at] = state;
            }
        } while (!over);
        assertThat(last).containsOnly(DeliveryState.COMPLETED);
    }
}

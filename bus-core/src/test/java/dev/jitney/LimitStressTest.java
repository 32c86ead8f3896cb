// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.DeliveryState;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("stress")
class LimitStressTest {

    private static final int ROUNDS = 2_000;
    private static final int SPINS = 600;

    private final OwnTime time = new OwnTime();

    @Test
    @DisplayName(
            "TMO-2 a limit that comes just as the handler has returned its future still ends it")
    void beginsToWait() throws Exception {
        Random random = new Random(1);
        for (int round = 0; round < ROUNDS; round++) {
            // A bus for each, whose only timer is this limit.
            try (EventBus bus = EventBus.builder("orders").clock(time).build()) {
                bus.subscribeAsync(
                        "t",
                        SubscribeOptions.builder().timeout(Duration.ofSeconds(1)).build(),
                        event -> new CompletableFuture<>());
                Publication publication = bus.publish("t", round);
                while (time.timers() == 0) {
                    Thread.yield();
                }
                Await.spin(random.nextInt(SPINS));
                time.advance(Duration.ofSeconds(1));
                assertThat(publication.join(Duration.ofSeconds(20))).as("round " + round).isTrue();
                assertThat(publication.handlerResults())
                        .extracting(HandlerResult::state)
                        .containsExactly(DeliveryState.TIMED_OUT);
            }
        }
    }
}

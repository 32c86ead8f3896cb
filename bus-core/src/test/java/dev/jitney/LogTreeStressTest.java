// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("stress")
@ExtendWith(NoLeaks.class)
class LogTreeStressTest {

    private static final int TREES = 75;
    private static final int HANDLERS = 4;
    private static final int SPINS = 200;

    @Test
    @DisplayName("NST-6 the tree of causes is printed of a bus that is at work")
    void whileHandlersBegin() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        try (EventBus bus =
                EventBus.builder("orders")
                        .ordering(Ordering.PARALLEL)
                        .historyLimit(300)
                        .pendingLimit(200)
                        .build()) {
            for (int handler = 0; handler < HANDLERS; handler++) {
                bus.subscribe("t", event -> Await.spin(SPINS));
            }
            Thread publisher =
                    new Thread(
                            () -> {
                                while (!over.get()) {
                                    bus.publish("t", 1);
                                }
                            });
            publisher.start();
            try {
                for (int i = 0; i < TREES; i++) {
                    assertThat(bus.logTree()).isNotEmpty();
                }
            } finally {
                over.set(true);
                publisher.join();
            }
            assertThat(bus.awaitIdle(Duration.ofSeconds(20))).isTrue();
        }
    }
}

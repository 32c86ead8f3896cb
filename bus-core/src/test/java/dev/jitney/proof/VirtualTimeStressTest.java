// SPDX-License-Identifier: Apache-2.0
package dev.jitney.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.Await;
import dev.jitney.test.VirtualTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("stress")
class VirtualTimeStressTest {

    private static final int ROUNDS = 60_000;
    private static final Duration SPAN = Duration.ofSeconds(1);

    @Test
    @DisplayName(
            "TimeSource: a timer that is set while time moves has run, or is due as long after")
    void setMeanwhile() throws Exception {
        VirtualTime time = new VirtualTime();
        AtomicBoolean over = new AtomicBoolean();
        Thread sets = new Thread(() -> setUntil(over, time), "sets");
        sets.start();
        try {
            for (int round = 0; round < ROUNDS; round++) {
                time.advance(SPAN);
                assertThat(time.timers()).as("round " + round).doesNotContain(Duration.ZERO);
            }
        } finally {
            over.set(true);
            sets.join();
        }
    }

    private static void setUntil(AtomicBoolean over, VirtualTime time) {
        while (!over.get()) {
            time.schedule(SPAN, () -> {});
            Await.spin(20);
        }
    }
}

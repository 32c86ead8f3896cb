// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a bus keeps is bounded: after the first round the heap does not grow (LIF-3). */
@Tag("stress")
@ExtendWith(NoLeaks.class)
class LeakStressTest {

    private static final int ROUNDS = 5;
    private static final long ALLOWED_BYTES = 1_000_000;
    private static final Duration LONG = Duration.ofMinutes(2);

    private interface Round {
        void run(int round) throws Exception;
    }

    @Test
    @DisplayName("TOP-4 LIF-4 a million distinct topics leave nothing behind that grows")
    void topics() throws Exception {
        try (EventBus bus = EventBus.builder("orders").build()) {
            bus.subscribe("*", event -> {});
            assertFlat(
                    round -> {
                        for (int i = 0; i < 1_000_000; i++) {
                            bus.publish("t" + round + ".n" + i, i);
                        }
                        assertThat(bus.awaitIdle(LONG)).isTrue();
                    });
        }
    }

    @Test
    @DisplayName("DUP-1 a million distinct sources leave nothing behind that grows")
    void sources() throws Exception {
        try (EventBus bus = EventBus.builder("orders").build()) {
            bus.subscribe("a", event -> {});
            assertFlat(
                    round -> {
                        for (int i = 0; i < 1_000_000; i++) {
                            bus.publish(Event.of("a", i).withSource("s" + round + "-" + i));
                        }
                        assertThat(bus.awaitIdle(LONG)).isTrue();
                    });
        }
    }

    @Test
    @DisplayName("SUB-4 a hundred thousand subscriptions opened and closed leave nothing behind")
    void subscriptions() throws Exception {
        try (EventBus bus = EventBus.builder("orders").build()) {
            assertFlat(
                    round -> {
                        for (int i = 0; i < 100_000; i++) {
                            String pattern = i % 10 == 0 ? "t" + i + ".*" : "t" + i;
                            Subscription one = bus.subscribe(pattern, event -> {});
                            if (i % 100 == 0) {
                                bus.publish("t" + i, i);
                            }
                            one.close();
                        }
                        assertThat(bus.awaitIdle(LONG)).isTrue();
                    });
        }
    }

    @Test
    @DisplayName("LIF-3 ten thousand buses opened and closed leave nothing behind")
    void buses() throws Exception {
        assertFlat(
                round -> {
                    for (int i = 0; i < 10_000; i++) {
                        try (EventBus bus = EventBus.builder("bus" + i).build()) {
                            bus.subscribe("a", event -> {});
                            bus.publish("a", i);
                        }
                    }
                });
        assertThat(NoLeaks.threads()).isEmpty();
    }

    private static void assertFlat(Round round) throws Exception {
        List<Long> used = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            round.run(i);
            used.add(usedBytes());
        }
        // What is kept within bounds moves a little to and fro; what leaks is there in both.
        long first = Collections.max(used.subList(0, 2));
        long last = Collections.min(used.subList(ROUNDS - 2, ROUNDS));
        assertThat(last - first).as("heap after each round: %s", used).isLessThan(ALLOWED_BYTES);
    }

    /** The least of several looks, since a collection frees some things only at the next one. */
    private static long usedBytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            long now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            least = Math.min(least, now);
        }
        return least;
    }
}

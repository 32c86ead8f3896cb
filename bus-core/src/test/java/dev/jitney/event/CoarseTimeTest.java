// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.Await;
import dev.jitney.NoLeaks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CoarseTimeTest {

    private static final String THREAD = "jitney-clock";
    // A machine that stands still may keep the thread from its clock.
    private static final Duration STANDSTILL = Duration.ofSeconds(10);

    private final EventClock clock = EventClock.system();

    @Test
    @DisplayName("EVT-2 ids and times strictly increase over a million events made at once")
    void strictlyIncreasesUnderLoad() {
        Instant before = Instant.now();
        long last = clock.tick();
        for (int i = 0; i < 1_000_000; i++) {
            long next = clock.tick();
            assertThat(next > last).isTrue();
            last = next;
        }
        assertThat(EventClock.instantAt(last))
                .isBetween(before.minusMillis(2), Instant.now().plusMillis(2));
    }

    @Test
    @DisplayName("EVT-2 under load a thread looks at the clock for all, and ends soon after")
    void thread() {
        Await.until(
                "the time is asked for often enough",
                () -> {
                    for (int i = 0; i < 10_000; i++) {
                        clock.tick();
                    }
                    return NoLeaks.threads().contains(THREAD);
                });
        Await.until("the thread has ended", () -> !NoLeaks.threads().contains(THREAD));
    }

    @Test
    @DisplayName("EVT-2 EVT-1 four threads at once get no tick twice, each its own in order")
    void manyThreads() throws InterruptedException {
        List<long[]> all = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            long[] ticks = new long[50_000];
            all.add(ticks);
            Thread thread =
                    new Thread(
                            () -> {
                                for (int i = 0; i < ticks.length; i++) {
                                    ticks[i] = clock.tick();
                                }
                            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Set<Long> seen = new HashSet<>();
        for (long[] ticks : all) {
            for (int i = 0; i < ticks.length; i++) {
                assertThat(i == 0 || ticks[i] > ticks[i - 1]).isTrue();
                assertThat(seen.add(ticks[i])).isTrue();
            }
        }
    }

    @Test
    @DisplayName("EVT-2 the time follows the system's, under load and without")
    void follows() {
        for (int i = 0; i < 200_000; i++) {
            clock.millis();
        }
        assertThat(Duration.between(Instant.ofEpochMilli(clock.millis()), Instant.now()).abs())
                .isLessThan(STANDSTILL);
        long coarse = EventClock.coarseNanoTime();
        long late = System.nanoTime() - coarse;
        assertThat(late).isNotNegative().isLessThan(STANDSTILL.toNanos());
    }
}

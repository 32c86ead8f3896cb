// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.Selection;
import dev.jitney.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Replays from the history of a bus, whose time stands still but for the waits of whoever replays.
 */
@ExtendWith(NoLeaks.class)
class ReplayTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final OwnTime time = new OwnTime();
    private final Waits waits = new Waits();

    // No limits: their timers are set anew while the time moves, on the thread that moves it, when
    // a
    // handler is slower than the test; here only the replay waits.
    private final EventBus bus =
            EventBus.builder("orders")
                    .clock(waits)
                    .handlerTimeout(Duration.ZERO)
                    .eventTimeout(Duration.ZERO)
                    .slowHandlerThreshold(Duration.ZERO)
                    .slowEventThreshold(Duration.ZERO)
                    .build();
    private final List<Object> seen = new CopyOnWriteArrayList<>();

    /** Moves the time on by each wait of the thread that replays, instead of letting it wait. */
    private final class Waits implements TimeSource {

        private final List<Duration> made = new ArrayList<>();
        private volatile Thread thread = Thread.currentThread();

        @Override
        public Instant instant() {
            return time.instant();
        }

        @Override
        public AutoCloseable schedule(Duration delay, Runnable action) {
            if (Thread.currentThread() != thread) {
                return time.schedule(delay, action);
            }
            made.add(delay);
            time.advance(delay);
            action.run();
            return () -> {};
        }
    }

    /** Three events of topic t, 2 s and 4 s apart. */
    @BeforeEach
    void past() throws Exception {
        bus.publish("t", 0);
        time.advance(Duration.ofSeconds(2));
        bus.publish("t", 1);
        time.advance(Duration.ofSeconds(4));
        bus.publish("t", 2);
        assertThat(bus.awaitIdle(LONG)).isTrue();
        bus.subscribe("t", event -> seen.add(event.payload()));
    }

    @AfterEach
    void close() {
        bus.close();
    }

    @ParameterizedTest
    @CsvSource({
        "1,    PT1H, 'PT2S, PT4S'",
        "2,    PT1H, 'PT1S, PT2S'",
        "0.5,  PT1H, 'PT4S, PT8S'",
        "0,    PT1H, ''",
        "1,    PT3S, 'PT2S, PT3S'",
        "0.5,  PT1S, 'PT1S, PT1S'",
    })
    @DisplayName(
            "HIS-4 speed 1 keeps the gaps, 2 halves them, 0 does not wait, and none is too long")
    void speed(double speed, Duration longest, String gaps) throws Exception {
        ReplayOptions options = ReplayOptions.builder().speed(speed).maxGap(longest).build();
        assertThat(bus.replay(options)).isEqualTo(new ReplayReport(3, 0, true));
        assertThat(seen).containsExactly(0, 1, 2);
        assertThat(waits.made.toString()).isEqualTo("[" + gaps + "]");
    }

    @Test
    @DisplayName("HIS-4 replayed events are marked, and not in the history")
    void notInTheHistory() throws Exception {
        List<Event> again = new CopyOnWriteArrayList<>();
        bus.subscribe("t", again::add);
        FindOptions all = FindOptions.builder("*").build();
        List<Publication> before = bus.filter(all, 100);
        bus.replay(Selection.all());
        assertThat(again).hasSize(3).allMatch(event -> event.id().equals(event.header("replayof")));
        assertThat(bus.filter(all, 100)).isEqualTo(before).hasSize(3);
    }

    @Test
    @DisplayName("HIS-4 a replay can be for some handlers only, by name")
    void named() throws Exception {
        for (String name : List.of("one", "two", "three")) {
            SubscribeOptions options = SubscribeOptions.builder().name(name).build();
            bus.subscribe("t", options, event -> seen.add(name));
        }
        bus.replay(ReplayOptions.builder().handlers("one", "three").build());
        assertThat(seen).containsExactly("one", "three", "one", "three", "one", "three");
    }

    @Test
    @DisplayName("HIS-4 a replay goes on when a handler fails, and waits for the last one")
    void waitsForTheLast() throws Exception {
        Gate gate = new Gate();
        bus.subscribe(
                "t",
                event -> {
                    if (event.payload().equals(2)) {
                        gate.pass();
                    }
                    throw new IllegalStateException("no");
                });
        AtomicReference<ReplayReport> report = new AtomicReference<>();
        Thread replays = new Thread(() -> report.set(replayed(ReplayOptions.of(Selection.all()))));
        replays.start();
        gate.awaitReached();
        Await.until(
                "it waits, or has returned",
                () -> replays.getState() == Thread.State.WAITING || !replays.isAlive());
        gate.open();
        replays.join(20_000);
        assertThat(report.get()).isEqualTo(new ReplayReport(3, 3, true));
        assertThat(seen).containsExactly(0, 1, 2);
    }

    @Test
    @DisplayName("HIS-4 an interrupt ends a replay early, which says so and keeps the interrupt")
    void interrupted() throws Exception {
        AtomicReference<ReplayReport> report = new AtomicReference<>();
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Thread replays =
                new Thread(
                        () -> {
                            report.set(replayed(ReplayOptions.builder().speed(1).build()));
                            flag.set(Thread.currentThread().isInterrupted());
                        });
        replays.start();
        Await.until("the first has come", () -> seen.size() == 1);
        Await.until("it waits", () -> replays.getState() == Thread.State.WAITING);
        replays.interrupt();
        replays.join(20_000);
        assertThat(report.get()).isEqualTo(new ReplayReport(1, 0, false));
        assertThat(flag.get()).isTrue();
    }

    private ReplayReport replayed(ReplayOptions options) {
        return bus.replay(options);
    }
}

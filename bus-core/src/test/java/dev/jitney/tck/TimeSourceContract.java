// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every source of time with timers keeps to: TIM-1 an action runs once its time has come,
 * never before; TIM-2 in order of time, then of scheduling; TIM-3 a cancelled one does not run;
 * TIM-4 one that fails keeps no other from running. Extend it to prove one:
 *
 * <pre>{@code
 * class AcmeClockContractTest extends TimeSourceContract {
 *     private final AcmeClock clock = new AcmeClock();
 *
 *     @Override
 *     protected TimeSource clock() {
 *         return clock;
 *     }
 *
 *     @Override
 *     protected void advance(Duration span) {
 *         clock.advance(span);
 *     }
 * }
 * }</pre>
 */
@Timeout(60)
@ExtendWith(RuleNames.class)
public abstract class TimeSourceContract {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final PluginHarness plugins = new PluginHarness();
    private final List<String> ran = Collections.synchronizedList(new ArrayList<>());

    /** Returns the source of time of this test, the same each time. */
    protected abstract TimeSource clock();

    /**
     * Lets time pass and returns when all actions that are due have run. What an action throws may
     * be thrown on.
     */
    protected abstract void advance(Duration span);

    @AfterEach
    void closePlugins() throws Exception {
        plugins.close();
    }

    private AutoCloseable schedule(Duration delay, String name) {
        return clock().schedule(delay, () -> ran.add(name));
    }

    @Test
    @DisplayName("TIM-1 an action runs once, when its time has come")
    void runsWhenItsTimeHasCome() {
        Instant start = clock().instant();
        List<Instant> at = new ArrayList<>();
        clock().schedule(SECOND.multipliedBy(3), () -> at.add(clock().instant()));
        assertThat(at).as("at once").isEmpty();
        advance(SECOND.multipliedBy(3).minusMillis(1));
        assertThat(at).as("a moment before").isEmpty();
        advance(Duration.ofMillis(1));
        assertThat(at).hasSize(1);
        assertThat(at.get(0)).isAfterOrEqualTo(start.plusSeconds(3));
        advance(SECOND.multipliedBy(10));
        assertThat(at).as("later").hasSize(1);
        assertThat(clock().instant()).isAfterOrEqualTo(start.plusSeconds(13));
    }

    @Test
    @DisplayName("TIM-1 an action that is due at once does not run within schedule")
    void doesNotRunWithinSchedule() {
        schedule(Duration.ZERO, "zero");
        schedule(SECOND.negated(), "negative");
        assertThat(ran).isEmpty();
        advance(Duration.ZERO);
        assertThat(ran).containsExactly("zero", "negative");
    }

    @Test
    @DisplayName("TIM-2 actions run in order of time, then of scheduling, each at its own time")
    void runsInOrder() {
        Instant start = clock().instant();
        schedule(SECOND.multipliedBy(2), "second");
        schedule(SECOND, "first");
        schedule(SECOND.multipliedBy(2), "third");
        List<Instant> at = new ArrayList<>();
        clock().schedule(SECOND, () -> at.add(clock().instant()));
        advance(SECOND.multipliedBy(5));
        assertThat(ran).containsExactly("first", "second", "third");
        assertThat(at.get(0)).as("the time while it runs").isAfterOrEqualTo(start.plusSeconds(1));
    }

    @Test
    @DisplayName("TIM-2 what an action schedules runs in its turn")
    void runsWhatAnActionSchedules() {
        clock().schedule(
                        SECOND,
                        () -> {
                            ran.add("outer");
                            schedule(SECOND, "inner");
                        });
        schedule(SECOND.multipliedBy(3), "last");
        advance(SECOND.multipliedBy(4));
        assertThat(ran).containsExactly("outer", "inner", "last");
    }

    @Test
    @DisplayName("TIM-3 a cancelled action does not run, and cancelling again is nothing")
    void doesNotRunWhatIsCancelled() throws Exception {
        AutoCloseable cancelled = schedule(SECOND, "cancelled");
        AutoCloseable other = schedule(SECOND, "other");
        cancelled.close();
        cancelled.close();
        advance(SECOND);
        assertThat(ran).containsExactly("other");
        other.close();
        assertThat(ran).containsExactly("other");
    }

    @Test
    @DisplayName("TIM-4 an action that fails keeps no other from running")
    void goesOnAfterAFailure() {
        clock().schedule(
                        SECOND,
                        () -> {
                            throw new IllegalStateException("The test lets this action fail.");
                        });
        schedule(SECOND, "same time");
        schedule(SECOND.multipliedBy(2), "later");
        try {
            advance(SECOND.multipliedBy(3));
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("The test lets this action fail.");
        }
        assertThat(ran).containsExactly("same time", "later");
    }

    @Test
    @DisplayName("TIM-1 takes actions of several threads")
    void takesActionsOfSeveralThreads() {
        plugins.inParallel(
                thread -> {
                    for (int i = 0; i < 20; i++) {
                        AutoCloseable own = schedule(SECOND, thread + "/" + i);
                        if (i % 2 == 1) {
                            own.close();
                        }
                    }
                    return true;
                });
        advance(SECOND);
        assertThat(ran).hasSize(PluginHarness.THREADS * 10).doesNotHaveDuplicates();
    }
}

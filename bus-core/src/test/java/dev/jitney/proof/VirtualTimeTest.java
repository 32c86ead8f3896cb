// SPDX-License-Identifier: Apache-2.0
package dev.jitney.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.spi.TimeSource;
import dev.jitney.tck.TimeSourceContract;
import dev.jitney.test.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualTimeTest extends TimeSourceContract {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final VirtualTime time = new VirtualTime();
    private final Instant start = time.instant();
    private final List<String> ran = new ArrayList<>();

    @Override
    protected TimeSource clock() {
        return time;
    }

    @Override
    protected void advance(Duration span) {
        time.advance(span);
    }

    private void at(long seconds, String name) {
        time.schedule(SECOND.multipliedBy(seconds), () -> ran.add(name + "@" + passed()));
    }

    private long passed() {
        return Duration.between(start, time.instant()).toSeconds();
    }

    @Test
    void standsStillUntilItIsMoved() {
        at(0, "now");
        assertThat(ran).isEmpty();
        time.advance(Duration.ZERO);
        assertThat(ran).containsExactly("now@0");
        assertThat(time.instant()).isEqualTo(start);
    }

    @Test
    void runsWhatIsDueInOrderOfTimeThenOfSchedulingEachAtItsTime() {
        at(2, "c");
        at(1, "a");
        at(1, "b");
        at(4, "e");
        at(-3, "past");
        time.advance(SECOND.multipliedBy(3));
        assertThat(ran).containsExactly("past@0", "a@1", "b@1", "c@2");
        assertThat(passed()).isEqualTo(3);
        assertThat(time.timers()).containsExactly(SECOND);
        time.advance(SECOND);
        assertThat(ran).endsWith("e@4");
    }

    @Test
    void anActionThatThrowsKeepsNoOtherFromRunning() {
        IllegalStateException first = new IllegalStateException("first");
        time.schedule(
                SECOND,
                () -> {
                    throw first;
                });
        time.schedule(
                SECOND,
                () -> {
                    throw new IllegalStateException("second");
                });
        at(1, "after");
        assertThatThrownBy(() -> time.advance(SECOND)).isSameAs(first);
        assertThat(first.getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly("second");
        assertThat(ran).containsExactly("after@1");
        assertThat(passed()).isEqualTo(1);
    }

    @Test
    void waitsForATimerThatAnotherThreadSets() throws Exception {
        Thread other = new Thread(() -> at(5, "set elsewhere"));
        other.start();
        time.awaitTimer(SECOND.multipliedBy(5));
        other.join();
        assertThat(time.timers()).containsExactly(SECOND.multipliedBy(5));
    }

    @Test
    void doesNotRunBackwards() {
        assertThatThrownBy(() -> time.advance(SECOND.negated()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Span 'PT-1S' is negative. Use zero or more: time only moves on.");
    }
}

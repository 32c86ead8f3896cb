// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Work in the background")
class PaceTest {

    private long now;
    private long appended;
    private final List<Long> rests = new ArrayList<>();
    private final Pace pace = new Pace(() -> appended, () -> now, this::rest);

    private void rest(long nanos) {
        rests.add(nanos);
        now += nanos;
    }

    private void work(long nanos) {
        now += nanos;
        pace.step();
    }

    @Test
    void restsFourTimesAsLongAsItHasWorkedWhileSomethingIsAppended() {
        for (int i = 0; i < 3; i++) {
            appended++;
            work(Pace.WORK_NANOS);
        }

        assertThat(rests).containsExactly(1_000_000L, 1_000_000L, 1_000_000L);
    }

    @Test
    void worksForAQuarterOfAMillisecondAtATime() {
        appended++;
        work(Pace.WORK_NANOS - 1);
        assertThat(rests).isEmpty();

        work(1);
        assertThat(rests).hasSize(1);
    }

    @Test
    void doesNotRestWhereNothingIsAppended() {
        work(Pace.WORK_NANOS);
        work(Pace.WORK_NANOS);

        assertThat(rests).isEmpty();
    }

    @Test
    void restsUntilNothingWasAppendedForATenthOfASecond() {
        appended++;
        work(Pace.WORK_NANOS);
        long quietAt = now - 1_000_000 + Pace.QUIET_NANOS;
        while (now + Pace.WORK_NANOS < quietAt) {
            work(Pace.WORK_NANOS);
        }
        int before = rests.size();
        assertThat(before).isGreaterThan(50);

        work(Pace.QUIET_NANOS);
        work(Pace.WORK_NANOS);
        assertThat(rests).hasSize(before);
    }

    @Test
    void restsNoLongerThanFiveMillisecondsWhereAStepWasSlow() {
        appended++;
        work(1_000_000_000);

        assertThat(rests).containsExactly(Pace.LONGEST_REST);
    }

    @Test
    void doesNotRestWhenSomebodyWaitsForItsEnd() {
        pace.hurry();
        appended++;
        work(Pace.WORK_NANOS);

        assertThat(rests).isEmpty();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static dev.jitney.tck.StoreHarness.expectNothing;
import static dev.jitney.tck.StoreHarness.offsets;
import static dev.jitney.tck.StoreHarness.take;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.spi.EventTail;
import dev.jitney.spi.Position;
import dev.jitney.spi.PurgeOptions;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreProblem;
import dev.jitney.spi.TailOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What readers and tails are told where events were removed: the end of STO-4. */
interface StoreGapRules extends StoreRules {

    /** Appends nine events of which #0 to #2 and #5 to #6 are then removed. */
    private boolean withGaps() {
        StoreHarness h = harness();
        if (!h.can().purgeable()) {
            h.append("a.keep", 9);
            return false;
        }
        h.append("a.drop", 3);
        h.append("a.keep", 2);
        h.append("a.drop", 2);
        h.append("a.keep", 2);
        drop();
        return true;
    }

    private void drop() {
        Selection dropped = Selection.builder().pattern("a.drop").build();
        harness().store().purge(dropped, PurgeOptions.standard());
    }

    private static void assertGap(StoreProblem problem, long from, long to) {
        assertThat(problem.kind()).isEqualTo(StoreProblem.Kind.GAP);
        assertThat(problem.offset())
                .as("STO-4: a gap names its first offset")
                .isEqualTo(Offset.of(from));
        assertThat(problem.reason())
                .as("STO-4: a gap says in words where it begins and ends, and why")
                .contains(Long.toString(from))
                .contains(Long.toString(to));
    }

    private static void assertBothGaps(List<StoreProblem> told) {
        assertThat(told).as("STO-4: each gap that is crossed is told once").hasSize(2);
        assertGap(told.get(0), 0, 2);
        assertGap(told.get(1), 5, 6);
    }

    @Test
    @DisplayName("STO-4 a reader goes on behind a gap and tells of it")
    default void readersTellOfGaps() {
        List<StoreProblem> told = new ArrayList<>();
        Position from = Position.at(Offset.ZERO);
        ReadOptions options = ReadOptions.forward().withFrom(from).withOnProblem(told::add);
        if (withGaps()) {
            assertThat(offsets(harness().read(options))).containsExactly(3L, 4L, 7L, 8L);
            assertBothGaps(told);
        } else {
            harness().read(options);
            assertThat(told).as("STO-4: no gap where nothing can be removed").isEmpty();
        }
    }

    @Test
    @DisplayName("STO-4 the start is the first event still stored, so no gap lies before it")
    default void theStartIsNoGap() {
        List<StoreProblem> told = new ArrayList<>();
        boolean gaps = withGaps();
        harness().read(ReadOptions.forward().withOnProblem(told::add).withLimit(2));
        assertThat(told).as("STO-4: reading from the start").isEmpty();
        assertThat(harness().store().start()).isEqualTo(Offset.of(gaps ? 3 : 0));
    }

    @Test
    @DisplayName("STO-4 a reader that goes backward tells of gaps as it meets them")
    default void backwardReadersTellOfGaps() {
        List<StoreProblem> told = new ArrayList<>();
        if (!withGaps() || !harness().can().backward()) {
            return;
        }
        ReadOptions options = ReadOptions.newestFirst().withOnProblem(told::add);
        assertThat(offsets(harness().read(options))).containsExactly(8L, 7L, 4L, 3L);
        assertThat(told).as("STO-4: the gap between #4 and #7").hasSize(1);
        assertGap(told.get(0), 5, 6);
    }

    @Test
    @DisplayName(
            "STO-4 a tail whose position was removed goes on at the next event and tells of it")
    default void tailsTellOfGaps() throws Exception {
        List<StoreProblem> told = new ArrayList<>();
        if (!withGaps()) {
            return;
        }
        TailOptions options = TailOptions.from(Position.at(Offset.ZERO)).withOnProblem(told::add);
        try (EventTail tail = harness().store().tail(options)) {
            assertThat(offsets(take(tail, 4))).containsExactly(3L, 4L, 7L, 8L);
            assertBothGaps(told);
            harness().append("a.drop", 3);
            harness().append("a.keep", 1);
            // The tail stands in front of #9 while #9 to #11 are taken away.
            drop();
            assertThat(offsets(take(tail, 1))).containsExactly(12L);
            assertThat(told).hasSize(3);
            assertGap(told.get(2), 9, 11);
            expectNothing(tail);
        }
    }
}

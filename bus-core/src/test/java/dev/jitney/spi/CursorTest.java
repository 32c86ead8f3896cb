// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Offset;
import dev.jitney.spi.Cursor.Progress;
import dev.jitney.spi.Cursor.Range;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CursorTest {

    private static Range range(long from, long to) {
        return new Range(Offset.of(from), Offset.of(to));
    }

    private static Progress progress(long checkpoint, Range... above) {
        return new Progress(Offset.of(checkpoint), List.of(above));
    }

    @Test
    @DisplayName(
            "DSU-2 progress has one form: ranges in order, apart from each other and the checkpoint")
    void progressHasOneForm() {
        assertThat(progress(3, range(9, 12), range(5, 7), range(11, 14), range(7, 8)))
                .isEqualTo(progress(3, range(5, 8), range(9, 14)))
                .hasSameHashCodeAs(progress(3, range(5, 8), range(9, 14)));
        assertThat(progress(5, range(5, 7), range(1, 2), range(7, 9))).isEqualTo(progress(9));
        assertThat(progress(4, range(2, 6), range(9, 20), range(10, 11)).above())
                .containsExactly(range(9, 20));
    }

    @Test
    @DisplayName("DSU-2 progress from two sides is done here or there")
    void progressIsAdded() {
        assertThat(progress(3, range(5, 8)).and(progress(6, range(10, 11))))
                .isEqualTo(progress(8, range(10, 11)));
        assertThat(progress(3, range(5, 8)).and(progress(1))).isEqualTo(progress(3, range(5, 8)));
        Progress some = progress(3, range(5, 8), range(9, 10));
        assertThat(LongStream.range(0, 12).filter(n -> some.contains(Offset.of(n))))
                .containsExactly(0L, 1L, 2L, 5L, 6L, 7L, 9L);
    }

    @Test
    @DisplayName("DSU-2 a range that holds nothing is refused, and a checkpoint that is none")
    void refusesWhatIsNone() {
        assertThatThrownBy(() -> range(4, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A range must hold one offset or more, but was from #4 to below #4.");
        assertThatThrownBy(() -> new Range(Offset.UNASSIGNED, Offset.of(3)))
                .hasMessage(
                        "A range must hold one offset or more, but was from unassigned to below"
                                + " #3.");
        assertThatThrownBy(() -> Progress.below(Offset.UNASSIGNED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A checkpoint must be an offset of 0 or more, but was unassigned.");
    }

    @Test
    @DisplayName("STO-5 a cursor's checkpoint is that of its progress")
    void tellsItsCheckpoint() {
        Cursor plain = new Cursor("mail", Offset.of(4), 6, Instant.EPOCH, false);
        assertThat(plain.checkpoint()).isEqualTo(Offset.of(4));
        assertThat(plain.progress()).isEqualTo(progress(4));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static dev.jitney.tck.StoreHarness.ids;
import static dev.jitney.tck.StoreHarness.offsets;
import static dev.jitney.tck.StoreHarness.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.Position;
import dev.jitney.spi.ReadOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Reading from a position, either way: STO-3 and the half of STO-11 that is about storing. */
interface StoreReadRules extends StoreRules {

    /** Ten events, two at a time, a second apart. */
    private List<StoredEvent> tenEvents() {
        for (int n = 0; n < 5; n++) {
            harness().append("a.b", 2);
            harness().context().advance(Duration.ofSeconds(1));
        }
        return harness().readAll();
    }

    private List<Long> forward(Position from) {
        return offsets(harness().read(ReadOptions.forward().withFrom(from)));
    }

    private List<Long> backward(Position from) {
        return offsets(harness().read(ReadOptions.newestFirst().withFrom(from)));
    }

    @Test
    @DisplayName("STO-3 reads forward from every position")
    default void readsForward() {
        tenEvents();
        assertThat(forward(Position.start())).as("STO-3: from the start").isEqualTo(range(0, 10));
        assertThat(forward(Position.end())).as("STO-3: from the end").isEmpty();
        assertThat(forward(Position.at(Offset.of(0)))).isEqualTo(range(0, 10));
        assertThat(forward(Position.at(Offset.of(7))))
                .as("STO-3: from #7, that event included")
                .isEqualTo(range(7, 10));
        assertThat(forward(Position.at(Offset.of(10)))).as("STO-3: from the next offset").isEmpty();
        assertThat(forward(Position.at(Offset.of(99)))).as("STO-3: from beyond the end").isEmpty();
        assertThat(forward(Position.last(3))).as("STO-3: the last three").isEqualTo(range(7, 10));
        assertThat(forward(Position.last(0))).as("STO-3: the last none").isEmpty();
        assertThat(forward(Position.last(Long.MAX_VALUE)))
                .as("STO-3: more than there are gives all")
                .isEqualTo(range(0, 10));
    }

    @Test
    @DisplayName("STO-11 a position in time is the time of storing")
    default void seeksByTimeOfStoring() {
        List<StoredEvent> all = tenEvents();
        for (StoredEvent one : all) {
            Instant at = one.storedAt();
            long first = all.stream().filter(other -> other.storedAt().isBefore(at)).count();
            assertThat(forward(Position.at(at)))
                    .as("STO-11: from %s, the time of storing of %s", at, one.offset())
                    .isEqualTo(range(first, 10));
        }
        Instant last = all.get(9).storedAt();
        assertThat(forward(Position.at(Instant.EPOCH))).isEqualTo(range(0, 10));
        assertThat(forward(Position.at(last.plusMillis(1)))).as("STO-11: from later").isEmpty();
    }

    @Test
    @DisplayName("STO-11 the time of storing never runs backward and has whole milliseconds")
    default void timeOfStoringNeverRunsBackward() {
        StoreHarness h = harness();
        for (int n = 0; n < 4; n++) {
            h.append("a.b", 2);
            h.context().advance(Duration.ofSeconds(-3).plusNanos(1_234_567));
        }
        Instant before = Instant.MIN;
        for (StoredEvent one : h.readAll()) {
            assertThat(one.storedAt())
                    .as("STO-11: a clock that is set back must not be followed")
                    .isAfterOrEqualTo(before);
            assertThat(one.storedAt().getNano() % 1_000_000).as("to the millisecond").isZero();
            before = one.storedAt();
        }
    }

    @Test
    @DisplayName("STO-3 reads backward from every position, or says that it cannot")
    default void readsBackward() {
        List<StoredEvent> all = tenEvents();
        if (!harness().can().backward()) {
            assertThatThrownBy(
                            () -> harness().store().read(ReadOptions.newestFirst()),
                            "STO-10: what is not declared is refused")
                    .isInstanceOf(UnsupportedOperationException.class);
            return;
        }
        assertThat(backward(Position.end())).as("STO-3: newest first").isEqualTo(down(9, 0));
        assertThat(backward(Position.start())).as("STO-3: nothing in front of the start").isEmpty();
        assertThat(backward(Position.at(Offset.of(7))))
                .as("STO-3: begins with the event in front of #7")
                .isEqualTo(down(6, 0));
        assertThat(backward(Position.at(Offset.of(0)))).isEmpty();
        assertThat(backward(Position.at(Offset.of(99)))).isEqualTo(down(9, 0));
        assertThat(backward(Position.last(3))).isEqualTo(down(6, 0));
        Instant at = all.get(4).storedAt();
        long first = all.stream().filter(one -> one.storedAt().isBefore(at)).count();
        assertThat(backward(Position.at(at)))
                .as("STO-11: stored before")
                .isEqualTo(down(first - 1, 0));
        assertThat(offsets(harness().read(ReadOptions.newestFirst().withLimit(4))))
                .as("STO-3: the limit counts from where reading begins")
                .isEqualTo(down(9, 6));
    }

    private static List<Long> down(long from, long to) {
        List<Long> numbers = new ArrayList<>(range(to, from + 1));
        Collections.reverse(numbers);
        return numbers;
    }

    @Test
    @DisplayName("STO-3 gives no more than the limit, counted over what is selected")
    default void keepsTheLimit() {
        StoreHarness h = harness();
        for (int n = 0; n < 5; n++) {
            h.append("a.even", 1);
            h.append("a.odd", 1);
        }
        Selection odd = Selection.builder().pattern("a.odd").build();
        ReadOptions options = ReadOptions.forward().withSelection(odd);
        assertThat(h.read(options.withLimit(0))).as("STO-3: limit 0").isEmpty();
        assertThat(offsets(h.read(options.withLimit(3)))).containsExactly(1L, 3L, 5L);
        assertThat(h.read(options.withLimit(99))).hasSize(5);
    }

    @Test
    @DisplayName("STO-3 counts as it reads")
    default void countsAsItReads() {
        StoreHarness h = harness();
        for (int n = 0; n < 5; n++) {
            h.append("a.even", 1);
            h.append("a.odd", 1);
        }
        Selection odd = Selection.builder().pattern("a.odd").build();
        ReadOptions options = ReadOptions.forward().withSelection(odd);
        try (EventReader reader = h.store().read(options)) {
            assertThat(reader.next()).isNotNull();
            assertThat(reader.count()).as("STO-3: the rest after one was read").isEqualTo(4);
            assertThat(reader.next()).as("STO-3: counting reads on to the end").isNull();
            assertThat(reader.count()).isZero();
            // A store may pass over what it knows not to be selected.
            assertThat(reader.scanned()).isBetween(5L, 10L);
        }
        try (EventReader reader = h.store().read(options.withLimit(2))) {
            assertThat(reader.count()).as("STO-3: counting ends at the limit").isEqualTo(2);
        }
        if (h.can().backward()) {
            ReadOptions newest = ReadOptions.newestFirst().withSelection(odd);
            try (EventReader reader = h.store().read(newest)) {
                assertThat(reader.count()).isEqualTo(5);
            }
        }
    }

    @Test
    @DisplayName("STO-3 never waits, and sees what was stored when it was opened")
    default void neverWaits() {
        StoreHarness h = harness();
        try (EventReader empty = h.store().read(ReadOptions.forward())) {
            assertThat(empty.next()).as("STO-3: an empty store ends at once").isNull();
        }
        h.append("a.b", 3);
        try (EventReader reader = h.store().read(ReadOptions.forward())) {
            h.append("a.b", 3);
            assertThat(reader.count())
                    .as("STO-3: what was appended after opening is not read")
                    .isEqualTo(3);
            assertThat(reader.next()).isNull();
        }
    }

    @Test
    @DisplayName("STO-3 a closed reader gives nothing, and closing again is harmless")
    default void closedReadersEnd() {
        StoreHarness h = harness();
        h.append("a.b", 3);
        EventReader reader = h.store().read(ReadOptions.forward());
        assertThat(reader.next()).isNotNull();
        reader.close();
        reader.close();
        assertThat(reader.next()).as("STO-3: a closed reader has ended").isNull();
    }

    @Test
    @DisplayName("STO-3 a reader beside appends sees a prefix without holes")
    default void readsBesideAppends() throws Exception {
        StoreHarness h = harness();
        h.store();
        Future<Integer> appending =
                h.start(
                        () -> {
                            for (int n = 0; n < 200; n++) {
                                h.append("a.b", 1 + n % 4);
                            }
                            return 0;
                        });
        boolean done = false;
        while (!done) {
            done = appending.isDone();
            List<Long> seen = offsets(h.readAll());
            assertThat(seen).as("STO-3: no hole, no repeat").isEqualTo(range(0, seen.size()));
        }
        StoreHarness.result(appending);
        assertThat(ids(h.readAll())).hasSize(500).doesNotHaveDuplicates();
    }
}

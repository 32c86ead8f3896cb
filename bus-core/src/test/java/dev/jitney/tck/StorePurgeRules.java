// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static dev.jitney.tck.StoreHarness.offsets;
import static dev.jitney.tck.StoreHarness.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.PurgeOptions;
import dev.jitney.spi.PurgeReport;
import dev.jitney.spi.ReadOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Removing events: STO-6, and what STO-1 promises about offsets then. */
interface StorePurgeRules extends StoreRules {

    Selection ODD = Selection.builder().pattern("a.odd").build();
    PurgeOptions STANDARD = PurgeOptions.standard();

    /** Says whether the store purges; one that does not must refuse and change nothing. */
    private boolean purges() {
        harness().append("a.even", 1);
        boolean can = harness().can().purgeable();
        if (!can) {
            assertThatThrownBy(
                            () -> harness().store().purge(Selection.all(), STANDARD),
                            "STO-10: what is not declared is refused")
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThat(harness().readAll()).hasSize(1);
        }
        return can;
    }

    /** Ten events by turns of two topics: the odd offsets are {@code a.odd}. */
    private boolean tenEvents() {
        if (!purges()) {
            return false;
        }
        harness().append("a.odd", 1);
        for (int n = 0; n < 4; n++) {
            harness().append("a.even", 1);
            harness().append("a.odd", 1);
        }
        return true;
    }

    private PurgeReport purge(Selection selection, PurgeOptions options) {
        return harness().store().purge(selection, options);
    }

    @Test
    @DisplayName("STO-6 removes what is selected, counts it and leaves the rest as it was")
    default void removesWhatIsSelected() {
        if (!tenEvents()) {
            return;
        }
        List<StoredEvent> before = harness().readAll();
        PurgeReport report = purge(ODD, STANDARD);
        assertThat(report.events()).as("STO-6: how many were removed").isEqualTo(5);
        assertThat(report.byTopic()).isEqualTo(Map.of("a.odd", 5L));
        assertThat(report.kept()).isZero();
        assertThat(report.bytes()).as("STO-6: how many bytes").isPositive();
        assertThat(report.dryRun()).isFalse();
        List<StoredEvent> after = harness().readAll();
        assertThat(offsets(after))
                .as("STO-1: what is left keeps its offsets")
                .containsExactly(0L, 2L, 4L, 6L, 8L);
        for (StoredEvent left : after) {
            StoredEvent same = before.get((int) left.offset().value());
            assertThat(left.event().id()).isEqualTo(same.event().id());
            assertThat(left.storedAt()).as("STO-6: its time of storing").isEqualTo(same.storedAt());
        }
        assertThat(harness().read(ReadOptions.forward().withSelection(ODD))).isEmpty();
        assertThat(purge(ODD, STANDARD).events()).as("STO-6: nothing is left to remove").isZero();
    }

    @Test
    @DisplayName("STO-1 offsets go on after a purge, and none is given again")
    default void offsetsGoOn() {
        if (!tenEvents()) {
            return;
        }
        assertThat(purge(Selection.all(), STANDARD).events()).isEqualTo(10);
        assertThat(harness().readAll()).isEmpty();
        assertThat(harness().store().end()).as("STO-1: the end stays").isEqualTo(Offset.of(10));
        assertThat(harness().store().start())
                .as("STO-6: with no event left the start is the end")
                .isEqualTo(Offset.of(10));
        if (harness().can().durable()) {
            harness().reopen();
            assertThat(harness().store().end())
                    .as("STO-1: the end outlives reopening, though no event is left to tell it")
                    .isEqualTo(Offset.of(10));
        }
        assertThat(harness().append(harness().store(), StoreHarness.events("a.b", 2)))
                .as("STO-1: an offset is never given twice")
                .isEqualTo(Offset.of(11));
        assertThat(offsets(harness().readAll())).isEqualTo(range(10, 12));
        assertThat(harness().store().start()).isEqualTo(Offset.of(10));
    }

    @Test
    @DisplayName("STO-6 the purged state outlives reopening")
    default void purgedStateLasts() {
        if (!tenEvents() || !harness().can().durable()) {
            return;
        }
        purge(ODD, STANDARD);
        List<StoredEvent> before = harness().readAll();
        harness().reopen();
        assertThat(offsets(harness().readAll())).as("STO-6").isEqualTo(offsets(before));
        assertThat(StoreHarness.ids(harness().readAll())).isEqualTo(StoreHarness.ids(before));
    }

    @Test
    @DisplayName("STO-6 a dry run counts the same and removes nothing")
    default void aDryRunRemovesNothing() {
        if (!tenEvents()) {
            return;
        }
        PurgeReport dry = purge(ODD, new PurgeOptions(true, false, 0));
        assertThat(dry.dryRun()).isTrue();
        assertThat(harness().readAll()).as("STO-6: a dry run").hasSize(10);
        PurgeReport real = purge(ODD, STANDARD);
        assertThat(dry)
                .isEqualTo(
                        new PurgeReport(
                                real.events(), real.bytes(), real.kept(), real.byTopic(), true));
    }

    @Test
    @DisplayName("STO-6 keeps the newest of what is selected")
    default void keepsTheNewest() {
        if (!tenEvents()) {
            return;
        }
        PurgeReport report = purge(ODD, new PurgeOptions(false, false, 2));
        assertThat(report.events()).isEqualTo(3);
        assertThat(report.kept()).as("STO-6: two are kept as the newest").isEqualTo(2);
        assertThat(offsets(harness().read(ReadOptions.forward().withSelection(ODD))))
                .containsExactly(7L, 9L);
        assertThat(harness().readAll()).hasSize(7);
        assertThat(purge(ODD, new PurgeOptions(false, false, 99)).events()).isZero();
    }

    @Test
    @DisplayName("STO-6 STO-11 selects by event time, source and id")
    default void purgesByOtherThanTopic() {
        if (!purges()) {
            return;
        }
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        List<Event> events = new ArrayList<>();
        for (int n = 0; n < 9; n++) {
            events.add(
                    Event.builder("a.b")
                            .id("id-" + n)
                            .source(n == 4 ? "other" : "tck")
                            .time(start.plus(Duration.ofMinutes(n * 5 % 9)))
                            .payload(n)
                            .build());
        }
        harness().append(events);
        // Minutes 0 5 1 6 2 7 3 8 4 in the order of the ids.
        Selection old = Selection.builder().until(start.plus(Duration.ofMinutes(3))).build();
        assertThat(purge(old, STANDARD).events()).as("STO-11: three before minute 3").isEqualTo(3);
        assertThat(purge(Selection.builder().id("id-7").build(), STANDARD).events()).isOne();
        assertThat(purge(Selection.builder().source("other").build(), STANDARD).events()).isZero();
        List<String> left = StoreHarness.ids(harness().readAll());
        assertThat(left.subList(1, left.size()))
                .containsExactly("id-1", "id-3", "id-5", "id-6", "id-8");
    }

    @Test
    @DisplayName("STO-6 keeps what a cursor needs, unless told otherwise")
    default void keepsWhatACursorNeeds() {
        if (!tenEvents() || !harness().can().cursors()) {
            return;
        }
        harness().store().cursors().save("slow", Offset.of(4));
        harness().store().cursors().save("fast", Offset.of(9));
        PurgeReport report = purge(Selection.all(), STANDARD);
        assertThat(report.events()).as("STO-6: only what every cursor has passed").isEqualTo(4);
        assertThat(report.kept()).as("STO-6: the slowest cursor needs six").isEqualTo(6);
        assertThat(offsets(harness().readAll())).isEqualTo(range(4, 10));
        harness().context().advance(Duration.ofDays(31));
        harness().store().cursors().save("fast", Offset.of(9));
        assertThat(purge(Selection.all(), new PurgeOptions(true, false, 0)).events())
                .as("STO-5: a cursor that is idle holds nothing back")
                .isEqualTo(5);
        assertThat(purge(Selection.all(), new PurgeOptions(false, true, 0)).events()).isEqualTo(6);
        assertThat(harness().readAll()).isEmpty();
        assertThat(harness().store().cursors().find("slow").checkpoint())
                .as("STO-5: a purge does not move a cursor")
                .isEqualTo(Offset.of(4));
    }

    @Test
    @DisplayName("STO-6 readers go on during and after a purge")
    default void readersGoOn() {
        if (!tenEvents()) {
            return;
        }
        try (EventReader reader = harness().store().read(ReadOptions.forward())) {
            assertThat(reader.next()).isNotNull();
            assertThat(reader.next()).isNotNull();
            purge(ODD, STANDARD);
            harness().append("a.even", 1);
            List<Long> rest = new ArrayList<>();
            for (StoredEvent next = reader.next(); next != null; next = reader.next()) {
                rest.add(next.offset().value());
            }
            // Whether a reader that is open still sees what is being removed is its own affair.
            assertThat(rest)
                    .as("STO-6: all that is left comes, in order, and nothing new")
                    .contains(2L, 4L, 6L, 8L)
                    .isSubsetOf(range(2, 10))
                    .isSorted()
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    @DisplayName("STO-6 retention as it comes by default removes nothing")
    default void retentionKeepsWhatItMay() {
        harness().append("a.b", 5);
        PurgeReport report = harness().store().applyRetention();
        assertThat(report.events()).as("STO-6: no limit is set").isZero();
        assertThat(report.byTopic()).isEmpty();
        assertThat(harness().readAll()).hasSize(5);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static dev.jitney.tck.StoreHarness.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Offset;
import dev.jitney.spi.Cursor;
import dev.jitney.spi.Cursors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Named cursors: STO-5. */
interface StoreCursorRules extends StoreRules {

    /** Returns the cursors, or null after it was seen that the store says it has none. */
    private Cursors cursors() {
        if (harness().can().cursors()) {
            return harness().store().cursors();
        }
        assertThatThrownBy(
                        () -> harness().store().cursors(),
                        "STO-10: what is not declared is refused")
                .isInstanceOf(UnsupportedOperationException.class);
        return null;
    }

    @Test
    @DisplayName("STO-5 a cursor is found by name with its checkpoint and its lag")
    default void savesAndFinds() {
        Cursors cursors = cursors();
        if (cursors == null) {
            return;
        }
        harness().append("a.b", 10);
        assertThat(cursors.list()).as("STO-5: a new store has no cursor").isEmpty();
        assertThat(cursors.find("billing")).isNull();
        Cursor saved = cursors.save("billing", Offset.of(4));
        assertThat(saved.name()).isEqualTo("billing");
        assertThat(saved.checkpoint()).isEqualTo(Offset.of(4));
        assertThat(saved.lag()).as("STO-5: end #10 less checkpoint #4").isEqualTo(6);
        assertThat(saved.idle()).isFalse();
        assertThat(cursors.find("billing")).isEqualTo(saved);
        harness().append("a.b", 3);
        assertThat(cursors.find("billing").lag()).as("STO-5: the lag grows").isEqualTo(9);
        assertThat(cursors.save("billing", Offset.of(13)).lag()).isZero();
    }

    @Test
    @DisplayName("STO-5 a cursor moves only forward, unless it is reset")
    default void isMonotonic() {
        Cursors cursors = cursors();
        if (cursors == null) {
            return;
        }
        harness().append("a.b", 10);
        cursors.save("billing", Offset.of(7));
        assertThat(cursors.save("billing", Offset.of(3)).checkpoint())
                .as("STO-5: saving what is behind changes nothing")
                .isEqualTo(Offset.of(7));
        assertThat(cursors.find("billing").checkpoint()).isEqualTo(Offset.of(7));
        assertThat(cursors.reset("billing", Offset.of(3)).checkpoint()).isEqualTo(Offset.of(3));
        assertThat(cursors.find("billing").checkpoint())
                .as("STO-5: a reset moves it back")
                .isEqualTo(Offset.of(3));
        assertThat(cursors.save("billing", Offset.of(5)).checkpoint()).isEqualTo(Offset.of(5));
        assertThatThrownBy(
                        () -> cursors.save("billing", Offset.UNASSIGNED),
                        "STO-5: a checkpoint is an offset")
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("STO-5 the furthest of several savers wins")
    default void theFurthestSaveWins() throws Exception {
        Cursors cursors = cursors();
        if (cursors == null) {
            return;
        }
        harness().append("a.b", 200);
        List<Future<Integer>> savers = new ArrayList<>();
        for (int p = 0; p < 4; p++) {
            int first = p;
            savers.add(
                    harness()
                            .start(
                                    () -> {
                                        for (int n = first; n < 200; n += 4) {
                                            cursors.save("billing", Offset.of(n));
                                        }
                                        return 0;
                                    }));
        }
        for (Future<Integer> saver : savers) {
            result(saver);
        }
        assertThat(cursors.find("billing").checkpoint())
                .as("STO-5: compare and write must be one step")
                .isEqualTo(Offset.of(199));
    }

    @Test
    @DisplayName("STO-5 cursors are listed in order of name and can be removed")
    default void listsAndRemoves() {
        Cursors cursors = cursors();
        if (cursors == null) {
            return;
        }
        String longest = "n".repeat(128);
        for (String name : List.of("b", "a-1", "A.b_c", longest, "7")) {
            cursors.save(name, Offset.ZERO);
        }
        assertThat(cursors.list())
                .extracting(Cursor::name)
                .containsExactly("7", "A.b_c", "a-1", "b", longest);
        assertThat(cursors.remove("b")).as("STO-5: it was there").isTrue();
        assertThat(cursors.remove("b")).as("STO-5: it is gone").isFalse();
        assertThat(cursors.find("b")).isNull();
        assertThat(cursors.list()).hasSize(4);
    }

    @Test
    @DisplayName("STO-5 a text that is no name is refused")
    default void refusesBadNames() {
        Cursors cursors = cursors();
        if (cursors == null) {
            return;
        }
        List<String> bad =
                List.of(
                        "", " ", ".", "..", ".a", "-a", "_a", "a/b", "../a", "a b", "ü", "a\0",
                        "a\n");
        List<String> all = new ArrayList<>(bad);
        all.add("n".repeat(129));
        for (String name : all) {
            String about = "STO-5: cursor name '" + name + "'";
            assertThatThrownBy(() -> cursors.save(name, Offset.ZERO), about)
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> cursors.reset(name, Offset.ZERO), about)
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> cursors.find(name), about)
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> cursors.remove(name), about)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(cursors.list()).isEmpty();
    }

    @Test
    @DisplayName("STO-5 a cursor tells when it was used last, and is idle after 30 days")
    default void tellsItsLastUse() {
        Cursors cursors = cursors();
        if (cursors == null) {
            return;
        }
        Cursor first = cursors.save("billing", Offset.ZERO);
        harness().context().advance(Duration.ofDays(29));
        assertThat(cursors.find("billing").idle()).as("STO-5: in use for 30 days").isFalse();
        assertThat(cursors.find("billing").lastUsed())
                .as("STO-5: looking at it is no use of it")
                .isEqualTo(first.lastUsed());
        harness().context().advance(Duration.ofDays(2));
        assertThat(cursors.find("billing").idle()).as("STO-5: idle by the bus's clock").isTrue();
        assertThat(cursors.list()).allMatch(Cursor::idle);
        Cursor again = cursors.save("billing", Offset.ZERO);
        assertThat(again.idle()).as("STO-5: a save ends the idleness").isFalse();
        assertThat(again.lastUsed()).isEqualTo(first.lastUsed().plus(Duration.ofDays(31)));
    }

    @Test
    @DisplayName("STO-5 cursors live as long as the events")
    default void cursorsLiveAsLongAsEvents() {
        Cursors cursors = cursors();
        if (cursors == null) {
            return;
        }
        harness().append("a.b", 5);
        Cursor saved = cursors.save("billing", Offset.of(2));
        List<Cursor> found = harness().reopen().cursors().list();
        if (harness().can().durable()) {
            assertThat(found).as("STO-5: found again after reopening").containsExactly(saved);
        } else {
            assertThat(found).as("STO-5: a cursor must not outlive the events").isEmpty();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static dev.jitney.tck.StoreHarness.PATIENCE;
import static dev.jitney.tck.StoreHarness.event;
import static dev.jitney.tck.StoreHarness.events;
import static dev.jitney.tck.StoreHarness.ids;
import static dev.jitney.tck.StoreHarness.idsOf;
import static dev.jitney.tck.StoreHarness.offsets;
import static dev.jitney.tck.StoreHarness.range;
import static dev.jitney.tck.StoreHarness.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.Append;
import dev.jitney.spi.EventFormatException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Appending: STO-1 and STO-2. */
interface StoreAppendRules extends StoreRules {

    @Test
    @DisplayName("STO-1 offsets are dense from 0 and an append gives that of its last event")
    default void offsetsAreDenseFromZero() {
        StoreHarness h = harness();
        assertThat(h.store().start()).as("STO-1: a new store starts at 0").isEqualTo(Offset.ZERO);
        assertThat(h.store().end()).as("STO-1: a new store ends at 0").isEqualTo(Offset.ZERO);
        assertThat(h.append(h.store(), events("a.b", 1))).isEqualTo(Offset.of(0));
        assertThat(h.append(h.store(), events("a.b", 5)))
                .as("STO-1: the offset of the batch's last event, not its first or the end")
                .isEqualTo(Offset.of(5));
        assertThat(h.store().end()).isEqualTo(Offset.of(6));
        assertThat(h.store().start()).isEqualTo(Offset.ZERO);
        assertThat(offsets(h.readAll())).isEqualTo(range(0, 6));
    }

    @Test
    @DisplayName("STO-1 a batch is read whole and in its order")
    default void aBatchKeepsItsOrder() {
        StoreHarness h = harness();
        List<Event> batch = h.append("a.b", 500);
        assertThat(ids(h.readAll())).as("STO-1: all of the batch").isEqualTo(idsOf(batch));
    }

    @Test
    @DisplayName("STO-2 who awaits an append has its level, and all that was appended before it")
    default void anAppendCanBeAwaited() throws Exception {
        StoreHarness h = harness();
        for (Level level : h.store().capabilities().levels()) {
            Append before = h.store().append(events("a.b", 1), level);
            List<Event> batch = events("a.b", 2);
            Append append = h.store().appendAwaited(batch, level);
            assertThat(append.await(level, Duration.ZERO))
                    .as("STO-2: without a limit it ends with the level")
                    .isTrue();
            assertThat(append.isDone(level)).as("STO-2: the level is reached").isTrue();
            assertThat(append.failure(level)).as("STO-2: and has not failed").isNull();
            assertThat(before.isDone(level)).as("STO-2: in the order of appends").isTrue();
            assertThat(append.await(level, PATIENCE)).as("STO-2: again, at once").isTrue();
        }
    }

    @Test
    @DisplayName(
            "STO-2 an append that is to be awaited, and is not, is stored when the store closes")
    default void aWaitGivenUpLosesNothing() {
        StoreHarness h = harness();
        List<Event> batch = events("a.b", 3);
        h.store().appendAwaited(batch, h.visible());
        if (h.can().durable()) {
            h.reopen();
            assertThat(ids(h.readAll())).as("STO-2: all of the batch").isEqualTo(idsOf(batch));
        }
    }

    @Test
    @DisplayName("STO-1 batches of several threads are not mixed, and each keeps its order")
    default void threadsDoNotMixBatches() throws Exception {
        StoreHarness h = harness();
        h.store();
        List<Future<List<List<Event>>>> publishers = new ArrayList<>();
        for (int p = 0; p < 4; p++) {
            String topic = "publisher.p" + p;
            publishers.add(h.start(() -> publish(h, topic)));
        }
        List<StoredEvent> stored = null;
        int total = 0;
        for (Future<List<List<Event>>> publisher : publishers) {
            List<List<Event>> batches = result(publisher);
            stored = h.readAll();
            List<String> all = ids(stored);
            int before = -1;
            for (List<Event> batch : batches) {
                int at = all.indexOf(batch.get(0).id());
                assertThat(at)
                        .as("STO-1: one thread's batches stay in order")
                        .isGreaterThan(before);
                assertThat(all.subList(at, at + batch.size()))
                        .as("STO-1: a batch is not mixed with others")
                        .isEqualTo(idsOf(batch));
                before = at;
                total += batch.size();
            }
        }
        assertThat(offsets(stored))
                .as("STO-1: nothing lost, twice or skipped")
                .isEqualTo(range(0, total));
    }

    private static List<List<Event>> publish(StoreHarness h, String topic) {
        List<List<Event>> batches = new ArrayList<>();
        for (int n = 0; n < 60; n++) {
            List<Event> batch = events(topic, 1 + n % 3);
            Offset last = h.append(h.store(), batch);
            assertThat(last.value()).isGreaterThanOrEqualTo(batch.size() - 1L);
            batches.add(batch);
        }
        return batches;
    }

    @Test
    @DisplayName("STO-1 a batch that is not acceptable is refused whole")
    default void refusesABatchWhole() {
        StoreHarness h = harness();
        Level level = h.visible();
        Event good = event("a.b", "good");
        Event anonymous = Event.builder("a.b").payload("x").build();
        Event unwritable = event("a.b", new Object());
        refused(IllegalArgumentException.class, List.of(), level);
        refused(IllegalArgumentException.class, List.of(good, anonymous), level);
        refused(EventFormatException.class, List.of(good, unwritable), level);
        for (Level unknown : EnumSet.complementOf(EnumSet.copyOf(h.can().levels()))) {
            refused(UnsupportedOperationException.class, List.of(good), unknown);
        }
        assertThat(h.readAll()).as("STO-1: nothing of a refused batch is stored").isEmpty();
        assertThat(h.append(h.store(), List.of(good)))
                .as("STO-1: a refused batch uses up no offset")
                .isEqualTo(Offset.ZERO);
    }

    private void refused(Class<? extends Exception> as, List<Event> batch, Level level) {
        assertThatThrownBy(
                        () -> harness().store().append(batch, level),
                        "STO-1: append(%s, %s) is refused at once",
                        batch,
                        level)
                .isInstanceOf(as);
        assertThatThrownBy(
                        () -> harness().store().appendAndWait(batch, level, PATIENCE),
                        "STO-1: appendAndWait(%s, %s) is refused",
                        batch,
                        level)
                .isInstanceOf(as);
    }

    @Test
    @DisplayName("STO-2 every level that is declared is reached, with the offset")
    default void reachesEveryDeclaredLevel() throws Exception {
        StoreHarness h = harness();
        Set<Level> levels = EnumSet.copyOf(h.can().levels());
        assertThat(levels).as("STO-2: a store reaches one level at least").isNotEmpty();
        long next = 0;
        for (Level level : levels) {
            Append append = h.store().append(events("a.b", 2), level);
            next += 2;
            for (Level lower : levels) {
                if (lower.compareTo(level) <= 0) {
                    Offset offset = reached(append, lower);
                    assertThat(append.isDone(lower)).as("STO-2: done when reached").isTrue();
                    boolean early = lower == Level.MEMORY && offset.equals(Offset.UNASSIGNED);
                    assertThat(early ? next - 1 : offset.value())
                            .as("STO-2: %s gives the offset of the last event", lower)
                            .isEqualTo(next - 1);
                }
            }
            // Waiting without a limit is written as zero.
            Offset waited = h.store().appendAndWait(events("a.b", 1), level, Duration.ZERO);
            boolean unassigned = level == Level.MEMORY && waited.equals(Offset.UNASSIGNED);
            assertThat(unassigned ? next : waited.value())
                    .as("STO-2: appendAndWait at %s gives the offset", level)
                    .isEqualTo(next);
            next++;
        }
    }

    private static Offset reached(Append append, Level level) throws Exception {
        return append.reached(level)
                .toCompletableFuture()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    @DisplayName("STO-2 a level that is not declared is never reported as reached")
    default void failsForUnknownLevels() {
        StoreHarness h = harness();
        Append append = h.store().append(events("a.b", 1), h.visible());
        for (Level unknown : EnumSet.complementOf(EnumSet.copyOf(h.can().levels()))) {
            assertThat(append.reached(unknown).toCompletableFuture())
                    .as("STO-2: the stage of %s, which this store does not reach", unknown)
                    .failsWithin(PATIENCE)
                    .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                    .withCauseInstanceOf(UnsupportedOperationException.class);
            assertThat(append.isDone(unknown)).as("STO-2: a failed stage is done").isTrue();
            assertThat(append.failure(unknown))
                    .as("STO-2: the failure of %s, which this store does not reach", unknown)
                    .isInstanceOf(UnsupportedOperationException.class);
        }
        assertThat(reachable(append, h)).isTrue();
        assertThat(append.failure(h.visible())).as("STO-2: a reached level's failure").isNull();
    }

    private static boolean reachable(Append append, StoreHarness h) {
        StoreHarness.await(
                "STO-2: the level asked for is reached", () -> append.isDone(h.visible()));
        return true;
    }

    @Test
    @DisplayName("STO-2 what is acknowledged can be read at once")
    default void acknowledgedMeansReadable() {
        StoreHarness h = harness();
        for (int n = 1; n <= 50; n++) {
            h.append("a.b", 1);
            assertThat(h.readAll())
                    .as("STO-2: level %s was reported before the event could be read", h.visible())
                    .hasSize(n);
        }
    }

    @Test
    @DisplayName("STO-2 appends are done in the order in which they were accepted")
    default void appendsAreDoneInOrder() throws Exception {
        StoreHarness h = harness();
        List<Append> appends = new ArrayList<>();
        for (int n = 0; n < 100; n++) {
            appends.add(h.store().append(events("a.b", 1), h.visible()));
        }
        for (int n = 99; n >= 0; n--) {
            reached(appends.get(99), h.visible());
            assertThat(appends.get(n).isDone(h.visible()))
                    .as("STO-2: append %d is done, as the last one is", n)
                    .isTrue();
            Offset offset = reached(appends.get(n), h.visible());
            assertThat(offset).isEqualTo(Offset.of(n));
        }
    }
}

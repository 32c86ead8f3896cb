// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static dev.jitney.tck.StoreHarness.PATIENCE;
import static dev.jitney.tck.StoreHarness.events;
import static dev.jitney.tck.StoreHarness.ids;
import static dev.jitney.tck.StoreHarness.offsets;
import static dev.jitney.tck.StoreHarness.range;
import static dev.jitney.tck.StoreHarness.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventTail;
import dev.jitney.spi.Position;
import dev.jitney.spi.PurgeOptions;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreClosedException;
import dev.jitney.spi.TailOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Closing and opening again: STO-1, STO-10. */
interface StoreLifeRules extends StoreRules {

    @Test
    @DisplayName("STO-10 a closed store refuses every call and can be closed again")
    default void refusesCallsAfterClosing() {
        EventStore store = harness().store();
        Level level = harness().visible();
        harness().append("a.b", 1);
        store.close();
        store.close();
        assertThat(store.capabilities()).as("capabilities are known even then").isNotNull();
        closed("append", () -> store.append(events("a.b", 1), level));
        closed("appendAndWait", () -> store.appendAndWait(events("a.b", 1), level, PATIENCE));
        closed("read", () -> store.read(ReadOptions.forward()));
        closed("tail", () -> store.tail(TailOptions.from(Position.start())));
        closed("topics", () -> store.topics(Selection.all()));
        closed("start", store::start);
        closed("end", store::end);
        closed("info", store::info);
        if (store.capabilities().purgeable()) {
            closed("purge", () -> store.purge(Selection.all(), PurgeOptions.standard()));
        }
    }

    private static void closed(String call, ThrowingCallable code) {
        assertThatThrownBy(code, "STO-10: %s after close", call)
                .isInstanceOf(StoreClosedException.class)
                .message()
                .as("the message says what is closed")
                .contains("closed");
    }

    @Test
    @DisplayName(
            "STO-10 tails end with their store, and readers say that they have not come to the end")
    default void readersAndTailsEnd() throws Exception {
        harness().append("a.b", 5);
        EventStore store = harness().store();
        EventReader reader = store.read(ReadOptions.forward());
        EventReader backward = store.read(ReadOptions.newestFirst());
        EventReader counting = store.read(ReadOptions.forward());
        EventReader atEnd = store.read(ReadOptions.forward());
        EventReader left = store.read(ReadOptions.forward());
        EventTail tail = store.tail(TailOptions.from(Position.start()));
        assertThat(reader.next()).isNotNull();
        assertThat(backward.next()).isNotNull();
        assertThat(atEnd.count()).isEqualTo(5);
        assertThat(atEnd.next()).isNull();
        left.close();
        assertThat(tail.next(PATIENCE)).isNotNull();
        store.close();
        closed("a reader", reader::next);
        closed("a reader that is asked again", reader::next);
        closed("a reader from the end", backward::next);
        closed("a reader that counts", counting::count);
        assertThat(atEnd.next()).as("STO-3: one at its end stays there").isNull();
        assertThat(left.next()).as("STO-3: so does one that was closed before").isNull();
        assertThat(tail.next(Duration.ZERO)).as("STO-10: a tail ends").isNull();
        reader.close();
        backward.close();
        counting.close();
        atEnd.close();
        tail.close();
    }

    @Test
    @DisplayName("STO-1 a store that is opened again goes on where it was, if it is durable")
    default void goesOnAfterReopening() {
        StoreHarness h = harness();
        h.append("a.b", 3);
        h.context().advance(Duration.ofSeconds(1));
        h.append("a.c", 2);
        List<StoredEvent> before = h.readAll();
        h.reopen();
        if (!h.can().durable()) {
            assertThat(h.readAll()).as("STO-10: not durable, so a new store is empty").isEmpty();
            assertThat(h.store().end()).isEqualTo(Offset.ZERO);
            return;
        }
        List<StoredEvent> after = h.readAll();
        assertThat(ids(after)).as("STO-1: nothing is lost").isEqualTo(ids(before));
        assertThat(offsets(after)).isEqualTo(offsets(before));
        assertThat(after)
                .extracting(StoredEvent::storedAt)
                .isEqualTo(before.stream().map(StoredEvent::storedAt).toList());
        h.context().advance(Duration.ofDays(-1));
        h.append("a.b", 1);
        after = h.readAll();
        assertThat(offsets(after)).as("STO-1: offsets go on").isEqualTo(range(0, 6));
        assertThat(after.get(5).storedAt())
                .as("STO-11: storing does not run backward over a reopening")
                .isAfterOrEqualTo(after.get(4).storedAt());
    }

    @Test
    @DisplayName("STO-2 closing waits for what was accepted")
    default void closingWaitsForAppends() {
        StoreHarness h = harness();
        Level level = h.visible();
        List<dev.jitney.spi.Append> appends = new ArrayList<>();
        for (int n = 0; n < 100; n++) {
            appends.add(h.store().append(events("a.b", 2), level));
        }
        h.store().close();
        assertThat(appends)
                .as("STO-2: every accepted append has reached its level when close returns")
                .allMatch(append -> append.isDone(level))
                .allMatch(
                        append ->
                                !append.reached(level)
                                        .toCompletableFuture()
                                        .isCompletedExceptionally());
        h.reopen();
        assertThat(h.readAll()).hasSize(h.can().durable() ? 200 : 0);
    }

    @Test
    @DisplayName("STO-2 an append beside a close is stored or refused, never both or neither")
    default void closingBesideAppends() throws Exception {
        StoreHarness h = harness();
        EventStore store = h.store();
        CountDownLatch going = new CountDownLatch(20);
        List<Future<Long>> appending = new ArrayList<>();
        for (int p = 0; p < 2; p++) {
            appending.add(
                    h.start(
                            () -> {
                                long stored = 0;
                                try {
                                    while (true) {
                                        h.append(store, events("a.b", 1));
                                        stored++;
                                        going.countDown();
                                    }
                                } catch (StoreClosedException e) {
                                    return stored;
                                }
                            }));
        }
        going.await();
        store.close();
        long stored = 0;
        for (Future<Long> one : appending) {
            stored += result(one);
        }
        assertThat(stored).isGreaterThanOrEqualTo(20);
        long found = h.reopen().end().value();
        assertThat(found)
                .as("STO-2: what was acknowledged is there, and what was refused is not")
                .isEqualTo(h.can().durable() ? stored : 0);
    }
}

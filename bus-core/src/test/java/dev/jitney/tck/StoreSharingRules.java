// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static dev.jitney.tck.StoreHarness.PATIENCE;
import static dev.jitney.tck.StoreHarness.await;
import static dev.jitney.tck.StoreHarness.events;
import static dev.jitney.tck.StoreHarness.expectNothing;
import static dev.jitney.tck.StoreHarness.ids;
import static dev.jitney.tck.StoreHarness.idsOf;
import static dev.jitney.tck.StoreHarness.offsets;
import static dev.jitney.tck.StoreHarness.range;
import static dev.jitney.tck.StoreHarness.read;
import static dev.jitney.tck.StoreHarness.result;
import static dev.jitney.tck.StoreHarness.take;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.spi.Cursor;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventTail;
import dev.jitney.spi.Position;
import dev.jitney.spi.PurgeOptions;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreException;
import dev.jitney.spi.TailOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Several stores at one location: STO-7, as far as one process can show it. What one store appends
 * may become visible to another a little later; to itself it is visible at once.
 */
interface StoreSharingRules extends StoreRules {

    /** Says whether stores share; one that does not must leave the first store in order. */
    private boolean shares() {
        StoreHarness h = harness();
        if (h.can().multiProcess()) {
            return true;
        }
        List<Event> before = h.append("a.b", 3);
        try {
            h.openAnother().appendAndWait(events("a.c", 1), h.visible(), PATIENCE);
        } catch (StoreException e) {
            assertThat(e).as("STO-10: a refusal says why").hasMessageMatching("(?s).{10,}");
        }
        assertThat(ids(h.readAll()))
                .as("STO-10: a second store at the location must not touch the first")
                .isEqualTo(idsOf(before));
        return false;
    }

    @Test
    @DisplayName("STO-7 stores at one location see each other's events, in one order")
    default void storesSeeEachOther() {
        if (!shares()) {
            return;
        }
        StoreHarness h = harness();
        EventStore a = h.store();
        EventStore b = h.openAnother();
        for (int n = 0; n < 10; n++) {
            assertThat(h.append(a, events("a.a", 1))).isEqualTo(Offset.of(3L * n));
            assertThat(h.append(b, events("a.b", 2)))
                    .as("STO-7: an append goes behind those of other stores")
                    .isEqualTo(Offset.of(3L * n + 2));
        }
        await("STO-7: each sees all", () -> a.end().value() == 30 && b.end().value() == 30);
        List<String> order = ids(read(a, ReadOptions.forward()));
        assertThat(order).hasSize(30).doesNotHaveDuplicates();
        assertThat(ids(read(b, ReadOptions.forward()))).as("STO-7: one order").isEqualTo(order);
        assertThat(b.info().id()).as("STO-7: they are one store").isEqualTo(a.info().id());
    }

    @Test
    @DisplayName("STO-7 STO-4 a tail follows the appends of other stores")
    default void tailsFollowOtherStores() throws Exception {
        if (!shares()) {
            return;
        }
        StoreHarness h = harness();
        EventStore writer = h.store();
        EventStore other = h.openAnother();
        try (EventTail tail = other.tail(TailOptions.from(Position.start()))) {
            for (int n = 0; n < 20; n++) {
                Future<List<dev.jitney.event.StoredEvent>> taking = h.start(() -> take(tail, 1));
                h.append(writer, events("a.b", 1));
                assertThat(offsets(result(taking))).containsExactly((long) n);
            }
            expectNothing(tail);
        }
    }

    @Test
    @DisplayName("STO-7 stores that append at once lose and mix nothing")
    default void storesAppendAtOnce() throws Exception {
        if (!shares()) {
            return;
        }
        StoreHarness h = harness();
        List<EventStore> stores = List.of(h.store(), h.openAnother(), h.openAnother());
        List<Future<List<Event>>> writers = new ArrayList<>();
        EventTail tail = stores.get(0).tail(TailOptions.from(Position.start()));
        for (int p = 0; p < 3; p++) {
            EventStore store = stores.get(p);
            String topic = "a.p" + p;
            writers.add(
                    h.start(
                            () -> {
                                List<Event> all = new ArrayList<>();
                                for (int n = 0; n < 50; n++) {
                                    List<Event> batch = events(topic, 2);
                                    h.append(store, batch);
                                    all.addAll(batch);
                                }
                                return all;
                            }));
        }
        List<dev.jitney.event.StoredEvent> seen = take(tail, 300);
        tail.close();
        assertThat(offsets(seen)).as("STO-7: one dense order").isEqualTo(range(0, 300));
        for (Future<List<Event>> writer : writers) {
            List<String> own = idsOf(result(writer));
            assertThat(ids(seen).stream().filter(own::contains).toList())
                    .as("STO-7: each store's order is kept")
                    .isEqualTo(own);
        }
        for (EventStore store : stores) {
            await("STO-7: all see all", () -> store.end().value() == 300);
            assertThat(ids(read(store, ReadOptions.forward()))).isEqualTo(ids(seen));
        }
    }

    @Test
    @DisplayName("STO-7 purges and cursors hold for every store at the location")
    default void purgesAndCursorsAreShared() {
        if (!shares()) {
            return;
        }
        StoreHarness h = harness();
        EventStore a = h.store();
        EventStore b = h.openAnother();
        h.append(a, events("a.drop", 3));
        h.append(a, events("a.keep", 2));
        if (h.can().cursors()) {
            Cursor saved = a.cursors().save("billing", Offset.of(5));
            await("STO-7: the cursor", () -> saved.equals(b.cursors().find("billing")));
        }
        if (h.can().purgeable()) {
            Selection drop = Selection.builder().pattern("a.drop").build();
            await("STO-7: b sees what a has", () -> b.end().value() == 5);
            assertThat(b.purge(drop, PurgeOptions.standard()).events()).isEqualTo(3);
            await("STO-7: a sees it", () -> read(a, ReadOptions.forward()).size() == 2);
            assertThat(h.append(a, events("a.keep", 1)))
                    .as("STO-1: offsets go on where another store has purged")
                    .isEqualTo(Offset.of(5));
        }
    }

    @Test
    @DisplayName("STO-7 a store goes on when another at its location is closed")
    default void othersOutliveAClose() throws Exception {
        if (!shares()) {
            return;
        }
        StoreHarness h = harness();
        EventStore a = h.store();
        EventStore b = h.openAnother();
        try (EventTail tail = b.tail(TailOptions.from(Position.start()))) {
            h.append(a, events("a.b", 1));
            a.close();
            h.append(b, events("a.b", 1));
            assertThat(offsets(take(tail, 2))).containsExactly(0L, 1L);
        }
    }
}

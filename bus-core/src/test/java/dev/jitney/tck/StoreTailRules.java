// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static dev.jitney.tck.StoreHarness.PATIENCE;
import static dev.jitney.tck.StoreHarness.events;
import static dev.jitney.tck.StoreHarness.expectNothing;
import static dev.jitney.tck.StoreHarness.offsets;
import static dev.jitney.tck.StoreHarness.range;
import static dev.jitney.tck.StoreHarness.result;
import static dev.jitney.tck.StoreHarness.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventTail;
import dev.jitney.spi.Position;
import dev.jitney.spi.TailOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Following: STO-4. */
interface StoreTailRules extends StoreRules {

    @Test
    @DisplayName("STO-4 a tail gives what is stored from its position on, and then what comes")
    default void tailsFromEveryPosition() throws Exception {
        StoreHarness h = harness();
        h.append("a.b", 4);
        h.context().advance(Duration.ofSeconds(1));
        h.append("a.b", 2);
        Position time = Position.at(h.readAll().get(4).storedAt());
        List<Position> positions =
                List.of(
                        Position.start(),
                        Position.end(),
                        Position.at(Offset.of(3)),
                        Position.at(Offset.of(6)),
                        Position.last(2),
                        Position.last(0),
                        Position.last(99),
                        time);
        List<EventTail> tails = positions.stream().map(h::tail).toList();
        h.append("a.b", 3);
        long[] first = {0, 6, 3, 6, 4, 6, 0, 4};
        boolean exact = h.readAll().get(3).storedAt().isBefore(h.readAll().get(4).storedAt());
        for (int n = 0; n < first.length; n++) {
            boolean checked = exact || !positions.get(n).equals(time);
            List<Long> expected = range(checked ? first[n] : 0, 9);
            assertThat(offsets(take(tails.get(n), expected.size())))
                    .as("STO-4: from %s", positions.get(n))
                    .isEqualTo(expected);
            expectNothing(tails.get(n));
            tails.get(n).close();
        }
    }

    @Test
    @DisplayName("STO-4 a tail gives only what is selected, and moves past the rest")
    default void tailsASelection() throws Exception {
        StoreHarness h = harness();
        Selection odd = Selection.builder().pattern("a.odd").build();
        TailOptions options = TailOptions.from(Position.start()).withSelection(odd);
        try (EventTail tail = h.store().tail(options)) {
            for (int n = 0; n < 5; n++) {
                h.append("a.even", 1);
                h.append("a.odd", 1);
            }
            h.append("a.even", 1);
            assertThat(offsets(take(tail, 5))).containsExactly(1L, 3L, 5L, 7L, 9L);
            expectNothing(tail);
            assertThat(tail.position())
                    .as("STO-4: the position passes over what is not selected")
                    .isEqualTo(Offset.of(11));
        }
    }

    @Test
    @DisplayName("STO-4 a tail that waits is woken by an append")
    default void appendsWakeTails() throws Exception {
        StoreHarness h = harness();
        try (EventTail tail = h.tail(Position.end())) {
            assertThat(tail.next(Duration.ZERO)).as("STO-4: zero does not wait").isNull();
            for (int n = 0; n < 20; n++) {
                CountDownLatch ready = new CountDownLatch(1);
                Future<List<StoredEvent>> taking =
                        h.start(
                                () -> {
                                    ready.countDown();
                                    return take(tail, 1);
                                });
                ready.await();
                h.append("a.b", 1);
                assertThat(offsets(result(taking))).containsExactly((long) n);
            }
        }
    }

    @Test
    @DisplayName("STO-4 every event exactly once and in order, beside several appenders")
    default void seesConcurrentAppendsOnce() throws Exception {
        StoreHarness h = harness();
        h.append("a.b", 5);
        List<Future<Integer>> appending = new ArrayList<>();
        List<EventTail> tails = new ArrayList<>();
        for (int p = 0; p < 3; p++) {
            String topic = "a.p" + p;
            appending.add(
                    h.start(
                            () -> {
                                for (int n = 0; n < 100; n++) {
                                    h.append(topic, 1 + n % 2);
                                }
                                return 0;
                            }));
            tails.add(h.tail(Position.start()));
        }
        for (EventTail tail : tails) {
            assertThat(offsets(take(tail, 455)))
                    .as("STO-4: none lost, none twice, none out of order")
                    .isEqualTo(range(0, 455));
            expectNothing(tail);
            tail.close();
        }
        for (Future<Integer> one : appending) {
            result(one);
        }
    }

    @Test
    @DisplayName("STO-4 subscribing and publishing at the same moment loses nothing")
    default void losesNothingWhenSubscribing() throws Exception {
        StoreHarness h = harness();
        h.store();
        Future<Integer> appending =
                h.start(
                        () -> {
                            for (int n = 0; n < 300; n++) {
                                h.append("a.b", 1);
                            }
                            return 0;
                        });
        boolean done = false;
        while (!done) {
            done = appending.isDone();
            List<Long> seen = new ArrayList<>(offsets(h.readAll()));
            try (EventTail tail = h.tail(Position.at(Offset.of(seen.size())))) {
                int more = Math.min(3, 300 - seen.size());
                seen.addAll(offsets(take(tail, more)));
            }
            assertThat(seen)
                    .as("STO-4: reading, then following from behind the last event read")
                    .isEqualTo(range(0, seen.size()));
        }
        result(appending);
    }

    @Test
    @DisplayName("STO-4 a tail can be left and taken up again at its position")
    default void goesOnFromItsPosition() throws Exception {
        StoreHarness h = harness();
        h.append("a.b", 6);
        Offset position;
        try (EventTail tail = h.tail(Position.at(Offset.of(1)))) {
            assertThat(tail.position()).as("STO-4: before the first").isEqualTo(Offset.of(1));
            take(tail, 2);
            position = tail.position();
            assertThat(position)
                    .as("STO-4: behind the last that was given")
                    .isEqualTo(Offset.of(3));
        }
        try (EventTail tail = h.tail(Position.at(position))) {
            assertThat(offsets(take(tail, 3))).isEqualTo(range(3, 6));
        }
    }

    @Test
    @DisplayName("STO-4 closing a tail ends its waiting")
    default void closingEndsWaiting() throws Exception {
        StoreHarness h = harness();
        EventTail tail = h.tail(Position.start());
        CountDownLatch ready = new CountDownLatch(1);
        Future<Boolean> waiting =
                h.start(
                        () -> {
                            ready.countDown();
                            return tail.next(Duration.ofDays(999_999)) == null;
                        });
        ready.await();
        tail.close();
        assertThat(result(waiting)).as("STO-4: the waiting call returns null").isTrue();
        tail.close();
        h.append("a.b", 1);
        assertThat(tail.next(Duration.ZERO)).as("STO-4: a closed tail has ended").isNull();
    }

    @Test
    @DisplayName("STO-4 an interrupt ends the waiting and loses no event")
    default void interruptsLoseNothing() throws Exception {
        StoreHarness h = harness();
        h.append("a.b", 1);
        try (EventTail tail = h.tail(Position.end())) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(
                            () -> tail.next(PATIENCE),
                            "STO-4: next of an interrupted thread that has to wait")
                    .isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).as("the flag was taken by the exception").isFalse();
            List<Event> more = events("a.b", 2);
            h.append(more);
            assertThat(offsets(take(tail, 2))).containsExactly(1L, 2L);
        }
    }

    @Test
    @DisplayName("STO-4 closing the store ends its tails")
    default void closingTheStoreEndsTails() throws Exception {
        StoreHarness h = harness();
        EventTail tail = h.tail(Position.start());
        CountDownLatch ready = new CountDownLatch(1);
        Future<Boolean> waiting =
                h.start(
                        () -> {
                            ready.countDown();
                            return tail.next(PATIENCE.multipliedBy(4)) == null;
                        });
        ready.await();
        h.store().close();
        assertThat(result(waiting)).as("STO-4: the waiting call returns null").isTrue();
        tail.close();
    }
}

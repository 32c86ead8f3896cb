// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.Event;
import dev.jitney.event.Offset;
import dev.jitney.event.Outcome;
import dev.jitney.event.Severity;
import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DurableSubscriptionTest extends DurableWork {

    @Test
    @DisplayName("DSU-2 gets what every bus stores, in store order, and own events no second time")
    void getsOwnAndForeignEvents() throws Exception {
        List<Object> own = new CopyOnWriteArrayList<>();
        try (EventBus one = bus("one");
                EventBus two = bus("two")) {
            one.publish("a", "before");
            assertThat(one.awaitIdle(LONG)).isTrue();
            one.subscribe("a", durable(), event -> seen.add(event.payload()));
            one.subscribe("a", event -> own.add(event.payload()));
            List<Object> expected = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                two.publish("b", "not wanted");
                one.publish("a", "one" + i);
                two.publish("a", "two" + i);
                expected.add("one" + i);
                expected.add("two" + i);
            }
            awaitSeen(600);
            assertThat(seen).isEqualTo(expected);
            Await.until("own events are handled", () -> own.size() == 300);
        }
        assertThat(seen).hasSize(600);
        assertThat(cursor().checkpoint()).isEqualTo(store.end());
    }

    @Test
    @DisplayName("DSU-2 a new cursor is saved before subscribe returns, so that nothing is missed")
    void aNewCursorIsSavedAtOnce() throws Exception {
        try (EventBus bus = bus("one")) {
            bus.publish("a", 0);
            bus.subscribe("a", durable(), event -> seen.add(event.payload()));
            assertThat(cursor().checkpoint()).isEqualTo(Offset.of(1));
            SubscribeOptions early =
                    SubscribeOptions.builder().durable("early", Position.start()).build();
            bus.subscribe("b", early, event -> {});
            assertThat(store.cursors().find("early").checkpoint()).isEqualTo(Offset.ZERO);
        }
    }

    @Test
    @DisplayName("DSU-2 goes on where it stopped, and repeats nothing after a graceful close")
    void goesOnWhereItStopped() throws Exception {
        for (int round = 0; round < 4; round++) {
            int from = 10 * round;
            try (EventBus bus = bus("one")) {
                // What came while nobody subscribed is there already.
                bus.subscribe("a", fromTheStart(), event -> seen.add(event.payload()));
                IntStream.range(from, from + 5).forEach(n -> bus.publish("a", n));
                awaitSeen(from + 5);
            }
            try (EventBus other = bus("other")) {
                IntStream.range(from + 5, from + 10).forEach(n -> other.publish("a", n));
            }
            assertThat(cursor().lag()).isEqualTo(5);
        }
        assertThat(seen).isEqualTo(numbers(0, 35));
    }

    @Test
    @DisplayName("DSU-2 a first position is used once, for a cursor that is new")
    void theFirstPositionIsUsedOnce() throws Exception {
        try (EventBus bus = bus("one")) {
            IntStream.range(0, 10).forEach(n -> bus.publish("a", n));
            SubscribeOptions last =
                    SubscribeOptions.builder().durable("work", Position.last(3)).build();
            bus.subscribe("a", last, event -> seen.add(event.payload())).close();
            Await.until("the cursor is given up", () -> claimable("work"));
            seen.clear();
            bus.subscribe("a", fromTheStart(), event -> seen.add(event.payload()));
            bus.publish("a", 10);
            Await.until("the last has come", () -> seen.contains(10));
            assertThat(numbers(7, 11)).containsAll(seen);
        }
    }

    @Test
    @DisplayName("DSU-2 the publication of an own event does not wait for durable subscriptions")
    void publicationsDoNotWait() throws Exception {
        Gate gate = new Gate();
        try (EventBus bus =
                EventBus.builder("one")
                        .store(store)
                        .ordering(Ordering.PARALLEL)
                        // Places for the two events that the handler blocks, and more.
                        .parallelism(8)
                        .build()) {
            SubscribeOptions blocking =
                    SubscribeOptions.builder().durable("work").blocking().build();
            bus.subscribe("a", blocking, event -> gate.pass());
            bus.publish("a", 0);
            gate.awaitReached();
            Publication only = bus.publish("a", 1);
            assertThat(only.join(LONG)).isTrue();
            assertThat(only.outcome()).isEqualTo(Outcome.NO_HANDLER);
            assertThat(only.reason())
                    .isEqualTo(
                            "Only durable subscriptions of bus 'one' want the event; they get it"
                                    + " from the store.");
            assertThat(only.handlerResults()).isEmpty();
            assertThat(bus.publish("b", 1).toCompletableFuture().get().reason())
                    .isEqualTo("No subscription of bus 'one' wanted the event.");
            gate.open();
        }
    }

    @Test
    @DisplayName(
            "DSU-2 keyed lanes: what is finished above a stuck event is kept, and not repeated")
    void keepsWhatIsFinishedAboveAStuckEvent() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        EventBus stuck =
                EventBus.builder("one")
                        .store(store)
                        .ordering(Ordering.KEYED)
                        .lanes(8)
                        .closeLimit(Duration.ZERO)
                        .build();
        for (int n = 0; n < 40; n++) {
            stuck.publish(Event.builder("a").payload(n).key("k" + n % 4).build());
        }
        Subscription subscription =
                stuck.subscribe(
                        "a",
                        SubscribeOptions.builder()
                                .durable("work", Position.start())
                                .timeout(Duration.ZERO)
                                .build(),
                        event -> {
                            if (event.payload().equals(5)) {
                                never.await();
                            }
                            seen.add(event.payload());
                        });
        // What was seen may not have returned yet, and would be cancelled with the stuck one.
        Await.until("all but the stuck have ended", () -> subscription.handled() == 31);
        List<Object> first = List.copyOf(seen);
        // The bus closes and cancels the handler, as a kill would: its event is not finished.
        stuck.close();
        assertThat(cursor().checkpoint()).isEqualTo(Offset.of(5));
        assertThat(LongStream.range(5, 40).filter(n -> !cursor().progress().contains(Offset.of(n))))
                .containsExactlyInAnyOrder(5L, 9L, 13L, 17L, 21L, 25L, 29L, 33L, 37L);
        seen.clear();
        try (EventBus next = bus("two")) {
            next.subscribe("a", durable(), event -> seen.add(event.payload()));
            awaitSeen(9);
        }
        assertThat(seen).containsExactly(5, 9, 13, 17, 21, 25, 29, 33, 37);
        assertThat(seen).doesNotContainAnyElementsOf(first);
    }

    @Test
    @DisplayName("DSU-2 an event that fails for good is finished when its dead letter is kept")
    void failedForGoodIsFinished() throws Exception {
        SubscribeOptions retrying =
                SubscribeOptions.builder()
                        .name("worker")
                        .durable("work")
                        .retry(RetryPolicy.fixed(3, Duration.ofMillis(1)))
                        .build();
        try (EventBus bus = bus("one")) {
            bus.subscribe(
                    "a",
                    retrying,
                    event -> {
                        seen.add(event.payload());
                        if (event.payload().equals(1)) {
                            throw new IllegalStateException("one");
                        }
                    });
            IntStream.range(0, 3).forEach(n -> bus.publish("a", n));
            awaitSeen(5);
            assertThat(bus.drain(LONG).complete()).isTrue();
            DeadLetter letter = bus.deadLetters().list(DeadLetterSink.Filter.all(), 10).get(0);
            assertThat(letter.handler()).isEqualTo("worker");
            assertThat(letter.attempts()).isEqualTo(3);
            assertThat(letter.event().payload()).isEqualTo(1);
        }
        assertThat(seen).containsExactly(0, 1, 1, 1, 2);
        assertThat(cursor().progress().contains(Offset.of(1))).isTrue();
    }

    @Test
    @DisplayName(
            "ERR-5 DSU-2 the retry of a dead letter goes to the durable subscription that failed")
    void aLettersRetryGoesToItsHandler() throws Exception {
        SubscribeOptions named = SubscribeOptions.builder().name("worker").durable("work").build();
        try (EventBus bus = bus("one")) {
            bus.subscribe("a", event -> {});
            bus.subscribe(
                    "a",
                    named,
                    event -> {
                        seen.add(event.payload());
                        if (seen.size() == 1) {
                            throw new IllegalStateException("first");
                        }
                    });
            bus.publish("a", 1);
            Await.until("there is a letter", () -> bus.deadLetters().size() == 1);
            String id = bus.deadLetters().list(DeadLetterSink.Filter.all(), 1).get(0).id();
            assertThat(bus.deadLetters().retry(id).toCompletableFuture().get()).isTrue();
            assertThat(seen).containsExactly(1, 1);
            assertThat(bus.deadLetters().size()).isZero();
        }
    }

    @Test
    @DisplayName("DSU-2 SUB-2 events that are not wanted are passed over and count as finished")
    void passesOverWhatIsNotWanted() throws Exception {
        SubscribeOptions critical =
                SubscribeOptions.builder()
                        .durable("work")
                        .severity(Severity.CRITICAL)
                        .predicate(event -> !event.payload().equals(2))
                        .build();
        try (EventBus bus = bus("one")) {
            bus.subscribe("a.*", critical, event -> seen.add(event.payload()));
            for (int n = 0; n < 4; n++) {
                bus.publish(Event.builder("a.b").payload(n).severity(Severity.CRITICAL).build());
                bus.publish("a.b", "mild");
                bus.publish("b.b", "elsewhere");
            }
            awaitSeen(3);
            assertThat(bus.drain(LONG).complete()).isTrue();
            assertThat(cursor().checkpoint())
                    .as("the last that was read was the last that is wanted")
                    .isGreaterThanOrEqualTo(Offset.of(10));
        }
        assertThat(seen).containsExactly(0, 1, 3);
    }

    @Test
    @DisplayName("DSU-2 the cursor moves on though nothing is wanted, and holds no retention back")
    void movesOnOverWhatIsNotWanted() throws Exception {
        try (EventBus bus = timed(store)) {
            bus.subscribe("a", durable(), event -> {});
            for (int n = 0; n < 50; n++) {
                bus.publish("b", n);
            }
            passUntil("the cursor has moved", () -> cursor().lag() == 0);
        }
    }
}

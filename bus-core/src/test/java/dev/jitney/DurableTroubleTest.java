// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.Event;
import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.event.StoredEvent;
import dev.jitney.logs.Logs;
import dev.jitney.spi.Cursor.Progress;
import dev.jitney.spi.Cursor.Range;
import dev.jitney.spi.Cursors;
import dev.jitney.spi.Cursors.Claim;
import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventTail;
import dev.jitney.spi.Position;
import dev.jitney.spi.PurgeOptions;
import dev.jitney.spi.StoreUnavailableException;
import dev.jitney.spi.TailOptions;
import dev.jitney.tck.FaultyEventStore;
import dev.jitney.tck.FaultyEventStore.Call;
import dev.jitney.tck.ForwardingEventStore;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** What durable subscriptions do when the store, a sink or a handler fails them. */
class DurableTroubleTest extends DurableWork {

    private static final SubscribeOptions DURABLE =
            SubscribeOptions.builder().name("worker").durable("work", Position.start()).build();

    @BeforeEach
    void clearLogs() {
        Logs.clear();
    }

    private void append(String topic, Object... payloads) {
        for (Object payload : payloads) {
            store.appendAndWait(
                    List.of(Event.of(topic, payload).withSource("elsewhere")),
                    dev.jitney.event.Level.OS,
                    LONG);
        }
    }

    private static EventBus bus(EventStore store) {
        return EventBus.builder("one").store(store).build();
    }

    private void subscribe(EventBus bus) {
        bus.subscribe("a", DURABLE, event -> seen.add(event.payload()));
    }

    private Progress progress() {
        return store.cursors().find("work").progress();
    }

    private static List<DeadLetter> letters(EventBus bus) {
        return bus.deadLetters().list(DeadLetterSink.Filter.all(), 100);
    }

    @Test
    @DisplayName(
            "DSU-4 a line that is no event becomes a dead letter with its bytes, once, and the cursor moves on")
    void anUndecodableLineBecomesADeadLetter() throws Exception {
        append("a", 1);
        append(UndecodableStore.BROKEN, "garbage");
        append("a", 2);
        try (EventBus bus = bus(new UndecodableStore(store))) {
            subscribe(bus);
            awaitSeen(2);
            assertThat(letters(bus)).hasSize(1);
            DeadLetter letter = letters(bus).get(0);
            assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.SERIALIZATION_ERROR);
            assertThat(letter.handler()).isEqualTo("worker");
            assertThat(letter.line()).isEqualTo("garbage".getBytes(StandardCharsets.UTF_8));
            assertThat(letter.event().source()).isEqualTo(store.info().location());
            assertThat(letter.errorMessage())
                    .isEqualTo(
                            "'store/0.jsonl' at byte 100, offset #1: The line is not an event: it is"
                                    + " broken.");
            assertThat(letter.attempts()).isZero();
            assertThat(bus.stats().deadLetters()).isEqualTo(1);
            assertThatThrownBy(
                            () -> bus.deadLetters().retry(letter.id()).toCompletableFuture().get())
                    .cause()
                    .hasMessage(
                            "Dead letter '%s' cannot be retried: its event could never be read. Look"
                                    + " at its line.",
                            letter.id());
        }
        assertThat(progress()).isEqualTo(Progress.below(Offset.of(3)));
        assertThat(Logs.messages(Level.ERROR))
                .containsExactly(
                        "Durable subscription 'worker' of bus 'one' passes over a line and makes it"
                                + " a dead letter: 'store/0.jsonl' at byte 100, offset #1: The line"
                                + " is not an event: it is broken.");
        try (EventBus again = bus(new UndecodableStore(store))) {
            subscribe(again);
            append("a", 3);
            awaitSeen(3);
            assertThat(letters(again)).as("the cursor is behind it").isEmpty();
        }
    }

    @Test
    @DisplayName("DSU-4 ERR-5 a line that is met again has the dead letter that it had")
    void theSameLetterAgain() throws Exception {
        append(UndecodableStore.BROKEN, "garbage");
        append("a", 1);
        List<String> ids = new ArrayList<>();
        for (int round = 1; round <= 2; round++) {
            try (EventBus bus = bus(new UndecodableStore(store))) {
                subscribe(bus);
                awaitSeen(round);
                letters(bus).forEach(letter -> ids.add(letter.id()));
            }
            try (Cursors.Claim claim = store.cursors().claim("work")) {
                claim.reset(Offset.ZERO);
            }
        }
        assertThat(ids).hasSize(2);
        assertThat(ids.get(0)).isEqualTo(ids.get(1));
    }

    @Test
    @DisplayName("DSU-4 a line that was passed over is not reported again above a stuck event")
    void aLineAboveTheCheckpointIsNotReportedAgain() throws Exception {
        append("a", 1);
        append(UndecodableStore.BROKEN, "garbage");
        append("a", 2);
        Claim owner = store.cursors().claim("work");
        owner.save(new Progress(Offset.ZERO, List.of(new Range(Offset.of(1), Offset.of(2)))));
        owner.close();
        try (EventBus bus = bus(new UndecodableStore(store))) {
            subscribe(bus);
            awaitSeen(2);
            assertThat(letters(bus)).isEmpty();
        }
    }

    @Test
    @DisplayName(
            "DSU-1 DSU-4 an ordinary follower makes a dead letter of a line that is no event, too")
    void includeRemoteMakesLetters() {
        SubscribeOptions remote = SubscribeOptions.builder().includeRemote().build();
        try (EventBus bus = bus(new UndecodableStore(store))) {
            bus.subscribe("a", remote, event -> seen.add(event.payload()));
            append("a", 1);
            append(UndecodableStore.BROKEN, "garbage");
            append("a", 2);
            awaitSeen(2);
            assertThat(letters(bus)).extracting(DeadLetter::handler).containsExactly("");
            assertThat(letters(bus).get(0).line())
                    .isEqualTo("garbage".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(seen).containsExactly(1, 2);
    }

    @Test
    @DisplayName(
            "DSU-1 STO-4 an ordinary follower goes on when its store is closed: it ends, and does not spin")
    void includeRemoteEndsWithItsStore() {
        SubscribeOptions remote = SubscribeOptions.builder().includeRemote().build();
        try (EventBus bus = bus(store)) {
            bus.subscribe("a", remote, event -> seen.add(event.payload()));
            store.close();
            Await.until(
                    "its thread has ended", () -> !NoLeaks.threads().contains("jitney-one-tail"));
        }
    }

    @Test
    @DisplayName("DSU-2 STO-4 a durable subscription goes on behind a gap")
    void goesOnBehindAGap() {
        append("a", 0, 1);
        append("gone", 2, 3, 4);
        append("a", 5);
        store.purge(Selection.builder().pattern("gone").build(), PurgeOptions.standard());
        try (EventBus bus = bus(store)) {
            subscribe(bus);
            awaitSeen(3);
        }
        assertThat(seen).containsExactly(0, 1, 5);
        assertThat(progress()).isEqualTo(Progress.below(Offset.of(6)));
        assertThat(Logs.messages(Level.WARN))
                .containsExactly(
                        "Durable subscription 'worker' of bus 'one' goes on behind a gap: Events #2"
                                + " to #4 were removed by purge or retention.");
    }

    @Test
    @DisplayName("DSU-2 ERR-5 an event whose dead letter cannot be kept is not finished")
    void withoutALetterItIsNotFinished() {
        append("a", 0, 1, 2);
        try (EventBus bus =
                EventBus.builder("one").store(store).deadLetters(refusingSink()).build()) {
            bus.subscribe(
                    "a",
                    DURABLE,
                    event -> {
                        seen.add(event.payload());
                        if (event.payload().equals(1)) {
                            throw new IllegalStateException("one");
                        }
                    });
            awaitSeen(3);
        }
        assertThat(progress().contains(Offset.of(1))).isFalse();
        assertThat(progress().contains(Offset.of(2))).isTrue();
        seen.clear();
        try (EventBus again = bus(store)) {
            subscribe(again);
            awaitSeen(1);
        }
        assertThat(seen).containsExactly(1);
        assertThat(progress().checkpoint()).isGreaterThanOrEqualTo(Offset.of(3));
    }

    @Test
    @DisplayName("DSU-2 with 1 024 events that are not finished no more are read")
    void readsNoFurther() {
        append("a", IntStream.range(0, 1_030).boxed().toArray());
        try (EventBus bus =
                EventBus.builder("one").store(store).deadLetters(refusingSink()).build()) {
            bus.subscribe(
                    "a",
                    DURABLE,
                    event -> {
                        seen.add(event.payload());
                        throw new IllegalStateException("no");
                    });
            awaitSeen(1_024);
            Await.until(
                    "it waits for a place, or goes on", () -> readerWaits() || seen.size() > 1_024);
            assertThat(seen).hasSize(1_024);
        }
    }

    static boolean readerWaits() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("jitney-one-work"))
                .anyMatch(thread -> thread.getState() == Thread.State.WAITING);
    }

    private static DeadLetterSink refusingSink() {
        return (DeadLetterSink)
                Proxy.newProxyInstance(
                        DurableTroubleTest.class.getClassLoader(),
                        new Class<?>[] {DeadLetterSink.class},
                        (sink, method, arguments) -> {
                            if (method.getName().equals("add")) {
                                throw new IllegalStateException("The disk is full.");
                            }
                            return null;
                        });
    }

    @Test
    @DisplayName("DSU-2 a store that cannot be read for a while is asked again")
    void asksAgain() {
        FaultyEventStore faulty = new FaultyEventStore(store);
        StoreUnavailableException busy = new StoreUnavailableException("Busy.");
        append("a", 0);
        faulty.fail(Call.SAVE, 2, busy);
        try (EventBus bus = timed(faulty)) {
            subscribe(bus);
            awaitSeen(1);
            passUntil("it was saved in the end", () -> progress().contains(Offset.ZERO));
        }
        faulty.checkAllMet();
    }

    @Test
    @DisplayName(
            "DSU-3 a cursor that cannot be saved at the beginning is no subscription, and has no owner")
    void failsAtTheBeginning() {
        FaultyEventStore faulty = new FaultyEventStore(store);
        StoreUnavailableException busy = new StoreUnavailableException("Busy.");
        faulty.fail(Call.SAVE, 1, busy);
        try (EventBus bus = bus(faulty)) {
            assertThatThrownBy(() -> subscribe(bus)).isSameAs(busy);
            assertThat(bus.subscriptions()).isEmpty();
            faulty.fail(Call.TAIL, 2, busy);
            assertThatThrownBy(() -> subscribe(bus)).isSameAs(busy);
            append("a", 1);
            subscribe(bus);
            awaitSeen(1);
        }
        faulty.checkAllMet();
    }

    @Test
    @DisplayName(
            "DSU-2 a durable subscription whose store is closed ends, and says that it is not active")
    void endsWithItsStore() {
        try (EventBus bus = bus(store)) {
            Subscription subscription =
                    bus.subscribe("a", DURABLE, event -> seen.add(event.payload()));
            Subscription waiting = bus.subscribe("a", DURABLE, event -> seen.add(event.payload()));
            assertThat(waiting.standby()).isTrue();
            store.close();
            Await.until("both have ended", () -> !subscription.active() && !waiting.active());
            assertThat(bus.subscriptions()).isEmpty();
        }
    }

    @Test
    @DisplayName("DSU-2 what is not active is not among the subscriptions of its bus any more")
    void isNotListedWhileItEnds() {
        List<Subscription> listed = new ArrayList<>();
        Thread closer = Thread.currentThread();
        AtomicReference<Runnable> onClose = new AtomicReference<>(() -> {});
        try (EventBus bus = bus(telling(store, () -> onClose.get().run()))) {
            Subscription kept = bus.subscribe("a", event -> {});
            Subscription subscription = bus.subscribe("a", DURABLE, event -> {});
            onClose.set(
                    () -> {
                        // Its reader closes the tail once more.
                        if (Thread.currentThread() == closer) {
                            assertThat(subscription.active()).isFalse();
                            listed.addAll(bus.subscriptions());
                        }
                    });
            subscription.close();
            onClose.set(() -> {});
            assertThat(listed).containsExactly(kept);
        }
    }

    /** A store that tells of a tail before it closes it. */
    private static EventStore telling(EventStore store, Runnable closing) {
        return new ForwardingEventStore(store) {
            @Override
            public EventTail tail(TailOptions options) {
                EventTail tail = super.tail(options);
                return new EventTail() {
                    @Override
                    public @Nullable StoredEvent next(Duration limit) throws InterruptedException {
                        return tail.next(limit);
                    }

                    @Override
                    public Offset position() {
                        return tail.position();
                    }

                    @Override
                    public void close() {
                        closing.run();
                        tail.close();
                    }
                };
            }
        };
    }

    @Test
    @DisplayName("DSU-2 a cursor that is ahead of its log goes on at the end of the log")
    void isNotAheadOfTheLog() throws Exception {
        append("a", 0, 1);
        Claim owner = store.cursors().claim("work");
        owner.save(new Progress(Offset.of(7), List.of(new Range(Offset.of(9), Offset.of(12)))));
        owner.close();
        try (EventBus bus = bus(store)) {
            subscribe(bus);
            assertThat(progress()).isEqualTo(Progress.below(Offset.of(2)));
            append("a", 2, 3);
            awaitSeen(2);
        }
        assertThat(seen).containsExactly(2, 3);
        assertThat(Logs.messages(Level.WARN))
                .containsExactly(
                        "Durable subscription 'worker' of bus 'one': cursor 'work' is ahead of the"
                                + " log, which ends at #2; goes on at the end. Was the log cut or"
                                + " restored from a copy?");
    }

    @Test
    @DisplayName(
            "DSU-2 LIF-2 a bus that closes cancels a handler that does not end, and leaves its event unfinished")
    void closesInTime() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        append("a", 0, 1, 2);
        EventBus bus = EventBus.builder("one").store(store).closeLimit(Duration.ZERO).build();
        bus.subscribe(
                "a",
                DURABLE,
                event -> {
                    seen.add(event.payload());
                    if (event.payload().equals(1)) {
                        never.await();
                    }
                });
        awaitSeen(2);
        bus.close();
        assertThat(progress()).isEqualTo(Progress.below(Offset.of(1)));
        Claim next = store.cursors().claim("work");
        assertThat(next).as("the cursor was given up").isNotNull();
        next.close();
    }

    @Test
    @DisplayName("DSU-2 LIF-2 a durable handler may close its bus and its subscription")
    void closesFromInside() {
        append("a", 0, 1, 2);
        EventBus bus = bus(store);
        CompletableFuture<Subscription> own = new CompletableFuture<>();
        own.complete(
                bus.subscribe(
                        "a",
                        DURABLE,
                        event -> {
                            seen.add(event.payload());
                            own.get().close();
                        }));
        Await.until("it has ended", () -> progress().equals(Progress.below(Offset.of(1))));
        bus.subscribe(
                "a",
                DURABLE,
                event -> {
                    seen.add(event.payload());
                    bus.close();
                });
        Await.until("the bus is closed", () -> closed(bus));
        bus.close();
        assertThat(seen).first().isEqualTo(0);
        assertThat(seen).doesNotHaveDuplicates();
        assertThat(progress().checkpoint()).isEqualTo(Offset.of(seen.size()));
    }

    private static boolean closed(EventBus bus) {
        try {
            bus.scope().close();
            return false;
        } catch (BusClosedException e) {
            return true;
        }
    }
}

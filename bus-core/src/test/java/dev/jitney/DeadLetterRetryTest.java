// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.engine.memory.MemoryDeadLetterSink;
import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeadLetter.Reason;
import dev.jitney.event.Event;
import dev.jitney.spi.DeadLetterSink.Filter;
import dev.jitney.spi.ValidationException;
import dev.jitney.test.VirtualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The way back from the dead letters. */
@ExtendWith(NoLeaks.class)
class DeadLetterRetryTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final VirtualTime time = new VirtualTime();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private volatile boolean broken = true;

    private EventBusBuilder builder() {
        return EventBus.builder("orders").clock(time);
    }

    private static SubscribeOptions named(String name) {
        return SubscribeOptions.builder().name(name).build();
    }

    private void handle(String handler, Event event) {
        calls.add(handler + " " + event.payload());
        if (broken) {
            throw new IllegalStateException("run " + calls.size());
        }
    }

    private static void joined(Publication publication) throws InterruptedException {
        assertThat(publication.join(LONG)).isTrue();
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static List<DeadLetter> letters(EventBus bus) {
        return bus.deadLetters().list(Filter.all(), 100);
    }

    @Test
    @DisplayName(
            "ERR-5 a retry goes to the handler that failed, and only there; what is handled is removed")
    void handled() throws Exception {
        try (EventBus bus = builder().build()) {
            bus.subscribe("t", named("fails"), event -> handle("fails", event));
            bus.subscribe("t", named("works"), event -> calls.add("works " + event.payload()));
            Publication publication = bus.publish("t", 7);
            joined(publication);
            DeadLetter letter = letters(bus).get(0);
            calls.clear();
            broken = false;
            assertThat(get(bus.deadLetters().retry(letter.id()))).isTrue();
            assertThat(calls).containsExactly("fails 7");
            assertThat(bus.deadLetters().size()).isZero();
        }
    }

    @Test
    @DisplayName(
            "ERR-5 what fails again stays, with the new failure, all attempts and one retry more")
    void failedAgain() throws Exception {
        try (EventBus bus = builder().build()) {
            bus.subscribe("t", named("fails"), event -> handle("fails", event));
            joined(bus.publish("t", 7));
            DeadLetter letter = letters(bus).get(0);
            time.advance(SECOND);
            assertThat(get(bus.deadLetters().retry(letter.id()))).isFalse();
            assertThat(get(bus.deadLetters().retry(letter.id()))).isFalse();
            DeadLetter after = letters(bus).get(0);
            assertThat(letters(bus)).hasSize(1);
            assertThat(after.id()).isEqualTo(letter.id());
            assertThat(after.errorMessage()).isEqualTo("run 3");
            assertThat(after.attempts()).isEqualTo(3);
            assertThat(after.retries()).isEqualTo(2);
            assertThat(after.firstTime()).isEqualTo(letter.firstTime());
            assertThat(after.lastTime()).isEqualTo(time.instant());
        }
    }

    @Test
    @DisplayName("ERR-5 PUB-4 a retry is no publish: no duplicate, and nothing is stored again")
    void notStoredAgain() throws Exception {
        try (EventBus bus = builder().store("memory:").build()) {
            bus.subscribe("t", named("fails"), event -> handle("fails", event));
            joined(bus.publish("t", 7));
            assertThat(bus.awaitIdle(LONG)).isTrue();
            var end = bus.store().end();
            broken = false;
            assertThat(get(bus.deadLetters().retry(letters(bus).get(0).id()))).isTrue();
            assertThat(bus.store().end()).isEqualTo(end);
        }
    }

    @Test
    @DisplayName("ERR-5 ORD-7 the options of the publish go along")
    void options() throws Exception {
        try (EventBus bus = builder().build()) {
            Gate gate = new Gate();
            bus.subscribe("t", named("slow"), event -> gate.pass());
            PublishOptions quick = PublishOptions.builder().handlerTimeout(SECOND).build();
            Publication publication = bus.publish(Event.of("t", 1), quick);
            gate.awaitReached();
            time.advance(SECOND);
            joined(publication);
            DeadLetter letter = letters(bus).get(0);
            CompletionStage<Boolean> retried = bus.deadLetters().retry(letter.id());
            time.awaitTimer(SECOND);
            time.advance(SECOND);
            assertThat(get(retried)).isFalse();
            assertThat(letters(bus).get(0).errorMessage()).contains("its limit of 1 s");
        }
    }

    @Test
    @DisplayName("ERR-5 ORD-6 a letter of all handlers goes to all of them again")
    void allAgain() throws Exception {
        try (EventBus bus = builder().build()) {
            bus.subscribe("t", named("one"), event -> handle("one", event));
            bus.subscribeReplying(
                    "t",
                    named("two"),
                    event -> {
                        handle("two", event);
                        return 2;
                    });
            bus.subscribe("t", named("three"), event -> handle("three", event));
            PublishOptions first = PublishOptions.builder().completion(Completion.FIRST).build();
            joined(bus.publish(Event.of("t", 1), first));
            DeadLetter letter = letters(bus).get(0);
            assertThat(letter.reason()).isEqualTo(Reason.ALL_HANDLERS_FAILED);
            calls.clear();
            broken = false;
            assertThat(get(bus.deadLetters().retry(letter.id()))).isTrue();
            // The second one has a value, and the way the event was published still counts.
            assertThat(calls).containsExactly("one 1", "two 1");
            assertThat(bus.deadLetters().size()).isZero();
        }
    }

    @Test
    @DisplayName(
            "ERR-5 PUB-3 an event that was refused is checked again, then stored and handled by all")
    void refused() throws Exception {
        DeadLettersTest.Numbers numbers = new DeadLettersTest.Numbers();
        try (EventBus bus = builder().store("memory:").validator(numbers).build()) {
            bus.subscribe("t", named("one"), event -> calls.add("one"));
            bus.subscribe("t", named("two"), event -> calls.add("two"));
            assertThatThrownBy(() -> bus.publish("t", "text"))
                    .isInstanceOf(ValidationException.class);
            DeadLetter letter = letters(bus).get(0);
            assertThat(get(bus.deadLetters().retry(letter.id()))).isFalse();
            assertThat(letters(bus)).hasSize(1);
            assertThat(letters(bus).get(0).retries()).isEqualTo(1);
            assertThat(calls).isEmpty();
            numbers.strict = false;
            assertThat(get(bus.deadLetters().retry(letter.id()))).isTrue();
            assertThat(calls).containsExactly("one", "two");
            assertThat(bus.deadLetters().size()).isZero();
            assertThat(bus.store().end().value()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName(
            "ERR-5 BPR-1 an event for which there was no room is handed to all handlers, and stored now")
    void overflown() throws Exception {
        Gate gate = new Gate();
        EventBusBuilder small = builder().pendingLimit(1).overflow(Overflow.DROP_LATEST);
        try (EventBus bus = small.store("memory:").build()) {
            bus.subscribe("t", event -> gate.pass());
            bus.subscribe("dropped", named("one"), event -> calls.add("one"));
            bus.subscribe("dropped", named("two"), event -> calls.add("two"));
            bus.publish("t", 1);
            gate.awaitReached();
            bus.publish("queued", 1);
            bus.publish("dropped", 1);
            gate.open();
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(bus.store().end().value()).isEqualTo(2);
            assertThat(get(bus.deadLetters().retry(letters(bus).get(0).id()))).isTrue();
            assertThat(calls).containsExactly("one", "two");
            assertThat(bus.deadLetters().size()).isZero();
            assertThat(bus.store().end().value()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("ERR-5 all of a selection, the oldest first, up to a ceiling of retries")
    void all() throws Exception {
        try (EventBus bus = builder().build()) {
            bus.subscribe("t.*", named("one"), event -> handle("one", event));
            bus.subscribe("t.*", named("two"), event -> calls.add("two"));
            for (int i = 0; i < 3; i++) {
                joined(bus.publish("t." + i, i));
            }
            calls.clear();
            List<DeadLetter> newestFirst = letters(bus);
            String oldest = newestFirst.get(2).id();
            assertThat(get(bus.deadLetters().retry(oldest))).isFalse();
            calls.clear();

            Map<String, Boolean> done = get(bus.deadLetters().retryAll(Filter.all(), 1));
            assertThat(calls).containsExactly("one 1", "one 2");
            assertThat(done).hasSize(2).doesNotContainKey(oldest).doesNotContainValue(true);
            assertThat(get(bus.deadLetters().retryAll(Filter.all(), 1))).isEmpty();

            calls.clear();
            broken = false;
            done = get(bus.deadLetters().retryAll(Filter.all(), 9));
            assertThat(calls).containsExactly("one 0", "one 1", "one 2");
            assertThat(done).hasSize(3).doesNotContainValue(false);
            assertThat(bus.deadLetters().size()).isZero();
        }
    }

    @Test
    @DisplayName("ERR-5 letters that cannot be tried do not keep others from it")
    void someCannot() throws Exception {
        try (EventBus bus = builder().build()) {
            Subscription gone = bus.subscribe("t", named("gone"), event -> handle("gone", event));
            bus.subscribe("t", named("here"), event -> handle("here", event));
            joined(bus.publish("t", 1));
            gone.close();
            broken = false;
            Map<String, Boolean> done = get(bus.deadLetters().retryAll(Filter.all(), 5));
            assertThat(done).hasSize(2).containsValues(true, false);
            DeadLetter left = letters(bus).get(0);
            assertThat(left.handler()).isEqualTo("gone");
            assertThat(left.retries()).isZero();
            assertThatThrownBy(() -> get(bus.deadLetters().retry(left.id())))
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasRootCauseMessage(
                            "Dead letter '"
                                    + left.id()
                                    + "' cannot be retried: no subscription of bus 'orders' is"
                                    + " named 'gone' and wants 't'.");
        }
    }

    @Test
    @DisplayName("ERR-5 what is no letter, or can never be read, is not retried")
    void neverRead() throws Exception {
        MemoryDeadLetterSink sink = new MemoryDeadLetterSink(10);
        DeadLetter unreadable =
                DeadLetter.undecodable("{".getBytes(StandardCharsets.UTF_8), "memory:").build();
        sink.add(unreadable);
        try (EventBus bus = builder().deadLetters(sink).build()) {
            assertThatThrownBy(() -> get(bus.deadLetters().retry("none")))
                    .hasCauseInstanceOf(IllegalArgumentException.class)
                    .hasRootCauseMessage("There is no dead letter 'none'.");
            assertThatThrownBy(() -> get(bus.deadLetters().retry(unreadable.id())))
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasRootCauseMessage(
                            "Dead letter '"
                                    + unreadable.id()
                                    + "' cannot be retried: its event could never be read. Look at"
                                    + " its line.");
            assertThatThrownBy(() -> bus.deadLetters().retryAll(Filter.all(), 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Most retries '0' is not valid. Use 1 or more.");
        }
    }

    @Test
    @DisplayName(
            "ERR-5 letters outlive their bus in a sink that does, and find their handler by its name")
    void restart() throws Exception {
        MemoryDeadLetterSink sink = new MemoryDeadLetterSink(10);
        try (EventBus bus = builder().deadLetters(sink).build()) {
            bus.subscribe("t", named("billing"), event -> handle("billing", event));
            joined(bus.publish("t", 7));
        }
        calls.clear();
        broken = false;
        try (EventBus bus = builder().deadLetters(sink).build()) {
            bus.subscribe("t", named("other"), event -> handle("other", event));
            bus.subscribe("t", named("billing"), event -> handle("billing", event));
            assertThat(get(bus.deadLetters().retryAll(Filter.all(), 3))).containsValue(true);
            assertThat(calls).containsExactly("billing 7");
        }
        assertThat(sink.size()).isZero();
    }

    @RepeatedTest(20)
    @DisplayName("ERR-5 of several callers that retry one letter none is lost")
    void concurrent() throws Exception {
        try (EventBus bus = builder().build()) {
            bus.subscribe("t", named("fails"), event -> handle("fails", event));
            joined(bus.publish("t", 7));
            String id = letters(bus).get(0).id();
            List<CompletionStage<Boolean>> retries = new CopyOnWriteArrayList<>();
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                callers.add(new Thread(() -> retries.add(bus.deadLetters().retry(id))));
            }
            callers.forEach(Thread::start);
            for (Thread caller : callers) {
                caller.join();
            }
            for (CompletionStage<Boolean> retry : retries) {
                assertThat(get(retry)).isFalse();
            }
            assertThat(calls).hasSize(9);
            assertThat(letters(bus)).hasSize(1);
            assertThat(letters(bus).get(0).retries()).isEqualTo(8);
        }
    }

    @Test
    @DisplayName("ERR-5 LIF-2 a closed bus retries nothing and says when it was closed")
    void closed() throws Exception {
        MemoryDeadLetterSink sink = new MemoryDeadLetterSink(10);
        EventBus bus = builder().deadLetters(sink).build();
        bus.subscribe("t", named("fails"), event -> handle("fails", event));
        joined(bus.publish("t", 7));
        DeadLetters letters = bus.deadLetters();
        String id = letters(bus).get(0).id();
        bus.close();
        assertThatThrownBy(() -> get(letters.retry(id)))
                .hasCauseInstanceOf(BusClosedException.class)
                .hasRootCauseMessage(
                        "Bus 'orders' was closed at 2026-01-01T00:00:00Z. Build a new one.");
        assertThat(sink.get(id).retries()).isZero();
    }

    @Test
    @DisplayName("ERR-5 LIF-2 so does one that has closed its own sink, for all letters as well")
    void closedWithItsSink() throws Exception {
        EventBus bus = builder().build();
        bus.subscribe("t", named("fails"), event -> handle("fails", event));
        joined(bus.publish("t", 7));
        DeadLetters letters = bus.deadLetters();
        String id = letters(bus).get(0).id();
        bus.close();
        String closed = "Bus 'orders' was closed at 2026-01-01T00:00:00Z. Build a new one.";
        assertThatThrownBy(() -> get(letters.retry(id)))
                .hasCauseInstanceOf(BusClosedException.class)
                .hasRootCauseMessage(closed);
        assertThatThrownBy(
                        () ->
                                letters.retryAll(Filter.all(), 1)
                                        .toCompletableFuture()
                                        .get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(BusClosedException.class)
                .hasRootCauseMessage(closed);
    }

    @Test
    @DisplayName("ERR-5 of two handlers of one name the one that has failed gets the letter")
    void sameName() throws Exception {
        try (EventBus bus = builder().build()) {
            SubscribeOptions named = SubscribeOptions.builder().name("h").build();
            bus.subscribe("a", named, event -> calls.add("first"));
            bus.subscribe(
                    "a",
                    named,
                    event -> {
                        calls.add("second");
                        if (broken) {
                            throw new IllegalStateException("broken");
                        }
                    });
            bus.publishAndJoin("a", 1, LONG);
            broken = false;
            String letter = bus.deadLetters().list(Filter.all(), 1).get(0).id();
            assertThat(
                            bus.deadLetters()
                                    .retry(letter)
                                    .toCompletableFuture()
                                    .get(20, TimeUnit.SECONDS))
                    .isTrue();
            assertThat(calls).containsExactly("first", "second", "second");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.engine.memory.MemoryDeadLetterSink;
import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeadLetter.Reason;
import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import dev.jitney.spi.DeadLetterSink.Filter;
import dev.jitney.spi.DeadLetterSinkProvider;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.ValidationException;
import dev.jitney.test.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which events become dead letters, and what they say. */
@ExtendWith(NoLeaks.class)
class DeadLettersTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final VirtualTime time = new VirtualTime();

    private EventBusBuilder builder() {
        return EventBus.builder("orders").clock(time);
    }

    private static SubscribeOptions named(String name) {
        return SubscribeOptions.builder().name(name).build();
    }

    private static void joined(Publication publication) throws InterruptedException {
        assertThat(publication.join(LONG)).isTrue();
    }

    private static DeadLetter only(EventBus bus) {
        List<DeadLetter> letters = bus.deadLetters().list(Filter.all(), 10);
        assertThat(letters).hasSize(1);
        return letters.get(0);
    }

    @Test
    @DisplayName(
            "LIF-2 ERR-5 the letters of a closed bus are asked for no more, but those of a sink are")
    void afterTheEnd() {
        EventBus bus = builder().build();
        DeadLetters letters = bus.deadLetters();
        bus.close();
        Stream<ThrowingCallable> calls =
                Stream.of(
                        letters::size,
                        letters::stats,
                        () -> letters.list(Filter.all(), 1),
                        () -> letters.get("id"),
                        () -> letters.remove("id"),
                        () -> letters.clear(Filter.all()));
        assertThat(calls)
                .allSatisfy(
                        call ->
                                assertThatThrownBy(call)
                                        .isInstanceOf(BusClosedException.class)
                                        .hasMessageStartingWith("Bus 'orders' was closed at "));
        MemoryDeadLetterSink sink = new MemoryDeadLetterSink(10);
        EventBus other = builder().deadLetters(sink).build();
        other.close();
        assertThat(other.deadLetters().size()).isZero();
        sink.close();
    }

    @Test
    @DisplayName("ERR-5 a list of fewer than no letters is refused")
    void negativeLimit() {
        try (EventBus bus = builder().build()) {
            assertThatThrownBy(() -> bus.deadLetters().list(Filter.all(), -1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Limit '-1' is negative. Use zero or more.");
        }
    }

    @Test
    @DisplayName("ERR-5 a failure: event, handler, error, attempts, first and last time")
    void failure() throws Exception {
        Duration delay = SECOND.multipliedBy(7);
        try (EventBus bus = builder().build()) {
            SubscribeOptions twice =
                    SubscribeOptions.builder()
                            .name("billing")
                            .retry(RetryPolicy.fixed(2, delay))
                            .build();
            bus.subscribe(
                    "t",
                    twice,
                    event -> {
                        throw new IllegalStateException("no route");
                    });
            Publication publication = bus.publish("t", 1);
            time.awaitTimer(delay);
            time.advance(delay);
            joined(publication);
            DeadLetter letter = only(bus);
            assertThat(letter.event()).isEqualTo(publication.event());
            assertThat(letter.handler()).isEqualTo("billing");
            assertThat(letter.reason()).isEqualTo(Reason.HANDLER_ERROR);
            assertThat(letter.errorClass()).isEqualTo("java.lang.IllegalStateException");
            assertThat(letter.errorMessage()).isEqualTo("no route");
            assertThat(letter.stack()).contains("DeadLettersTest");
            assertThat(letter.attempts()).isEqualTo(2);
            assertThat(letter.retries()).isZero();
            assertThat(letter.firstTime()).isEqualTo(time.start());
            assertThat(letter.lastTime()).isEqualTo(time.start().plus(delay));
        }
    }

    @Test
    @DisplayName("ERR-5 TMO-2 a handler that passes its limit")
    void timeout() throws Exception {
        try (EventBus bus = builder().handlerTimeout(SECOND).build()) {
            Gate gate = new Gate();
            bus.subscribe("t", named("billing"), event -> gate.pass());
            Publication publication = bus.publish("t", 1);
            gate.awaitReached();
            time.advance(SECOND);
            joined(publication);
            DeadLetter letter = only(bus);
            assertThat(letter.reason()).isEqualTo(Reason.HANDLER_TIMEOUT);
            assertThat(letter.handler()).isEqualTo("billing");
            assertThat(letter.errorClass()).isEqualTo(TimeoutException.class.getName());
            assertThat(letter.errorMessage())
                    .isEqualTo(
                            "Handler 'billing' of bus 'orders' took longer than its limit of 1 s on"
                                    + " event '"
                                    + publication.event().id()
                                    + "' of topic 't'.");
        }
    }

    @Test
    @DisplayName("ERR-5 ERR-4 an event that its handler rejects, without another attempt")
    void rejection() throws Exception {
        try (EventBus bus = builder().build()) {
            SubscribeOptions often =
                    SubscribeOptions.builder()
                            .name("billing")
                            .retry(RetryPolicy.immediate(9))
                            .build();
            bus.subscribe(
                    "t",
                    often,
                    event -> {
                        throw new RejectException("the customer is unknown");
                    });
            joined(bus.publish("t", 1));
            DeadLetter letter = only(bus);
            assertThat(letter.reason()).isEqualTo(Reason.REJECTED);
            assertThat(letter.errorMessage()).isEqualTo("the customer is unknown");
            assertThat(letter.attempts()).isEqualTo(1);
        }
    }

    /** Refuses events that are not numbers. */
    static final class Numbers implements EventValidator {

        volatile boolean strict = true;

        @Override
        public String name() {
            return "numbers";
        }

        @Override
        public List<ValidationException.Problem> validate(Event event) {
            return !strict || event.payload() instanceof Number
                    ? List.of()
                    : List.of(ValidationException.Problem.of("it is no number"));
        }
    }

    @Test
    @DisplayName("ERR-5 PUB-3 an event that a validator refuses, before publish returns")
    void refusal() throws Exception {
        try (EventBus bus = builder().validator(new Numbers()).build()) {
            Event event = Event.of("t", "text");
            String message = "Event 't' is refused by 'numbers': it is no number.";
            assertThatThrownBy(() -> bus.publish(event))
                    .isInstanceOf(ValidationException.class)
                    .hasMessage(message);
            DeadLetter letter = only(bus);
            assertThat(letter.reason()).isEqualTo(Reason.VALIDATION_ERROR);
            assertThat(letter.event().id()).isEqualTo(event.id());
            assertThat(letter.event().source()).isEqualTo("orders");
            assertThat(letter.handler()).isEmpty();
            assertThat(letter.errorClass()).isEqualTo(ValidationException.class.getName());
            assertThat(letter.errorMessage()).isEqualTo(message);
            assertThat(letter.attempts()).isZero();
            assertThat(letter.firstTime()).isEqualTo(time.start());
            assertThat(bus.stats().published()).isZero();
            assertThat(bus.stats().deadLetters()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName(
            "PUB-3 every way to publish is refused before it returns, an asynchronous one by its stage")
    void everyRefusal() throws Exception {
        try (EventBus bus = builder().validator(new Numbers()).build()) {
            Event event = Event.of("t", "text");
            assertThatThrownBy(() -> bus.publish("t", "text"))
                    .isInstanceOf(ValidationException.class);
            assertThatThrownBy(() -> bus.publish(event, PublishOptions.defaults()))
                    .isInstanceOf(ValidationException.class);
            assertThatThrownBy(() -> bus.tryPublish(event)).isInstanceOf(ValidationException.class);
            assertThatThrownBy(() -> bus.publishAndJoin(event, LONG))
                    .isInstanceOf(ValidationException.class);
            assertThatThrownBy(() -> bus.request("t", "text", String.class, LONG))
                    .isInstanceOf(ValidationException.class);
            assertThatThrownBy(() -> bus.findOrPublish(FindOptions.of("t"), () -> event))
                    .isInstanceOf(ValidationException.class);
            assertThatThrownBy(() -> bus.publishAsync(event).toCompletableFuture().get())
                    .hasCauseInstanceOf(ValidationException.class);
            assertThat(bus.pendingCount()).isZero();
            assertThat(bus.awaitIdle(Duration.ZERO)).isTrue();
            assertThat(bus.deadLetters().size()).isEqualTo(7);
            // The id is free for one that is right.
            joined(bus.publish(Event.of("t", 1).withId(event.id())));
        }
    }

    @Test
    @DisplayName("ERR-5 an event whose payload cannot be written")
    void unwritable() throws Exception {
        try (EventBus bus = builder().store("memory:").build()) {
            assertThatThrownBy(() -> bus.publish("t", new Object()))
                    .isInstanceOf(EventFormatException.class);
            DeadLetter letter = only(bus);
            assertThat(letter.reason()).isEqualTo(Reason.SERIALIZATION_ERROR);
            assertThat(letter.event().topic()).isEqualTo("t");
            assertThat(letter.line()).isNull();
            assertThat(bus.awaitIdle(Duration.ZERO)).isTrue();
        }
    }

    @Test
    @DisplayName("ERR-5 BPR-1 an event for which there is no room, the latest or the oldest")
    void overflow() throws Exception {
        for (Overflow policy : List.of(Overflow.DROP_LATEST, Overflow.DROP_OLDEST)) {
            Gate gate = new Gate();
            try (EventBus bus = builder().pendingLimit(1).overflow(policy).build()) {
                bus.subscribe("t", event -> gate.pass());
                bus.publish("t", 1);
                gate.awaitReached();
                Publication old = bus.publish("old", 1);
                Publication late = bus.publish("late", 1);
                Publication dropped = policy == Overflow.DROP_LATEST ? late : old;
                assertThat(dropped.outcome()).isEqualTo(Outcome.DROPPED);
                DeadLetter letter = only(bus);
                assertThat(letter.reason()).isEqualTo(Reason.OVERFLOW);
                assertThat(letter.event()).isEqualTo(dropped.event());
                assertThat(letter.handler()).isEmpty();
                assertThat(letter.errorMessage()).isEqualTo(dropped.reason());
                assertThat(letter.attempts()).isZero();
                gate.open();
            }
        }
    }

    // ---- handlers that stand in for each other

    @Test
    @DisplayName("ERR-5 ORD-6 of handlers that stand in for each other all have failed: one letter")
    void allFailed() throws Exception {
        try (EventBus bus = builder().completion(Completion.FIRST).build()) {
            for (String name : List.of("one", "two")) {
                bus.subscribe(
                        "t",
                        named(name),
                        event -> {
                            throw new IllegalStateException(name);
                        });
            }
            Publication publication = bus.publish("t", 1);
            joined(publication);
            DeadLetter letter = only(bus);
            assertThat(letter.reason()).isEqualTo(Reason.ALL_HANDLERS_FAILED);
            assertThat(letter.event()).isEqualTo(publication.event());
            assertThat(letter.handler()).isEmpty();
            assertThat(letter.errorMessage()).isEqualTo("one");
            assertThat(letter.attempts()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("ERR-5 ORD-6 where one of them has handled the event nothing is given up")
    void oneHasHandled() throws Exception {
        try (EventBus bus = builder().completion(Completion.FIRST).build()) {
            bus.subscribe(
                    "t",
                    named("fails"),
                    event -> {
                        throw new IllegalStateException("no");
                    });
            bus.subscribe("t", named("returns nothing"), event -> {});
            joined(bus.publish("t", 1));
            bus.subscribeReplying("t", named("wins"), event -> 1);
            joined(bus.publish("t", 2));
            assertThat(bus.deadLetters().size()).isZero();
            assertThat(bus.stats().handlers().get(0).failed()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("ERR-5 ORD-6 a handler that has none to stand in for it has its own letter")
    void alone() throws Exception {
        try (EventBus bus = builder().completion(Completion.FIRST).build();
                EventBus other = EventBus.builder("other").build()) {
            bus.forwardTo(other, "*");
            bus.subscribe(
                    "t",
                    named("one"),
                    event -> {
                        throw new IllegalStateException("no");
                    });
            joined(bus.publish("t", 1));
            assertThat(only(bus).reason()).isEqualTo(Reason.HANDLER_ERROR);
            assertThat(only(bus).handler()).isEqualTo("one");
        }
    }

    // ---- many letters

    private static void fail(EventBus bus, String topic, String handler) throws Exception {
        try (Subscription failing =
                bus.subscribe(
                        topic,
                        named(handler),
                        event -> {
                            throw new IllegalStateException("no");
                        })) {
            joined(bus.publish(topic, failing.name()));
        }
    }

    @Test
    @DisplayName("ERR-5 size, list, filter, get, remove, clear and stats")
    void operations() throws Exception {
        try (EventBus bus = builder().validator(new Numbers()).build()) {
            DeadLetters letters = bus.deadLetters();
            bus.subscribe("t.a", named("one"), DeadLettersTest::fails);
            bus.subscribe("t.*", named("two"), DeadLettersTest::fails);
            joined(bus.publish("t.a", 1));
            time.advance(SECOND);
            joined(bus.publish("t.b", 2));
            assertThatThrownBy(() -> bus.publish("u", "x")).isInstanceOf(ValidationException.class);

            assertThat(letters.size()).isEqualTo(4);
            List<DeadLetter> all = letters.list(Filter.all(), 10);
            assertThat(all)
                    .extracting(one -> one.event().topic() + " " + one.handler())
                    .containsExactly("u ", "t.b two", "t.a two", "t.a one");
            assertThat(letters.list(Filter.all(), 1)).containsExactly(all.get(0));
            assertThat(letters.list(Filter.builder().handler("two").build(), 9))
                    .containsExactly(all.get(1), all.get(2));
            assertThat(letters.list(Filter.builder().reason(Reason.VALIDATION_ERROR).build(), 9))
                    .containsExactly(all.get(0));
            assertThat(letters.list(Filter.builder().since(time.instant()).build(), 9))
                    .containsExactly(all.get(0), all.get(1));
            assertThat(letters.get(all.get(3).id())).isEqualTo(all.get(3));
            assertThat(letters.get("none")).isNull();
            assertThat(letters.stats().byReason())
                    .containsExactlyInAnyOrderEntriesOf(
                            Map.of(Reason.HANDLER_ERROR, 3L, Reason.VALIDATION_ERROR, 1L));
            assertThat(letters.stats().byTopic())
                    .containsExactlyInAnyOrderEntriesOf(Map.of("t.a", 2L, "t.b", 1L, "u", 1L));
            assertThat(letters.stats().byHandler())
                    .containsExactlyInAnyOrderEntriesOf(Map.of("one", 1L, "two", 2L, "", 1L));

            assertThat(letters.remove(all.get(0).id())).isTrue();
            assertThat(letters.remove(all.get(0).id())).isFalse();
            assertThat(letters.clear(Filter.builder().until(time.instant()).build())).isEqualTo(2);
            assertThat(letters.list(Filter.all(), 9)).containsExactly(all.get(1));
            assertThat(letters.clear(Filter.all())).isEqualTo(1);
            assertThat(letters.size()).isZero();
            assertThat(bus.stats().deadLetters()).as("made in all").isEqualTo(4);
        }
    }

    private static void fails(Event event) {
        throw new IllegalStateException("no");
    }

    @Test
    @DisplayName("ERR-5 a sink has a bound, the oldest letters make room, and are counted")
    void bound() throws Exception {
        EventBusBuilder small =
                builder()
                        .plugin(DeadLetterSinkProvider.class, "memory", Map.of("max-letters", "2"));
        try (EventBus bus = small.build()) {
            for (String handler : List.of("one", "two", "three")) {
                fail(bus, "t", handler);
            }
            assertThat(bus.deadLetters().list(Filter.all(), 9))
                    .extracting(DeadLetter::handler)
                    .containsExactly("three", "two");
            assertThat(bus.deadLetters().stats().evicted()).isEqualTo(1);
            assertThat(bus.deadLetters().stats().bound()).isEqualTo(2);
        }
        try (EventBus bus = builder().build()) {
            assertThat(bus.deadLetters().stats().bound()).isEqualTo(1_000);
        }
    }
}

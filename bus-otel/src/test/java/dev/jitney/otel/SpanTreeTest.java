// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.EventBus;
import dev.jitney.Handler;
import dev.jitney.Overflow;
import dev.jitney.RetryPolicy;
import dev.jitney.SubscribeOptions;
import dev.jitney.event.Event;
import dev.jitney.event.Selection;
import dev.jitney.spi.DeadLetterSink.Filter;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.ValidationException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which spans there are, and how they hang together, whatever happens to an event. */
@Timeout(60)
class SpanTreeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    private static SubscribeOptions named(String name) {
        return SubscribeOptions.builder().name(name).build();
    }

    private static SubscribeOptions twice(String name) {
        return SubscribeOptions.builder().name(name).retry(RetryPolicy.immediate(2)).build();
    }

    private static void fails(AtomicInteger left) {
        if (left.getAndDecrement() > 0) {
            throw new IllegalStateException("no stamps");
        }
    }

    @Test
    @DisplayName(
            "CTX-1 a publish with two handlers: one trace each, linked; the first is the story")
    void twoHandlers() throws Exception {
        EventBus bus = rig.bus("orders");
        bus.subscribe("order.*", named("mail"), (Handler) event -> {});
        bus.subscribe("order.*", named("stock"), (Handler) event -> {});
        rig.within("checkout", () -> bus.publish("order.placed", 1).join(PATIENCE));
        assertThat(rig.tree())
                .isEqualTo(
                        """
                        T1 checkout INTERNAL OK
                        T1   send order.placed PRODUCER {jitney.bus=orders, message.conversation_id=T1, message.id=#1}
                        T2 process order.placed CONSUMER -> T1 send order.placed {destination.subscription.name=mail, jitney.bus=orders, message.conversation_id=T1, message.id=#1}
                        T3 process order.placed CONSUMER -> T1 send order.placed {destination.subscription.name=stock, jitney.bus=orders, message.conversation_id=T1, message.id=#1}
                        """);
    }

    @Test
    @DisplayName("NST-1 an awaited child is sent within its handler, and keeps the story")
    void awaitedChild() throws Exception {
        EventBus bus = rig.bus("orders");
        bus.subscribe(
                "order.placed",
                named("pay"),
                (Handler) event -> bus.publish("order.paid", 1).join(PATIENCE));
        bus.subscribe("order.paid", named("mail"), (Handler) event -> {});
        rig.within("checkout", () -> bus.publish("order.placed", 1).join(PATIENCE));
        assertThat(rig.tree()).isEqualTo(CHILD);
    }

    // Awaited or not: it is sent within its handler, and handled in a trace of its own.
    private static final String CHILD =
            """
            T1 checkout INTERNAL OK
            T1   send order.placed PRODUCER {jitney.bus=orders, message.conversation_id=T1, message.id=#1}
            T2 process order.placed CONSUMER -> T1 send order.placed {destination.subscription.name=pay, jitney.bus=orders, message.conversation_id=T1, message.id=#1}
            T2   send order.paid PRODUCER {jitney.bus=orders, jitney.event.causation_id=#1, message.conversation_id=T1, message.id=#2}
            T3 process order.paid CONSUMER -> T2 send order.paid {destination.subscription.name=mail, jitney.bus=orders, jitney.event.causation_id=#1, message.conversation_id=T1, message.id=#2}
            """;

    @Test
    @DisplayName("NST-1 an unawaited child has the same tree")
    void unawaitedChild() throws Exception {
        EventBus bus = rig.bus("orders");
        bus.subscribe(
                "order.placed", named("pay"), (Handler) event -> bus.publish("order.paid", 1));
        bus.subscribe("order.paid", named("mail"), (Handler) event -> {});
        rig.within("checkout", () -> bus.publish("order.placed", 1).join(PATIENCE));
        assertThat(bus.awaitIdle(PATIENCE)).isTrue();
        assertThat(rig.tree()).isEqualTo(CHILD);
    }

    @Test
    @DisplayName("FWD-1 over three buses there is one send, and each handler is linked to it")
    void threeBuses() throws Exception {
        EventBus first = rig.bus("first");
        EventBus second = rig.bus("second");
        EventBus third = rig.bus("third");
        first.forwardTo(second, "order.*");
        second.forwardTo(third, "order.*");
        second.subscribe("order.*", named("mail"), (Handler) event -> {});
        third.subscribe("order.*", named("stock"), (Handler) event -> {});
        rig.within("checkout", () -> first.publish("order.placed", 1).join(PATIENCE));
        String tree = rig.tree();
        assertThat(tree).contains("\nT2 process").contains("\nT3 process");
        // The buses run beside each other.
        assertThat(tree.replaceAll("T[23] process", "T process").lines())
                .containsExactlyInAnyOrder(
                        "T1 checkout INTERNAL OK",
                        "T1   send order.placed PRODUCER {jitney.bus=first, message.conversation_id=T1, message.id=#1}",
                        "T process order.placed CONSUMER -> T1 send order.placed {destination.subscription.name=mail, jitney.bus=second, jitney.origin=forwarded, message.conversation_id=T1, message.id=#1}",
                        "T process order.placed CONSUMER -> T1 send order.placed {destination.subscription.name=stock, jitney.bus=third, jitney.origin=forwarded, message.conversation_id=T1, message.id=#1}");
    }

    @Test
    @DisplayName(
            "ERR-3 what is retried and succeeds is no failure: one span, an event for the retry")
    void retry() throws Exception {
        EventBus bus = rig.bus("orders");
        AtomicInteger failures = new AtomicInteger(1);
        bus.subscribe("order.*", twice("mail"), (Handler) event -> fails(failures));
        bus.publish("order.placed", 1).join(PATIENCE);
        assertThat(rig.tree())
                .isEqualTo(
                        """
                        T1 send order.placed PRODUCER {jitney.bus=orders, message.conversation_id=#1, message.id=#1}
                        T2 process order.placed CONSUMER -> T1 send order.placed {destination.subscription.name=mail, jitney.attempts=2, jitney.bus=orders, message.conversation_id=#1, message.id=#1} !jitney.retry{error.type=java.lang.IllegalStateException, jitney.attempt=1, jitney.retry.delay_ms=0}
                        """);
    }

    @Test
    @DisplayName("ERR-5 a dead letter and its later retry: both are linked to the first send")
    void deadLetterAndItsRetry() throws Exception {
        EventBus bus = rig.bus("orders");
        AtomicInteger failures = new AtomicInteger(2);
        bus.subscribe("order.*", twice("mail"), (Handler) event -> fails(failures));
        bus.publish("order.placed", 1).join(PATIENCE);
        String letter = bus.deadLetters().list(Filter.all(), 1).get(0).id();
        assertThat(bus.deadLetters().retry(letter).toCompletableFuture().get()).isTrue();
        assertThat(rig.tree())
                .isEqualTo(
                        """
                        T1 send order.placed PRODUCER {jitney.bus=orders, message.conversation_id=#1, message.id=#1}
                        T2 process order.placed CONSUMER -> T1 send order.placed {destination.subscription.name=mail, error.type=java.lang.IllegalStateException, jitney.attempts=2, jitney.bus=orders, message.conversation_id=#1, message.id=#1} ERROR(no stamps) !jitney.retry{error.type=java.lang.IllegalStateException, jitney.attempt=1, jitney.retry.delay_ms=0} !jitney.dead_letter{jitney.attempts=2, jitney.reason=HANDLER_ERROR} !exception{exception.message=no stamps, exception.type=java.lang.IllegalStateException}
                        T3 process order.placed CONSUMER -> T1 send order.placed {destination.subscription.name=mail, jitney.bus=orders, jitney.origin=retried, message.conversation_id=#1, message.id=#1}
                        """);
    }

    @Test
    @DisplayName("TMO-2 a time limit is an event and a failure of the handler's span")
    void timeLimit() throws Exception {
        EventBus bus = rig.bus("orders");
        SubscribeOptions options =
                SubscribeOptions.builder().name("mail").timeout(Duration.ofMillis(20)).build();
        bus.subscribe("order.*", options, (Handler) event -> new CountDownLatch(1).await());
        bus.publish("order.placed", 1).join(PATIENCE);
        String tree = rig.tree();
        String message = tree.substring(tree.indexOf("ERROR(") + 6, tree.indexOf(") !"));
        assertThat(message).contains("'mail'").contains("20 ms");
        assertThat(tree.replace(message, "late"))
                .isEqualTo(
                        """
                        T1 send order.placed PRODUCER {jitney.bus=orders, message.conversation_id=#1, message.id=#1}
                        T2 process order.placed CONSUMER -> T1 send order.placed {destination.subscription.name=mail, error.type=java.util.concurrent.TimeoutException, jitney.bus=orders, message.conversation_id=#1, message.id=#1} ERROR(late) !jitney.dead_letter{jitney.attempts=1, jitney.reason=HANDLER_TIMEOUT} !jitney.time_limit !exception{exception.message=late, exception.type=java.util.concurrent.TimeoutException}
                        """);
    }

    private String dropped(Overflow overflow) throws Exception {
        EventBus bus = rig.bus("orders", one -> one.pendingLimit(1).overflow(overflow));
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        bus.subscribe(
                "order.*",
                named("mail"),
                (Handler)
                        event -> {
                            busy.countDown();
                            go.await();
                        });
        bus.publish("order.first", 1);
        busy.await();
        bus.publish("order.second", 1);
        bus.publish("order.third", 1);
        go.countDown();
        assertThat(bus.awaitIdle(PATIENCE)).isTrue();
        return rig.tree();
    }

    @Test
    @DisplayName("BPR-1 an event that is dropped at publish says so on the publisher's span")
    void dropAtPublish() throws Exception {
        assertThat(dropped(Overflow.DROP_LATEST))
                .isEqualTo(
                        """
                        T1 send order.first PRODUCER {jitney.bus=orders, message.conversation_id=#1, message.id=#1}
                        T2 process order.first CONSUMER -> T1 send order.first {destination.subscription.name=mail, jitney.bus=orders, message.conversation_id=#1, message.id=#1}
                        T3 send order.second PRODUCER {jitney.bus=orders, message.conversation_id=#2, message.id=#2}
                        T4 send order.third PRODUCER {error.type=_OTHER, jitney.bus=orders, jitney.outcome=dropped, message.conversation_id=#3, message.id=#3} ERROR(Bus 'orders' was full: 1 events waited.) !jitney.dropped{jitney.reason=Bus 'orders' was full: 1 events waited.} !jitney.dead_letter{jitney.attempts=0, jitney.reason=OVERFLOW}
                        T5 process order.second CONSUMER -> T3 send order.second {destination.subscription.name=mail, jitney.bus=orders, message.conversation_id=#2, message.id=#2}
                        """);
    }

    @Test
    @DisplayName("BPR-1 an event that is dropped later has a span for that, linked to its publish")
    void dropLater() throws Exception {
        assertThat(dropped(Overflow.DROP_OLDEST))
                .isEqualTo(
                        """
                        T1 send order.first PRODUCER {jitney.bus=orders, message.conversation_id=#1, message.id=#1}
                        T2 process order.first CONSUMER -> T1 send order.first {destination.subscription.name=mail, jitney.bus=orders, message.conversation_id=#1, message.id=#1}
                        T3 send order.second PRODUCER {jitney.bus=orders, message.conversation_id=#2, message.id=#2}
                        T4 send order.third PRODUCER {jitney.bus=orders, message.conversation_id=#3, message.id=#3}
                        T5 drop order.second CLIENT -> T3 send order.second {error.type=_OTHER, jitney.bus=orders, jitney.outcome=dropped, message.conversation_id=#2, message.id=#2} ERROR(Bus 'orders' was full: 1 events waited, and this one longest.) !jitney.dropped{jitney.reason=Bus 'orders' was full: 1 events waited, and this one longest.} !jitney.dead_letter{jitney.attempts=0, jitney.reason=OVERFLOW}
                        T6 process order.third CONSUMER -> T4 send order.third {destination.subscription.name=mail, jitney.bus=orders, message.conversation_id=#3, message.id=#3}
                        """);
    }

    @Test
    @DisplayName("HIS-4 a replay is linked to the first send, and sends nothing")
    void replay() throws Exception {
        EventBus bus = rig.bus("orders");
        bus.subscribe("order.*", named("mail"), (Handler) event -> {});
        bus.publish("order.placed", 1).join(PATIENCE);
        bus.replay(Selection.builder().pattern("order.*").build());
        assertThat(rig.tree())
                .isEqualTo(
                        """
                        T1 send order.placed PRODUCER {jitney.bus=orders, message.conversation_id=#1, message.id=#1}
                        T2 process order.placed CONSUMER -> T1 send order.placed {destination.subscription.name=mail, jitney.bus=orders, message.conversation_id=#1, message.id=#1}
                        T3 process order.placed CONSUMER -> T1 send order.placed {destination.subscription.name=mail, jitney.bus=orders, jitney.origin=replayed, message.conversation_id=#1, message.id=#1}
                        """);
    }

    @Test
    @DisplayName("PUB-3 PUB-4 a refusal is a failure of the publisher's span, a duplicate is none")
    void refusalAndDuplicate() throws Exception {
        EventBus bus = rig.bus("orders", one -> one.validator(new NoTea()));
        Event event = Event.builder("order.placed").payload("milk").build();
        bus.publish(event).join(PATIENCE);
        bus.publish(event).join(PATIENCE);
        try {
            bus.publish("order.placed", "tea");
        } catch (ValidationException refusal) {
            assertThat(refusal).hasMessageContaining("no tea");
        }
        String tree = rig.tree();
        assertThat(tree.lines().limit(2))
                .containsExactly(
                        "T1 send order.placed PRODUCER {jitney.bus=orders, message.conversation_id=#1, message.id=#1}",
                        "T2 send order.placed PRODUCER {jitney.bus=orders, jitney.outcome=duplicate, message.conversation_id=#1, message.id=#1} !jitney.duplicate{jitney.reason=An event with source 'orders' and id '"
                                + event.id()
                                + "' was accepted before.}");
        assertThat(tree.lines().skip(2))
                .singleElement()
                .asString()
                .startsWith(
                        "T3 send order.placed PRODUCER {error.type=dev.jitney.spi.ValidationException,")
                .contains("ERROR(")
                .contains("!exception{");
    }

    private static final class NoTea implements EventValidator {
        @Override
        public String name() {
            return "no-tea";
        }

        @Override
        public List<ValidationException.Problem> validate(Event event) {
            if ("tea".equals(event.payload())) {
                throw ValidationException.of("no-tea", event, "no tea today");
            }
            return List.of();
        }
    }
}

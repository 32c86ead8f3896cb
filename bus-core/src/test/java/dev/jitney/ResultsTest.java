// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class ResultsTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final OwnTime time = new OwnTime();
    private final EventBus bus = EventBus.builder("orders").clock(time).build();
    private final IllegalStateException one = new IllegalStateException("one");
    private final Exception two = new Exception("two");
    private final AtomicInteger calls = new AtomicInteger();

    @AfterEach
    void close() {
        bus.close();
    }

    private Publication handled(PublishOptions options) throws InterruptedException {
        Publication publication = bus.publish(Event.of("t", 1), options);
        assertThat(publication.join(LONG)).isTrue();
        return publication;
    }

    private Publication handled() throws InterruptedException {
        return handled(PublishOptions.defaults());
    }

    private void failing(String name, Exception failure) {
        bus.subscribe(
                "t",
                SubscribeOptions.builder().name(name).build(),
                event -> {
                    throw failure;
                });
    }

    @Test
    @DisplayName(
            "RES-1 a result goes from pending over started to its end, with times and attempts")
    void states() throws Exception {
        Gate gate = new Gate();
        bus.subscribe("t", event -> gate.pass());
        bus.subscribeReplying("t", event -> "value");
        Publication publication = bus.publish("t", 1);
        gate.awaitReached();
        assertThat(publication.handlerResults())
                .extracting(HandlerResult::state)
                .containsExactly(DeliveryState.STARTED, DeliveryState.PENDING);
        HandlerResult pending = publication.handlerResults().get(1);
        assertThat(pending.attempts()).isZero();
        assertThat(pending.start()).isNull();
        assertThat(pending.end()).isNull();
        var begun = time.instant();
        time.advance(Duration.ofSeconds(2));
        gate.open();
        assertThat(publication.join(LONG)).isTrue();
        HandlerResult first = publication.handlerResults().get(0);
        assertThat(first.state()).isEqualTo(DeliveryState.COMPLETED);
        assertThat(first.start()).isEqualTo(begun);
        assertThat(first.end()).isEqualTo(begun.plusSeconds(2));
        HandlerResult second = publication.handlerResults().get(1);
        assertThat(second.start()).isEqualTo(begun.plusSeconds(2));
        assertThat(second.value()).isEqualTo("value");
        assertThat(second.error()).isNull();
        assertThat(second.attempts()).isEqualTo(1);
    }

    @Test
    @DisplayName("RES-1 NST-1 a result lists what its handler has published, in that order")
    void published() throws Exception {
        bus.subscribe(
                "t",
                event -> {
                    bus.publish("a", 1);
                    bus.publish("b", 2);
                });
        bus.subscribe("t", event -> {});
        Publication publication = handled();
        assertThat(publication.handlerResults().get(0).published())
                .extracting(Event::topic)
                .containsExactly("a", "b");
        assertThat(publication.handlerResults().get(1).published()).isEmpty();
    }

    @Test
    @DisplayName("RES-1 ERR-3 a result lists what all attempts of its handler have published")
    void publishedByAttempts() throws Exception {
        bus.subscribe(
                "t",
                SubscribeOptions.builder()
                        .retry(RetryPolicy.builder().attempts(2).fixed(Duration.ZERO).build())
                        .build(),
                event -> {
                    bus.publish("a", 1);
                    if (calls.incrementAndGet() == 1) {
                        throw one;
                    }
                });
        Publication publication = handled();
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(publication.handlerResults().get(0).published())
                .extracting(Event::causationId)
                .containsExactly(publication.event().id(), publication.event().id());
    }

    @Test
    @DisplayName("RES-1 no handler ends before it began, though the clock is set back")
    void clockSetBack() throws Exception {
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        AtomicReference<Instant> now = new AtomicReference<>(start);
        try (EventBus own = EventBus.builder("own").clock(now::get).build()) {
            own.subscribe("t", event -> now.set(start.minusSeconds(5)));
            own.subscribeReplying("t", event -> now.getAndSet(start.minusSeconds(9)));
            own.subscribe(
                    "t",
                    event -> {
                        now.set(start.minusSeconds(20));
                        throw one;
                    });
            Publication publication = own.publishAndJoin(Event.of("t", 1), LONG);
            assertThat(publication.handlerResults())
                    .hasSize(3)
                    .allSatisfy(result -> assertThat(result.end()).isEqualTo(result.start()));
        }
    }

    @Test
    @DisplayName("RES-1 ERR-3 a handler that waits for its next attempt has not ended at its limit")
    void betweenAttempts() throws Exception {
        Duration span = Duration.ofSeconds(1);
        Subscription subscription =
                bus.subscribeAsync(
                        "t",
                        SubscribeOptions.builder()
                                .timeout(span)
                                .retry(RetryPolicy.builder().attempts(2).fixed(span).build())
                                .build(),
                        event ->
                                calls.incrementAndGet() == 1
                                        ? new CompletableFuture<>()
                                        : CompletableFuture.completedFuture("done"));
        Publication publication = bus.publish("t", 1);
        Await.until("its limit is set", () -> time.timers() > 0 && calls.get() == 1);
        time.advance(span);
        Await.until("it is to be tried again", () -> subscription.retried() == 1);
        HandlerResult result = publication.handlerResults().get(0);
        assertThat(result.state()).isEqualTo(DeliveryState.STARTED);
        time.advance(span);
        assertThat(publication.join(LONG)).isTrue();
        assertThat(result.state()).as("as seen before").isEqualTo(DeliveryState.COMPLETED);
        assertThat(result.value()).isEqualTo("done");
        assertThat(result.attempts()).isEqualTo(2);
    }

    @Test
    @DisplayName("RES-2 results are in the order of the handlers, not of their ends")
    void inHandlerOrder() throws Exception {
        CompletableFuture<Object> first = new CompletableFuture<>();
        bus.subscribeAsync("t", event -> first);
        bus.subscribe("t", event -> {});
        bus.subscribeReplying(
                "t",
                event -> {
                    first.complete("first");
                    return "last";
                });
        Publication publication =
                handled(PublishOptions.builder().handlerOrder(HandlerOrder.PARALLEL).build());
        assertThat(publication.results()).containsExactly("first", "last");
        assertThat(publication.result()).isEqualTo("first");
        assertThat(publication.result(String.class)).isEqualTo("first");
    }

    @Test
    @DisplayName("RES-2 one failure is raised as itself, unless asked not to")
    void oneFailure() throws Exception {
        bus.subscribeReplying("t", event -> "value");
        failing("two", two);
        Publication publication = handled();
        assertThatThrownBy(publication::result).isSameAs(two);
        assertThatThrownBy(publication::results).isSameAs(two);
        assertThatThrownBy(() -> publication.result(String.class)).isSameAs(two);
        assertThat(publication.values()).containsExactly("value");
    }

    @Test
    @DisplayName("RES-2 TMO-2 a handler that took too long has failed")
    void timeOut() throws Exception {
        SubscribeOptions limited =
                SubscribeOptions.builder().timeout(Duration.ofSeconds(1)).name("slow").build();
        bus.subscribeAsync("t", limited, event -> new CompletableFuture<>());
        bus.subscribeReplying("t", event -> "value");
        Publication publication = bus.publish("t", 1);
        Await.until("it has begun", () -> publication.state() == Publication.State.STARTED);
        Await.until("its limit is set", () -> time.timers() == 1);
        time.advance(Duration.ofSeconds(1));
        assertThat(publication.join(LONG)).isTrue();
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
        assertThatThrownBy(publication::result)
                .isInstanceOf(TimeoutException.class)
                .isSameAs(publication.handlerResults().get(0).error());
        assertThat(publication.values()).containsExactly("value");
    }

    @Test
    @DisplayName("RES-2 several failures are raised as one, with each of them suppressed in it")
    void severalFailures() throws Exception {
        failing("one", one);
        failing("two", two);
        Publication publication = handled();
        assertThatThrownBy(publication::result)
                .isInstanceOf(HandlersFailedException.class)
                .hasMessage(
                        "Event '%s' of topic 't' failed in 2 handlers: 'one', 'two'."
                                .formatted(publication.event().id()))
                .satisfies(e -> assertThat(e.getSuppressed()).containsExactly(one, two));
    }

    @Test
    @DisplayName("RES-2 the same exception twice is not suppressed in itself")
    void sameFailureTwice() throws Exception {
        failing("one", one);
        failing("again", one);
        assertThatThrownBy(handled()::results)
                .isInstanceOf(HandlersFailedException.class)
                .satisfies(e -> assertThat(e.getSuppressed()).containsExactly(one, one));
    }

    @Test
    @DisplayName("RES-2 no result before the end, and none of an event that was not handled")
    void noResult() throws Exception {
        Gate gate = new Gate();
        bus.subscribe("t", event -> gate.pass());
        Publication publication = bus.publish("t", 1);
        gate.awaitReached();
        assertThatThrownBy(publication::result)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "Event '%s' has not completed. Wait for its publication first."
                                .formatted(publication.event().id()));
        gate.open();
        assertThat(publication.join(LONG)).isTrue();
        assertThat(publication.result()).isNull();
        assertThat(publication.results()).isEmpty();
        Publication duplicate = bus.publish(publication.event());
        assertThat(duplicate.join(LONG)).isTrue();
        assertThatThrownBy(duplicate::result)
                .isInstanceOf(PublicationException.class)
                .hasMessage(duplicate.reason());
    }

    @Test
    @DisplayName("RES-3 a value of another type than was declared is the handler's failure")
    void resultType() throws Exception {
        bus.subscribeReplying("t", SubscribeOptions.builder().name("n").build(), event -> 7);
        bus.subscribeReplying("t", event -> null);
        bus.subscribeReplying("t", event -> "text");
        Publication publication =
                handled(PublishOptions.builder().resultType(String.class).build());
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
        assertThat(publication.handlerResults())
                .extracting(HandlerResult::state)
                .containsExactly(
                        DeliveryState.FAILED, DeliveryState.COMPLETED, DeliveryState.COMPLETED);
        HandlerResult wrong = publication.handlerResults().get(0);
        assertThat(wrong.error())
                .isInstanceOf(ClassCastException.class)
                .hasMessage(
                        "Handler 'n' returned a java.lang.Integer, but java.lang.String was asked"
                                + " for.");
        assertThat(wrong.value()).isNull();
        assertThat(publication.values()).containsExactly("text");
    }

    @Test
    @DisplayName(
            "RES-3 ORD-6 a value of the wrong type does not win, and a primitive type is its box")
    void wrongTypeDoesNotWin() throws Exception {
        bus.subscribeReplying("t", event -> "text");
        bus.subscribeReplying("t", event -> 7);
        Publication publication =
                handled(
                        PublishOptions.builder()
                                .completion(Completion.FIRST)
                                .resultType(int.class)
                                .build());
        assertThat(publication.values()).containsExactly(7);
    }

    @Test
    @DisplayName("RES-3 asking for the result as another type names both")
    void cast() throws Exception {
        bus.subscribeReplying("t", event -> 7);
        Publication publication = handled();
        assertThat(publication.result(Number.class)).isEqualTo(7);
        assertThatThrownBy(() -> publication.result(String.class))
                .isInstanceOf(ClassCastException.class)
                .hasMessage(
                        "Event '%s' has a result of java.lang.Integer, but java.lang.String was asked for."
                                .formatted(publication.event().id()));
    }

    @Test
    @DisplayName("RES-4 waiting throws no handler's failure, in any form")
    void waitingDoesNotThrow() throws Exception {
        failing("one", one);
        assertThat(bus.publish("t", 1).join(LONG)).isTrue();
        assertThat(bus.publish("t", 1).toCompletableFuture().get().outcome())
                .isEqualTo(Outcome.HANDLED_WITH_FAILURES);
        assertThat(bus.publishAndJoin(Event.of("t", 1), LONG).outcome())
                .isEqualTo(Outcome.HANDLED_WITH_FAILURES);
        CompletableFuture<Publication> told = new CompletableFuture<>();
        bus.publish("t", 1).whenCompleted(told::complete);
        assertThat(told.get().outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static dev.jitney.Await.completed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.InvalidTopicException;
import dev.jitney.event.Level;
import dev.jitney.event.Outcome;
import dev.jitney.test.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class PublishTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final EventBus bus = EventBus.builder("orders").build();

    @AfterEach
    void close() {
        bus.close();
    }

    @Test
    @DisplayName(
            "PUB-1 publish returns at once; the publication goes from pending over started to completed")
    void states() throws Exception {
        Gate gate = new Gate();
        bus.subscribe("a", event -> gate.pass());
        Publication first = bus.publish("a", 1);
        Publication second = bus.publish("b", 2);
        gate.awaitReached();
        assertThat(first.state()).isEqualTo(Publication.State.STARTED);
        assertThat(second.state()).isEqualTo(Publication.State.PENDING);
        assertThat(second.outcome()).isNull();
        assertThat(second.reason()).isEmpty();
        assertThat(second.join(Duration.ofMillis(1))).isFalse();
        gate.open();
        assertThat(second.join(Duration.ZERO)).isTrue();
        assertThat(first.state()).isEqualTo(Publication.State.COMPLETED);
    }

    @Test
    @DisplayName(
            "PUB-1 can be waited for as a future and by a callback, before and after completion")
    void waits() throws Exception {
        Gate gate = new Gate();
        bus.subscribe("a", event -> gate.pass());
        List<String> told = new CopyOnWriteArrayList<>();
        Publication publication = bus.publish("a", 1);
        publication.whenCompleted(done -> told.add("first"));
        publication.whenCompleted(
                done -> {
                    throw new IllegalStateException("logged");
                });
        publication.whenCompleted(done -> told.add("second"));
        var future = publication.toCompletableFuture();
        gate.open();
        assertThat(future.get(20, TimeUnit.SECONDS)).isSameAs(publication);
        publication.whenCompleted(done -> told.add("third"));
        assertThat(told).containsExactly("first", "second", "third");
    }

    @Test
    @DisplayName("PUB-1 a negative limit is refused")
    void negativeLimit() {
        assertThatThrownBy(() -> bus.publish("a", 1).join(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Limit 'PT-1S' is negative. Use zero to wait without limit, or more.");
    }

    @Test
    @DisplayName("PUB-5 an event with no handler completes with that outcome")
    void noHandler() throws Exception {
        Publication publication = bus.publish("a", 1);
        publication.join(LONG);
        assertThat(publication.outcome()).isEqualTo(Outcome.NO_HANDLER);
        assertThat(publication.reason())
                .isEqualTo("No subscription of bus 'orders' wanted the event.");
        assertThat(publication.handlerResults()).isEmpty();
    }

    @Test
    @DisplayName("PUB-2 TOP-1 a wrong topic is refused at publish")
    void wrongTopic() {
        assertThatThrownBy(() -> bus.publish("a/b", 1)).isInstanceOf(InvalidTopicException.class);
    }

    @Test
    @DisplayName("PUB-4 an event published twice runs once and completes with the first")
    void duplicate() throws Exception {
        Gate gate = new Gate();
        List<Event> seen = new CopyOnWriteArrayList<>();
        bus.subscribe(
                "a",
                event -> {
                    seen.add(event);
                    gate.pass();
                });
        Event event = Event.of("a", 1);
        Publication first = bus.publish(event);
        Publication second = bus.publish(event);
        gate.awaitReached();
        assertThat(second.outcome()).isNull();
        gate.open();
        second.join(LONG);
        assertThat(first.outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(second.outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(second.reason())
                .isEqualTo(
                        "An event with source 'orders' and id '"
                                + event.id()
                                + "' was accepted before.");
        assertThat(seen).hasSize(1);
        assertThat(bus.publish(event.withSource("other")).join(LONG)).isTrue();
        assertThat(seen).hasSize(2);
    }

    @Test
    @DisplayName("PUB-4 the window is bounded: the oldest key is forgotten first")
    void boundedWindow() throws Exception {
        try (EventBus small = EventBus.builder("small").duplicateWindow(2).build()) {
            Event one = Event.of("a", 1);
            small.publish(one);
            small.publish("a", 2);
            assertThat(completed(small.publish(one)).outcome()).isEqualTo(Outcome.DUPLICATE);
            small.publish("a", 3);
            assertThat(completed(small.publish(one)).outcome()).isEqualTo(Outcome.NO_HANDLER);
        }
    }

    @Test
    @DisplayName("DUP-1 PUB-4 the window is bounded in time as well, by the bus's clock")
    void windowInTime() throws Exception {
        VirtualTime time = new VirtualTime();
        Duration age = Duration.ofSeconds(30);
        try (EventBus timed =
                EventBus.builder("timed").clock(time).duplicateWindow(100, age).build()) {
            Event event = Event.of("a", 1);
            completed(timed.publish(event));
            time.advance(age.minusMillis(1));
            assertThat(completed(timed.publish(event)).outcome()).isEqualTo(Outcome.DUPLICATE);
            time.advance(Duration.ofMillis(1));
            assertThat(completed(timed.publish(event)).outcome()).isEqualTo(Outcome.NO_HANDLER);
        }
        try (EventBus timed = EventBus.builder("timed").clock(time).build()) {
            Event event = Event.of("a", 1);
            completed(timed.publish(event));
            time.advance(Duration.ofMinutes(10).minusMillis(1));
            assertThat(completed(timed.publish(event)).outcome()).isEqualTo(Outcome.DUPLICATE);
            time.advance(Duration.ofMillis(1));
            assertThat(completed(timed.publish(event)).outcome()).isEqualTo(Outcome.NO_HANDLER);
        }
    }

    @Test
    @DisplayName("EVT-1 source and correlation are filled in on a copy; what is set stays")
    void filledIn() {
        Event event = Event.of("a", 1);
        Event published = bus.publish(event).event();
        assertThat(event.source()).isNull();
        assertThat(published.source()).isEqualTo("orders");
        assertThat(published.id()).isEqualTo(event.id());

        Event own = Event.of("a", 1).withSource("me").withCorrelationId("c1").withCausationId("x");
        assertThat(bus.publish(own).event()).isEqualTo(own);
    }

    @Test
    @DisplayName("CTX-1 correlation is explicit, else the handled event's, else the own id")
    void correlation() throws Exception {
        List<Event> seen = new ArrayList<>();
        bus.subscribe("child", seen::add);
        bus.subscribe("parent", event -> bus.publish("child", 1));
        Event parent = bus.publish("parent", 1).event();
        assertThat(bus.awaitIdle(LONG)).isTrue();
        assertThat(parent.correlationId()).isEqualTo(parent.id());
        assertThat(seen.get(0).correlationId()).isEqualTo(parent.id());
        assertThat(seen.get(0).causationId()).isEqualTo(parent.id());
        assertThat(bus.publish("later", 1).event().causationId()).isNull();
    }

    @Test
    @DisplayName("ORD-1 one event at a time, in the order of publishing")
    void order() throws Exception {
        List<Object> seen = new ArrayList<>();
        bus.subscribe("*", event -> seen.add(event.payload()));
        List<Object> published = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            published.add(i);
            bus.publish("topic.t" + i % 7, i);
        }
        assertThat(bus.awaitIdle(LONG)).isTrue();
        assertThat(seen).isEqualTo(published);
    }

    @Test
    @DisplayName("ORD-10 a fire-and-forget publish never runs a handler on the publisher's thread")
    void notOnTheCaller() throws Exception {
        AtomicReference<Thread> thread = new AtomicReference<>();
        bus.subscribe("a", event -> thread.set(Thread.currentThread()));
        // Not join: whoever waits for an event may run it.
        bus.publish("a", 1);
        assertThat(bus.awaitIdle(LONG)).isTrue();
        assertThat(thread.get()).isNotSameAs(Thread.currentThread());
        assertThat(thread.get().isDaemon()).isTrue();
    }

    @Test
    @DisplayName("ERR-1 one handler's failure touches no other handler and not the bus")
    void isolation() throws Exception {
        List<String> calls = new CopyOnWriteArrayList<>();
        Exception checked = new Exception("checked");
        bus.subscribe(
                "a",
                SubscribeOptions.builder().name("first").build(),
                event -> {
                    throw checked;
                });
        bus.subscribe("a", event -> overflow(0));
        bus.subscribeAsync(
                "a",
                event -> {
                    throw new CompletionException(checked);
                });
        bus.subscribe("a", event -> calls.add("last"));

        Publication publication = completed(bus.publish("a", 1));

        assertThat(calls).containsExactly("last");
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
        assertThat(publication.reason())
                .startsWith("Handler 'first' failed: java.lang.Exception: checked. Handler 'a#s2'");
        assertThat(publication.cause()).isNull();
        assertThat(publication.handlerResults())
                .extracting(HandlerResult::state)
                .containsExactly(
                        DeliveryState.FAILED,
                        DeliveryState.FAILED,
                        DeliveryState.FAILED,
                        DeliveryState.COMPLETED);
        assertThat(publication.handlerResults().get(0).error()).isSameAs(checked);
        assertThat(completed(bus.publish("b", 1)).outcome()).isEqualTo(Outcome.NO_HANDLER);
    }

    private static int overflow(int depth) {
        return overflow(depth + 1) + 1;
    }

    @Test
    @DisplayName("RES-1 a result carries the subscription and the times of the bus's clock")
    void resultDetails() throws Exception {
        InstantSource clock = InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z"));
        try (EventBus fixed = EventBus.builder("fixed").clock(clock).build()) {
            Subscription subscription = fixed.subscribeReplying("a", event -> 7);
            HandlerResult result = completed(fixed.publish("a", 1)).handlerResults().get(0);
            assertThat(result.subscriptionId()).isEqualTo(subscription.id());
            assertThat(result.subscription()).isEqualTo(subscription.name());
            assertThat(result.start()).isEqualTo(clock.instant());
            assertThat(result.end()).isEqualTo(clock.instant());
            assertThat(result.attempts()).isEqualTo(1);
            assertThat(result.value()).isEqualTo(7);
        }
    }

    @Test
    @DisplayName("NST-2 a handler that waits for its child runs it at once, ahead of the queue")
    void nestedAwait() throws Exception {
        List<String> calls = new CopyOnWriteArrayList<>();
        Gate gate = new Gate();
        bus.subscribe(
                "parent",
                event -> {
                    gate.pass();
                    Publication child = bus.publish("child", 1);
                    assertThat(child.join(LONG)).isTrue();
                    calls.add("parent after " + child.outcome());
                });
        bus.subscribe("child", event -> calls.add("child"));
        bus.subscribe("queued", event -> calls.add("queued"));
        Publication parent = bus.publish("parent", 1);
        gate.awaitReached();
        bus.publish("queued", 1);
        gate.open();
        assertThat(completed(parent).outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(bus.awaitIdle(LONG)).isTrue();
        assertThat(calls).containsExactly("child", "parent after HANDLED", "queued");
    }

    @Test
    @DisplayName("NST-2 a handler cannot wait for the event that it handles")
    void waitsForItself() throws Exception {
        AtomicReference<Publication> own = new AtomicReference<>();
        Gate gate = new Gate();
        bus.subscribe(
                "a",
                event -> {
                    gate.pass();
                    own.get().join(LONG);
                });
        own.set(bus.publish("a", 1));
        gate.open();
        Publication publication = completed(own.get());
        assertThat(publication.handlerResults().get(0).error())
                .hasMessage(
                        "Event '"
                                + publication.event().id()
                                + "' is being handled and cannot be waited for by its own"
                                + " handlers.");
    }

    @Test
    @DisplayName("PUB-3 without a store there is no level to wait for")
    void notStored() throws Exception {
        Publication publication = completed(bus.publish("a", 1));
        assertThatThrownBy(() -> publication.stored(Level.OS).toCompletableFuture().join())
                .hasCause(
                        new IllegalStateException(
                                "Bus 'orders' has no store. Set one with EventBusBuilder.store."));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.InvalidTopicException;
import dev.jitney.event.Outcome;
import dev.jitney.event.Severity;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class SubscribeTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final EventBus bus = EventBus.builder("orders").build();
    private final List<String> calls = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        bus.close();
    }

    private Publication handled(Event event) throws InterruptedException {
        Publication publication = bus.publish(event);
        assertThat(publication.join(LONG)).isTrue();
        return publication;
    }

    @Test
    @DisplayName(
            "SUB-1 lambdas of every kind are told apart by the verb, and their values are kept")
    void everyKindOfHandler() throws Exception {
        bus.subscribe("a", event -> calls.add("plain"));
        bus.subscribeReplying("a", event -> "value");
        bus.subscribeAsync("a", event -> CompletableFuture.completedFuture("stage"));
        bus.subscribeDelivery(
                "a",
                SubscribeOptions.defaults(),
                delivery -> delivery.executor().execute(() -> delivery.complete("later")));

        Publication publication = handled(Event.of("a", 1));

        assertThat(calls).containsExactly("plain");
        assertThat(publication.handlerResults())
                .extracting(HandlerResult::value)
                .containsExactly(null, "value", "stage", "later");
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(publication.reason()).isEqualTo("Every handler has returned.");
    }

    @Test
    @DisplayName("SUB-1 the next handler runs only when a stage is complete")
    void stageHoldsTheLane() throws Exception {
        CompletableFuture<String> stage = new CompletableFuture<>();
        bus.subscribeAsync("a", event -> stage);
        bus.subscribe("a", event -> calls.add("next"));
        Publication publication = bus.publish("a", 1);
        Await.until("it has started", () -> publication.state() == Publication.State.STARTED);
        assertThat(calls).isEmpty();
        stage.complete("done");
        publication.join(LONG);
        assertThat(calls).containsExactly("next");
    }

    @Test
    @DisplayName(
            "SUB-1 a blocking handler runs off the shared threads, on its executor if it has one")
    void blockingHandler() throws Exception {
        AtomicReference<Thread> ours = new AtomicReference<>();
        bus.subscribe(
                "a",
                SubscribeOptions.builder().blocking().build(),
                event -> ours.set(Thread.currentThread()));
        bus.subscribe(
                "a",
                SubscribeOptions.builder().blocking(Runnable::run).build(),
                event -> calls.add(Thread.currentThread().getName()));
        bus.subscribe("a", event -> calls.add(Thread.currentThread().getName()));

        handled(Event.of("a", 1));

        assertThat(ours.get().getName()).doesNotMatch("jitney-\\d+");
        assertThat(calls).allMatch(name -> name.matches("jitney-.*")).hasSize(2);
    }

    @Test
    @DisplayName("SUB-1 a handler that returns before it is done cannot be declared blocking")
    void stageIsNotBlocking() {
        SubscribeOptions blocking = SubscribeOptions.builder().blocking().build();
        assertThatThrownBy(
                        () -> bus.subscribeAsync("a", blocking, event -> new CompletableFuture<>()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Subscription to 'a' is declared blocking, but its handler returns before it"
                                + " is done. Use subscribe or subscribeReplying for a handler that"
                                + " blocks.");
    }

    @Test
    @DisplayName("SUB-2 selects by pattern, severity and predicate together")
    void selects() throws Exception {
        SubscribeOptions options =
                SubscribeOptions.builder()
                        .severityAtLeast(Severity.WARNING)
                        .predicate(event -> !"no".equals(event.key()))
                        .build();
        bus.subscribe("a.*", options, event -> calls.add(event.topic()));

        handled(Event.of("a.mild", 1));
        handled(Event.of("b.bad", 1).withSeverity(Severity.CRITICAL));
        handled(Event.of("a.no", 1).withSeverity(Severity.CRITICAL).withKey("no"));
        Publication taken = handled(Event.of("a.bad", 1).withSeverity(Severity.WARNING));

        assertThat(calls).containsExactly("a.bad");
        assertThat(taken.outcome()).isEqualTo(Outcome.HANDLED);
    }

    @Test
    @DisplayName("SUB-2 a predicate that throws is its handler's failure")
    void predicateThrows() throws Exception {
        IllegalStateException failure = new IllegalStateException("no");
        SubscribeOptions options =
                SubscribeOptions.builder()
                        .predicate(
                                event -> {
                                    throw failure;
                                })
                        .build();
        bus.subscribe("a", options, event -> calls.add("never"));
        Publication publication = handled(Event.of("a", 1));
        assertThat(publication.handlerResults().get(0).error()).isSameAs(failure);
        assertThat(calls).isEmpty();
    }

    @Test
    @DisplayName("SUB-3 higher priority runs first, equal priority in order of registration")
    void priorities() throws Exception {
        bus.subscribe("*", event -> calls.add("first of 100"));
        bus.subscribe("a", SubscribeOptions.builder().priority(-5).build(), e -> calls.add("-5"));
        bus.subscribe("a", event -> calls.add("second of 100"));
        bus.subscribe("a", SubscribeOptions.builder().priority(200).build(), e -> calls.add("200"));
        handled(Event.of("a", 1));
        assertThat(calls).containsExactly("200", "first of 100", "second of 100", "-5");
    }

    @Test
    @DisplayName("SUB-4 a subscription tells about itself, and closing it twice is harmless")
    void subscription() throws Exception {
        Handler handler = event -> calls.add("x");
        Subscription named =
                bus.subscribe("a.*", SubscribeOptions.builder().name("billing").build(), handler);
        Subscription other = bus.subscribe("a.*", handler);

        assertThat(named.name()).isEqualTo("billing");
        assertThat(other.name()).isEqualTo("a.*#" + other.id());
        assertThat(named.pattern().text()).isEqualTo("a.*");
        assertThat(named.priority()).isEqualTo(100);
        assertThat(named.id()).isNotEqualTo(other.id());

        handled(Event.of("a.b", 1));
        assertThat(calls).hasSize(2);
        assertThat(named.handled()).isEqualTo(1);

        named.close();
        named.close();
        assertThat(named.active()).isFalse();
        assertThat(bus.unsubscribe(named.id())).isFalse();
        assertThat(bus.unsubscribe(other.id())).isTrue();
        assertThat(handled(Event.of("a.b", 1)).outcome()).isEqualTo(Outcome.NO_HANDLER);
    }

    @Test
    @DisplayName("SUB-4 what is no pattern is refused with position and reason")
    void badPattern() {
        assertThatThrownBy(() -> bus.subscribe("a..b", event -> {}))
                .isInstanceOf(InvalidTopicException.class)
                .hasMessageContaining("'a..b'");
    }

    @Test
    @DisplayName("SUB-5 handlers are decided when processing starts, not at publish and not later")
    void decidedAtStart() throws Exception {
        Gate gate = new Gate();
        bus.subscribe("hold", event -> gate.pass());
        Subscription closed = bus.subscribe("a", event -> calls.add("closed before"));
        bus.publish("hold", 1);
        gate.awaitReached();
        Publication waiting = bus.publish("a", 1);
        closed.close();
        bus.subscribe(
                "a",
                event -> {
                    calls.add("opened before");
                    bus.subscribe("a", later -> calls.add("opened during"));
                });
        gate.open();
        waiting.join(LONG);
        assertThat(calls).containsExactly("opened before");
    }

    @Test
    @DisplayName("TOP-4 a new subscription reaches topics whose routes were cached")
    void routesAreDropped() throws Exception {
        assertThat(handled(Event.of("a.b", 1)).outcome()).isEqualTo(Outcome.NO_HANDLER);
        Subscription exact = bus.subscribe("a.b", event -> calls.add("exact"));
        handled(Event.of("a.b", 1));
        bus.subscribe("a.*", event -> calls.add("wide"));
        exact.close();
        handled(Event.of("a.b", 1));
        assertThat(calls).containsExactly("exact", "wide");
    }
}

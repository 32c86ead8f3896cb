// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static dev.jitney.Await.completed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class NestedChildrenTest extends TwoBuses {

    // ---- NST-1

    @Test
    @DisplayName("NST-1 what handlers of each kind publish is caused by their event and listed")
    void causes() throws Exception {
        SubscribeOptions blocking = SubscribeOptions.builder().blocking().build();
        bus.subscribe("t", event -> bus.publish("plain", 1));
        bus.subscribe("t", blocking, event -> bus.publish("blocking", 1));
        bus.subscribeAsync(
                "t",
                event ->
                        awaited(bus.publish("stage", 1))
                                .thenCompose(done -> awaited(bus.publish("stage.second", 1)))
                                .thenApply(done -> bus.publish("stage.third", 1))
                                .thenApply(done -> null));
        bus.subscribeDelivery(
                "t",
                SubscribeOptions.defaults(),
                delivery ->
                        delivery.executor()
                                .execute(
                                        () -> {
                                            bus.publish("executor", 1);
                                            delivery.complete(null);
                                        }));
        List<Event> children = new CopyOnWriteArrayList<>();
        bus.subscribe("*", event -> children.add(event));
        Publication publication = completed(bus.publish(Event.of("t", 1).withCorrelationId("c1")));
        assertThat(bus.awaitIdle(LONG)).isTrue();
        assertThat(publication.handlerResults())
                .extracting(it -> it.published().stream().map(Event::topic).toList())
                .containsExactly(
                        List.of("plain"),
                        List.of("blocking"),
                        List.of("stage", "stage.second", "stage.third"),
                        List.of("executor"),
                        List.of());
        children.remove(publication.event());
        assertThat(children).hasSize(6);
        assertThat(children)
                .allSatisfy(
                        child -> {
                            assertThat(child.correlationId()).isEqualTo("c1");
                            assertThat(child.causationId()).isEqualTo(publication.event().id());
                        });
    }

    @Test
    @DisplayName(
            "NST-1 an action on completion publishes on no one's behalf, whoever completes the event")
    void actionsAreNotHandlers() throws Exception {
        AtomicReference<Event> published = new AtomicReference<>();
        AtomicReference<Publication> child = new AtomicReference<>();
        Gate gate = new Gate();
        bus.subscribe("child", event -> seen.add("child"));
        bus.subscribe(
                "t",
                event -> {
                    child.set(bus.publish("child", 1));
                    gate.pass();
                    child.get().join(Duration.ZERO);
                });
        Publication publication = bus.publish("t", 1);
        gate.awaitReached();
        // It is the parent's thread that handles and completes the child.
        child.get().whenCompleted(done -> published.set(bus.publish("later", 1).event()));
        gate.open();
        completed(publication);
        assertThat(published.get().causationId()).isNull();
        assertThat(publication.handlerResults().get(0).published()).hasSize(1);
    }

    // ---- NST-3

    @Test
    @DisplayName("NST-3 an awaited child holds its parent open, an unawaited one does not")
    void holdsOpen() throws Exception {
        Gate gate = new Gate();
        other.subscribe("child", event -> gate.pass());
        AtomicReference<Publication> child = new AtomicReference<>();
        bus.subscribeReplying(
                "awaits",
                event -> {
                    child.set(other.publish("child", 1));
                    child.get().toCompletableFuture();
                    return "done";
                });
        bus.subscribeReplying("not", event -> other.publish("child", 1) == null ? 0 : "done");
        Publication awaits = bus.publish("awaits", 1);
        gate.awaitReached();
        Await.until("its handler has ended", () -> awaits.values().size() == 1);
        assertThat(completed(bus.publish("not", 1)).values()).containsExactly("done");
        assertThat(awaits.outcome()).isNull();
        assertThat(awaits.state()).isEqualTo(Publication.State.STARTED);
        assertThat(bus.awaitIdle(Duration.ofMillis(1))).isFalse();
        gate.open();
        completed(awaits);
        assertThat(child.get().outcome()).isEqualTo(Outcome.HANDLED);
    }

    @Test
    @DisplayName("NST-3 a parent ends though the action on its child throws")
    void throwingContinuation() throws Exception {
        bus.subscribe("child", event -> seen.add("child"));
        bus.subscribe(
                "t",
                event ->
                        bus.publish("child", 1)
                                .toCompletableFuture()
                                .thenAccept(
                                        done -> {
                                            throw new IllegalStateException("no");
                                        }));
        assertThat(completed(bus.publish("t", 1)).outcome()).isEqualTo(Outcome.HANDLED);
    }

    // ---- NST-5

    @Test
    @DisplayName(
            "NST-5 a handler that publishes its own topic for ever is stopped at 64 generations")
    void generations() throws Exception {
        Subscription loops =
                bus.subscribe(
                        "t",
                        SubscribeOptions.builder().name("loops").build(),
                        event -> {
                            seen.add(1);
                            bus.publish("t", 1);
                        });
        completed(bus.publish("t", 1));
        assertThat(bus.awaitIdle(LONG)).isTrue();
        assertThat(seen).hasSize(65);
        assertThat(loops.handled()).isEqualTo(64);
        assertThat(loops.failed()).isEqualTo(1);
        assertThat(completed(bus.publish("other", 1)).outcome()).isEqualTo(Outcome.NO_HANDLER);
    }

    @Test
    @DisplayName("NST-5 NST-2 so is one that awaits each generation, and the error shows the chain")
    void awaitedGenerations() throws Exception {
        AtomicReference<Throwable> deepest = new AtomicReference<>();
        bus.subscribe(
                "t",
                SubscribeOptions.builder().name("loops").build(),
                event -> {
                    try {
                        bus.publish("t", 1).join(LONG);
                    } catch (IllegalStateException e) {
                        deepest.set(e);
                    }
                });
        completed(bus.publish("t", 1));
        assertThat(deepest.get())
                .hasMessageContaining("Handler 'loops' may not publish while it handles event '")
                .hasMessageContaining(
                        "be the cause 65 times in one chain of events, and 64 are allowed. The chain: 'loops' on t '");
    }

    @Test
    @DisplayName("NST-5 the handlers of two buses that answer each other are counted apart")
    void overTwoBuses() throws Exception {
        bus.subscribe(
                "t",
                event -> {
                    seen.add("bus");
                    other.publish("t", 1);
                });
        other.subscribe(
                "t",
                event -> {
                    seen.add("other");
                    bus.publish("t", 1);
                });
        bus.publish("t", 1);
        Await.until("it has ended", () -> seen.size() == 2 * 64 + 1);
        assertThat(bus.awaitIdle(LONG) && other.awaitIdle(LONG)).isTrue();
        assertThat(seen.stream().filter("bus"::equals)).hasSize(65);
    }

    @Test
    @DisplayName("NST-5 NST-2 a bus that allows a thousand generations nests a thousand waits")
    void deepWaits() throws Exception {
        try (EventBus deep = EventBus.builder("deep").generationLimit(2_000).build()) {
            deep.subscribe(
                    "t",
                    event -> {
                        int depth = (int) event.payload();
                        seen.add(depth);
                        if (depth > 0) {
                            deep.publish("t", depth - 1).join(Duration.ZERO);
                        }
                    });
            assertThat(completed(deep.publish("t", 1_000)).outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(seen).hasSize(1_001);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import dev.jitney.logs.Logs;
import dev.jitney.spi.ContextCarrier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import org.slf4j.event.Level;

/** What surrounds handlers, and that nothing of it is left behind. */
@ExtendWith(NoLeaks.class)
class ContextTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final Tenants tenants = new Tenants();
    private final EventBus bus = EventBus.builder("orders").contextCarrier(tenants).build();
    private final List<String> seen = new CopyOnWriteArrayList<>();

    @BeforeEach
    void prepare() {
        Logs.clear();
    }

    @AfterEach
    void close() {
        bus.close();
        MDC.clear();
        tenants.set(null);
        assertThat(CorrelationContext.current()).isNull();
    }

    private static void joined(Publication publication) throws InterruptedException {
        assertThat(publication.join(LONG)).isTrue();
    }

    private static SubscribeOptions.Builder options() {
        return SubscribeOptions.builder();
    }

    // ---- correlation

    @Test
    @DisplayName(
            "CTX-1 explicit, else the context's, else the handled event's, else a carrier's, else its own id")
    void order() throws Exception {
        List<Event> children = new CopyOnWriteArrayList<>();
        bus.subscribe("child", children::add);
        bus.subscribe(
                "parent",
                event -> {
                    // The carrier has one to offer in all of these.
                    tenants.set("acme");
                    bus.publish(Event.of("child", 1).withCorrelationId("explicit"));
                    CorrelationContext.runWith(
                            "context",
                            () -> {
                                bus.publish(Event.of("child", 2).withCorrelationId("explicit"));
                                bus.publish("child", 3);
                            });
                    bus.publish("child", 4);
                });
        joined(bus.publish(Event.of("parent", 1).withCorrelationId("parent's")));
        assertThat(bus.awaitIdle(LONG)).isTrue();
        assertThat(children)
                .extracting(Event::correlationId)
                .containsExactly("explicit", "explicit", "context", "parent's");

        tenants.set("acme");
        assertThat(bus.publish("a", 1).event().correlationId()).isEqualTo("trace of acme");
        assertThat(bus.publish(Event.of("a", 1)).event().correlationId())
                .isEqualTo("trace of acme");
        CorrelationContext.runWith(
                "context",
                () -> assertThat(bus.publish("a", 1).event().correlationId()).isEqualTo("context"));
        tenants.set(null);
        Event own = bus.publish("a", 1).event();
        assertThat(own.correlationId()).isEqualTo(own.id());
    }

    @Test
    @DisplayName("CTX-1 a carrier is asked only for an event that nothing else gives an id")
    void askedLast() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        ContextCarrier counting =
                new ContextCarrier() {
                    @Override
                    public String name() {
                        return "counting";
                    }

                    @Override
                    public Object capture() {
                        return null;
                    }

                    @Override
                    public AutoCloseable restore(Object captured) {
                        return null;
                    }

                    @Override
                    public String correlationId() {
                        asked.incrementAndGet();
                        return null;
                    }
                };
        try (EventBus own = EventBus.builder("own").contextCarrier(counting).build()) {
            own.subscribe("parent", event -> own.publish("child", 1));
            joined(own.publish(Event.of("parent", 1).withCorrelationId("explicit")));
            CorrelationContext.runWith("context", () -> own.publish("a", 1));
            assertThat(own.awaitIdle(LONG)).isTrue();
            assertThat(asked).hasValue(0);
            own.publish("a", 1);
            assertThat(asked).hasValue(1);
        }
    }

    @Test
    @DisplayName("CTX-2 while a handler runs the context is that of its event, whoever runs it")
    void inHandlers() throws Exception {
        bus.subscribe("a", event -> seen.add(CorrelationContext.current()));
        bus.subscribe(
                "a", options().blocking().build(), event -> seen.add(CorrelationContext.current()));
        bus.subscribeAsync(
                "a",
                event -> {
                    seen.add(CorrelationContext.current());
                    return CompletableFuture.completedFuture(1);
                });
        Event event = Event.of("a", 1).withCorrelationId("story");
        joined(bus.publish(event));
        assertThat(seen).containsExactly("story", "story", "story");
        seen.clear();
        CorrelationContext.Entry entry = CorrelationContext.with("caller's");
        bus.publishAndJoin(event.renew(), Duration.ZERO);
        assertThat(CorrelationContext.current()).isEqualTo("caller's");
        bus.publish(event.renew(), PublishOptions.builder().dispatch(Dispatch.DIRECT).build());
        assertThat(CorrelationContext.current()).isEqualTo("caller's");
        entry.close();
        assertThat(seen).containsOnly("story").hasSize(6);
    }

    @Test
    @DisplayName(
            "CTX-4 a correlation that a handler leaves open leaks neither to the next nor to the caller")
    void leftOpen() throws Exception {
        bus.subscribe("a", event -> CorrelationContext.with("left open"));
        bus.subscribe("a", event -> seen.add(CorrelationContext.current()));
        Event event = Event.of("a", 1).withCorrelationId("story");
        joined(bus.publish(event));
        joined(bus.publish(event.renew().withCorrelationId("other")));
        bus.publishAndJoin(event.renew().withCorrelationId("third"), Duration.ZERO);
        assertThat(seen).containsExactly("story", "other", "third");
        assertThat(CorrelationContext.current()).isNull();
    }

    // ---- the logging context

    private static Map<String, String> logged(Event event) {
        return Map.of(
                "correlationId",
                event.correlationId(),
                "eventId",
                event.id(),
                "topic",
                event.topic());
    }

    @Test
    @DisplayName("CTX-2 MDC has correlationId, eventId and topic while a handler runs")
    void loggingContext() throws Exception {
        List<Map<String, String>> contexts = new CopyOnWriteArrayList<>();
        bus.subscribe("a.b", event -> contexts.add(MDC.getCopyOfContextMap()));
        bus.subscribe(
                "a.b",
                options().blocking().build(),
                event -> contexts.add(MDC.getCopyOfContextMap()));
        bus.subscribeAsync(
                "a.b",
                event -> {
                    contexts.add(MDC.getCopyOfContextMap());
                    return CompletableFuture.completedFuture(1);
                });
        Publication publication = bus.publish(Event.of("a.b", 1).withCorrelationId("story"));
        joined(publication);
        assertThat(contexts).containsOnly(logged(publication.event())).hasSize(3);
    }

    @ParameterizedTest(name = "{displayName}, with a tenant: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName(
            "CTX-2 MDC gets its old values back, on a thread that runs handlers for itself too")
    void loggingContextOfTheCaller(boolean carries) throws Exception {
        tenants.set(carries ? "acme" : null);
        MDC.put("eventId", "caller's");
        MDC.put("user", "ann");
        List<Map<String, String>> contexts = new ArrayList<>();
        bus.subscribe(
                "a",
                event -> {
                    contexts.add(MDC.getCopyOfContextMap());
                    MDC.clear();
                    MDC.put("user", "bob");
                    MDC.put("left", "behind");
                });
        bus.subscribe("a", event -> contexts.add(MDC.getCopyOfContextMap()));
        Publication publication = bus.publishAndJoin(Event.of("a", 1), Duration.ZERO);
        assertThat(contexts).hasSize(2);
        for (Map<String, String> context : contexts) {
            assertThat(context)
                    .containsAllEntriesOf(logged(publication.event()))
                    .containsEntry("user", "ann")
                    .hasSize(4);
        }
        assertThat(MDC.getCopyOfContextMap())
                .containsExactlyInAnyOrderEntriesOf(Map.of("eventId", "caller's", "user", "ann"));
    }

    @ParameterizedTest(name = "{displayName}, with a tenant: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName(
            "CTX-4 what a handler puts into MDC leaks neither to the next handler nor to the next event")
    void loggingContextDoesNotLeak(boolean carries) throws Exception {
        tenants.set(carries ? "acme" : null);
        List<Map<String, String>> contexts = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 2; i++) {
            bus.subscribe(
                    "a",
                    event -> {
                        contexts.add(MDC.getCopyOfContextMap());
                        MDC.put("left", "behind");
                    });
        }
        joined(bus.publish("a", 1));
        joined(bus.publish("a", 2));
        assertThat(contexts).hasSize(4).allMatch(context -> !context.containsKey("left"));
    }

    // ---- carriers

    @Test
    @DisplayName(
            "CTX-4 the context at publish is what handlers see, though they run later elsewhere")
    void carried() throws Exception {
        Gate gate = new Gate();
        bus.subscribe("first", event -> gate.pass());
        bus.subscribe("a", event -> seen.add("lane " + tenants.current()));
        bus.subscribe(
                "a",
                options().blocking().build(),
                event -> seen.add("blocking " + tenants.current()));
        bus.subscribeAsync(
                "a",
                event -> {
                    seen.add("stage " + tenants.current());
                    return CompletableFuture.completedFuture(1);
                });
        bus.publish("first", 1);
        gate.awaitReached();
        tenants.set("acme");
        Publication one = bus.publish("a", 1);
        tenants.set("bell");
        Publication two = bus.publish("a", 2);
        tenants.set(null);
        Publication none = bus.publish("a", 3);
        gate.open();
        joined(one);
        joined(two);
        joined(none);
        assertThat(seen)
                .containsExactly(
                        "lane acme",
                        "blocking acme",
                        "stage acme",
                        "lane bell",
                        "blocking bell",
                        "stage bell",
                        "lane null",
                        "blocking null",
                        "stage null");
    }

    @Test
    @DisplayName(
            "CTX-4 the context is there in every attempt, and what a handler changes is not in the next")
    void carriedToRetries() throws Exception {
        SubscribeOptions twice = options().retry(RetryPolicy.immediate(3)).build();
        bus.subscribe(
                "a",
                twice,
                event -> {
                    seen.add(tenants.current());
                    tenants.set("changed");
                    if (seen.size() < 3) {
                        throw new IllegalStateException("once more");
                    }
                });
        List<String> others = new CopyOnWriteArrayList<>();
        bus.subscribe("a", event -> others.add(tenants.current()));
        tenants.set("acme");
        joined(bus.publish("a", 1));
        assertThat(seen).containsExactly("acme", "acme", "acme");
        assertThat(others).containsExactly("acme");
    }

    @Test
    @DisplayName("CTX-4 handlers that run in parallel see it too")
    void carriedInParallel() throws Exception {
        for (int i = 0; i < 3; i++) {
            bus.subscribe("a", event -> seen.add(tenants.current()));
        }
        tenants.set("acme");
        joined(
                bus.publish(
                        Event.of("a", 1),
                        PublishOptions.builder().handlerOrder(HandlerOrder.PARALLEL).build()));
        assertThat(seen).containsExactly("acme", "acme", "acme");
    }

    @Test
    @DisplayName(
            "CTX-4 what a handler publishes carries the context on, and the publisher keeps its own")
    void carriedOn() throws Exception {
        bus.subscribe("child", event -> seen.add("child " + tenants.current()));
        bus.subscribe(
                "parent",
                event -> {
                    bus.publish("child", 1);
                    tenants.set("changed");
                    bus.publish("child", 2);
                });
        tenants.set("acme");
        bus.publishAndJoin(Event.of("parent", 1), Duration.ZERO);
        assertThat(tenants.current()).isEqualTo("acme");
        assertThat(bus.awaitIdle(LONG)).isTrue();
        assertThat(seen).containsExactly("child acme", "child changed");
    }

    @Test
    @DisplayName("CTX-4 FWD-1 the context goes along to other buses that carry the same")
    void carriedToOtherBuses() throws Exception {
        try (EventBus other = EventBus.builder("other").contextCarrier(tenants).build()) {
            other.subscribe("a", event -> seen.add(tenants.current()));
            bus.forwardTo(other, "*");
            tenants.set("acme");
            joined(bus.publish("a", 1));
            assertThat(seen).containsExactly("acme");
        }
    }

    @Test
    @DisplayName("CTX-4 many publishes of many tenants at once are isolated from each other")
    void isolated() throws Exception {
        EventBusBuilder parallel =
                EventBus.builder("parallel").contextCarrier(tenants).ordering(Ordering.PARALLEL);
        List<String> wrong = new CopyOnWriteArrayList<>();
        try (EventBus own = parallel.build()) {
            own.subscribe(
                    "*",
                    event -> {
                        if (!event.payload().equals(tenants.current())) {
                            wrong.add(event.payload() + " ran as " + tenants.current());
                        }
                    });
            List<Thread> publishers = new ArrayList<>();
            for (int number = 0; number < 4; number++) {
                String tenant = "tenant-" + number;
                publishers.add(new Thread(() -> publishAs(own, tenant)));
            }
            publishers.forEach(Thread::start);
            for (Thread publisher : publishers) {
                publisher.join();
            }
            assertThat(own.awaitIdle(LONG)).isTrue();
            assertThat(own.stats().handled()).isEqualTo(4_000);
        }
        assertThat(wrong).isEmpty();
    }

    private void publishAs(EventBus own, String tenant) {
        tenants.set(tenant);
        for (int i = 0; i < 1_000; i++) {
            own.publish("t" + i % 5, tenant);
        }
    }

    // ---- a context of one publish

    @Test
    @DisplayName("CTX-4 a context of PublishOptions is there in every handler, and ends with it")
    void ownContext() throws Exception {
        ThreadLocal<String> user = new ThreadLocal<>();
        PublishOptions asAnn =
                PublishOptions.builder()
                        .context(
                                () -> {
                                    user.set("ann");
                                    return user::remove;
                                })
                        .build();
        bus.subscribe("a", event -> seen.add("lane " + user.get()));
        bus.subscribe(
                "a", options().blocking().build(), event -> seen.add("blocking " + user.get()));
        joined(bus.publish(Event.of("a", 1), asAnn));
        joined(bus.publish("a", 2));
        assertThat(seen).containsExactly("lane ann", "blocking ann", "lane null", "blocking null");
    }

    @Test
    @DisplayName("CTX-4 ERR-6 a context that throws is logged, and the handler runs without it")
    void brokenContext() throws Exception {
        bus.subscribe("a", event -> seen.add("handled"));
        PublishOptions broken =
                PublishOptions.builder()
                        .context(
                                () -> {
                                    throw new IllegalStateException("no context");
                                })
                        .build();
        PublishOptions brokenLater =
                PublishOptions.builder()
                        .context(
                                () ->
                                        () -> {
                                            throw new IllegalStateException("no end");
                                        })
                        .build();
        PublishOptions none = PublishOptions.builder().context(() -> null).build();
        for (PublishOptions options : List.of(broken, brokenLater, none)) {
            Publication publication = bus.publish(Event.of("a", 1), options);
            joined(publication);
            assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
        }
        assertThat(seen).hasSize(3);
        assertThat(Logs.messages(Level.WARN))
                .containsExactly(
                        "The context of PublishOptions has failed in 'get':"
                                + " java.lang.IllegalStateException: no context.");
    }
}

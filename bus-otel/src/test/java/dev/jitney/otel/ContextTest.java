// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.CorrelationContext;
import dev.jitney.EventBus;
import dev.jitney.Handler;
import dev.jitney.Ordering;
import dev.jitney.ReplyHandler;
import dev.jitney.RetryPolicy;
import dev.jitney.StageHandler;
import dev.jitney.SubscribeOptions;
import dev.jitney.event.Event;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What handlers of all forms see of OpenTelemetry's context, and what threads keep of it. */
@Timeout(60)
class ContextTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Rig rig = new Rig();
    private final ExecutorService pool = Executors.newFixedThreadPool(4);

    // What each handler has seen: the id of its span and the publisher's baggage.
    private final Map<String, String> seen = new ConcurrentHashMap<>();

    @AfterEach
    void close() {
        rig.close();
        pool.shutdownNow();
    }

    private void look(String handler) {
        seen.put(
                handler,
                Span.current().getSpanContext().getSpanId()
                        + " "
                        + Baggage.current().getEntryValue("tenant"));
    }

    private static SubscribeOptions.Builder named(String name) {
        return SubscribeOptions.builder().name(name);
    }

    private void subscribeAll(EventBus bus) {
        bus.subscribe("*", named("plain").build(), (Handler) event -> look("plain"));
        bus.subscribe("*", named("blocking").blocking().build(), (Handler) e -> look("blocking"));
        bus.subscribe("*", named("pool").blocking(pool).build(), (Handler) e -> look("pool"));
        bus.subscribeReplying(
                "*",
                named("replying").build(),
                (ReplyHandler)
                        event -> {
                            look("replying");
                            return 1;
                        });
        bus.subscribeAsync(
                "*",
                named("stage").build(),
                (StageHandler)
                        event -> {
                            look("stage");
                            return CompletableFuture.completedFuture(1);
                        });
        bus.subscribeDelivery(
                "*",
                named("delivery").build(),
                delivery ->
                        delivery.executor()
                                .execute(
                                        () -> {
                                            look("delivery");
                                            delivery.complete(null);
                                        }));
        bus.subscribe(
                "*",
                named("retried").retry(RetryPolicy.immediate(2)).build(),
                (Handler)
                        event -> {
                            if (seen.put("first of retried", "") == null) {
                                throw new IllegalStateException();
                            }
                            look("retried");
                        });
    }

    @SuppressWarnings("try") // The scope is there to be closed.
    private void publish(EventBus bus) {
        Baggage baggage = Baggage.builder().put("tenant", "acme").build();
        try (Scope scope = baggage.makeCurrent()) {
            bus.publish("order.placed", 1);
        }
    }

    @Test
    @DisplayName("CTX-4 in a handler of any form its span is current, with the publisher's baggage")
    void everyFormOfHandler() throws Exception {
        EventBus bus = rig.bus("orders");
        subscribeAll(bus);
        publish(bus);
        assertThat(bus.awaitIdle(PATIENCE)).isTrue();
        seen.remove("first of retried");
        assertThat(seen).hasSize(7);
        for (SpanData span : rig.spans()) {
            String handler = span.getAttributes().get(Names.SUBSCRIPTION);
            if (handler != null) {
                assertThat(seen.remove(handler)).as(handler).isEqualTo(span.getSpanId() + " acme");
            }
        }
        assertThat(seen).isEmpty();
    }

    @Test
    @DisplayName("CTX-4 a handler that its publisher runs sees its own context, and puts it back")
    void onThePublishersThread() throws Exception {
        EventBus bus = rig.bus("orders");
        bus.subscribe("order.*", named("plain").build(), (Handler) event -> look("plain"));
        rig.within(
                "checkout",
                () -> {
                    Context before = Context.current();
                    bus.publishAndJoin(Event.of("order.placed", 1), Duration.ZERO);
                    assertThat(Context.current()).isSameAs(before);
                });
        SpanData process = rig.spans().get(2);
        assertThat(seen).containsEntry("plain", process.getSpanId() + " null");
    }

    @Test
    @DisplayName("CTX-4 a context that a handler leaves behind does not stay on its thread")
    void leftBehind() throws Exception {
        EventBus bus = rig.bus("orders");
        bus.subscribe("order.*", (Handler) event -> leaveBehind());
        Context before = Context.current();
        bus.publishAndJoin(Event.of("order.placed", 1), Duration.ZERO);
        assertThat(Context.current()).isSameAs(before);
    }

    @SuppressWarnings("MustBeClosedChecker") // That is the mistake.
    private void leaveBehind() {
        rig.tracer.spanBuilder("left").startSpan().makeCurrent();
    }

    @Test
    @DisplayName(
            "CTX-4 nothing leaks: after 100 000 events on 4 threads the context is root on each")
    void nothingLeaks() throws Exception {
        Rig unsampled = new Rig(Sampler.alwaysOff());
        ExecutorService own = Executors.newFixedThreadPool(4);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        try (unsampled) {
            EventBus bus =
                    unsampled.bus("orders", one -> one.ordering(Ordering.PARALLEL).parallelism(4));
            bus.subscribe(
                    "order.*",
                    SubscribeOptions.builder().blocking(own).build(),
                    (Handler)
                            event -> {
                                threads.add(Thread.currentThread());
                                Context.current().with(Span.getInvalid());
                            });
            for (int i = 0; i < 100_000; i++) {
                bus.publish("order.placed", i);
            }
            assertThat(bus.awaitIdle(PATIENCE)).isTrue();
            assertThat(threads).hasSize(4);
            assertThat(onEach(own, Context::current)).hasSize(4).containsOnly(Context.root());
            assertThat(Context.current()).isSameAs(Context.root());
        } finally {
            own.shutdownNow();
        }
    }

    private static <T> List<T> onEach(ExecutorService four, Callable<T> look) throws Exception {
        CountDownLatch all = new CountDownLatch(4);
        List<Future<T>> running = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            running.add(
                    four.submit(
                            () -> {
                                all.countDown();
                                assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
                                return look.call();
                            }));
        }
        List<T> seen = new ArrayList<>();
        for (Future<T> one : running) {
            seen.add(one.get(10, TimeUnit.SECONDS));
        }
        return seen;
    }

    @Test
    @DisplayName("CTX-1 the trace id is the correlation id, unless one is given or in force")
    void correlation() throws Exception {
        EventBus bus = rig.bus("orders");
        List<String> ids = new ArrayList<>();
        bus.subscribe(
                "order.placed",
                (Handler) event -> ids.add(bus.publish("order.paid", 1).event().correlationId()));
        rig.within(
                "checkout",
                () -> {
                    String trace = Traces.currentTraceId();
                    assertThat(trace).matches("[0-9a-f]{32}");
                    Event event = bus.publish("order.placed", 1).event();
                    assertThat(event.correlationId()).isEqualTo(trace);
                    assertThat(bus.awaitIdle(PATIENCE)).isTrue();
                    assertThat(ids).as("of what its handler publishes").containsExactly(trace);
                    Event given = Event.builder("order.sent").correlationId("given").build();
                    assertThat(bus.publish(given).event().correlationId()).isEqualTo("given");
                    CorrelationContext.runWith(
                            "req-42",
                            () ->
                                    assertThat(bus.publish("order.sent", 1).event().correlationId())
                                            .isEqualTo("req-42"));
                });
        Event alone = bus.publish("order.sent", 1).event();
        assertThat(alone.correlationId()).isEqualTo(alone.id());
    }
}

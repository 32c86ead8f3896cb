// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.Severity;
import dev.jitney.logs.Logs;
import dev.jitney.test.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.event.Level;

/** What a bus publishes about handlers that fail, and that this never feeds itself. */
@ExtendWith(NoLeaks.class)
class HandlerErrorTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final String ERROR = "system.handler_error";

    private final EventBus bus = EventBus.builder("orders").build();
    private final List<Event> errors = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        bus.close();
    }

    private static SubscribeOptions named(String name) {
        return SubscribeOptions.builder().name(name).build();
    }

    private static Handler failing(String message) {
        return event -> {
            throw new IllegalStateException(message);
        };
    }

    private void idle() throws InterruptedException {
        assertThat(bus.awaitIdle(LONG)).isTrue();
    }

    @Test
    @DisplayName(
            "ERR-1 a failure is recorded, counted, logged and published with what is known of it")
    void published() throws Exception {
        Logs.clear();
        bus.subscribe(ERROR, errors::add);
        Subscription failing = bus.subscribe("t", named("billing"), failing("no route"));
        Publication publication = bus.publish("t", 1);
        idle();
        Event event = publication.event();
        assertThat(errors).hasSize(1);
        Event error = errors.get(0);
        assertThat(error.source()).isEqualTo("orders");
        assertThat(error.severity()).isEqualTo(Severity.WARNING);
        assertThat(error.correlationId()).isEqualTo(event.correlationId());
        assertThat(error.causationId()).isEqualTo(event.id());
        assertThat(error.payload())
                .isEqualTo(
                        Map.of(
                                "event", event.id(),
                                "topic", "t",
                                "handler", "billing",
                                "state", "FAILED",
                                "attempts", 1,
                                "error", "java.lang.IllegalStateException",
                                "message", "no route"));
        assertThat(failing.failed()).isEqualTo(1);
        assertThat(publication.handlerResults().get(0).published())
                .as("the bus has published it, not the handler")
                .isEmpty();
        assertThat(Logs.messages(Level.WARN))
                .containsExactly(
                        "Handler 'billing' of bus 'orders' failed on event " + event.id() + " (t)");
    }

    @Test
    @DisplayName("ERR-1 an id with line breaks in it begins no line of the log")
    void oneLine() throws Exception {
        Logs.clear();
        bus.subscribe("t", named("billing"), failing("no route"));
        bus.publish(Event.of("t", 1).withId("1\n2\u001b[2J\u2028é"));
        idle();
        assertThat(Logs.messages(Level.WARN))
                .containsExactly(
                        "Handler 'billing' of bus 'orders' failed on event"
                                + " 1\\u000a2\\u001b[2J\\u2028é (t)");
    }

    @Test
    @DisplayName(
            "ERR-1 ERR-3 it is published once, when the last attempt has failed; limits count too")
    void onceForAll() throws Exception {
        bus.subscribe(ERROR, errors::add);
        SubscribeOptions thrice =
                SubscribeOptions.builder().name("one").retry(RetryPolicy.immediate(3)).build();
        bus.subscribe("t", thrice, failing("no"));
        bus.publish("t", 1);
        idle();
        assertThat(errors).hasSize(1);
        assertThat(payload(errors.get(0))).containsEntry("attempts", 3);

        VirtualTime time = new VirtualTime();
        Gate gate = new Gate();
        Duration limit = Duration.ofSeconds(3);
        try (EventBus limited =
                EventBus.builder("limited").clock(time).handlerTimeout(limit).build()) {
            limited.subscribe(ERROR, errors::add);
            limited.subscribe("t", event -> gate.pass());
            limited.publish("t", 1);
            gate.awaitReached();
            time.advance(limit);
            assertThat(limited.awaitIdle(LONG)).isTrue();
        }
        assertThat(errors).hasSize(2);
        assertThat(payload(errors.get(1)))
                .containsEntry("state", "TIMED_OUT")
                .containsEntry("error", "java.util.concurrent.TimeoutException");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> payload(Event event) {
        return (Map<String, Object>) event.payload();
    }

    @Test
    @DisplayName(
            "ERR-1 a failure while handling an event below system. is not published, whatever the pattern")
    void noLoop() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        bus.subscribe(
                "*",
                event -> {
                    runs.incrementAndGet();
                    throw new IllegalStateException("no");
                });
        bus.publish("t", 1);
        idle();
        assertThat(runs).as("t and its error").hasValue(2);
        bus.publish("system.own", 1);
        idle();
        assertThat(runs).hasValue(3);
        assertThat(bus.deadLetters().size()).as("letters are made all the same").isEqualTo(3);
    }

    @Test
    @DisplayName("ERR-1 NST-5 a handler of errors that fails by way of another one is stopped")
    void loopThroughOthers() throws Exception {
        AtomicInteger alerts = new AtomicInteger();
        bus.subscribe(
                ERROR,
                event -> {
                    alerts.incrementAndGet();
                    bus.publish("alert", 1);
                });
        bus.subscribe("alert", failing("no"));
        bus.publish("alert", 1);
        idle();
        assertThat(alerts.get()).as("at most 64 generations").isBetween(2, 64);
    }

    @Test
    @DisplayName("ERR-1 NST-4 the error descends from its event, and is found in the history")
    void descends() throws Exception {
        bus.subscribe("t", failing("no"));
        Event event = bus.publish("t", 1).event();
        idle();
        Event error = bus.children(event).get(0);
        assertThat(error.topic()).isEqualTo(ERROR);
        assertThat(bus.isDescendantOf(error, event)).isTrue();
    }

    @Test
    @DisplayName("ERR-1 FWD-1 a failure on another bus is told of there")
    void otherBus() throws Exception {
        try (EventBus other = EventBus.builder("other").build()) {
            bus.subscribe(ERROR, errors::add);
            List<Event> others = new CopyOnWriteArrayList<>();
            other.subscribe(ERROR, others::add);
            other.subscribe("t", failing("no"));
            bus.forwardTo(other, "t");
            bus.publish("t", 1);
            idle();
            assertThat(other.awaitIdle(LONG)).isTrue();
            assertThat(others).hasSize(1);
            assertThat(others.get(0).source()).isEqualTo("other");
            assertThat(errors).isEmpty();
        }
    }
}

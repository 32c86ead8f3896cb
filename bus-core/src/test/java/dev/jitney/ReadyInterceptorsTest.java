// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import dev.jitney.event.Selection;
import dev.jitney.event.Severity;
import dev.jitney.logs.Logs;
import dev.jitney.spi.InterceptorProvider;
import dev.jitney.test.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.event.Level;

@ExtendWith(NoLeaks.class)
class ReadyInterceptorsTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final VirtualTime time = new VirtualTime();
    private final List<Event> seen = new CopyOnWriteArrayList<>();

    private EventBus bus(String name, Map<String, String> config) {
        return EventBus.builder("orders")
                .clock(time)
                .plugin(InterceptorProvider.class, name, config)
                .build();
    }

    private static SubscribeOptions named(String name) {
        return SubscribeOptions.builder().name(name).build();
    }

    private static SubscribeOptions retried(String name, int attempts) {
        RetryPolicy policy = RetryPolicy.builder().attempts(attempts).fixed(Duration.ZERO).build();
        return SubscribeOptions.builder().name(name).retry(policy).build();
    }

    private Publication publish(EventBus bus, Event event) throws InterruptedException {
        Publication publication = bus.publish(event);
        assertThat(publication.join(LONG)).isTrue();
        assertThat(bus.awaitIdle(LONG)).isTrue();
        return publication;
    }

    private List<String> topics() {
        return seen.stream().map(Event::topic).toList();
    }

    @Test
    @DisplayName("ICP-2 auto-error publishes one event for each handler that has failed for good")
    void errors() throws Exception {
        try (EventBus bus = bus("auto-error", Map.of())) {
            bus.subscribe("order.*", seen::add);
            bus.subscribe(
                    "order.paid",
                    retried("billing", 3),
                    event -> {
                        throw new IllegalStateException("no money");
                    });
            bus.subscribe("order.paid", named("mail"), event -> {});
            Event event = Event.of("order.paid", 7).withKey("k").withCorrelationId("c");
            assertThat(publish(bus, event).outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
        }
        assertThat(topics()).containsExactly("order.paid", "order.paid.error");
        Event error = seen.get(1);
        assertThat(error.severity()).isEqualTo(Severity.WARNING);
        assertThat(error.key()).isEqualTo("k");
        assertThat(error.correlationId()).isEqualTo("c");
        assertThat(error.causationId()).isEqualTo(seen.get(0).id());
        assertThat(error.payload())
                .isEqualTo(
                        Map.of(
                                "handler",
                                "billing",
                                "errorType",
                                "java.lang.IllegalStateException",
                                "error",
                                "no money",
                                "attempts",
                                3));
    }

    @Test
    @DisplayName("ICP-2 auto-error follows a time limit, too")
    void timeLimit() throws Exception {
        try (EventBus bus = bus("auto-error", Map.of())) {
            bus.subscribe("t.error", seen::add);
            Gate gate = new Gate();
            bus.subscribe(
                    "t",
                    SubscribeOptions.builder().name("slow").timeout(Duration.ofSeconds(1)).build(),
                    event -> gate.pass());
            Publication publication = bus.publish("t", 1);
            gate.awaitReached();
            time.advance(Duration.ofSeconds(1));
            assertThat(publication.join(LONG)).isTrue();
            assertThat(bus.awaitIdle(LONG)).isTrue();
            gate.open();
        }
        assertThat(topics()).containsExactly("t.error");
    }

    @Test
    @DisplayName("ICP-2 auto-result publishes one event for each value that a handler returns")
    void results() throws Exception {
        try (EventBus bus = bus("auto-result", Map.of("topics", "sum, other.*"))) {
            bus.subscribe("*.result", seen::add);
            bus.subscribeReplying("sum", named("adder"), event -> 42);
            bus.subscribeReplying("sum", named("nothing"), event -> null);
            bus.subscribeReplying("not.wanted", named("n"), event -> 1);
            publish(bus, Event.of("sum", 1));
            publish(bus, Event.of("not.wanted", 1));
        }
        assertThat(topics()).containsExactly("sum.result");
        assertThat(seen.get(0).payload()).isEqualTo(Map.of("handler", "adder", "data", 42));
    }

    @Test
    @DisplayName("ICP-2 nothing follows on system topics, on follow-ups and on replayed events")
    void noLoops() throws Exception {
        for (String name : List.of("auto-error", "auto-result")) {
            seen.clear();
            try (EventBus bus = bus(name, Map.of())) {
                bus.subscribe("*", seen::add);
                bus.subscribeReplying(
                        "*",
                        event -> {
                            if (name.equals("auto-result")) {
                                return 1;
                            }
                            throw new IllegalStateException("always");
                        });
                publish(bus, Event.of("t", 1));
                publish(bus, Event.of("t.error", 1));
                publish(bus, Event.of("t.result", 1));
                bus.replay(Selection.all());
                assertThat(bus.awaitIdle(LONG)).isTrue();
            }
            assertThat(topics().stream().filter(one -> one.startsWith("t")))
                    .containsOnly("t", "t.error", "t.result");
            assertThat(topics().stream().filter(one -> one.equals("t." + name.substring(5))))
                    .as("once published, once as a follow-up, and each replayed")
                    .hasSize(4);
        }
    }

    @Test
    @DisplayName("ICP-2 ERR-6 a follow-up that cannot be published is logged and harms nothing")
    void unpublishable() throws Exception {
        String topic = "t".repeat(250);
        Logs.clear();
        try (EventBus bus = bus("auto-result", Map.of())) {
            bus.subscribeReplying(topic, event -> 1);
            assertThat(publish(bus, Event.of(topic, 1)).outcome()).isEqualTo(Outcome.HANDLED);
        }
        assertThat(Logs.messages(Level.WARN))
                .singleElement()
                .asString()
                .startsWith("The interceptor 'auto-result' has failed in 'handlerCompleted': ");
    }

    @Test
    @DisplayName("ICP-2 logging says what became of each event, and what failed")
    void logging() throws Exception {
        Logs.clear();
        Event event = Event.of("order.paid", "secret").withId("1").withSource("shop");
        try (EventBus bus = bus("logging", Map.of())) {
            bus.subscribe("order.paid", named("mail"), any -> time.advance(Duration.ofMillis(5)));
            bus.subscribe(
                    "order.paid",
                    retried("billing", 2),
                    any -> {
                        throw new IllegalStateException("no money");
                    });
            publish(bus, event);
            publish(bus, event);
        }
        assertThat(Logs.messages(Level.WARN))
                .contains(
                        "Handler 'billing' failed on event order.paid (1) after 2 attempts:"
                                + " java.lang.IllegalStateException: no money");
        assertThat(Logs.messages(Level.INFO))
                .contains(
                        "Event order.paid (1) from shop PUBLISHED: HANDLED_WITH_FAILURES in 5 ms, 1"
                                + " of 2 handlers failed",
                        "Event order.paid (1) from shop PUBLISHED: DUPLICATE in 0 ms, 0 of 0"
                                + " handlers failed");
        assertThat(Logs.lines()).noneMatch(line -> line.message().contains("secret"));
    }

    @Test
    @DisplayName("ICP-2 logging writes one line of each, whatever a publisher has put into it")
    void oneLineEach() throws Exception {
        Logs.clear();
        String forged = "1\nEvent order.paid (2) from shop";
        Event event = Event.of("order.paid", 1).withId(forged).withSource("\u001b[2J");
        try (EventBus bus = bus("logging", Map.of())) {
            bus.subscribe(
                    "order.paid",
                    named("billing"),
                    any -> {
                        throw new IllegalStateException("no\r\nmoney\u202e");
                    });
            publish(bus, event);
        }
        assertThat(Logs.messages(Level.WARN))
                .contains(
                        "Handler 'billing' failed on event order.paid"
                                + " (1\\u000aEvent order.paid (2) from shop) after 1 attempt:"
                                + " java.lang.IllegalStateException: no\\u000d\\u000amoney\\u202e");
        assertThat(Logs.messages(Level.INFO))
                .contains(
                        "Event order.paid (1\\u000aEvent order.paid (2) from shop) from \\u001b[2J"
                                + " PUBLISHED: HANDLED_WITH_FAILURES in 0 ms, 1 of 1 handlers failed");
        assertThat(Logs.lines()).noneMatch(line -> line.message().contains("\n"));
    }

    @Test
    @DisplayName("ICP-2 all that is wrong with the keys is said at once")
    void configuration() {
        assertThatThrownBy(
                        () ->
                                bus(
                                        "logging",
                                        Map.of("level", "loud", "topics", "a..b", "tpoics", "x")))
                .hasMessageContaining("'level' is 'loud'")
                .hasMessageContaining("'topics' holds 'a..b', expected topic patterns")
                .hasMessageContaining("'tpoics'");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.naming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.EventBus;
import dev.jitney.Handler;
import dev.jitney.Publication;
import dev.jitney.event.DeadLetter;
import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.EventValidatorProvider;
import dev.jitney.spi.ValidationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The validator of topic names as users meet it: on a bus. */
class NamingOnABusTest {

    private static EventBus bus(Map<String, String> config) {
        return EventBus.builder("shop")
                .plugin(EventValidatorProvider.class, "naming", config)
                .build();
    }

    private static Outcome outcome(EventBus bus, Event event) throws InterruptedException {
        Publication publication = bus.publish(event);
        assertThat(publication.join(Duration.ofSeconds(10))).isTrue();
        return publication.outcome();
    }

    @Test
    @DisplayName(
            "VAL-1 strict: what is refused is neither handled nor counted, and is a dead letter")
    void strictRefuses() throws Exception {
        ConcurrentLinkedQueue<String> handled = new ConcurrentLinkedQueue<>();
        try (EventBus bus = bus(Map.of("domains", "order"))) {
            bus.subscribe("*", (Handler) event -> handled.add(event.topic()));
            for (String topic : List.of("Order.Placed", "order", "user.added")) {
                assertThatThrownBy(() -> bus.publish(topic, 1))
                        .isInstanceOf(ValidationException.class)
                        .hasMessageStartingWith("Event '" + topic + "' is refused by 'naming'");
            }
            assertThat(outcome(bus, Event.of("order.placed", 1))).isEqualTo(Outcome.HANDLED);
            assertThat(handled).containsExactly("order.placed");
            assertThat(bus.stats().published()).isEqualTo(1);
            assertThat(bus.deadLetters().list(DeadLetterSink.Filter.all(), 10))
                    .extracting(DeadLetter::reason)
                    .hasSize(3)
                    .containsOnly(DeadLetter.Reason.VALIDATION_ERROR);
        }
    }

    @Test
    @DisplayName("VAL-1 warn: the same is taken")
    void warnTakes() throws Exception {
        try (EventBus bus = bus(Map.of("mode", "warn", "domains", "order"))) {
            bus.subscribe("*", (Handler) event -> {});
            assertThat(outcome(bus, Event.of("Order.Placed", 1))).isEqualTo(Outcome.HANDLED);
            assertThat(outcome(bus, Event.of("user", 1))).isEqualTo(Outcome.HANDLED);
            assertThat(bus.deadLetters().size()).isZero();
        }
    }

    @Test
    @DisplayName("VAL-1 the name of the bus is no source of the publisher's own")
    void requiresASource() throws Exception {
        try (EventBus bus = bus(Map.of("require-source", "true"))) {
            Event event = Event.of("order.placed", 1);
            assertThatThrownBy(() -> bus.publish(event))
                    .hasMessage(
                            "Event 'order.placed' is refused by 'naming': the source is missing,"
                                    + " give one with withSource.");
            assertThat(outcome(bus, event.withSource("till-7"))).isEqualTo(Outcome.NO_HANDLER);
        }
    }

    @Test
    @DisplayName("VAL-1 topics below 'system' are reserved: warned of, though strict, and taken")
    void systemIsReserved() throws Exception {
        try (EventBus bus = bus(Map.of("domains", "order"))) {
            assertThat(outcome(bus, Event.of("system.mine", 1))).isEqualTo(Outcome.NO_HANDLER);
            assertThat(outcome(bus, Event.of("system.health", 1))).isEqualTo(Outcome.NO_HANDLER);
        }
    }

    @Test
    @DisplayName("VAL-1 a pattern of one's own is in force on a bus, and domains beside it")
    void takesAPattern() throws Exception {
        Map<String, String> config =
                Map.of("pattern", "[a-z]+-v[0-9]+\\.[a-z]+", "domains", "order-v2");
        try (EventBus bus = bus(config)) {
            assertThat(outcome(bus, Event.of("order-v2.placed", 1))).isEqualTo(Outcome.NO_HANDLER);
            assertThatThrownBy(() -> bus.publish("order.placed", 1))
                    .hasMessage(
                            "Event 'order.placed' is refused by 'naming' for 2 problems: a topic"
                                    + " must match '[a-z]+-v[0-9]+\\.[a-z]+'; domain 'order' is not"
                                    + " allowed, use order-v2.");
        }
    }

    @Test
    @DisplayName("VAL-1 every option stands in the guide, and nothing else")
    void everyOptionStandsInTheGuide() throws Exception {
        String guide = Files.readString(Path.of("docs/plugins.md"));
        String documented =
                Pattern.compile("(?m)^\\| `([^`]+)` \\|")
                        .matcher(guide.substring(guide.indexOf("| key of `naming` |")))
                        .results()
                        .map(row -> row.group(1))
                        .collect(Collectors.toCollection(TreeSet::new))
                        .toString();
        // A key that is like no other makes the configuration list all that it knows.
        assertThatThrownBy(() -> bus(Map.of("?", "")))
                .hasMessage(
                        "Configuration of validator 'naming' has a problem: '?' is not a known key,"
                                + " expected "
                                + documented
                                        .substring(1, documented.length() - 1)
                                        .replaceFirst(", (?!.*, )", " or ")
                                + ".");
    }
}

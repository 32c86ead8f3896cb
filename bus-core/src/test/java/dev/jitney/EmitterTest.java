// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.jitney.event.Event;
import dev.jitney.event.InvalidTopicException;
import dev.jitney.event.Severity;
import dev.jitney.spi.EventValidatorProvider;
import dev.jitney.spi.ValidationException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
@Timeout(60)
class EmitterTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final EventBus bus = EventBus.builder("shop").build();

    @AfterEach
    void close() {
        bus.close();
    }

    @Test
    @DisplayName("STA-2 publishes domain.* with its source")
    void publishesInItsDomain() throws Exception {
        List<Event> seen = new CopyOnWriteArrayList<>();
        bus.subscribe("order.*", seen::add);
        Emitter till = bus.emitter("till 4", "order");
        till.publish("placed", 7).join(LONG);
        till.publish("line.added", null).join(LONG);
        till.publish(Event.builder("order.late").severity(Severity.WARNING).build()).join(LONG);
        till.publish(Event.builder("order.late").source("till 4").build()).join(LONG);
        assertThat(seen)
                .extracting(Event::topic)
                .containsExactly("order.placed", "order.line.added", "order.late", "order.late");
        assertThat(seen).extracting(Event::source).containsOnly("till 4");
        assertThat(seen.get(0).payload()).isEqualTo(7);
        assertThat(seen.get(2).severity()).isEqualTo(Severity.WARNING);
    }

    @Test
    @DisplayName("STA-2 the registry lists all emitters and what each has published")
    void theRegistryListsWhatEachPublished() {
        assertThat(bus.emitters()).isEmpty();
        Emitter order = bus.emitter("till 4", "order");
        Emitter user = bus.emitter("till 4", "user.account");
        assertThat(bus.emitter("till 4", "order")).isSameAs(order);
        assertThat(bus.emitter("till 5", "order")).isNotSameAs(order);
        assertThat(bus.emitters())
                .extracting(Emitter::source, Emitter::domain)
                .containsExactly(
                        tuple("till 4", "order"),
                        tuple("till 4", "user.account"),
                        tuple("till 5", "order"));
        order.publish("placed", 1);
        order.publish("placed", 2);
        order.publish("cancelled", 1);
        assertThat(order.published())
                .containsExactly(Map.entry("order.cancelled", 1L), Map.entry("order.placed", 2L));
        assertThat(user.published()).isEmpty();
        assertThat(order).hasToString("Emitter('till 4', 'order')");
    }

    @Test
    @DisplayName("STA-2 counts every event of many threads")
    void countsUnderThreads() {
        Emitter emitter = bus.emitter("a", "load");
        IntStream.range(0, 4_000)
                .parallel()
                .forEach(i -> bus.emitter("a", "load").publish("n" + i % 4, i));
        assertThat(emitter.published())
                .isEqualTo(
                        Map.of(
                                "load.n0", 1_000L,
                                "load.n1", 1_000L,
                                "load.n2", 1_000L,
                                "load.n3", 1_000L));
    }

    @Test
    @DisplayName("STA-2 refuses what is not of its domain or source")
    void refusesWhatIsNotItsOwn() {
        Emitter emitter = bus.emitter("till 4", "order");
        assertThatThrownBy(() -> emitter.publish(Event.of("orders.placed", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Topic 'orders.placed' is not of domain 'order', whose emitter was asked."
                                + " Use a topic that begins with 'order.', or another emitter.");
        Event other = Event.builder("order.placed").source("till 5").build();
        assertThatThrownBy(() -> emitter.publish(other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "The event's source is 'till 5', but its emitter's is 'till 4'. Leave it"
                                + " out, or use another emitter.");
        assertThatThrownBy(() -> emitter.publish("", 1)).isInstanceOf(InvalidTopicException.class);
        assertThatThrownBy(() -> bus.emitter("till 4", "a..b"))
                .isInstanceOf(InvalidTopicException.class);
        assertThatThrownBy(() -> bus.emitter("", "order"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The source of an emitter is ''. Give at least one character.");
        assertThat(emitter.published()).isEmpty();
    }

    @Test
    @DisplayName("STA-2 what is refused does not count")
    void refusalsDoNotCount() {
        try (EventBus strict =
                EventBus.builder("strict")
                        .plugin(EventValidatorProvider.class, "naming", Map.of("domains", "user"))
                        .build()) {
            Emitter emitter = strict.emitter("a", "order");
            assertThatThrownBy(() -> emitter.publish("placed", 1))
                    .isInstanceOf(ValidationException.class);
            assertThat(emitter.published()).isEmpty();
        }
    }

    @Test
    @DisplayName("STA-2 a closed emitter publishes no more and makes room for another")
    void aClosedEmitterIsForgotten() {
        Emitter first = bus.emitter("a", "order");
        first.close();
        first.close();
        assertThat(bus.emitters()).isEmpty();
        assertThatThrownBy(() -> first.publish("placed", 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "The emitter of 'a' in domain 'order' is closed. Get another one from the"
                                + " bus.");
        Emitter second = bus.emitter("a", "order");
        first.close();
        assertThat(bus.emitters()).containsExactly(second);
    }

    @Test
    @DisplayName("STA-2 emitters and the topics that they tell apart are bounded")
    void isBounded() {
        Emitter busy = bus.emitter("busy", "order");
        for (int i = 0; i < Emitter.MOST_TOPICS + 5; i++) {
            busy.publish("n" + i, null);
        }
        assertThat(busy.published()).hasSize(Emitter.MOST_TOPICS + 1).containsEntry("other", 5L);
        for (int i = 1; i < Emitter.MOST; i++) {
            bus.emitter("a" + i, "order");
        }
        assertThatThrownBy(() -> bus.emitter("more", "order"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "Bus 'shop' has 10000 emitters open, the most it may have. Close those"
                                + " that are done.");
        busy.close();
        assertThat(bus.emitter("more", "order").source()).isEqualTo("more");
    }

    @Test
    @DisplayName("STA-2 LIF-2 a closed bus gives no emitter, and its emitters publish no more")
    void aClosedBusGivesNone() {
        Emitter emitter = bus.emitter("a", "order");
        bus.close();
        assertThatThrownBy(() -> emitter.publish("placed", 1))
                .isInstanceOf(BusClosedException.class);
        assertThatThrownBy(() -> bus.emitter("b", "order")).isInstanceOf(BusClosedException.class);
    }
}

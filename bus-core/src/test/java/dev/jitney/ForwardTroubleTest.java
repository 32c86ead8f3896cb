// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static dev.jitney.Await.completed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What goes wrong on the bus that an event is forwarded to, as its first bus tells and counts it.
 */
class ForwardTroubleTest {

    private final EventBus first = EventBus.builder("first").build();
    private final EventBus full =
            EventBus.builder("full").pendingLimit(1).overflow(Overflow.DROP_LATEST).build();
    private final Gate gate = new Gate();
    private final List<Object> handled = new CopyOnWriteArrayList<>();
    private final Handler handles = event -> handled.add(event.payload());

    @AfterEach
    void close() {
        gate.open();
        first.close();
        full.close();
    }

    private static BusStats.TopicStats of(EventBus bus) {
        return bus.stats().topics().stream()
                .filter(one -> one.topic().equals("a"))
                .findFirst()
                .orElseThrow();
    }

    private void fill() throws Exception {
        full.subscribe("hold", event -> gate.pass());
        full.publish("hold", 1);
        gate.awaitReached();
        full.publish("hold", 2);
    }

    @Test
    @DisplayName(
            "FWD-1 FWD-2 PUB-4 a bus that takes no event is not on its path, and its first bus has handled it")
    void refused() throws Exception {
        first.subscribe("a", handles);
        first.forwardTo(full, "*");
        full.close();
        Event event = Event.of("a", 1);
        Publication publication = completed(first.publish(event));
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
        assertThat(publication.reason())
                .contains("Handler 'forward to full' failed: ")
                .endsWith(".");
        assertThat(publication.reason()).doesNotContain("..");
        assertThat(publication.path()).containsExactly("first");
        assertThat(publication.handlerResults())
                .extracting(HandlerResult::state)
                .containsExactlyInAnyOrder(DeliveryState.COMPLETED, DeliveryState.FAILED);
        assertThat(completed(first.publish(event)).outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(handled).containsExactly(1);
    }

    @Test
    @DisplayName(
            "FWD-2 BPR-1 LIF-4 what another bus drops is told with its reason, and counted and lettered there")
    void dropped() throws Exception {
        first.subscribe("a", handles);
        first.forwardTo(full, "a");
        fill();
        Event event = Event.of("a", 1);
        Publication publication = completed(first.publish(event));
        assertThat(publication.outcome()).isEqualTo(Outcome.DROPPED);
        assertThat(publication.reason()).contains("'full'");
        assertThat(publication.path()).containsExactly("first", "full");
        // The same once more: nothing runs, and nothing is said to be well that was not.
        assertThat(completed(first.publish(event)).outcome()).isEqualTo(Outcome.DROPPED);
        assertThat(handled).containsExactly(1);
        assertThat(first.deadLetters().size()).isZero();
        assertThat(full.deadLetters().size()).isEqualTo(1);
        assertThat(of(first).dropped()).isZero();
        assertThat(of(first).handled()).isEqualTo(1);
        assertThat(of(full).dropped()).isEqualTo(1);
    }

    @Test
    @DisplayName("PUB-4 an event that no bus has handled may be published again")
    void droppedUnhandled() throws Exception {
        first.forwardTo(full, "a");
        fill();
        Event event = Event.of("a", 1);
        assertThat(completed(first.publish(event)).outcome()).isEqualTo(Outcome.DROPPED);
        full.subscribe("a", handles);
        gate.open();
        assertThat(full.awaitIdle(Duration.ofSeconds(20))).isTrue();
        assertThat(completed(first.publish(event)).outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(handled).containsExactly(1);
    }

    @Test
    @DisplayName("RES-2 a request whose bus dropped it says why")
    void request() throws Exception {
        first.forwardTo(full, "a");
        fill();
        assertThatThrownBy(() -> first.request("a", 1, Integer.class, Duration.ofSeconds(20)))
                .isInstanceOf(PublicationException.class)
                .hasMessageContaining("'full'");
    }
}

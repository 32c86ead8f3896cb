// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class SerialGroupTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final EventBus one = EventBus.builder("one").closeLimit(Duration.ZERO).build();
    private final EventBus two = EventBus.builder("two").serialGroup(one).build();
    private final EventBus three = EventBus.builder("three").serialGroup(two).build();
    private final List<Object> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        one.close();
        two.close();
        three.close();
    }

    @Test
    @DisplayName(
            "ORD-4 buses of a group handle one event at a time, first in first out over them all")
    void oneAtATime() throws Exception {
        Overlap overlap = new Overlap();
        for (EventBus bus : List.of(one, two, three)) {
            bus.subscribe("t", event -> overlap.within(() -> seen.add(event.payload())));
        }
        List<Object> published = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            published.add(i);
            List.of(one, two, three).get(i % 3).publish("t", i);
        }
        for (EventBus bus : List.of(one, two, three)) {
            assertThat(bus.awaitIdle(LONG)).isTrue();
        }
        assertThat(overlap.most()).isEqualTo(1);
        assertThat(seen).isEqualTo(published);
    }

    @Test
    @DisplayName(
            "ORD-4 NST-2 a handler that waits for an event of another bus of its group goes on")
    void nestedWaits() throws Exception {
        Overlap overlap = new Overlap();
        one.subscribe("t", event -> assertThat(two.publish("t", 2).join(LONG)).isTrue());
        two.subscribe("t", event -> assertThat(three.publish("t", 3).join(LONG)).isTrue());
        three.subscribe("t", event -> overlap.within(() -> seen.add(event.payload())));
        assertThat(one.publish("t", 1).join(LONG)).isTrue();
        assertThat(seen).containsExactly(3);
    }

    @Test
    @DisplayName(
            "ORD-4 closing a bus cancels its own waiting events and leaves the group to the rest")
    void closingOne() throws Exception {
        Gate gate = new Gate();
        two.subscribe("hold", event -> gate.pass());
        two.subscribe("t", event -> seen.add("two " + event.payload()));
        one.subscribe("t", event -> seen.add("one " + event.payload()));
        two.publish("hold", 0);
        gate.awaitReached();
        Publication cancelled = one.publish("t", 1);
        Publication kept = two.publish("t", 2);
        one.close();
        assertThat(cancelled.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(kept.outcome()).isNull();
        gate.open();
        assertThat(kept.join(LONG)).isTrue();
        assertThat(three.publish("t", 3).join(LONG)).isTrue();
        assertThat(seen).containsExactly("two 2");
    }

    @Test
    @DisplayName(
            "ORD-4 BPR-1 dropping the oldest takes the bus's own and never another bus's event")
    void dropsOnlyItsOwn() throws Exception {
        try (EventBus small =
                EventBus.builder("small")
                        .serialGroup(one)
                        .pendingLimit(2)
                        .overflow(Overflow.DROP_OLDEST)
                        .build()) {
            Gate gate = new Gate();
            two.subscribe("hold", event -> gate.pass());
            two.subscribe("t", event -> seen.add("two " + event.payload()));
            small.subscribe("t", event -> seen.add("small " + event.payload()));
            two.publish("hold", 0);
            gate.awaitReached();
            two.publish("t", 1);
            for (int i = 1; i <= 4; i++) {
                small.publish("t", i);
                two.publish("t", 1 + i);
            }
            assertThat(small.pendingCount()).isEqualTo(2);
            gate.open();
            assertThat(two.awaitIdle(LONG) && small.awaitIdle(LONG)).isTrue();
            assertThat(seen)
                    .containsExactly(
                            "two 1", "two 2", "two 3", "small 3", "two 4", "small 4", "two 5");
        }
    }

    @Test
    @DisplayName("ORD-4 ORD-8 a handler publishes to a full bus of its own group and goes on")
    void fullBusOfTheGroup() throws Exception {
        try (EventBus small = EventBus.builder("small").serialGroup(one).pendingLimit(1).build()) {
            small.subscribe("t", event -> seen.add(event.payload()));
            one.subscribe(
                    "t",
                    event -> {
                        for (int i = 0; i < 10; i++) {
                            small.publish("t", i);
                        }
                    });
            assertThat(one.publish("t", 1).join(LONG)).isTrue();
            assertThat(small.awaitIdle(LONG)).isTrue();
            assertThat(seen).hasSize(10);
        }
    }

    @Test
    @DisplayName("ORD-4 a group is of serial buses that are open")
    void refusals() {
        EventBus closed = EventBus.builder("closed").build();
        closed.close();
        assertThatThrownBy(() -> EventBus.builder("four").serialGroup(closed).build())
                .isInstanceOf(BusClosedException.class)
                .hasMessageStartingWith("Bus 'closed' was closed at ");
        try (EventBus keyed = EventBus.builder("keyed").ordering(Ordering.KEYED).build()) {
            assertThatThrownBy(() -> EventBus.builder("four").serialGroup(keyed))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Bus 'keyed' cannot share a serial group: it is not serial.");
        }
        assertThatThrownBy(
                        () ->
                                EventBus.builder("four")
                                        .ordering(Ordering.PARALLEL)
                                        .serialGroup(one)
                                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Bus 'four' cannot share a serial group: it is not serial.");
    }

    @Test
    @DisplayName("ORD-4 forwarding within a group completes, waited for or not")
    void forwarding() throws Exception {
        one.forwardTo(two, "*");
        two.subscribeReplying("t", event -> "two");
        assertThat(one.publish("t", 1).join(LONG)).isTrue();
        CompletableFuture<Object> nested = new CompletableFuture<>();
        three.subscribe(
                "ask",
                event -> {
                    Publication asked = one.publish(Event.of("t", 1));
                    asked.join(LONG);
                    nested.complete(asked.result());
                });
        assertThat(three.publish("ask", 1).join(LONG)).isTrue();
        assertThat(nested).isCompletedWithValue("two");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static dev.jitney.Await.completed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ForwardTest extends ThreeBuses {

    @Test
    @DisplayName("FWD-1 the same event is handled on both buses, and the path lists them in order")
    void sameEvent() throws Exception {
        a.forwardTo(b, "t.*");
        b.forwardTo(c, "*");
        List<Event> events = new CopyOnWriteArrayList<>();
        for (EventBus bus : List.of(a, b, c)) {
            bus.subscribe("*", events::add);
        }
        Publication publication = completed(a.publish("t.x", 1));
        assertThat(publication.path()).containsExactly("a", "b", "c");
        assertThat(events).hasSize(3).containsOnly(publication.event());
        assertThat(completed(a.publish("u", 1)).path()).containsExactly("a");
        assertThat(publication.event().source()).isEqualTo("a");
    }

    @Test
    @DisplayName("FWD-2 the publication completes when all buses have, with the results of all")
    void completesWithAll() throws Exception {
        Gate gate = new Gate();
        a.forwardTo(b, "*");
        b.forwardTo(c, "*");
        a.subscribeReplying("t", event -> "from a");
        b.subscribeReplying("t", event -> "from b");
        c.subscribeReplying(
                "t",
                event -> {
                    gate.pass();
                    return "from c";
                });
        Publication publication = a.publish("t", 1);
        gate.awaitReached();
        assertThat(publication.join(Duration.ofMillis(5))).isFalse();
        gate.open();
        assertThat(completed(publication).results()).containsExactly("from a", "from b", "from c");
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(publication.handlerResults()).hasSize(3);
    }

    @Test
    @DisplayName(
            "FWD-2 ERR-1 what fails on the other bus is in the publication and disturbs no handler here")
    void failureThere() throws Exception {
        a.forwardTo(b, "*");
        a.subscribeReplying("t", event -> "here");
        b.subscribe(
                "t",
                event -> {
                    throw new IllegalStateException("there");
                });
        Publication publication = completed(a.publish("t", 1));
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
        assertThat(publication.handlerResults())
                .extracting(HandlerResult::state)
                .containsExactly(DeliveryState.COMPLETED, DeliveryState.FAILED);
        assertThatThrownBy(publication::result).hasMessage("there");
    }

    @Test
    @DisplayName("FWD-2 options that are not set are each bus's own, those of the publish go along")
    void options() throws Exception {
        try (EventBus firsts = EventBus.builder("firsts").completion(Completion.FIRST).build()) {
            a.forwardTo(firsts, "*");
            for (EventBus bus : List.of(a, firsts)) {
                bus.subscribeReplying("t", event -> bus.name() + " 1");
                bus.subscribeReplying("t", event -> bus.name() + " 2");
            }
            assertThat(completed(a.publish("t", 1)).values())
                    .containsExactly("a 1", "a 2", "firsts 1");
            PublishOptions all = PublishOptions.builder().completion(Completion.ALL).build();
            assertThat(completed(a.publish(Event.of("t", 1), all)).values()).hasSize(4);
        }
    }

    @Test
    @DisplayName("FWD-1 a ring of five ends: each bus handles the event once, wherever it begins")
    void ring() throws Exception {
        List<EventBus> ring = new ArrayList<>();
        try {
            IntStream.range(0, 5)
                    .forEach(i -> ring.add(EventBus.builder("r" + i).pendingLimit(2).build()));
            for (int i = 0; i < 5; i++) {
                EventBus bus = ring.get(i);
                bus.forwardTo(ring.get((i + 1) % 5), "*");
                bus.subscribe("t", event -> seen.add(bus.name() + event.payload()));
            }
            for (int i = 0; i < 5; i++) {
                Publication publication = completed(ring.get(i).publish("t", i));
                assertThat(publication.path()).hasSize(5);
                assertThat(publication.path().get(0)).isEqualTo("r" + i);
                assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
            }
            assertThat(seen).hasSize(25).doesNotHaveDuplicates();
        } finally {
            ring.forEach(EventBus::close);
        }
    }

    @Test
    @DisplayName("FWD-1 a mesh ends, and two buses of one name are told apart")
    void mesh() throws Exception {
        try (EventBus twin = EventBus.builder("a").build()) {
            List<EventBus> all = List.of(a, b, c, twin);
            for (EventBus from : all) {
                for (EventBus to : all) {
                    if (from != to) {
                        from.forwardTo(to, "*");
                    }
                }
                from.subscribe("t", event -> seen.add(1));
            }
            Publication publication = completed(a.publish("t", 1));
            assertThat(seen).hasSize(4);
            assertThat(publication.path()).containsExactlyInAnyOrder("a", "b", "c", "a");
        }
    }

    @Test
    @DisplayName(
            "FWD-1 NST-2 a handler that waits for a forwarded event has it ahead of the queue there")
    void awaitedAndForwarded() throws Exception {
        Gate gate = new Gate();
        a.forwardTo(b, "t");
        b.subscribe("hold", event -> gate.pass());
        b.subscribe("t", event -> seen.add(event.payload()));
        b.publish("hold", 1);
        gate.awaitReached();
        b.publish("t", "queued");
        c.subscribe("ask", event -> a.publish("t", "awaited").join(LONG));
        Publication ask = c.publish("ask", 1);
        Await.until("it waits", NoLeaks::handlerWaits);
        Await.until("it was forwarded", () -> b.pendingCount() == 2);
        // On a's one lane this comes after the forwarding has said that the event is waited for.
        completed(a.publish("none", 1));
        gate.open();
        completed(ask);
        assertThat(b.awaitIdle(LONG)).isTrue();
        assertThat(seen).containsExactly("awaited", "queued");
    }

    @Test
    @DisplayName(
            "FWD-1 a bus that is closed refuses what is forwarded to it, and the publication says so")
    void closedTarget() throws Exception {
        a.forwardTo(b, "*");
        a.subscribeReplying("t", event -> "here");
        b.close();
        Publication publication = completed(a.publish("t", 1));
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
        assertThat(publication.values()).containsExactly("here");
        assertThat(publication.handlerResults())
                .extracting(HandlerResult::state)
                .containsExactly(DeliveryState.FAILED, DeliveryState.COMPLETED);
    }

    @Test
    @DisplayName("NST-5 FWD-1 a handler that sends back what was forwarded to it is stopped, too")
    void generations() throws Exception {
        a.forwardTo(b, "t");
        b.subscribe(
                "t",
                event -> {
                    seen.add(event.payload());
                    // A bus that does not count would go on for ever.
                    if (seen.size() < 200) {
                        a.publish("t", seen.size());
                    }
                });
        completed(a.publish("t", 0));
        Await.until(
                "the last one was refused",
                () -> b.subscriptions().get(0).failed() == 1 || seen.size() == 200);
        assertThat(seen).hasSize(65);
    }

    @Test
    @DisplayName("FWD-1 a bus forwards neither to itself nor to a bus of another make")
    void refusals() {
        assertThatThrownBy(() -> a.forwardTo(a, "*"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Bus 'a' cannot forward events to itself.");
    }

    @Test
    @DisplayName("FWD-1 closing the subscription ends the forwarding")
    void ends() throws Exception {
        Subscription forwarding = a.forwardTo(b, "*");
        assertThat(forwarding.name()).isEqualTo("forward to b");
        forwarding.close();
        assertThat(completed(a.publish("t", 1)).path()).containsExactly("a");
    }

    @Test
    @DisplayName(
            "FWD-1 PUB-4 an event that was forwarded is no duplicate, published there it is one")
    void duplicates() throws Exception {
        a.forwardTo(b, "*");
        b.subscribe("t", event -> seen.add(1));
        Event event = completed(a.publish("t", 1)).event();
        assertThat(completed(a.publish(event)).outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(seen).hasSize(1);
    }
}

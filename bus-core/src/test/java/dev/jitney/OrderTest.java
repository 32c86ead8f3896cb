// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class OrderTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    private static EventBus bus(Ordering ordering) {
        return EventBus.builder("orders").ordering(ordering).build();
    }

    @Test
    @DisplayName("ORD-2 events of one key stay in order and never overlap")
    void keysKeepTheirOrder() throws Exception {
        try (EventBus bus = EventBus.builder("orders").ordering(Ordering.KEYED).lanes(3).build()) {
            Map<String, List<Object>> seen = new ConcurrentHashMap<>();
            Map<String, Overlap> inside = new ConcurrentHashMap<>();
            bus.subscribe(
                    "*",
                    event -> {
                        Overlap own = inside.computeIfAbsent(event.key(), key -> new Overlap());
                        own.enter();
                        seen.computeIfAbsent(event.key(), key -> new ArrayList<>())
                                .add(event.payload());
                        own.leave();
                    });
            List<Object> published = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                published.add(i);
                for (int key = 0; key < 10; key++) {
                    bus.publish(Event.of("t" + key % 2, i).withKey("k" + key));
                }
            }
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(seen).hasSize(10);
            assertThat(seen.values()).allMatch(published::equals);
            assertThat(inside.values()).allMatch(overlap -> overlap.most() == 1);
        }
    }

    @Test
    @DisplayName(
            "ORD-2 different keys run beside each other, and a held one holds up no other lane")
    void keysRunBesideEachOther() throws Exception {
        try (EventBus bus = EventBus.builder("orders").ordering(Ordering.KEYED).lanes(4).build()) {
            Overlap.Body meeting = Overlap.meeting(4);
            bus.subscribe("*", event -> meeting.run());
            List<Publication> all = new ArrayList<>();
            // The hash codes of these follow each other: each has a lane of its own.
            for (String key : List.of("a", "b", "c", "d")) {
                all.add(bus.publish(Event.of("t", key).withKey(key)));
            }
            for (Publication each : all) {
                assertThat(each.join(LONG)).isTrue();
                assertThat(each.reason()).isEqualTo("Every handler has returned.");
            }
        }
    }

    @Test
    @DisplayName("ORD-2 events without a key go round the lanes")
    void withoutKeyRoundRobin() throws Exception {
        try (EventBus bus = EventBus.builder("orders").ordering(Ordering.KEYED).lanes(3).build()) {
            Overlap.Body meeting = Overlap.meeting(3);
            Overlap overlap = new Overlap();
            bus.subscribe("*", event -> overlap.within(meeting));
            for (int i = 0; i < 9; i++) {
                bus.publish("t", i);
            }
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(overlap.most()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("ORD-3 parallel events overlap up to the limit, and not beyond")
    void parallelUpToTheLimit() throws Exception {
        try (EventBus bus =
                EventBus.builder("orders").ordering(Ordering.PARALLEL).parallelism(5).build()) {
            Overlap overlap = new Overlap();
            Overlap.Body meeting = Overlap.meeting(5);
            bus.subscribe("*", event -> overlap.within(meeting));
            for (int i = 0; i < 50; i++) {
                bus.publish("t", i);
            }
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(overlap.most()).isEqualTo(5);
        }
    }

    @Test
    @DisplayName("ORD-3 the limit is twice the number of processors unless set")
    void parallelDefault() throws Exception {
        try (EventBus bus = bus(Ordering.PARALLEL)) {
            Overlap overlap = new Overlap();
            Overlap.Body meeting = Overlap.meeting(2 * PROCESSORS);
            bus.subscribe("*", event -> overlap.within(meeting));
            for (int i = 0; i < 10 * PROCESSORS; i++) {
                bus.publish("t", i);
            }
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(overlap.most()).isEqualTo(2 * PROCESSORS);
        }
    }

    @Test
    @DisplayName("ORD-3 thousands of parallel events each run once")
    void parallelOnce() throws Exception {
        try (EventBus bus =
                EventBus.builder("orders").ordering(Ordering.PARALLEL).parallelism(100).build()) {
            Map<Object, Integer> seen = new ConcurrentHashMap<>();
            bus.subscribe("*", event -> seen.merge(event.payload(), 1, Integer::sum));
            for (int i = 0; i < 5_000; i++) {
                bus.publish("t", i);
            }
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(seen).hasSize(5_000);
            assertThat(seen.values()).containsOnly(1);
        }
    }

    @Test
    @DisplayName("ORD-5 the handlers of an event run one after the other, by priority")
    void handlersInSeries() throws Exception {
        try (EventBus bus = bus(Ordering.PARALLEL)) {
            Overlap overlap = new Overlap();
            List<Integer> calls = new CopyOnWriteArrayList<>();
            for (int priority : List.of(1, 3, 2)) {
                bus.subscribe(
                        "t",
                        SubscribeOptions.builder().priority(priority).build(),
                        event -> overlap.within(() -> calls.add(priority)));
            }
            assertThat(bus.publish("t", 1).join(LONG)).isTrue();
            assertThat(calls).containsExactly(3, 2, 1);
            assertThat(overlap.most()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("ORD-5 handlers run beside each other when the bus or the publish says PARALLEL")
    void handlersTogether() throws Exception {
        PublishOptions together =
                PublishOptions.builder().handlerOrder(HandlerOrder.PARALLEL).build();
        try (EventBus bus = EventBus.builder("one").handlerOrder(HandlerOrder.PARALLEL).build();
                EventBus other = EventBus.builder("other").build()) {
            for (EventBus each : List.of(bus, other)) {
                Overlap.Body meeting = Overlap.meeting(3);
                for (int i = 0; i < 3; i++) {
                    int value = i;
                    each.subscribeReplying(
                            "t",
                            event -> {
                                meeting.run();
                                return value;
                            });
                }
            }
            Publication one = bus.publish("t", 1);
            Publication two = other.publish(Event.of("t", 1), together);
            assertThat(one.join(LONG) && two.join(LONG)).isTrue();
            assertThat(one.results()).containsExactly(0, 1, 2);
            assertThat(two.results()).containsExactly(0, 1, 2);
        }
    }

    @Test
    @DisplayName(
            "ORD-5 SUB-3 of handlers that run together those that settle later begin by priority")
    void togetherByPriority() throws Exception {
        try (EventBus bus = EventBus.builder("one").handlerOrder(HandlerOrder.PARALLEL).build()) {
            List<Integer> begun = new CopyOnWriteArrayList<>();
            CompletableFuture<Object> all = new CompletableFuture<>();
            for (int priority : List.of(1, 4, 2, 3)) {
                bus.subscribeAsync(
                        "t",
                        SubscribeOptions.builder().priority(priority).build(),
                        event -> {
                            begun.add(priority);
                            return all;
                        });
            }
            Publication publication = bus.publish("t", 1);
            Await.until("all have begun", () -> begun.size() == 4);
            all.complete("done");
            assertThat(publication.join(LONG)).isTrue();
            assertThat(begun).containsExactly(4, 3, 2, 1);
        }
    }

    @Test
    @DisplayName("ORD-5 ORD-1 events of a serial bus do not overlap though their handlers do")
    void handlersTogetherOnASerialBus() throws Exception {
        try (EventBus bus = EventBus.builder("one").handlerOrder(HandlerOrder.PARALLEL).build()) {
            List<Object> inside = new ArrayList<>();
            List<Object> mixed = new CopyOnWriteArrayList<>();
            for (int i = 0; i < 3; i++) {
                bus.subscribe(
                        "t",
                        event -> {
                            synchronized (inside) {
                                inside.add(event.payload());
                                if (inside.stream().distinct().count() > 1) {
                                    mixed.add(event.payload());
                                }
                            }
                            Thread.yield();
                            synchronized (inside) {
                                inside.remove(event.payload());
                            }
                        });
            }
            for (int i = 0; i < 300; i++) {
                bus.publish("t", i);
            }
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(mixed).isEmpty();
        }
    }

    @Test
    @DisplayName("ORD-7 an event that asks for another order does not wait for the bus's lane")
    void ownOrdering() throws Exception {
        try (EventBus bus = bus(Ordering.SERIAL)) {
            Gate gate = new Gate();
            bus.subscribe("hold", event -> gate.pass());
            bus.subscribe("t", event -> {});
            bus.publish("hold", 1);
            gate.awaitReached();
            Event event = Event.of("t", 1).withKey("k");
            for (Ordering ordering : List.of(Ordering.PARALLEL, Ordering.KEYED)) {
                Publication beside =
                        bus.publish(
                                event.renew(), PublishOptions.builder().ordering(ordering).build());
                assertThat(beside.join(LONG)).isTrue();
            }
            Publication behind = bus.publish(event);
            assertThat(behind.join(Duration.ofMillis(1))).isFalse();
            gate.open();
            assertThat(behind.join(LONG)).isTrue();
            assertThat(behind.event().extensions()).isEqualTo(event.extensions());
        }
    }

    @Test
    @DisplayName(
            "ORD-7 an event that asks for SERIAL on a parallel bus overlaps no other such event")
    void serialOnAParallelBus() throws Exception {
        try (EventBus bus = bus(Ordering.PARALLEL)) {
            Overlap overlap = new Overlap();
            List<Object> seen = new ArrayList<>();
            bus.subscribe("t", event -> overlap.within(() -> seen.add(event.payload())));
            PublishOptions serial = PublishOptions.builder().ordering(Ordering.SERIAL).build();
            List<Object> published = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                published.add(i);
                bus.publish(Event.of("t", i), serial);
            }
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(overlap.most()).isEqualTo(1);
            assertThat(seen).isEqualTo(published);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.EventBus;
import dev.jitney.event.Event;
import dev.jitney.event.JsonPayload;
import dev.jitney.event.Selection;
import dev.jitney.event.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StateTrackerTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private static final StateMachine ORDER =
            StateMachine.builder("order", "placed", "imported")
                    .allow("placed", "paid", "cancelled")
                    .allow("imported", "paid")
                    .allow("paid", "packed")
                    .allow("packed", "sent")
                    .on("order.placed", "placed")
                    .on("order.imported", "imported")
                    .on("order.paid", "paid")
                    .on("order.sent", "packed", "sent")
                    .on("order.cancelled", "cancelled")
                    .on("order.moved", "{state}")
                    .build();

    private static Event event(String topic, String order) {
        return Event.builder(topic).source("shop").key(order).build();
    }

    @Test
    @DisplayName("STA-1 the example of the README")
    void theExample() throws Exception {
        // README
        StateMachine order =
                StateMachine.builder("order", "placed")
                        .allow("placed", "paid", "cancelled")
                        .allow("paid", "sent")
                        .on("order.placed", "placed")
                        .on("order.paid", "paid")
                        .on("order.sent", "sent")
                        .build();
        StateTracker tracker = StateTracker.builder().machine(order).build();
        EventBus bus = EventBus.builder("shop").handler(tracker).build();
        bus.subscribe(StateTracker.INVALID, event -> System.out.println(event.payload()));

        bus.publish(Event.builder("order.placed").key("7").build());
        bus.publish(Event.builder("order.sent").key("7").build()).join(Duration.ofSeconds(5));

        tracker.state("order", "7"); // placed: what is not paid cannot be sent
        // README end
        assertThat(tracker.state("order", "7")).isEqualTo("placed");
        bus.close();
    }

    @Test
    @DisplayName("STA-1 an undeclared transition is told and leaves the state")
    void anUndeclaredTransitionIsTold() throws Exception {
        List<Event> told = new CopyOnWriteArrayList<>();
        StateTracker tracker = StateTracker.builder().machine(ORDER).build();
        try (EventBus bus = EventBus.builder("shop").handler(tracker).build()) {
            bus.subscribe("system.*", told::add);
            bus.publishAndJoin(event("order.placed", "7"), LONG);
            Event sent = event("order.sent", "7");
            bus.publishAndJoin(sent, LONG);
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(tracker.state("order", "7")).isEqualTo("placed");
            assertThat(told).hasSize(1);
            Event invalid = told.get(0);
            assertThat(invalid.topic()).isEqualTo("system.invalid_transition");
            assertThat(invalid.severity()).isEqualTo(Severity.WARNING);
            assertThat(invalid.causationId()).isEqualTo(sent.id());
            assertThat(invalid.payload())
                    .isEqualTo(
                            Map.of(
                                    "machine", "order",
                                    "entity", "7",
                                    "from", "placed",
                                    "to", "packed",
                                    "allowed", List.of("cancelled", "paid"),
                                    "topic", "order.sent",
                                    "event", sent.id(),
                                    "message", "order '7' is placed and cannot become 'packed'."));
            assertThat(bus.stats().failed()).isZero();
        }
    }

    @Test
    @DisplayName("STA-1 keeps current states and history, and says what may come next")
    void keepsStatesAndHistory() {
        Told told = new Told();
        StateTracker tracker = told.tracker(ORDER);
        Event paid = event("order.paid", "7");
        Event sent = event("order.sent", "7");
        tracker.handle(paid);
        tracker.handle(sent);
        tracker.handle(event("order.placed", "8"));
        assertThat(tracker.history("order", "7"))
                .containsExactly(
                        new Transition(
                                "", "placed", told.clock().instant(), "initialization", paid.id()),
                        new Transition(
                                "placed", "paid", told.clock().instant(), "order.paid", paid.id()),
                        new Transition(
                                "paid", "packed", told.clock().instant(), "order.sent", sent.id()),
                        new Transition(
                                "packed", "sent", told.clock().instant(), "order.sent", sent.id()));
        assertThat(tracker.history("order", "8"))
                .extracting(Transition::trigger)
                .containsExactly("order.placed");
        assertThat(tracker.finished("order", "7")).isTrue();
        assertThat(tracker.finished("order", "8")).isFalse();
        assertThat(tracker.finished("order", "9")).isFalse();
        assertThat(tracker.may("order", "8", "paid")).isTrue();
        assertThat(tracker.may("order", "8", "sent")).isFalse();
        assertThat(tracker.may("order", "9", "paid")).as("one not heard of").isTrue();
        assertThat(tracker.state("order", "9")).isNull();
        assertThat(tracker.history("order", "9")).isEmpty();
        assertThat(tracker.states("order")).isEqualTo(Map.of("7", "sent", "8", "placed"));
        assertThat(tracker.counts("order")).isEqualTo(Map.of("placed", 1L, "sent", 1L));
        assertThat(tracker.forget("order", "7")).isTrue();
        assertThat(tracker.forget("order", "7")).isFalse();
        assertThatThrownBy(() -> tracker.state("orders", "7"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("No state machine is named 'orders'. There are: order.");
    }

    @Test
    @DisplayName("STA-1 an event that comes twice, or leads to where the thing is, is no fault")
    void aSecondTimeIsNoFault() {
        Told told = new Told();
        StateTracker tracker = told.tracker(ORDER);
        tracker.handle(event("order.imported", "7"));
        tracker.handle(event("order.paid", "7"));
        Event sent = event("order.sent", "7");
        tracker.handle(sent);
        tracker.handle(sent);
        assertThat(tracker.state("order", "7")).isEqualTo("sent");
        assertThat(tracker.history("order", "7")).hasSize(4);
        assertThat(told.published).isEmpty();
    }

    @Test
    @DisplayName("STA-1 a refused first event leaves nothing behind")
    void aRefusedFirstEventLeavesNothing() {
        Told told = new Told();
        StateTracker tracker = told.tracker(ORDER);
        tracker.handle(event("order.sent", "7"));
        assertThat(tracker.state("order", "7")).isNull();
        assertThat(told.published).hasSize(1);
    }

    @Test
    @DisplayName("STA-1 reads the state from the payload where the machine says so")
    void readsTheStateFromThePayload() {
        Told told = new Told();
        StateTracker tracker = told.tracker(ORDER);
        Event json = event("order.moved", "7").withPayload(JsonPayload.of("{\"state\":\"paid\"}"));
        tracker.handle(json);
        assertThat(tracker.state("order", "7")).isEqualTo("paid");
        for (Object payload : new Object[] {Map.of(), "text", new Object(), Map.of("state", 1)}) {
            tracker.handle(event("order.moved", "7").withPayload(payload));
        }
        assertThat(tracker.state("order", "7")).isEqualTo("paid");
        assertThat(told.published)
                .extracting(event -> String.valueOf(((Map<?, ?>) event.payload()).get("to")))
                .containsExactly("", "", "", "1");
    }

    @Test
    @DisplayName("STA-1 the key names the thing, else the subject; nothing else is wanted")
    void namesThings() {
        StateTracker tracker = new Told().tracker(ORDER);
        Event subject = Event.builder("order.paid").subject("9").build();
        assertThat(tracker.wants(subject)).isTrue();
        tracker.handle(subject);
        assertThat(tracker.state("order", "9")).isEqualTo("paid");
        Event nobody = Event.of("order.paid", 1);
        assertThat(tracker.wants(nobody)).isFalse();
        tracker.handle(nobody);
        assertThat(tracker.states("order")).hasSize(1);
        assertThat(tracker.wants(event("order.other", "9"))).isFalse();
    }

    @Test
    @DisplayName("STA-1 of 32 threads that race for one transition exactly one wins")
    void oneOfManyWins() throws Exception {
        for (int round = 0; round < 20; round++) {
            Told told = new Told();
            StateMachine machine =
                    StateMachine.builder("lock", "free")
                            .allow(
                                    "free",
                                    IntStream.range(0, 32)
                                            .mapToObj(i -> "held-" + i)
                                            .toArray(String[]::new))
                            .on("lock.taken", "{state}")
                            .build();
            StateTracker tracker = told.tracker(machine);
            CyclicBarrier barrier = new CyclicBarrier(32);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                Event event = event("lock.taken", "x").withPayload(Map.of("state", "held-" + i));
                threads.add(
                        new Thread(
                                () -> {
                                    try {
                                        barrier.await();
                                    } catch (Exception e) {
                                        throw new IllegalStateException(e);
                                    }
                                    tracker.handle(event);
                                }));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(tracker.history("lock", "x")).hasSize(2);
            assertThat(told.published).hasSize(31);
        }
    }

    @Test
    @DisplayName("STA-1 HIS-4 a replay moves nothing unless asked to, and then brings a new one up")
    void replaysAreIgnoredUnlessAskedFor() throws Exception {
        StateTracker live = StateTracker.builder().machine(ORDER).build();
        try (EventBus bus = EventBus.builder("shop").handler(live).build()) {
            bus.publishAndJoin(event("order.placed", "7"), LONG);
            bus.publishAndJoin(event("order.paid", "7"), LONG);
            bus.publishAndJoin(event("order.sent", "7"), LONG);
            StateTracker late = StateTracker.builder().machine(ORDER).replays(true).build();
            late.start(new Told());
            bus.subscribe(
                    "order.*",
                    event -> {
                        if (late.wants(event)) {
                            late.handle(event);
                        }
                    });
            bus.replay(Selection.all());
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(live.history("order", "7")).hasSize(4);
            assertThat(late.state("order", "7")).isEqualTo("sent");
        }
    }

    @Test
    @DisplayName("STA-1 keeps a bounded number of things and of transitions")
    void isBounded() {
        StateTracker tracker =
                StateTracker.builder().machine(ORDER).maxEntities(3).maxHistory(2).build();
        tracker.start(new Told());
        for (String order : List.of("1", "2", "3")) {
            tracker.handle(event("order.placed", order));
        }
        tracker.handle(event("order.cancelled", "2"));
        tracker.handle(event("order.placed", "4"));
        assertThat(tracker.states("order")).containsOnlyKeys("1", "3", "4");
        tracker.handle(event("order.placed", "5"));
        assertThat(tracker.states("order")).containsOnlyKeys("3", "4", "5");
        tracker.handle(event("order.paid", "3"));
        tracker.handle(event("order.sent", "3"));
        assertThat(tracker.history("order", "3"))
                .extracting(Transition::to)
                .containsExactly("packed", "sent");
    }

    @Test
    @DisplayName("STA-1 a tracker says what is wrong with it")
    void refusesWhatMakesNoSense() {
        assertThatThrownBy(() -> StateTracker.builder().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A state tracker has no state machine. Add one or more with machine.");
        assertThatThrownBy(() -> StateTracker.builder().machine(ORDER).machine(ORDER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Two state machines are named 'order'. Rename one.");
        assertThatThrownBy(() -> StateTracker.builder().maxEntities(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxEntities must be 1 or more, but was 0");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.PublicationInfo;
import dev.jitney.spi.ValidationException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What interceptors are told of events on their way, and in which order. */
class InterceptorChangesTest extends BusWithADiary {

    /** Changes every event on its way in. */
    private record Changing(String name, Phase phase) implements Interceptor {

        @Override
        public Event beforePublish(Event event) {
            return event.withHeader("way", event.headers().getOrDefault("way", "") + name);
        }
    }

    @Test
    @DisplayName("ICP-1 interceptors change events before admission, by phase and then by name")
    void change() throws Exception {
        EventBusBuilder several =
                EventBus.builder("orders")
                        .interceptor(new Changing("d", Interceptor.Phase.LATE))
                        .interceptor(new Changing("c", Interceptor.Phase.NORMAL))
                        .interceptor(new Changing("b", Interceptor.Phase.NORMAL))
                        .interceptor(new Changing("a", Interceptor.Phase.LATE))
                        .interceptor(new Changing("z", Interceptor.Phase.EARLY));
        AtomicReference<Event> seen = new AtomicReference<>();
        try (EventBus bus = several.build()) {
            bus.subscribe("t", seen::set);
            Publication publication = bus.publish("t", 1);
            joined(publication);
            assertThat(publication.event().header("way")).isEqualTo("zbcad");
            assertThat(seen.get()).isSameAs(publication.event());
        }
    }

    /** Notes which way the events have taken that it checks. */
    private record Noting(List<String> ways) implements EventValidator {

        @Override
        public String name() {
            return "noting";
        }

        @Override
        public List<ValidationException.Problem> validate(Event event) {
            ways.add(event.header("way"));
            return List.of();
        }
    }

    @Test
    @DisplayName("ICP-1 PUB-3 validators check what interceptors have made of an event")
    void changedThenChecked() throws Exception {
        List<String> checked = new CopyOnWriteArrayList<>();
        EventBusBuilder changing =
                EventBus.builder("orders").interceptor(new Changing("a", Interceptor.Phase.LATE));
        try (EventBus bus = changing.validator(new Noting(checked)).build()) {
            joined(bus.publish("t", 1));
        }
        assertThat(checked).containsExactly("a");
    }

    /** Replaces events by others. */
    private record Replacing(Event other) implements Interceptor {

        @Override
        public String name() {
            return "replacing";
        }

        @Override
        public Event beforePublish(Event event) {
            return event.topic().equals("old") ? other : event;
        }
    }

    @Test
    @DisplayName("ICP-1 EVT-1 an event that replaces another has what publishing fills in")
    void replaced() throws Exception {
        Event other = Event.of("new", 2);
        EventBusBuilder replacing =
                EventBus.builder("orders").interceptor(new Replacing(other)).noise(9, LONG);
        try (EventBus bus = replacing.build()) {
            bus.subscribe("parent", event -> bus.publish("old", 1).join(LONG));
            AtomicReference<Event> seen = new AtomicReference<>();
            bus.subscribe("new", seen::set);
            Publication parent = bus.publish("parent", 1);
            joined(parent);
            assertThat(seen.get().id()).isEqualTo(other.id());
            assertThat(seen.get().source()).isEqualTo("orders");
            assertThat(seen.get().correlationId()).isEqualTo(parent.event().correlationId());
            assertThat(seen.get().causationId()).isEqualTo(parent.event().id());
            assertThat(parent.handlerResults().get(0).published()).containsExactly(seen.get());
        }
    }

    /** Refuses events that carry a header. */
    private record Refusing() implements Interceptor {

        @Override
        public String name() {
            return "gatekeeper";
        }

        @Override
        public Event beforePublish(Event event) {
            if (event.headers().containsKey("forbidden")) {
                throw ValidationException.of("gatekeeper", event, "it is forbidden");
            }
            return event;
        }
    }

    @Test
    @DisplayName("ICP-1 PUB-3 an interceptor refuses an event; publish throws and says which rule")
    void refused() throws Exception {
        try (EventBus bus = builder().interceptor(new Refusing()).build()) {
            Event event = Event.of("t", 1).withHeader("forbidden", "yes");
            assertThatThrownBy(() -> bus.publish(event))
                    .isInstanceOf(ValidationException.class)
                    .hasMessage("Event 't' is refused by 'gatekeeper': it is forbidden.");
            assertThat(diary.of("t"))
                    .containsExactly(
                            "observe PUBLISHED",
                            "beforePublish",
                            "deadLettered VALIDATION_ERROR",
                            "refused ValidationException");
            assertThat(diary.published("t")).isZero();
            // Its id was not taken.
            joined(bus.publish(Event.of("t", 2).withId(event.id())));
            assertThat(bus.pendingCount()).isZero();
        }
    }

    @Test
    @DisplayName("ICP-1 BPR-1 an event that a full bus refuses is refused for interceptors too")
    void refusedForWantOfRoom() throws Exception {
        Gate gate = new Gate();
        EventBusBuilder small = builder().pendingLimit(1).overflow(Overflow.FAIL);
        try (EventBus bus = small.build()) {
            bus.subscribe("t", named("one"), event -> gate.pass());
            bus.publish("t", 1);
            gate.awaitReached();
            bus.publish("queued", 1);
            assertThatThrownBy(() -> bus.publish("refused", 1))
                    .isInstanceOf(BackpressureException.class);
            assertThat(diary.of("refused"))
                    .containsExactly(
                            "observe PUBLISHED", "beforePublish", "refused BackpressureException");
            gate.open();
        }
    }

    @Test
    @DisplayName("ICP-1 tryPublish that finds no room has not begun; the event is told of once")
    void triedInVain() throws Exception {
        Gate gate = new Gate();
        try (EventBus bus = builder().pendingLimit(1).build()) {
            bus.subscribe("t", named("one"), event -> gate.pass());
            bus.publish("t", 1);
            gate.awaitReached();
            bus.publish("queued", 1);
            Event event = Event.of("late", 1);
            assertThat(bus.tryPublish(event)).isNull();
            assertThat(diary.of("late")).isEmpty();
            var taken = bus.publishAsync(event).toCompletableFuture();
            gate.open();
            joined(taken.get());
            diary.await("late", "completed NO_HANDLER");
            assertThat(diary.of("late"))
                    .containsExactly(
                            "observe PUBLISHED",
                            "beforePublish",
                            "pending",
                            "started",
                            "completed NO_HANDLER");
            Await.until("it is published", () -> diary.published("late") > 0);
            assertThat(diary.published("late")).isEqualTo(1);
        }
    }

    /** Follows no event at all. */
    private record Blind() implements Interceptor {

        @Override
        public String name() {
            return "blind";
        }

        @Override
        public PublicationInfo.Observer observe(Event event, PublicationInfo.Origin origin) {
            return null;
        }
    }

    @Test
    @DisplayName("ICP-1 an interceptor that follows no event keeps no other from it")
    void blind() throws Exception {
        try (EventBus bus = builder().interceptor(new Blind()).build()) {
            joined(bus.publish("t", 1));
            assertThat(diary.of("t")).endsWith("completed NO_HANDLER");
        }
        Diary none = new Diary();
        try (EventBus bus = EventBus.builder("b").interceptor(new Blind()).build()) {
            joined(bus.publish("t", 1));
        }
        assertThat(none.of("t")).isEmpty();
    }
}

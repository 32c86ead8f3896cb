// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.Event;
import dev.jitney.spi.Interceptor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Searches on a bus at work; what is found where stands in FindingsTest. */
@ExtendWith(NoLeaks.class)
class FindTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final EventBus bus = EventBus.builder("orders").historyLimit(0).build();
    private final List<Object> seen = new CopyOnWriteArrayList<>();
    private volatile int offered = -1;
    private volatile int handled = -1;

    @AfterEach
    void close() {
        bus.close();
    }

    @Test
    @DisplayName("HIS-2 an event is offered to those who wait for one before it is handled")
    void offeredBeforeHandled() throws Exception {
        FindOptions options =
                FindOptions.builder("t").unlimitedFuture().predicate(this::offer).build();
        CompletableFuture<@Nullable Event> search = bus.find(options);
        bus.subscribe(
                "t",
                event -> {
                    if ((int) event.payload() > offered) {
                        seen.add(event.payload());
                    }
                    handled = (int) event.payload();
                });
        for (int i = 0; i < 10; i++) {
            bus.publish("t", i);
        }
        assertThat(bus.awaitIdle(LONG)).isTrue();
        assertThat(seen).isEmpty();
        assertThat(search).isNotDone();
    }

    /** Gives the handler time to be first, if it can. */
    private boolean offer(Event event) {
        for (int i = 0; i < 10_000 && handled < (int) event.payload(); i++) {
            Thread.yield();
        }
        offered = Math.max(offered, (int) event.payload());
        return false;
    }

    @Test
    @DisplayName("HIS-2 events are found, the newest first, whatever their times are")
    void ofAnyTime() throws Exception {
        try (EventBus keeping = EventBus.builder("keeping").build()) {
            Event last = Event.of("t", "last").withTime(Instant.MAX);
            Event now = Event.of("t", "now");
            Event first = Event.of("t", "first").withTime(Instant.MIN);
            for (Event event : List.of(now, first, last)) {
                keeping.publishAndJoin(event, LONG);
            }
            assertThat(keeping.filter(FindOptions.of("t"), 3))
                    .extracting(found -> found.event().payload())
                    .containsExactly("last", "now", "first");
            assertThat(keeping.find(FindOptions.of("t")).get().payload()).isEqualTo("last");
        }
    }

    @Test
    @DisplayName("HIS-1 an event is found that has left its queue and whose handlers are chosen")
    void notBegunYet() throws Exception {
        Gate gate = new Gate();
        bus.subscribe(
                "t",
                SubscribeOptions.builder().predicate(event -> passes(gate)).build(),
                event -> seen.add(event.payload()));
        Publication publication = bus.publish("t", 1);
        gate.awaitReached();
        assertThat(bus.filter(FindOptions.of("t"), 1)).containsExactly(publication);
        gate.open();
        assertThat(publication.join(LONG)).isTrue();
    }

    @Test
    @DisplayName("HIS-1 an event is found whose handlers have ended and whose letter is under way")
    void notEndedYet() throws Exception {
        Gate gate = new Gate();
        Interceptor holding =
                new Interceptor() {
                    @Override
                    public String name() {
                        return "holding";
                    }

                    @Override
                    public void deadLettered(DeadLetter letter) {
                        passes(gate);
                    }
                };
        try (EventBus own = EventBus.builder("own").interceptor(holding).historyLimit(0).build()) {
            for (int i = 0; i < 2; i++) {
                own.subscribeAsync("t", event -> CompletableFuture.failedFuture(new Exception()));
            }
            Publication publication = own.publish("t", 1);
            gate.awaitReached();
            assertThat(own.filter(FindOptions.of("t"), 1)).containsExactly(publication);
            gate.open();
            assertThat(publication.join(LONG)).isTrue();
            assertThat(own.filter(FindOptions.of("t"), 1)).isEmpty();
        }
    }

    private static boolean passes(Gate gate) {
        try {
            gate.pass();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return true;
    }

    @Test
    @DisplayName("HIS-2 a search that begins while an event is on its way into the bus finds it")
    void begunMeanwhile() throws Exception {
        AtomicReference<CompletableFuture<@Nullable Event>> begun = new AtomicReference<>();
        FindOptions.Builder waits = FindOptions.builder("t").unlimitedFuture();
        FindOptions second = waits.build();
        // Asked after those who wait have been looked up, and before the event is in its lane.
        waits.predicate(event -> !begun.compareAndSet(null, bus.find(second)));
        CompletableFuture<@Nullable Event> search = bus.find(waits.build());
        Event event = bus.publish("t", 1).event();
        assertThat(begun.get().get(20, TimeUnit.SECONDS)).isEqualTo(event);
        assertThat(search.get(20, TimeUnit.SECONDS)).isEqualTo(event);
    }

    @Test
    @DisplayName("HIS-1 FWD-2 an event that only another bus still handles is found on its own")
    void elsewhere() throws Exception {
        try (EventBus other = EventBus.builder("other").build()) {
            List<Gate> gates = List.of(new Gate(), new Gate());
            other.subscribe("t", event -> gates.get((int) event.payload()).pass());
            bus.forwardTo(other, "t");
            Publication published = bus.publish("t", 0);
            gates.get(0).awaitReached();
            isFoundAlone(published, gates.get(0));
            // An event that is awaited takes other ways.
            Thread awaiting = new Thread(() -> publishAndJoin(1));
            awaiting.start();
            gates.get(1).awaitReached();
            isFoundAlone(bus.filter(FindOptions.of("t"), 9).get(0), gates.get(1));
            awaiting.join(LONG.toMillis());
        }
    }

    private void publishAndJoin(int payload) {
        try {
            bus.publishAndJoin("t", payload, LONG);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void isFoundAlone(Publication publication, Gate gate) throws Exception {
        assertThat(bus.awaitIdle(Duration.ofMillis(5))).isFalse();
        assertThat(bus.filter(FindOptions.of("t"), 9)).containsExactly(publication);
        gate.open();
        assertThat(publication.join(LONG)).isTrue();
        assertThat(bus.filter(FindOptions.of("t"), 9)).isEmpty();
    }

    @Test
    @DisplayName("HIS-1 HIS-2 what runs or waits is found, though no history is kept")
    void runningAndPending() throws Exception {
        Gate gate = new Gate();
        bus.subscribe("running", event -> gate.pass());
        bus.publish("running", 1);
        gate.awaitReached();
        bus.publish("pending", 2);
        assertThat(found("running")).isEqualTo(1);
        assertThat(found("pending")).isEqualTo(2);
        assertThat(bus.filter(FindOptions.of("*"), 10))
                .extracting(Publication::state)
                .containsExactly(Publication.State.PENDING, Publication.State.STARTED);
        gate.open();
        assertThat(bus.awaitIdle(LONG)).isTrue();
        assertThat(found("running")).isNull();
        assertThat(found("pending")).isNull();
    }

    @Test
    @DisplayName("HIS-2 ORD-4 on a bus of a serial group no event of another one is found")
    void othersOfTheGroup() throws Exception {
        Gate gate = new Gate();
        try (EventBus other = EventBus.builder("other").serialGroup(bus).build()) {
            other.subscribe("t", event -> gate.pass());
            other.publish("t", 1);
            gate.awaitReached();
            other.publish("t", 2);
            assertThat(found("t")).isNull();
            assertThat(other.filter(FindOptions.of("t"), 10)).hasSize(2);
            gate.open();
        }
    }

    private @Nullable Object found(String topic) throws Exception {
        Event event = bus.find(FindOptions.of(topic)).get(20, TimeUnit.SECONDS);
        return event == null ? null : event.payload();
    }
}

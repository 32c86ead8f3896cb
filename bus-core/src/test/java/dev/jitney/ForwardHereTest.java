// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Forwarded events whose publisher waits, and runs them itself on every bus. */
class ForwardHereTest extends ThreeBuses {

    private Handler note(String name) {
        return event -> seen.add(name + " on " + Thread.currentThread().getName());
    }

    @Test
    @DisplayName("FWD-1 ORD-10 who waits for an event runs it on all idle buses of a chain")
    void onTheCaller() throws Exception {
        a.subscribe("*", note("a"));
        b.subscribe("*", note("b"));
        c.subscribe("*", note("c"));
        a.forwardTo(b, "*");
        b.forwardTo(c, "*");
        String me = Thread.currentThread().getName();

        Publication publication = a.publishAndJoin("t.a", 1, Duration.ZERO);

        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(publication.path()).containsExactly("a", "b", "c");
        assertThat(publication.handlerResults()).hasSize(3);
        assertThat(seen).containsExactly("a on " + me, "b on " + me, "c on " + me);
        for (EventBus bus : List.of(a, b, c)) {
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(bus.stats().handled()).isEqualTo(1);
            assertThat(bus.history()).hasSize(1);
        }
    }

    @Test
    @DisplayName("FWD-1 ORD-10 who does not wait runs nothing, whatever the buses do")
    void notWaitedFor() throws Exception {
        a.forwardTo(b, "*");
        b.subscribe("*", note("b"));
        assertThat(a.publish("t.a", 1).join(LONG)).isTrue();
        try (EventBus direct = EventBus.builder("direct").dispatch(Dispatch.DIRECT).build()) {
            direct.forwardTo(b, "*");
            assertThat(direct.publish("t.a", 1).join(LONG)).isTrue();
        }
        assertThat(seen).hasSize(2).allMatch(it -> it.toString().startsWith("b on jitney-"));
    }

    @Test
    @DisplayName("FWD-2 NST-2 a handler on the second bus may wait for an event of the first one")
    void waitsBack() throws Exception {
        a.forwardTo(b, "there");
        b.subscribe(
                "there",
                event -> {
                    Publication back = a.publishAndJoin("back", null, LONG);
                    seen.add(back.outcome());
                });
        a.subscribe("back", event -> seen.add("back"));
        Publication publication = a.publishAndJoin("there", null, LONG);
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(seen).containsExactly("back", Outcome.HANDLED);
    }

    @Test
    @DisplayName("FWD-2 NST-2 a handler on one target may wait for an event of another target")
    void waitsAcross() throws Exception {
        a.forwardTo(b, "there");
        a.forwardTo(c, "there");
        b.subscribe("there", event -> seen.add(c.publishAndJoin("across", null, LONG).outcome()));
        c.subscribe("*", event -> seen.add(event.topic()));
        Publication publication = a.publishAndJoin("there", null, LONG);
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(seen).containsExactlyInAnyOrder("across", Outcome.HANDLED, "there");
    }

    @Test
    @DisplayName("FWD-1 ORD-1 a bus in the chain that is busy gets the event in its turn")
    void busy() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        b.subscribe(
                "first",
                event -> {
                    begun.countDown();
                    go.await();
                    seen.add("first");
                });
        b.subscribe("t.a", event -> seen.add("second"));
        a.forwardTo(b, "*");
        b.publish("first", null);
        begun.await();
        List<Publication> waited = new ArrayList<>();
        Thread caller =
                new Thread(
                        () -> {
                            try {
                                waited.add(a.publishAndJoin("t.a", 1, LONG));
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                        });
        caller.start();
        Await.until("the event is queued", () -> b.pendingCount() == 1);
        go.countDown();
        caller.join();
        assertThat(seen).containsExactly("first", "second");
        assertThat(waited.get(0).outcome()).isEqualTo(Outcome.HANDLED);
    }

    @Test
    @DisplayName("FWD-1 a chain of a hundred buses needs no deep stack, and a ring of them ends")
    void longChain() throws Exception {
        List<EventBus> buses = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                EventBus bus = EventBus.builder("bus" + i).build();
                bus.subscribe("*", event -> seen.add(event.payload()));
                buses.add(bus);
            }
            for (int i = 0; i < 100; i++) {
                buses.get(i).forwardTo(buses.get((i + 1) % 100), "*");
            }
            Publication publication = buses.get(0).publishAndJoin("t.a", 1, LONG);
            assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(seen).hasSize(100);
            assertThat(publication.path()).hasSize(100);
        } finally {
            buses.forEach(EventBus::close);
        }
    }

    @Test
    @DisplayName("ORD-1 FWD-1 events of one publisher come in order, waited for or not")
    void inOrder() throws Exception {
        a.forwardTo(b, "*");
        b.subscribe("*", event -> seen.add(event.payload()));
        List<Object> expected = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            expected.add(i);
            if (i % 3 == 0) {
                a.publishAndJoin("t.a", i, Duration.ZERO);
            } else {
                a.publish("t.a", i);
            }
        }
        assertThat(a.awaitIdle(LONG) && b.awaitIdle(LONG)).isTrue();
        assertThat(seen).isEqualTo(expected);
    }

    @Test
    @DisplayName("EVT-2 what a bus makes has the time of its clock")
    void clock() throws Exception {
        OwnTime time = new OwnTime();
        try (EventBus own = EventBus.builder("own").clock(time).build()) {
            Event made = own.newEvent("t.a", 1);
            assertThat(made.time()).isEqualTo(time.instant());
            Event published = own.publishAndJoin("t.a", 1, Duration.ZERO).event();
            assertThat(Duration.between(time.instant(), published.time()))
                    .isLessThan(Duration.ofMillis(1));
        }
    }
}

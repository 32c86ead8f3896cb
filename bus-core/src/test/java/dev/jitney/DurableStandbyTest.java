// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.Offset;
import dev.jitney.logs.Logs;
import dev.jitney.spi.Cursor.Progress;
import dev.jitney.spi.Cursors.Claim;
import dev.jitney.spi.Position;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class DurableStandbyTest extends DurableWork {

    private static final SubscribeOptions DURABLE =
            SubscribeOptions.builder().durable("work", Position.start()).build();

    @BeforeEach
    void clearLogs() {
        Logs.clear();
    }

    private Subscription subscribe(EventBus bus) {
        return bus.subscribe("a", DURABLE, event -> seen.add(bus.name() + " " + event.payload()));
    }

    private void publish(Object payload) {
        store.appendAndWait(
                List.of(Event.of("a", payload).withSource("elsewhere")),
                dev.jitney.event.Level.OS,
                LONG);
    }

    private void awaitSeen(String what) {
        Await.until("'" + what + "' was handled", () -> seen.contains(what));
    }

    @Test
    @DisplayName(
            "DSU-3 a second subscription of a cursor stands by, and takes over when the first ends")
    void takesOver() {
        try (EventBus two = bus("two")) {
            EventBus one = bus("one");
            Subscription first = subscribe(one);
            Subscription second = subscribe(two);
            assertThat(first.standby()).isFalse();
            assertThat(second.standby()).isTrue();
            assertThat(second.active()).as("it is not closed").isTrue();
            publish(0);
            awaitSeen("one 0");
            one.close();
            assertThat(first.standby()).as("what is closed does not stand by").isFalse();
            publish(1);
            awaitSeen("two 1");
            assertThat(second.standby()).isFalse();
            assertThat(seen).containsExactly("one 0", "two 1");
        }
        assertThat(Logs.messages(Level.INFO))
                .as("said once")
                .containsExactly(
                        "Durable subscription 'a#s1' of bus 'two' stands by: cursor 'work' has"
                                + " another owner",
                        "Durable subscription 'a#s1' of bus 'two' takes over cursor 'work' at #1");
    }

    @Test
    @DisplayName("DSU-3 the next owner begins when the deliveries of the one before have ended")
    void theNextBeginsAfterTheLastDelivery() throws Exception {
        Gate gate = new Gate();
        try (EventBus one = bus("one");
                EventBus two = bus("two")) {
            Subscription first =
                    one.subscribe(
                            "a",
                            DURABLE,
                            event -> {
                                gate.pass();
                                seen.add("one " + event.payload());
                            });
            Subscription second = subscribe(two);
            publish(0);
            publish(1);
            gate.awaitReached();
            first.close();
            assertThat(second.standby()).isTrue();
            gate.open();
            awaitSeen("two 1");
        }
        assertThat(seen).containsExactly("one 0", "two 1");
    }

    @Test
    @DisplayName("DSU-3 of many that stand by one takes over at a time, on one bus too")
    void oneTakesOver() {
        try (EventBus bus = bus("one")) {
            for (int n = 0; n < 5; n++) {
                String name = "s" + n;
                bus.subscribe("a", DURABLE, event -> seen.add(name + " " + event.payload()));
            }
            for (int n = 0; n < 5; n++) {
                Await.until("one is active", () -> owners(bus).size() == 1);
                Subscription owner = owners(bus).get(0);
                publish(n);
                String payload = " " + n;
                Await.until(
                        "it is handled",
                        () -> seen.stream().anyMatch(one -> one.toString().endsWith(payload)));
                owner.close();
            }
            assertThat(seen).hasSize(5).doesNotHaveDuplicates();
        }
    }

    private static List<Subscription> owners(EventBus bus) {
        return bus.subscriptions().stream().filter(one -> !one.standby()).toList();
    }

    @Test
    @DisplayName(
            "DSU-3 whoever stands by has its own beginning, should the owner die before it has saved one")
    void standsByWithABeginning() throws Exception {
        publish("before");
        Claim dead = store.cursors().claim("work");
        try (EventBus bus = bus("one")) {
            SubscribeOptions fromNow = SubscribeOptions.builder().durable("work").build();
            Subscription subscription =
                    bus.subscribe("a", fromNow, event -> seen.add("one " + event.payload()));
            assertThat(subscription.standby()).isTrue();
            publish("meanwhile");
            dead.close();
            awaitSeen("one meanwhile");
        }
        assertThat(seen).containsExactly("one meanwhile");
    }

    @Test
    @DisplayName(
            "DSU-3 whoever takes over begins at the saved checkpoint, not where it began to wait")
    void takesOverAtTheCheckpoint() throws Exception {
        for (int n = 0; n < 6; n++) {
            publish(n);
        }
        Claim owner = store.cursors().claim("work");
        try (EventBus bus = bus("one")) {
            subscribe(bus);
            owner.save(
                    new Progress(
                            Offset.of(2),
                            List.of(new dev.jitney.spi.Cursor.Range(Offset.of(3), Offset.of(5)))));
            owner.close();
            awaitSeen("one 5");
        }
        assertThat(seen).containsExactly("one 2", "one 5");
    }

    @Test
    @DisplayName("DSU-3 closing what stands by ends it at once and takes nothing from the owner")
    void closingAStandby() {
        try (EventBus one = bus("one");
                EventBus two = bus("two")) {
            subscribe(one);
            Subscription second = subscribe(two);
            second.close();
            assertThat(second.standby()).isFalse();
            Await.until(
                    "its thread has ended", () -> !NoLeaks.threads().contains("jitney-two-work"));
            assertThat(NoLeaks.threads()).contains("jitney-one-work");
            publish(0);
            awaitSeen("one 0");
        }
    }

    @Test
    @DisplayName("DSU-3 ordinary subscriptions never stand by")
    void ordinaryOnesDoNot() {
        try (EventBus bus = bus("one")) {
            assertThat(bus.subscribe("a", event -> {}).standby()).isFalse();
        }
    }
}

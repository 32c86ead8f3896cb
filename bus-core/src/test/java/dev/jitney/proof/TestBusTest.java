// SPDX-License-Identifier: Apache-2.0
package dev.jitney.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.Dispatch;
import dev.jitney.EventBus;
import dev.jitney.HandlerResult;
import dev.jitney.NoLeaks;
import dev.jitney.Ordering;
import dev.jitney.Publication;
import dev.jitney.RetryPolicy;
import dev.jitney.SubscribeOptions;
import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import dev.jitney.test.TestBus;
import dev.jitney.test.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the test kit does: real handlers on real threads, in time that the test moves. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class TestBusTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration SHORT = Duration.ofMillis(500);

    private final List<String> seen = new CopyOnWriteArrayList<>();

    @Test
    void publishReturnsWhenAllThatFollowsHasEnded() {
        try (TestBus kit = TestBus.create("orders")) {
            kit.bus().subscribe("order.placed", event -> kit.bus().publish("order.paid", 1));
            kit.bus().subscribe("order.paid", event -> kit.bus().publish("order.sent", 2));
            kit.bus().subscribe("order.sent", event -> seen.add("sent " + event.payload()));
            Publication placed = kit.publish("order.placed", null);
            assertThat(placed.outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(seen).containsExactly("sent 2");
            assertThat(kit.published())
                    .extracting(Event::topic)
                    .containsExactly("order.placed", "order.paid", "order.sent");
            assertThat(kit.published("*.paid")).hasSize(1);
        }
    }

    @Test
    void retriesComeWhenTheirTimeHasCome() {
        try (TestBus kit = TestBus.create("orders")) {
            RetryPolicy thrice = RetryPolicy.fixed(3, SECOND.multipliedBy(10));
            kit.bus()
                    .subscribe(
                            "order.placed",
                            SubscribeOptions.builder().retry(thrice).build(),
                            event -> {
                                seen.add("at " + kit.time().passed());
                                if (seen.size() < 3) {
                                    throw new IllegalStateException("not yet");
                                }
                            });
            Publication placed = kit.publish("order.placed", 7);
            assertThat(seen).containsExactly("at PT0S");
            assertThat(placed.state()).isEqualTo(Publication.State.STARTED);
            kit.advance(Duration.ofMillis(9_999));
            assertThat(seen).hasSize(1);
            kit.advance(SECOND.multipliedBy(60));
            assertThat(seen).containsExactly("at PT0S", "at PT10S", "at PT20S");
            assertThat(placed.outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(kit.time().passed()).isEqualTo(Duration.ofMillis(69_999));
        }
    }

    @Test
    void aSerialLaneStandsStillBehindABackOff() {
        try (TestBus kit = TestBus.create("orders")) {
            SubscribeOptions again =
                    SubscribeOptions.builder().retry(RetryPolicy.fixed(2, SECOND)).build();
            kit.bus()
                    .subscribe(
                            "order.*",
                            again,
                            event -> {
                                seen.add(event.topic());
                                if (seen.size() == 1) {
                                    throw new IllegalStateException("not yet");
                                }
                            });
            kit.publish("order.placed", null);
            kit.publish("order.paid", null);
            assertThat(seen).containsExactly("order.placed");
            kit.advance(SECOND);
            assertThat(seen).containsExactly("order.placed", "order.placed", "order.paid");
        }
    }

    @Test
    void aHandlerIsEndedAtItsLimitHoweverItWaits() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CompletableFuture<Object> nothing = new CompletableFuture<>();
        SubscribeOptions threeSeconds =
                SubscribeOptions.builder().timeout(SECOND.multipliedBy(3)).build();
        try (TestBus kit = TestBus.create("orders").expectFailures("order.placed")) {
            kit.bus().subscribe("order.placed", threeSeconds, event -> never.await());
            kit.bus().subscribeAsync("order.placed", threeSeconds, event -> nothing);
            kit.bus()
                    .subscribe(
                            "order.placed",
                            SubscribeOptions.builder()
                                    .timeout(SECOND.multipliedBy(3))
                                    .blocking()
                                    .build(),
                            event -> kit.time().sleep(SECOND.multipliedBy(4)));
            Publication placed = kit.bus().publish("order.placed", null);
            kit.advance(Duration.ofMillis(2_999));
            assertThat(states(placed)).containsExactly(DeliveryState.STARTED);
            kit.advance(SECOND.multipliedBy(7));
            assertThat(states(placed))
                    .containsExactly(
                            DeliveryState.TIMED_OUT,
                            DeliveryState.TIMED_OUT,
                            DeliveryState.TIMED_OUT);
            assertThat(kit.failures()).hasSize(3);
        }
    }

    private static List<DeliveryState> states(Publication publication) {
        return publication.handlerResults().stream()
                .map(HandlerResult::state)
                .filter(state -> state != DeliveryState.PENDING)
                .toList();
    }

    @Test
    void aHandlerThatSleepsInVirtualTimeIsDoneWhenThatHasPassed() {
        try (TestBus kit =
                TestBus.create("orders", bus -> bus.ordering(Ordering.PARALLEL).parallelism(3))) {
            kit.bus()
                    .subscribe(
                            "order.placed",
                            event -> {
                                kit.time().sleep(event.payload(Duration.class));
                                seen.add(event.payload() + " at " + kit.time().passed());
                            });
            kit.publish("order.placed", SECOND.multipliedBy(2));
            kit.publish("order.placed", SECOND);
            kit.publish("order.placed", Duration.ZERO);
            assertThat(seen).containsExactly("PT0S at PT0S");
            kit.advance(SECOND.multipliedBy(5));
            assertThat(seen).containsExactly("PT0S at PT0S", "PT1S at PT1S", "PT2S at PT2S");
        }
    }

    @Test
    void busesThatShareATimeMoveTogether() {
        VirtualTime time = new VirtualTime();
        try (TestBus shop = TestBus.create("shop", time, bus -> {});
                TestBus store = TestBus.create("store", time, bus -> {})) {
            shop.bus().forwardTo(store.bus(), "*");
            store.bus()
                    .subscribe(
                            "order.placed",
                            event -> {
                                time.sleep(SECOND);
                                seen.add("stored");
                            });
            Publication placed = shop.publish("order.placed", null);
            assertThat(placed.state()).isNotEqualTo(Publication.State.COMPLETED);
            time.advance(SECOND);
            assertThat(seen).containsExactly("stored");
            assertThat(placed.outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(store.published("order.placed")).hasSize(1);
        }
    }

    @Test
    void theBusMayRunHandlersOnThePublishersThread() {
        try (TestBus kit = TestBus.create("orders", bus -> bus.dispatch(Dispatch.DIRECT))) {
            Thread test = Thread.currentThread();
            kit.bus()
                    .subscribe(
                            "order.placed",
                            event -> seen.add("" + (Thread.currentThread() == test)));
            kit.bus().publish("order.placed", null);
            assertThat(seen).containsExactly("true");
        }
    }

    @Test
    void eventsAreMadeInTheTimeOfTheBus() {
        try (TestBus kit = TestBus.create("orders")) {
            kit.advance(SECOND);
            assertThat(kit.event("order.placed").build().time()).isEqualTo(kit.time().instant());
        }
    }

    // ---- awaitEvent

    @Test
    void awaitEventReturnsEachEventOnceInOrder() {
        try (TestBus kit = TestBus.create("orders")) {
            kit.publish("order.placed", 1);
            kit.publish("user.login", 2);
            kit.publish("order.placed", 3);
            assertThat(kit.awaitEvent("order.*").payload()).isEqualTo(1);
            assertThat(kit.awaitEvent("*").payload()).isEqualTo(2);
            assertThat(kit.awaitEvent("order.*").payload()).isEqualTo(3);
        }
    }

    @Test
    void awaitEventWaitsForWhatIsYetToCome() throws Exception {
        try (TestBus kit = TestBus.create("orders")) {
            Thread other = new Thread(() -> kit.bus().publish("order.placed", 2));
            kit.bus().publish("order.placed", 1);
            other.start();
            assertThat(kit.awaitEvent("order.placed", event -> event.payload().equals(2)).payload())
                    .isEqualTo(2);
            other.join();
        }
    }

    @Test
    void awaitEventSaysWhatCameInstead() {
        try (TestBus kit = TestBus.create("orders")) {
            kit.bus()
                    .subscribe(
                            "order.paid",
                            SubscribeOptions.builder()
                                    .name("billing")
                                    .retry(RetryPolicy.fixed(2, SECOND.multipliedBy(30)))
                                    .build(),
                            event -> {
                                if (seen.isEmpty()) {
                                    seen.add("failed once");
                                    throw new IllegalStateException("no paper");
                                }
                            });
            kit.publish("order.placed", "seven");
            kit.advance(Duration.ofMillis(1_500));
            kit.publish("order.paid", null);
            assertThatThrownBy(() -> kit.awaitEvent("invoice.*", event -> true, SHORT))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage(
                            """
                            No event that matches 'invoice.*' and was not returned before came to \
                            bus 'orders' within 0.5 s of true time. 2 events were published:
                              1. +0 s order.placed seven: NO_HANDLER
                              2. +1.5 s order.paid null: not ended
                            Waiting for the time: handler 'billing' is tried again on event \
                            'order.paid' at +31.5 s""");
            kit.advance(SECOND.multipliedBy(30));
        }
    }

    // ---- assertions

    @Test
    void assertionsWaitForTheBusAndSayWhatWasThere() {
        try (TestBus kit = TestBus.create("orders").expectFailures("order.paid")) {
            kit.bus().subscribe("order.placed", event -> kit.bus().publish("order.paid", 7));
            kit.bus().publish("order.placed", null);
            kit.assertPublished("order.paid");
            kit.assertPublished("order.*", 2);
            kit.assertNotPublished("order.sent");
            kit.assertNoFailures();
            assertThatThrownBy(() -> kit.assertPublished("order.sent"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage(
                            """
                            No event that matches 'order.sent' was published on bus 'orders'. \
                            2 events were published:
                              1. +0 s order.placed null: HANDLED
                              2. +0 s order.paid 7: NO_HANDLER""");
            assertThatThrownBy(() -> kit.assertPublished("order.*", 3))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageStartingWith(
                            "Expected 3 events that match 'order.*' on bus 'orders', but there were 2. ");
            assertThatThrownBy(() -> kit.assertNotPublished("order.paid"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageStartingWith(
                            "Expected 0 events that match 'order.paid' on bus 'orders', but there were 1. ");
            IllegalStateException noPaper = new IllegalStateException("no paper");
            kit.bus()
                    .subscribe(
                            "order.paid",
                            SubscribeOptions.builder().name("billing").build(),
                            event -> {
                                throw noPaper;
                            });
            kit.publish("order.paid", 8);
            assertThatThrownBy(kit::assertNoFailures)
                    .isInstanceOf(AssertionError.class)
                    .hasMessage(
                            """
                            On bus 'orders' handlers have failed:
                            - Handler 'billing' failed in attempt 1 on 'order.paid': \
                            java.lang.IllegalStateException: no paper""")
                    .satisfies(e -> assertThat(e.getSuppressed()).containsExactly(noPaper));
        }
    }

    @Test
    void settleNamesTheHandlerThatDoesNotEnd() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        try (TestBus kit = TestBus.create("orders")) {
            SubscribeOptions named = SubscribeOptions.builder().name("stuck").build();
            kit.bus()
                    .subscribe(
                            "order.placed",
                            named,
                            event -> {
                                begun.countDown();
                                open.await();
                            });
            kit.advance(SECOND);
            kit.bus().publish("order.placed", null);
            begun.await();
            assertThatThrownBy(() -> kit.settle(SHORT))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage(
                            "Bus 'orders' has not settled within 0.5 s of true time: handler 'stuck' has"
                                    + " been running on event 'order.placed' since +1 s. If that waits"
                                    + " for a limit, advance the time.");
            open.countDown();
        }
    }

    @Test
    void aHandlerWaitsForTheTimeWhenTheEventThatItAwaitsDoes() {
        try (TestBus kit = TestBus.create("orders")) {
            EventBus bus = kit.bus();
            Duration minute = Duration.ofMinutes(1);
            bus.subscribe("parcel.sent", event -> kit.time().sleep(SECOND));
            bus.subscribe("invoice.sent", event -> bus.publishAndJoin("parcel.sent", null, minute));
            bus.subscribe(
                    "order.placed", event -> bus.publishAndJoin("invoice.sent", null, minute));
            Publication placed = kit.publish("order.placed", null);
            assertThat(placed.outcome()).isNull();
            kit.advance(SECOND);
            assertThat(placed.outcome()).isEqualTo(Outcome.HANDLED);
        }
    }

    @Test
    void aHandlerCannotMoveTheTime() {
        try (TestBus kit = TestBus.create("orders").expectFailures("order.placed")) {
            SubscribeOptions named = SubscribeOptions.builder().name("impatient").build();
            kit.bus().subscribe("order.placed", named, event -> kit.advance(SECOND));
            kit.publish("order.placed", null);
            assertThat(kit.failures().get(0).error())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "Handler 'impatient' cannot wait for its bus or move the time: they"
                                    + " wait for it. Let the test do it.");
        }
    }

    @Test
    void longListsAreCut() {
        try (TestBus kit = TestBus.create("orders")) {
            List<Publication> all = new ArrayList<>();
            for (int i = 1; i <= 52; i++) {
                all.add(kit.bus().publish("order.placed", "x".repeat(90)));
            }
            assertThatThrownBy(() -> kit.assertPublished("order.sent"))
                    .hasMessageContaining(
                            "52 events were published:\n  … 2 more before\n  3. +0 s order.placed "
                                    + "x".repeat(80)
                                    + "…: NO_HANDLER\n  4.");
            assertThat(all).hasSize(52);
        }
    }
}

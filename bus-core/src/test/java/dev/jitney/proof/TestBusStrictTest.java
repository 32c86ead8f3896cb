// SPDX-License-Identifier: Apache-2.0
package dev.jitney.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.jitney.BusClosedException;
import dev.jitney.NoLeaks;
import dev.jitney.RetryPolicy;
import dev.jitney.SubscribeOptions;
import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.ValidationException;
import dev.jitney.spi.ValidationException.Problem;
import dev.jitney.test.TestBus;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A test that says nothing of failures does not pass with one. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class TestBusStrictTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final IllegalStateException noPaper = new IllegalStateException("no paper");

    private static SubscribeOptions named(String name) {
        return SubscribeOptions.builder().name(name).build();
    }

    private TestBus failing() {
        TestBus kit = TestBus.create("orders");
        kit.bus()
                .subscribe(
                        "order.*",
                        named("billing"),
                        event -> {
                            throw noPaper;
                        });
        return kit;
    }

    @Test
    void closeFailsForAFailureThatWasNotExpected() {
        TestBus kit = failing();
        kit.publish("order.placed", null);
        assertThatThrownBy(kit::close)
                .isInstanceOf(AssertionError.class)
                .hasMessage(
                        """
                        Bus 'orders' did what its test did not expect:
                        - Handler 'billing' failed in attempt 1 on 'order.placed': \
                        java.lang.IllegalStateException: no paper""")
                .satisfies(e -> assertThat(e.getSuppressed()).containsExactly(noPaper));
        assertThatThrownBy(() -> kit.bus().publish("order.placed", null))
                .isInstanceOf(BusClosedException.class);
        kit.close();
    }

    @Test
    void anExpectedFailureIsNone() {
        TestBus kit = failing().expectFailures("order.placed");
        kit.publish("order.placed", null);
        assertThat(kit.failures())
                .singleElement()
                .satisfies(
                        failure -> {
                            assertThat(failure.subscription()).isEqualTo("billing");
                            assertThat(failure.attempts()).isEqualTo(1);
                            assertThat(failure.error()).isSameAs(noPaper);
                        });
        assertThat(kit.deadLetters()).extracting(DeadLetter::handler).containsExactly("billing");
        assertThat(kit.published()).extracting(Event::topic).containsExactly("order.placed");
        assertThat(kit.published("system.*")).hasSize(1);
        kit.close();
    }

    @Test
    void anExpectedFailureOfAnotherTopicIsNotMet() {
        TestBus kit = failing().expectFailures("order.paid");
        kit.publish("order.placed", null);
        assertThatThrownBy(kit::close)
                .hasMessageStartingWith(
                        "Bus 'orders' did what its test did not expect:\n- Handler 'billing' failed")
                .hasMessageEndingWith("\n- No handler failed on 'order.paid', which was expected.");
    }

    @Test
    void closeFailsForAnEventThatHasNotEnded() {
        TestBus kit = TestBus.create("orders");
        kit.bus()
                .subscribe(
                        "order.placed",
                        SubscribeOptions.builder()
                                .name("billing")
                                .retry(RetryPolicy.fixed(2, SECOND))
                                .build(),
                        event -> {
                            throw noPaper;
                        });
        kit.publish("order.placed", null);
        kit.bus().publish("order.paid", null);
        assertThatThrownBy(kit::close)
                .isInstanceOf(AssertionError.class)
                .hasMessage(
                        """
                        Bus 'orders' did what its test did not expect:
                        - 2 events have not ended: handler 'billing' is tried again on event \
                        'order.placed' at +1 s.""");
    }

    @Test
    void unfinishedEventsMayBeExpected() {
        TestBus kit = TestBus.create("orders").expectUnfinished();
        kit.bus().subscribe("order.placed", event -> new CountDownLatch(1).await());
        kit.bus().publish("order.placed", null);
        kit.close();
    }

    @Test
    void closeFailsForAnEventThatWasRefused() {
        EventValidator strict = new Refusing("sundays", "no orders on Sundays");
        TestBus kit = TestBus.create("orders", bus -> bus.validator(strict));
        assertThatThrownBy(() -> kit.publish("order.placed", null))
                .isInstanceOf(ValidationException.class);
        assertThat(kit.published()).isEmpty();
        assertThatThrownBy(kit::close)
                .isInstanceOf(AssertionError.class)
                .hasMessage(
                        """
                        Bus 'orders' did what its test did not expect:
                        - A dead letter of 'order.placed' was made: VALIDATION_ERROR: Event \
                        'order.placed' is refused by 'sundays': no orders on Sundays.""");
        TestBus expecting =
                TestBus.create("orders", bus -> bus.validator(strict)).expectDeadLetters("order.*");
        assertThatThrownBy(() -> expecting.publish("order.placed", null))
                .isInstanceOf(ValidationException.class);
        expecting.close();
    }

    @Test
    void anExpectedDeadLetterHasToCome() {
        TestBus kit = TestBus.create("orders").expectDeadLetters("order.placed");
        kit.publish("order.placed", null);
        assertThatThrownBy(kit::close)
                .hasMessage(
                        """
                        Bus 'orders' did what its test did not expect:
                        - No dead letter of 'order.placed' was made, as expected.""");
    }

    @Test
    void closeFailsForAThreadThatIsLeftBehind() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        TestBus kit = TestBus.create("orders").expectFailures("order.placed");
        kit.bus()
                .subscribe(
                        "order.placed",
                        named("deaf"),
                        event -> {
                            while (open.getCount() > 0) {
                                try {
                                    open.await();
                                } catch (InterruptedException e) {
                                    // It does not heed it.
                                }
                            }
                        });
        kit.bus().publish("order.placed", null);
        kit.advance(Duration.ofSeconds(30));
        assertThatThrownBy(kit::close)
                .hasMessage(
                        """
                        Bus 'orders' did what its test did not expect:
                        - Handler 'deaf' was ended and has not heeded it: its thread is still there.""");
        open.countDown();
    }

    @Test
    void theFailureOfTheTestItselfComesFirst() {
        assertThatThrownBy(
                        () -> {
                            try (TestBus kit = failing()) {
                                kit.publish("order.placed", null);
                                kit.assertNotPublished("order.placed");
                            }
                        })
                .hasMessageStartingWith("Expected 0 events")
                .satisfies(
                        e ->
                                assertThat(e.getSuppressed())
                                        .singleElement()
                                        .isInstanceOf(AssertionError.class));
    }

    @Test
    void whoCallsFromAHandlerWhatWaitsIsRefusedAndTheTestStillFails() {
        TestBus kit = TestBus.create("orders");
        List<Throwable> refused = new CopyOnWriteArrayList<>();
        kit.bus()
                .subscribe(
                        "order.placed",
                        named("billing"),
                        event -> {
                            refused.add(catchThrowable(() -> kit.publish("invoice.sent", null)));
                            refused.add(catchThrowable(() -> kit.awaitEvent("order.placed")));
                            kit.close();
                        });
        kit.publish("order.placed", null);
        assertThat(refused).hasSize(2).hasOnlyElementsOfType(IllegalStateException.class);
        assertThat(kit.published("invoice.*")).isEmpty();
        assertThatThrownBy(kit::close)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Handler 'billing' failed in attempt 1 on 'order.placed'");
        assertThatThrownBy(() -> kit.bus().publish("order.placed", null))
                .isInstanceOf(BusClosedException.class);
    }

    @Test
    void anActionThatFailsAsItClosesIsThrownWhenTheBusIsClosed() {
        TestBus kit = failing();
        kit.publish("order.placed", null);
        IllegalStateException jammed = new IllegalStateException("jammed");
        kit.time()
                .schedule(
                        Duration.ZERO,
                        () -> {
                            throw jammed;
                        });
        assertThatThrownBy(kit::close)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("An action that the time ran: " + jammed)
                .hasMessageContaining("Handler 'billing' failed in attempt 1 on 'order.placed'")
                .satisfies(e -> assertThat(e.getSuppressed()).containsExactly(jammed, noPaper));
        assertThatThrownBy(() -> kit.bus().publish("order.placed", null))
                .isInstanceOf(BusClosedException.class);
    }

    @Test
    void patienceAndSleepMayBeForEver() {
        Duration ever = ChronoUnit.FOREVER.getDuration();
        try (TestBus kit = TestBus.create("orders").expectFailures("order.placed")) {
            kit.bus().subscribe("order.placed", event -> kit.time().sleep(ever));
            kit.bus().publish("order.placed", null);
            kit.settle(ever);
            assertThat(kit.awaitEvent("order.*", event -> true, ever).topic())
                    .isEqualTo("order.placed");
            kit.advance(Duration.ofSeconds(30)); // its limit
            assertThat(kit.failures())
                    .singleElement()
                    .satisfies(it -> assertThat(it.state()).isEqualTo(DeliveryState.TIMED_OUT));
        }
    }

    private record Refusing(String name, String problem) implements EventValidator {

        @Override
        public List<Problem> validate(Event event) {
            return List.of(Problem.of(problem));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static dev.jitney.Await.completed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.logs.Logs;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.event.Level;

/** A slow event is told of wherever its handlers run. */
@ExtendWith(NoLeaks.class)
class SlowEventTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration FOUR = Duration.ofSeconds(4);
    private static final Duration FIVE = Duration.ofSeconds(5);

    private final OwnTime time = new OwnTime();
    private final EventBus bus =
            EventBus.builder("orders")
                    .clock(time)
                    .parallelism(4)
                    .slowHandlerThreshold(Duration.ZERO)
                    .slowEventThreshold(FIVE)
                    .build();
    private final Gate gate = new Gate();
    private final Gate other = new Gate();

    @BeforeEach
    void clear() {
        Logs.clear();
    }

    @AfterEach
    void close() {
        gate.open();
        other.open();
        bus.close();
    }

    private static List<String> told() {
        return Logs.messages(Level.WARN).stream()
                .filter(line -> line.startsWith("Bus 'orders' is slow on event"))
                .map(line -> line.replaceAll(".*: ", ""))
                .toList();
    }

    private Publication parallel(String topic) {
        PublishOptions together =
                PublishOptions.builder().handlerOrder(HandlerOrder.PARALLEL).build();
        return bus.publish(Event.of(topic, 1), together);
    }

    /** Returns an event whose first handler was ended after a second, and whose second one runs. */
    private Publication afterALimit() throws InterruptedException {
        bus.subscribe(
                "t", SubscribeOptions.builder().timeout(SECOND).build(), event -> gate.pass());
        bus.subscribe("t", event -> other.pass());
        Publication publication = bus.publish("t", 1);
        gate.awaitReached();
        time.advance(SECOND);
        other.awaitReached();
        return publication;
    }

    @Test
    @DisplayName("TMO-5 an event whose handlers run together is told of, and once")
    void together() throws Exception {
        bus.subscribe("t", event -> gate.pass());
        bus.subscribe("t", event -> other.pass());
        Publication publication = parallel("t");
        gate.awaitReached();
        other.awaitReached();
        time.advance(FOUR);
        assertThat(told()).isEmpty();
        time.advance(FOUR);
        time.advance(FOUR);
        assertThat(told()).containsExactly("its handlers have taken 5 s so far");
        gate.open();
        other.open();
        completed(publication);
        assertThat(told()).hasSize(1);
    }

    @Test
    @DisplayName("TMO-5 an event is told of after a handler of it was ended, too, and once")
    void afterAnEndedHandler() throws Exception {
        Publication publication = afterALimit();
        assertThat(told()).isEmpty();
        time.advance(FOUR);
        time.advance(FOUR);
        assertThat(told()).containsExactly("its handlers have taken 5 s so far");
        other.open();
        completed(publication);
    }

    @Test
    @DisplayName("TMO-5 an event is not told of for the time that others took")
    void notForOthers() throws Exception {
        for (int i = 0; i < 3; i++) {
            bus.subscribe("before", event -> {});
        }
        completed(parallel("before"));
        time.advance(Duration.ofMinutes(1));
        Publication publication = afterALimit();
        time.advance(SECOND);
        other.open();
        completed(publication);
        assertThat(told()).isEmpty();
    }

    @Test
    @DisplayName("TMO-5 an event that was told of is not told of again after a retry")
    void afterARetry() throws Exception {
        Gate[] attempts = {gate, other};
        SubscribeOptions again =
                SubscribeOptions.builder().retry(RetryPolicy.fixed(2, SECOND)).build();
        int[] made = {0};
        bus.subscribe(
                "t",
                again,
                event -> {
                    attempts[made[0]++].pass();
                    throw new IllegalStateException("The test lets it fail.");
                });
        Publication publication = bus.publish("t", 1);
        gate.awaitReached();
        time.advance(FIVE);
        assertThat(told()).hasSize(1);
        gate.open();
        Await.until("it sleeps", () -> made[0] == 1 && time.timers() >= 2);
        time.advance(SECOND);
        other.awaitReached();
        time.advance(FIVE);
        other.open();
        completed(publication);
        assertThat(told()).hasSize(1);
    }
}

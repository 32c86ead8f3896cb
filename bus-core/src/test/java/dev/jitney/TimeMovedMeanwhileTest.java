// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static dev.jitney.Await.completed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import dev.jitney.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A clock of the user's that is moved just as the bus sets a timer by it. */
class TimeMovedMeanwhileTest {

    private static final Duration SPAN = Duration.ofSeconds(1);

    private final OwnTime time = new OwnTime();
    private final List<Object> seen = new CopyOnWriteArrayList<>();

    /** Moves on by the span between the bus's look at it and its first timer of so long. */
    private final class MovedMeanwhile implements TimeSource {

        private boolean moved;

        @Override
        public Instant instant() {
            return time.instant();
        }

        @Override
        public AutoCloseable schedule(Duration delay, Runnable action) {
            if (!moved && delay.equals(SPAN)) {
                moved = true;
                time.advance(SPAN);
            }
            return time.schedule(delay, action);
        }
    }

    private EventBusBuilder builder() {
        return EventBus.builder("orders").clock(new MovedMeanwhile());
    }

    @Test
    @DisplayName("TMO-2 a limit that passes while its timer is set ends the handler")
    void handlerLimit() throws Exception {
        try (EventBus bus = builder().handlerTimeout(SPAN).build()) {
            bus.subscribeAsync("t", event -> new CompletableFuture<>());
            assertThat(completed(bus.publish("t", 1)).handlerResults())
                    .extracting(HandlerResult::state)
                    .containsExactly(DeliveryState.TIMED_OUT);
        }
    }

    @Test
    @DisplayName("TMO-3 an event's limit that passes between two handlers ends the event")
    void betweenHandlers() throws Exception {
        try (EventBus bus = EventBus.builder("orders").clock(time).eventTimeout(SPAN).build()) {
            // Asked when the first handler has ended and the second has not begun.
            RetryPolicy policy =
                    RetryPolicy.builder().attempts(2).retryIf(error -> movesTime()).build();
            bus.subscribe(
                    "t",
                    SubscribeOptions.builder().retry(policy).build(),
                    event -> {
                        throw new IllegalStateException("first");
                    });
            bus.subscribeAsync("t", event -> new CompletableFuture<>());
            assertThat(completed(bus.publish("t", 1)).outcome()).isEqualTo(Outcome.TIMED_OUT);
        }
    }

    private boolean movesTime() {
        time.advance(SPAN);
        return false;
    }

    @Test
    @DisplayName(
            "TMO-3 NST-3 a limit that passes as the handlers of an event end it with its children")
    void heldOpen() throws Exception {
        try (EventBus bus =
                builder().eventTimeout(SPAN).slowHandlerThreshold(SPAN.dividedBy(2)).build()) {
            PublishOptions longer = PublishOptions.builder().timeout(Duration.ofHours(1)).build();
            Event child = Event.of("child", 2);
            bus.subscribe("t", event -> bus.publish(child, longer).toCompletableFuture());
            bus.subscribeAsync("child", event -> new CompletableFuture<>());
            assertThat(completed(bus.publish("t", 1)).outcome()).isEqualTo(Outcome.TIMED_OUT);
        }
    }

    @Test
    @DisplayName("ERR-3 a back-off that passes while its timer is set is over")
    void backOff() throws Exception {
        try (EventBus bus = builder().build()) {
            RetryPolicy policy = RetryPolicy.builder().attempts(2).fixed(SPAN).build();
            bus.subscribe(
                    "t",
                    SubscribeOptions.builder().retry(policy).build(),
                    event -> {
                        seen.add(event.payload());
                        if (seen.size() == 1) {
                            throw new IllegalStateException("again");
                        }
                    });
            assertThat(completed(bus.publish("t", 1)).outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(seen).hasSize(2);
        }
    }

    @Test
    @DisplayName("HIS-4 a gap between events that passes while its timer is set is over")
    void replayGap() throws Exception {
        try (EventBus bus = builder().build()) {
            completed(bus.publish("t", 1));
            time.advance(SPAN);
            completed(bus.publish("t", 2));
            bus.subscribe("t", event -> seen.add(event.payload()));
            CompletableFuture<ReplayReport> replay =
                    CompletableFuture.supplyAsync(
                            () -> bus.replay(ReplayOptions.builder().speed(1).build()));
            Await.until("the replay is over", replay::isDone);
            assertThat(seen).containsExactly(1, 2);
        }
    }
}

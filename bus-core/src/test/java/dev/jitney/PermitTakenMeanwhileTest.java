// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.DeliveryState;
import dev.jitney.event.Outcome;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A handler that waits is ended while its lane's permit is with an event that has no place there.
 */
@ExtendWith(NoLeaks.class)
class PermitTakenMeanwhileTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private final OwnTime time = new OwnTime();
    private final EventBus bus =
            EventBus.builder("orders")
                    .clock(time)
                    .handlerTimeout(Duration.ZERO)
                    .eventTimeout(Duration.ZERO)
                    .build();
    private final EventBus other = EventBus.builder("other").build();
    private final Overlap overlap = new Overlap();
    private final AtomicInteger attempts = new AtomicInteger();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final Gate inRetry = new Gate();
    private final Gate awaited = new Gate();

    @AfterEach
    void close() {
        bus.close();
        other.close();
    }

    @Test
    @DisplayName("ORD-1 ERR-3 TMO-2 the lane does not go on before a retry beside it has ended")
    void waitsForTheRetry() throws Exception {
        RetryPolicy releases =
                RetryPolicy.builder().attempts(2).fixed(SECOND).releaseOrder().build();
        bus.subscribe(
                "retried",
                SubscribeOptions.builder().retry(releases).build(),
                event -> {
                    if (attempts.getAndIncrement() == 0) {
                        throw new IllegalStateException("not yet");
                    }
                    overlap.within(inRetry::pass);
                });
        other.subscribe(
                "awaited", SubscribeOptions.builder().blocking().build(), event -> awaited.pass());
        // No child, which would be cancelled with it, and no wait that an interrupt ends.
        Publication longer = other.publish("awaited", 1);
        bus.subscribe(
                "waits",
                SubscribeOptions.builder().blocking().timeout(HOUR).build(),
                event -> {
                    begun.countDown();
                    longer.toCompletableFuture().join();
                });
        bus.subscribe("next", event -> overlap.within(() -> {}));

        Publication retried = bus.publish("retried", 1);
        Publication waits = bus.publish("waits", 1);
        Publication next = bus.publish("next", 1);
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        Await.until("it is tried again", this::isTriedAgain);
        time.advance(HOUR);
        assertThat(waits.join(LONG)).isTrue();
        assertThat(waits.handlerResults().get(0).state()).isEqualTo(DeliveryState.TIMED_OUT);

        assertThat(next.join(Duration.ofMillis(20))).isFalse();
        inRetry.open();
        assertThat(next.join(LONG)).isTrue();
        assertThat(retried.join(LONG)).isTrue();
        assertThat(retried.outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(overlap.most()).isEqualTo(1);
        awaited.open();
    }

    private boolean isTriedAgain() {
        time.advance(SECOND);
        return overlap.inside() == 1;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static dev.jitney.Await.completed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Handlers that run together, one of which holds up the thread that begins them. */
@ExtendWith(NoLeaks.class)
class BegunTogetherTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final OwnTime time = new OwnTime();
    private final EventBus bus =
            EventBus.builder("together").clock(time).handlerOrder(HandlerOrder.PARALLEL).build();
    private final List<Object> seen = new CopyOnWriteArrayList<>();
    private final Gate gate = new Gate();
    private final CountDownLatch stop = new CountDownLatch(1);

    @BeforeEach
    void open() {
        gate.open();
    }

    @AfterEach
    void close() {
        stop.countDown();
        bus.close();
    }

    /** Does not return before the end of the test, whatever its limit. */
    private CompletionStage<?> overrun(Event event) throws InterruptedException {
        gate.pass();
        while (stop.getCount() > 0) {
            Thread.onSpinWait();
        }
        return CompletableFuture.completedFuture(null);
    }

    /** Waits for a publication, and blocks its thread meanwhile. */
    private interface Wait {
        void forEvent(Publication publication) throws Exception;
    }

    private static List<Wait> waits() {
        return List.of(
                publication -> publication.join(Duration.ZERO),
                publication -> publication.toCompletableFuture().get());
    }

    @ParameterizedTest
    @MethodSource
    @DisplayName("NST-2 ORD-5 a handler that waits before it returns its stage leaves the lane")
    void waits(Wait wait) throws Exception {
        bus.subscribe("child", event -> seen.add("child"));
        bus.subscribeAsync(
                "t",
                event -> {
                    wait.forEvent(bus.publish("child", null));
                    seen.add("waited");
                    return CompletableFuture.completedFuture(null);
                });
        bus.subscribeAsync("t", event -> CompletableFuture.completedFuture(seen.add("stage")));
        bus.subscribe("t", event -> seen.add("plain"));
        Publication publication = completed(bus.publish("t", null));
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(seen)
                .containsExactlyInAnyOrder("stage", "plain", "child", "waited")
                .endsWith("child", "waited");
    }

    @Test
    @DisplayName(
            "NST-2 ORD-5 so does one that waits and blocks nothing, while what it awaits runs here")
    void waitsWhileOthersBlockItsThread() throws Exception {
        bus.subscribe("grandchild", event -> seen.add("grandchild"));
        try (EventBus other = EventBus.builder("other").build()) {
            other.subscribe("child", event -> bus.publish("grandchild", null).join(Duration.ZERO));
            bus.subscribeAsync(
                    "t",
                    event -> {
                        CompletableFuture<Object> stage = new CompletableFuture<>();
                        other.tryPublishAwaited(
                                Event.of("child", null),
                                PublishOptions.defaults(),
                                stage::complete);
                        return stage;
                    });
            bus.subscribeAsync("t", event -> CompletableFuture.completedFuture(seen.add("stage")));
            Publication publication = completed(bus.publish("t", null));
            assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(seen).containsExactly("stage", "grandchild");
        }
    }

    @Test
    @DisplayName(
            "TMO-2 ORD-5 a handler that is left behind before it returns its stage holds up none")
    void leftBehind() throws Exception {
        SubscribeOptions limited = SubscribeOptions.builder().timeout(SECOND).build();
        bus.subscribeAsync("t", limited, this::overrun);
        bus.subscribe("t", event -> seen.add("plain"));
        bus.subscribeAsync("t", event -> CompletableFuture.completedFuture(seen.add("stage")));
        Publication publication = bus.publish("t", null);
        gate.awaitReached();
        time.advance(SECOND);
        assertThat(completed(publication).outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
        assertThat(publication.handlerResults())
                .extracting(HandlerResult::state)
                .containsExactly(
                        DeliveryState.TIMED_OUT, DeliveryState.COMPLETED, DeliveryState.COMPLETED);
        assertThat(completed(bus.publish("other", null)).outcome()).isEqualTo(Outcome.NO_HANDLER);
    }

    @Test
    @DisplayName("TMO-2 ORD-5 so does the last of them that is left behind")
    void lastLeftBehind() throws Exception {
        SubscribeOptions limited = SubscribeOptions.builder().timeout(SECOND).priority(1).build();
        bus.subscribe("t", event -> seen.add("plain"));
        bus.subscribeAsync("t", limited, this::overrun);
        Publication publication = bus.publish("t", null);
        gate.awaitReached();
        time.advance(SECOND);
        assertThat(completed(publication).outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
        assertThat(seen).containsExactly("plain");
    }
}

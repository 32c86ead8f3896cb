// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class FailureTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final EventBus bus = EventBus.builder("orders").build();
    private final List<Object> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        bus.close();
    }

    private Publication handled(PublishOptions options) throws InterruptedException {
        Publication publication = bus.publish(Event.of("t", 1), options);
        assertThat(publication.join(LONG)).isTrue();
        return publication;
    }

    private void failing(Throwable failure) {
        bus.subscribe("t", event -> sneak(failure));
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable failure) throws T {
        throw (T) failure;
    }

    @Test
    @DisplayName("ERR-1 a failure touches no other handler, one after the other or together")
    void isolated() throws Exception {
        Exception failure = new Exception("no");
        failing(failure);
        bus.subscribeAsync("t", event -> CompletableFuture.failedFuture(failure));
        bus.subscribeAsync("t", event -> null);
        bus.subscribe("t", SubscribeOptions.builder().blocking().build(), event -> sneak(failure));
        bus.subscribeReplying("t", event -> "value");
        for (HandlerOrder order : HandlerOrder.values()) {
            Publication publication = handled(PublishOptions.builder().handlerOrder(order).build());
            assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
            assertThat(publication.handlerResults())
                    .extracting(HandlerResult::state)
                    .containsExactly(
                            DeliveryState.FAILED,
                            DeliveryState.FAILED,
                            DeliveryState.FAILED,
                            DeliveryState.FAILED,
                            DeliveryState.COMPLETED);
            assertThat(publication.handlerResults().get(2).error())
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("The handler returned null instead of a stage.");
            assertThat(publication.values()).containsExactly("value");
        }
    }

    @Test
    @DisplayName("ERR-1 a bus handles ten thousand events of a handler that always fails")
    void keepsGoing() throws Exception {
        Subscription fails =
                bus.subscribe(
                        "t",
                        event -> {
                            throw new IllegalStateException("no");
                        });
        for (int i = 0; i < 1_000; i++) {
            bus.publish("t", i);
        }
        assertThat(bus.awaitIdle(LONG)).isTrue();
        assertThat(fails.failed()).isEqualTo(1_000);
    }

    @Test
    @DisplayName("ERR-2 a cancellation that the bus did not ask for is a failure")
    void ownCancellation() throws Exception {
        failing(new CancellationException("own"));
        bus.subscribeAsync(
                "t",
                event -> {
                    CompletableFuture<Object> cancelled = new CompletableFuture<>();
                    cancelled.cancel(false);
                    return cancelled;
                });
        Publication publication = handled(PublishOptions.defaults());
        assertThat(publication.handlerResults())
                .extracting(HandlerResult::state)
                .containsExactly(DeliveryState.FAILED, DeliveryState.FAILED);
        assertThat(publication.handlerResults())
                .allSatisfy(it -> assertThat(it.error()).isInstanceOf(CancellationException.class));
    }

    @Test
    @DisplayName("ERR-2 a stack overflow and a linkage error are failures like exceptions")
    void errors() throws Exception {
        List<Throwable> uncaught = new CopyOnWriteArrayList<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> uncaught.add(error));
        try {
            bus.subscribe("t", event -> deeper(1));
            failing(new NoClassDefFoundError("gone"));
            Publication publication = handled(PublishOptions.defaults());
            assertThat(publication.handlerResults())
                    .extracting(it -> it.error().getClass().getSimpleName())
                    .containsExactly("StackOverflowError", "NoClassDefFoundError");
            assertThat(publication.handlerResults())
                    .extracting(HandlerResult::state)
                    .containsOnly(DeliveryState.FAILED);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(uncaught).isEmpty();
    }

    private static int deeper(int depth) {
        return deeper(depth + 1) + 1;
    }

    @Test
    @DisplayName(
            "ERR-2 another error of the machine fails the delivery, frees the lane and is uncaught")
    void machineErrors() throws Exception {
        CompletableFuture<Throwable> uncaught = new CompletableFuture<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        OutOfMemoryError failure = new OutOfMemoryError("pretended");
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, error) -> {
                    uncaught.complete(error);
                    throw new IllegalStateException("the handler of uncaught ones fails too");
                });
        try {
            bus.subscribe(
                    "t",
                    SubscribeOptions.builder().retry(RetryPolicy.immediate(5)).build(),
                    event -> sneak(failure));
            bus.subscribe("t", event -> seen.add("next"));
            Publication publication = handled(PublishOptions.defaults());
            assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
            assertThat(publication.handlerResults().get(0).state()).isEqualTo(DeliveryState.FAILED);
            assertThat(publication.handlerResults().get(0).error()).isSameAs(failure);
            assertThat(publication.handlerResults().get(0).attempts()).isEqualTo(1);
            assertThat(uncaught.get(20, TimeUnit.SECONDS)).isSameAs(failure);
            assertThat(seen).containsExactly("next");
            assertThat(bus.publish("other", 1).join(LONG)).isTrue();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    @Test
    @DisplayName(
            "ERR-2 an error of the machine on a thread of the bus goes to the user's handler of"
                    + " uncaught ones")
    void machineErrorsOnOurThreads() throws Exception {
        CompletableFuture<Throwable> uncaught = new CompletableFuture<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        OutOfMemoryError failure = new OutOfMemoryError("pretended");
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> uncaught.complete(error));
        try {
            bus.subscribe("t", event -> sneak(failure));
            // Not join: who waits may run the handler itself.
            bus.publish("t", 1);
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(uncaught.get(20, TimeUnit.SECONDS)).isSameAs(failure);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }
}

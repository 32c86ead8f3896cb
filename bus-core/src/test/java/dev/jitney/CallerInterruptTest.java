// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An interrupt of the thread that publishes, where handlers run on that thread. */
class CallerInterruptTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final List<Boolean> seen = new CopyOnWriteArrayList<>();

    /** A handler that sees an interrupt takes it, as most code that blocks does. */
    private final Handler looks = event -> seen.add(Thread.interrupted());

    @AfterEach
    void clear() {
        Thread.interrupted();
    }

    @ParameterizedTest
    @EnumSource(Dispatch.class)
    @DisplayName("ORD-9 ORD-10 ERR-1 the publisher's interrupt is not its handlers', and is kept")
    void publishersOwn(Dispatch dispatch) throws Exception {
        try (EventBus bus = EventBus.builder("orders").dispatch(dispatch).build()) {
            bus.subscribe("a", looks);
            bus.subscribe("a", looks);
            Thread.currentThread().interrupt();
            Publication publication = bus.publishAndJoin("a", 1, LONG);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(seen).containsExactly(false, false);
        }
    }

    @ParameterizedTest
    @EnumSource(Dispatch.class)
    @DisplayName("ERR-1 a handler that interrupts its thread leaves that to the publisher")
    void handlersOwn(Dispatch dispatch) throws Exception {
        try (EventBus bus = EventBus.builder("orders").dispatch(dispatch).build()) {
            bus.subscribe("a", event -> Thread.currentThread().interrupt());
            bus.subscribe("a", looks);
            bus.subscribeReplying("a", event -> seen.add(Thread.interrupted()));
            assertThat(bus.publishAndJoin("a", 1, LONG).outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(seen).containsExactly(false, false);
            bus.subscribe("b", looks);
            bus.publishAndJoin("b", 1, LONG);
            assertThat(seen).containsExactly(false, false, false);
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    @Test
    @DisplayName("NST-2 a child on the same thread does not see the interrupt, and its parent does")
    void nested() throws Exception {
        try (EventBus bus = EventBus.builder("orders").dispatch(Dispatch.DIRECT).build()) {
            bus.subscribe("child", event -> Thread.currentThread().interrupt());
            bus.subscribe("child", looks);
            bus.subscribe(
                    "parent",
                    event -> {
                        bus.publish("child", 1);
                        seen.add(Thread.interrupted());
                    });
            assertThat(bus.publish("parent", 1).outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(seen).containsExactly(false, true);
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    @Test
    @DisplayName(
            "ERR-1 what a handler leaves behind one that has to be waited for is not the next event's")
    void afterAStage() throws Exception {
        try (EventBus bus = EventBus.builder("orders").build()) {
            StageHandler stage = event -> CompletableFuture.completedFuture(null);
            bus.subscribeAsync("a", SubscribeOptions.defaults(), stage);
            bus.subscribe("a", event -> Thread.currentThread().interrupt());
            bus.subscribe("b", looks);
            bus.publishAndJoin("a", 1, LONG);
            Thread.interrupted();
            bus.publishAndJoin("b", 1, LONG);
            assertThat(Thread.interrupted()).isFalse();
            assertThat(seen).containsExactly(false);
        }
    }

    @Test
    @DisplayName("TMO-2 a handler that is cut off leaves its publisher without its interrupt")
    void cutOff() throws Exception {
        try (EventBus bus =
                EventBus.builder("orders").handlerTimeout(Duration.ofMillis(20)).build()) {
            bus.subscribe(
                    "a",
                    event -> {
                        try {
                            Thread.sleep(20_000);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
            bus.publishAndJoin("a", 1, LONG);
            assertThat(Thread.interrupted()).isFalse();
        }
    }
}

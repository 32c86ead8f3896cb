// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.spi.ContextCarrier;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of an attempt that is ended while its thread is still on the way to the handler. */
class LateAttemptTest extends BusWithADiary {

    private static final Duration LIMIT = Duration.ofSeconds(3);

    private final Slow slow = new Slow();
    private final EventBus bus =
            builder().clock(time).handlerTimeout(LIMIT).contextCarrier(slow).build();
    private final List<String> called = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        slow.open.countDown();
        bus.close();
    }

    /** Holds the first attempt up, interrupted or not, before its handler is called. */
    private static final class Slow implements ContextCarrier {
        final CountDownLatch reached = new CountDownLatch(1);
        final CountDownLatch open = new CountDownLatch(1);
        final CountDownLatch left = new CountDownLatch(1);

        @Override
        public String name() {
            return "slow";
        }

        @Override
        public Object capture() {
            return this;
        }

        @Override
        public AutoCloseable restore(Object captured) {
            reached.countDown();
            boolean waits = true;
            while (waits) {
                try {
                    waits = !open.await(LONG.toSeconds(), TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    // The thread was left behind; the test has not let it go.
                }
            }
            return left::countDown;
        }
    }

    private void endsBeforeItIsCalled() throws Exception {
        Publication publication = bus.publish("t", 1);
        assertThat(slow.reached.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        time.awaitTimer(LIMIT);
        time.advance(LIMIT);
        joined(publication);
        slow.open.countDown();
        assertThat(slow.left.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(called).isEmpty();
        assertThat(diary.of("t"))
                .endsWith(
                        "one observe PENDING",
                        "one handlerPending PENDING",
                        "one deadLettered HANDLER_TIMEOUT",
                        "one handlerCompleted TIMED_OUT",
                        "completed HANDLED_WITH_FAILURES");
    }

    @Test
    @DisplayName("ICP-1 TMO-2 a handler that was ended before it was called is not called any more")
    void plain() throws Exception {
        bus.subscribe("t", named("one"), event -> called.add("one"));
        endsBeforeItIsCalled();
    }

    @Test
    @DisplayName("ICP-1 TMO-2 nor is one that is done later")
    void later() throws Exception {
        bus.subscribeAsync(
                "t",
                named("one"),
                event -> {
                    called.add("one");
                    return new CompletableFuture<>();
                });
        endsBeforeItIsCalled();
    }
}

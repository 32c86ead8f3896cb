// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.DeliveryState;
import dev.jitney.event.Outcome;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A handler and the child that it awaits share a thread, and so an interrupt. */
@ExtendWith(NoLeaks.class)
class EndedTogetherTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final OwnTime time = new OwnTime();
    private final EventBus bus = EventBus.builder("orders").clock(time).build();
    private final AtomicReference<Publication> child = new AtomicReference<>();

    @AfterEach
    void close() {
        bus.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName(
            "TMO-4 a child on its parent's thread is cancelled before the interrupt that ends both"
                    + " can fail it")
    void cancelledBeforeInterrupted(boolean blocking) throws Exception {
        Interrupted interrupted = new Interrupted();
        bus.subscribe("child", event -> interrupted.await());
        SubscribeOptions.Builder options = SubscribeOptions.builder().timeout(SECOND);
        bus.subscribe(
                "parent",
                (blocking ? options.blocking() : options).build(),
                event -> {
                    child.set(bus.publish("child", 1));
                    child.get().join(Duration.ZERO);
                });
        Publication parent = bus.publish("parent", 1);
        interrupted.awaitBegun();
        time.advance(SECOND);
        assertThat(parent.join(Duration.ofSeconds(20))).isTrue();
        assertThat(parent.handlerResults().get(0).state()).isEqualTo(DeliveryState.TIMED_OUT);
        assertThat(child.get().join(Duration.ofSeconds(20))).isTrue();
        assertThat(child.get().outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(child.get().handlerResults().get(0).state()).isEqualTo(DeliveryState.CANCELLED);
    }

    /**
     * Holds up whoever interrupts the child's thread, which calls {@link #implCloseChannel}, until
     * that thread can go no further: so an interrupt that comes too early has all of its effect.
     */
    private final class Interrupted extends AbstractInterruptibleChannel {

        private final CountDownLatch begun = new CountDownLatch(1);
        private volatile Thread thread = Thread.currentThread();

        void await() throws InterruptedException {
            thread = Thread.currentThread();
            begin();
            begun.countDown();
            // Without end(), which would wait for the interrupter. A virtual thread that is parked
            // is woken only when the interrupter is through, so this one looks.
            Await.until("it is interrupted", thread::isInterrupted);
            throw new InterruptedException();
        }

        void awaitBegun() throws InterruptedException {
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        }

        @Override
        protected void implCloseChannel() {
            Await.until(
                    "the child has failed, or its thread waits for the interrupter",
                    () ->
                            child.get().state() == Publication.State.COMPLETED
                                    || thread.getState() == Thread.State.BLOCKED);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jitney.EventBus;
import dev.jitney.Handler;
import dev.jitney.RetryPolicy;
import dev.jitney.SubscribeOptions;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The trees of handlers and publishers on virtual threads; on Java 21 and later. */
@Timeout(60)
class VirtualThreadsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Rig rig = new Rig();
    private final List<Boolean> virtual = new CopyOnWriteArrayList<>();
    private ExecutorService threads;

    @BeforeEach
    void open() throws Exception {
        assumeTrue(Runtime.version().feature() >= 21, "virtual threads are of Java 21");
        // By name, as this is compiled for Java 17.
        threads =
                (ExecutorService)
                        Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }

    @AfterEach
    void close() {
        rig.close();
        if (threads != null) {
            threads.shutdownNow();
        }
    }

    private void look() {
        try {
            virtual.add(
                    (Boolean) Thread.class.getMethod("isVirtual").invoke(Thread.currentThread()));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private SubscribeOptions.Builder onVirtual(String name) {
        return SubscribeOptions.builder().name(name).blocking(threads);
    }

    /** A handler that awaits a child, whose handler fails once; all on virtual threads. */
    private void subscribe(EventBus bus) {
        bus.subscribe(
                "order.placed",
                onVirtual("pay").build(),
                (Handler)
                        event -> {
                            look();
                            bus.publish("order.paid", 1).join(PATIENCE);
                            // The shortest that surely gives its carrier up: it may go on on
                            // another.
                            Thread.sleep(1);
                            bus.publish("order.sent", 1);
                        });
        bus.subscribe(
                "order.paid",
                onVirtual("mail").retry(RetryPolicy.immediate(2)).build(),
                (Handler)
                        event -> {
                            look();
                            if (virtual.size() == 2) {
                                throw new IllegalStateException("no stamps");
                            }
                        });
    }

    private static final String TREE =
            """
            T1 checkout INTERNAL OK
            T1   send order.placed PRODUCER {jitney.bus=orders, message.conversation_id=T1, message.id=#1}
            T2 process order.placed CONSUMER -> T1 send order.placed {destination.subscription.name=pay, jitney.bus=orders, message.conversation_id=T1, message.id=#1}
            T2   send order.paid PRODUCER {jitney.bus=orders, jitney.event.causation_id=#1, message.conversation_id=T1, message.id=#2}
            T2   send order.sent PRODUCER {jitney.bus=orders, jitney.event.causation_id=#1, message.conversation_id=T1, message.id=#3}
            T3 process order.paid CONSUMER -> T2 send order.paid {destination.subscription.name=mail, jitney.attempts=2, jitney.bus=orders, jitney.event.causation_id=#1, message.conversation_id=T1, message.id=#2} !jitney.retry{error.type=java.lang.IllegalStateException, jitney.attempt=1, jitney.retry.delay_ms=0}
            """;

    @Test
    @DisplayName(
            "CTX-4 handlers on virtual threads have the tree of others, over waits and retries")
    void handlers() throws Exception {
        EventBus bus = rig.bus("orders");
        subscribe(bus);
        rig.within("checkout", () -> bus.publish("order.placed", 1).join(PATIENCE));
        assertThat(bus.awaitIdle(PATIENCE)).isTrue();
        assertThat(rig.tree()).isEqualTo(TREE);
        assertThat(virtual).containsExactly(true, true, true);
    }

    @Test
    @DisplayName("CTX-4 a publisher on a virtual thread has the same tree, and its thread is clean")
    void publisher() throws Exception {
        EventBus bus = rig.bus("orders");
        subscribe(bus);
        Context after =
                threads.submit(
                                () -> {
                                    rig.within(
                                            "checkout",
                                            () -> bus.publish("order.placed", 1).join(PATIENCE));
                                    return Context.current();
                                })
                        .get(30, TimeUnit.SECONDS);
        assertThat(after).isSameAs(Context.root());
        assertThat(bus.awaitIdle(PATIENCE)).isTrue();
        assertThat(rig.tree()).isEqualTo(TREE);
    }
}

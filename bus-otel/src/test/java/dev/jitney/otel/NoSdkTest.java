// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.jitney.Dispatch;
import dev.jitney.EventBus;
import dev.jitney.EventBusBuilder;
import dev.jitney.Handler;
import dev.jitney.event.Event;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Without an SDK nothing changes, and nothing is allocated. */
class NoSdkTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int EVENTS = 20_000;
    private static final Integer PAYLOAD = 1;

    private final BusTelemetry telemetry = BusTelemetry.of(OpenTelemetry.noop());

    private static long allocated(Runnable work) {
        long least = Long.MAX_VALUE;
        // The least of some rounds: what compilers and class loading allocate comes once.
        for (int round = 0; round < 12; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            work.run();
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    @Test
    @DisplayName("without an SDK a bus goes on without the three, however it was asked for them")
    void theBusGoesOnWithoutThem() {
        assertThat(telemetry.interceptor().isEnabled()).isFalse();
        assertThat(telemetry.contextCarrier().isEnabled()).isFalse();
        assertThat(telemetry.metrics().isEnabled()).isFalse();
    }

    private static EventBus bus(EventBusBuilder builder) {
        EventBus bus = builder.dispatch(Dispatch.DIRECT).historyLimit(0).build();
        bus.subscribe("order.*", (Handler) event -> {});
        return bus;
    }

    private static long perEvent(EventBus bus) {
        return allocated(
                        () -> {
                            for (int i = 0; i < EVENTS; i++) {
                                bus.publish("order.placed", PAYLOAD);
                            }
                        })
                / EVENTS;
    }

    @Test
    @DisplayName(
            "without an SDK a bus allocates for an event what it does without this module: +0 bytes")
    void aBusAllocatesNoMore() {
        try (EventBus plain = bus(EventBus.builder("orders"));
                EventBus traced = bus(telemetry.install(EventBus.builder("orders")))) {
            long without = Long.MAX_VALUE;
            long with = Long.MAX_VALUE;
            // In turns, so that both are measured with the code that compilers have made by then.
            for (int turn = 0; turn < 3; turn++) {
                with = Math.min(with, perEvent(traced));
                without = Math.min(without, perEvent(plain));
            }
            assertThat(without).as("the bus's own bytes are measured").isPositive();
            assertThat(with).isEqualTo(without);
        }
    }

    @Test
    @DisplayName("without an SDK an event is as it would be without this module")
    void nothingChanges() {
        try (EventBus bus = telemetry.install(EventBus.builder("orders")).build()) {
            Event event = bus.publish("order.placed", 1).event();
            assertThat(event.extensions()).isEmpty();
            assertThat(event.correlationId()).isEqualTo(event.id());
        }
        assertThat(Context.current()).isSameAs(Context.root());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.EventBus;
import dev.jitney.Handler;
import dev.jitney.SubscribeOptions;
import dev.jitney.event.Event;
import dev.jitney.otel.BusTelemetry.Linking;
import dev.jitney.otel.BusTelemetry.Mode;
import io.opentelemetry.api.trace.Span;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The modes, the ways of linking, and a creation context that the publisher has given. */
@Timeout(60)
class ModesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String FOREIGN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    private EventBus bus(Mode mode, Linking linking) {
        EventBus bus = rig.bus("orders", mode, linking, one -> one);
        SubscribeOptions mail = SubscribeOptions.builder().name("mail").build();
        bus.subscribe("order.*", mail, (Handler) event -> {});
        return bus;
    }

    private static Event foreign() {
        return Event.builder("order.placed")
                .header("traceparent", FOREIGN)
                .header("tracestate", "acme=1")
                .build();
    }

    @Test
    @DisplayName("CTX-1 with linking PARENT a handler is a child of the publish, in one trace")
    void parent() throws Exception {
        EventBus bus = bus(Mode.MESSAGING, Linking.PARENT);
        rig.within("checkout", () -> bus.publish("order.placed", 1).join(PATIENCE));
        assertThat(rig.tree())
                .isEqualTo(
                        """
                        T1 checkout INTERNAL OK
                        T1   send order.placed PRODUCER {jitney.bus=orders, message.conversation_id=T1, message.id=#1}
                        T1     process order.placed CONSUMER {destination.subscription.name=mail, jitney.bus=orders, message.conversation_id=T1, message.id=#1}
                        """);
    }

    @Test
    @DisplayName("mode internal: INTERNAL spans, and of attributes only ours")
    void internal() throws Exception {
        EventBus bus = bus(Mode.INTERNAL, Linking.PARENT);
        bus.publish("order.placed", 1).join(PATIENCE);
        assertThat(rig.tree())
                .isEqualTo(
                        """
                        T1 send order.placed INTERNAL {jitney.bus=orders}
                        T1   process order.placed INTERNAL {jitney.bus=orders, jitney.subscription=mail}
                        """);
    }

    @Test
    @DisplayName("CTX-1 CTX-4 mode off: no spans, but the trace goes on with event and context")
    void off() throws Exception {
        EventBus bus = bus(Mode.OFF, Linking.LINK);
        AtomicReference<String> seen = new AtomicReference<>();
        AtomicReference<Event> sent = new AtomicReference<>();
        AtomicReference<String> current = new AtomicReference<>();
        bus.subscribe(
                "order.*",
                (Handler) event -> seen.set(TraceHeaders.format(Span.current().getSpanContext())));
        rig.within(
                "checkout",
                () -> {
                    current.set(TraceHeaders.format(Span.current().getSpanContext()));
                    sent.set(bus.publish("order.placed", 1).event());
                });
        assertThat(bus.awaitIdle(PATIENCE)).isTrue();
        assertThat(rig.tree()).isEqualTo("T1 checkout INTERNAL OK\n");
        assertThat(seen.get()).isEqualTo(current.get());
        assertThat(sent.get().extensions()).containsEntry("traceparent", current.get());
        assertThat(current.get()).contains("-" + sent.get().correlationId() + "-");
        assertThat(bus(Mode.OFF, Linking.LINK).publish("order.placed", 1).event().extensions())
                .as("without a span there is nothing to carry")
                .isEmpty();
    }

    @Test
    @DisplayName("a creation context that was given stays, and the publish is linked to it")
    void givenContextStays() throws Exception {
        EventBus bus = bus(Mode.MESSAGING, Linking.LINK);
        Event sent = bus.publish(foreign()).event();
        assertThat(sent.extensions())
                .containsEntry("traceparent", FOREIGN)
                .containsEntry("tracestate", "acme=1");
        assertThat(bus.awaitIdle(PATIENCE)).isTrue();
        assertThat(rig.tree())
                .isEqualTo(
                        """
                        T1 send order.placed CLIENT -> T? ? {jitney.bus=orders, message.conversation_id=#1, message.id=#1}
                        T2 process order.placed CONSUMER -> T? ? {destination.subscription.name=mail, jitney.bus=orders, message.conversation_id=#1, message.id=#1}
                        """);
        assertThat(rig.spans().get(1).getLinks())
                .singleElement()
                .satisfies(
                        link -> {
                            assertThat(TraceHeaders.format(link.getSpanContext()))
                                    .isEqualTo(FOREIGN);
                            assertThat(link.getSpanContext().getTraceState().get("acme"))
                                    .isEqualTo("1");
                        });
    }

    @Test
    @DisplayName("with linking PARENT a foreign creation context is the parent, the ambient a link")
    void foreignParent() throws Exception {
        EventBus bus = bus(Mode.MESSAGING, Linking.PARENT);
        rig.within("checkout", () -> bus.publish(foreign()).join(PATIENCE));
        assertThat(rig.tree())
                .isEqualTo(
                        """
                        T1 checkout INTERNAL OK
                        T1   send order.placed CLIENT -> T2 ? {jitney.bus=orders, message.conversation_id=T1, message.id=#1}
                        T2 process order.placed CONSUMER -> T1 checkout {destination.subscription.name=mail, jitney.bus=orders, message.conversation_id=T1, message.id=#1}
                        """);
        assertThat(rig.spans().get(2).getTraceId()).isEqualTo(FOREIGN.substring(3, 35));
    }
}

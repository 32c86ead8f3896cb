// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.EventBus;
import dev.jitney.Handler;
import dev.jitney.event.Event;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.BaggageBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes from outside is ignored or cut by the rules of the W3C; nothing throws. */
@Timeout(60)
class HostileContextTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "FF-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "0x-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-B7AD6B7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0G",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
                "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.more",
                "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",
                "00-０af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            })
    @DisplayName("a traceparent that is not valid is as if it were not there, and is replaced")
    void invalidTraceparent(String parent) throws Exception {
        assertThat(TraceHeaders.parse(parent, "a=1")).isSameAs(SpanContext.getInvalid());
        assertThat(Traces.extract(Map.of("traceparent", parent))).isSameAs(Context.root());
        try (Rig rig = new Rig()) {
            EventBus bus = rig.bus("orders");
            bus.subscribe("*", (Handler) event -> {});
            Event hostile =
                    Event.builder("order.placed")
                            .header("traceparent", parent)
                            .header("tracestate", "acme=1")
                            .build();
            Event sent = bus.publish(hostile).event();
            assertThat(sent.header("traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[13]");
            assertThat(sent.header("tracestate")).isEmpty();
            assertThat(rig.tree().lines())
                    .hasSize(2)
                    .anyMatch(line -> line.startsWith("T1 send order.placed PRODUCER {"))
                    .anyMatch(line -> line.contains("CONSUMER -> T1 send order.placed {"));
        }
    }

    @Test
    @DisplayName("flags are kept as they are, and a later version is read as far as it is known")
    void flagsAndVersions() {
        for (String flags : new String[] {"00", "01", "02", "03", "ff"}) {
            String parent = "00-" + TRACE + "-" + SPAN + "-" + flags;
            assertThat(TraceHeaders.format(TraceHeaders.parse(parent, null))).isEqualTo(parent);
        }
        assertThat(
                        TraceHeaders.format(
                                TraceHeaders.parse("cc-" + TRACE + "-" + SPAN + "-01-x", null)))
                .isEqualTo("00-" + TRACE + "-" + SPAN + "-01");
    }

    private static String members(int count, int length) {
        return IntStream.range(0, count)
                .mapToObj(i -> "k" + i + "=" + "v".repeat(length - ("k" + i).length() - 1))
                .collect(Collectors.joining(","));
    }

    private static TraceState read(String state) {
        return TraceHeaders.parse("00-" + TRACE + "-" + SPAN + "-01", state).getTraceState();
    }

    @Test
    @DisplayName(
            "600 characters of tracestate are read, and cut to 512 by whole members, the oldest")
    void longTracestate() {
        String state = members(12, 49);
        assertThat(state).hasSizeGreaterThanOrEqualTo(599);
        assertThat(read(state).size()).isEqualTo(12);
        String written = TraceStates.format(read(state));
        assertThat(written).hasSizeLessThanOrEqualTo(512).isEqualTo(members(10, 49));
    }

    @Test
    @DisplayName("of a tracestate that is too long, members of more than 128 characters go first")
    void longMembersGoFirst() {
        String state = "big=" + "x".repeat(150) + "," + members(9, 49);
        assertThat(TraceStates.format(read(state))).isEqualTo(members(9, 49));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"novalue", "=1", "a=1,a=2", "A=1", "a=1,b", "ä=1", "a=\u0000", ",,,", " "})
    @DisplayName("a tracestate that is not valid is dropped as a whole, its traceparent is not")
    void invalidTracestate(String state) {
        assertThat(read(state).isEmpty()).isTrue();
        assertThat(TraceHeaders.parse("00-" + TRACE + "-" + SPAN + "-01", state).isValid())
                .isTrue();
    }

    @Test
    @DisplayName("more members than a tracestate may have, or a megabyte of it, are dropped")
    void tooManyMembers() {
        assertThat(read(members(32, 9)).size()).isEqualTo(32);
        assertThat(read(members(33, 9)).isEmpty()).isTrue();
        assertThat(read("a=" + "x".repeat(1_000_000)).isEmpty()).isTrue();
    }

    @Test
    @DisplayName("600 characters of tracestate, given with an event, travel on as they are")
    void givenTracestateTravels() {
        try (Rig rig = new Rig()) {
            EventBus bus = rig.bus("orders");
            Event given =
                    Event.builder("order.placed")
                            .header("traceparent", "00-" + TRACE + "-" + SPAN + "-01")
                            .header("tracestate", members(12, 49))
                            .build();
            assertThat(bus.publish(given).event().header("tracestate")).isEqualTo(members(12, 49));
        }
    }

    @Test
    @DisplayName(
            "10 kB of baggage reach a handler whole, and headers by whole members, cut to 8 192")
    @SuppressWarnings("try") // The scope is there to be closed.
    void muchBaggage() throws Exception {
        BaggageBuilder builder = Baggage.builder();
        IntStream.range(0, 50).forEach(i -> builder.put("key" + i, "v".repeat(195)));
        Baggage baggage = builder.build();
        Map<String, String> headers = new HashMap<>();
        try (Rig rig = new Rig();
                Scope scope = baggage.makeCurrent()) {
            EventBus bus = rig.bus("orders");
            bus.subscribe("*", (Handler) event -> Traces.inject(headers));
            bus.publish("order.placed", 1).join(Duration.ofSeconds(10));
            assertThat(headers.get("baggage").length()).isBetween(7_900, 8_192);
            assertThat(headers.get("baggage").split(",")).allMatch(one -> one.length() > 195);
        }
        String tooMuch =
                IntStream.range(0, 60)
                        .mapToObj(i -> "k" + i + "=" + "v".repeat(200))
                        .collect(Collectors.joining(","));
        Baggage extracted = Baggage.fromContext(Traces.extract(Map.of("baggage", tooMuch)));
        assertThat(extracted.size()).isBetween(30, 40);
        assertThat(
                        Baggage.fromContext(
                                        Traces.extract(
                                                Map.of("baggage", "=,;;,=\u0000,a b=c,novalue")))
                                .size())
                .isZero();
        assertThat(Span.current()).isSameAs(Span.getInvalid());
    }
}

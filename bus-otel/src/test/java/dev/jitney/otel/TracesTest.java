// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The helpers, with the global OpenTelemetry set and not set. */
@SuppressWarnings("try") // Scopes are there to be closed.
class TracesTest {

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        GlobalOpenTelemetry.resetForTest();
        rig.close();
    }

    @Test
    @DisplayName("traced: the span is current, its status is OK, and the value comes back")
    void traced() throws Exception {
        GlobalOpenTelemetry.set(rig.openTelemetry);
        assertThat(Traces.isAvailable()).isTrue();
        String id =
                Traces.traced(
                        "work",
                        () -> {
                            Traces.addEvent("step", Attributes.empty());
                            Traces.setAttribute("kind", "tea");
                            return Traces.currentTraceId();
                        });
        Traces.runTraced("more", () -> assertThat(Traces.currentTraceId()).isNotEqualTo(id));
        assertThat(rig.spans().get(0).getTraceId()).isEqualTo(id);
        assertThat(rig.spans().get(0).getEvents())
                .singleElement()
                .satisfies(e -> assertThat(e.getName()).isEqualTo("step"));
        assertThat(rig.spans().get(0).getAttributes().get(AttributeKey.stringKey("kind")))
                .isEqualTo("tea");
        assertThat(rig.spans())
                .allSatisfy(span -> assertThat(span.getStatus().getStatusCode()).hasToString("OK"));
    }

    @Test
    @DisplayName("traced: an exception is recorded and thrown on, and the thread is clean")
    void tracedFailure() {
        assertThatThrownBy(
                        () ->
                                Traces.traced(
                                        rig.tracer,
                                        "work",
                                        SpanKind.CLIENT,
                                        Attributes.builder().put("a", 1).build(),
                                        () -> {
                                            throw new IOException("no");
                                        }))
                .isInstanceOf(IOException.class);
        assertThat(Context.current()).isSameAs(Context.root());
        assertThat(rig.tree())
                .isEqualTo(
                        "T1 work CLIENT {a=1, error.type=java.io.IOException} ERROR"
                                + " !exception{exception.message=no, exception.type=java.io.IOException}\n");
    }

    @Test
    @DisplayName("traced: a failure whose own methods fail is thrown on, and the span has failed")
    void tracedFailureWithoutWords() {
        Wordless failure = new Wordless();
        assertThatThrownBy(
                        () ->
                                Traces.traced(
                                        rig.tracer,
                                        "work",
                                        SpanKind.INTERNAL,
                                        Attributes.empty(),
                                        () -> {
                                            throw failure;
                                        }))
                .isSameAs(failure);
        assertThat(rig.spans())
                .singleElement()
                .satisfies(
                        span -> {
                            assertThat(span.getStatus().getStatusCode()).hasToString("ERROR");
                            assertThat(span.getEvents().get(0).getName()).isEqualTo("exception");
                        });
    }

    private static final class Wordless extends RuntimeException {

        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no text");
        }
    }

    @Test
    @DisplayName("CTX-4 traced: a context that the body leaves behind does not stay on the thread")
    void tracedLeavesNothingBehind() throws Exception {
        GlobalOpenTelemetry.set(rig.openTelemetry);
        Traces.traced("work", this::leaveBehind);
        assertThat(Context.current()).isSameAs(Context.root());
        Traces.runTraced("work", this::leaveBehind);
        assertThat(Context.current()).isSameAs(Context.root());
    }

    @SuppressWarnings("MustBeClosedChecker") // That is the mistake.
    private Scope leaveBehind() {
        return rig.tracer.spanBuilder("left").startSpan().makeCurrent();
    }

    @Test
    @DisplayName("without an SDK the helpers run what they are given, and do nothing else")
    void withoutAnSdk() throws Exception {
        Map<String, String> headers = new HashMap<>();
        assertThat(Traces.isAvailable()).isFalse();
        assertThat(Traces.currentTraceId()).isNull();
        assertThat(Traces.<Integer>traced("work", () -> 42)).isEqualTo(42);
        Traces.runTraced("work", () -> headers.put("ran", "yes"));
        Traces.addEvent("step", Attributes.empty());
        Traces.setAttribute("kind", "tea");
        Traces.inject(headers);
        assertThat(headers).containsExactly(Map.entry("ran", "yes"));
        assertThat(GlobalOpenTelemetry.isSet()).as("nothing is set on the way").isFalse();
    }

    @Test
    @DisplayName("inject and extract: a context goes there and back, whatever the case of names")
    void injectAndExtract() throws Exception {
        Map<String, String> headers = new HashMap<>();
        rig.within("work", () -> Traces.inject(headers));
        Map<String, String> shouted = new HashMap<>();
        headers.forEach(
                (name, value) -> shouted.put(name.toUpperCase(java.util.Locale.ROOT), value));
        // As HttpURLConnection has the status line.
        shouted.put(null, "HTTP/1.1 200 OK");
        shouted.put("TraceState", "acme=1");
        shouted.put("Baggage", "tenant=acme");
        Context extracted = Traces.extract(shouted);
        assertThat(Span.fromContext(extracted).getSpanContext().getSpanId())
                .isEqualTo(rig.spans().get(0).getSpanId());
        Map<String, String> again = new HashMap<>();
        try (Scope scope = extracted.makeCurrent()) {
            Traces.inject(again);
        }
        assertThat(again)
                .containsOnly(
                        Map.entry("traceparent", headers.get("traceparent")),
                        Map.entry("tracestate", "acme=1"),
                        Map.entry("baggage", "tenant=acme"));
    }
}

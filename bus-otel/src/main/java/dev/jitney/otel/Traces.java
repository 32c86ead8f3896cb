// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Helpers for spans of an application's own and for headers of other protocols. They use the global
 * OpenTelemetry unless a tracer is given; without an SDK they run what they are given and do
 * nothing else. Kotlin has suspending ones besides.
 *
 * <p><b>Threads.</b> Safe for concurrent use. What they make current is so on the calling thread.
 */
public final class Traces {

    private static final TextMapGetter<Map<String, String>> HEADERS = new Headers();
    private static final String BAGGAGE = "baggage";
    private static final int MOST_BAGGAGE = 8_192;

    private Traces() {}

    /** Says whether an SDK is there, so that spans are made. */
    public static boolean isAvailable() {
        return tracer().isEnabled();
    }

    /** Returns the tracer of these helpers' spans, of the global OpenTelemetry as it is now. */
    public static Tracer tracer() {
        return GlobalOpenTelemetry.getOrNoop().getTracer(Names.TRACES_SCOPE);
    }

    /**
     * Returns the trace id of the current span, 32 hexadecimal digits, or null if there is none.
     */
    public static @Nullable String currentTraceId() {
        SpanContext current = Span.current().getSpanContext();
        return current.isValid() ? current.getTraceId() : null;
    }

    /**
     * Runs the body within a span of kind INTERNAL and returns its value; see {@link
     * #traced(Tracer, String, SpanKind, Attributes, Callable)}.
     */
    public static <T extends @Nullable Object> T traced(String name, Callable<T> body)
            throws Exception {
        return traced(tracer(), name, SpanKind.INTERNAL, Attributes.empty(), body);
    }

    /**
     * Runs the body within a span, which is current meanwhile, and returns its value. The status is
     * OK afterwards; or ERROR, with the exception recorded, which is thrown on.
     */
    @SuppressWarnings("try") // It is there to be closed.
    public static <T extends @Nullable Object> T traced(
            Tracer tracer, String name, SpanKind kind, Attributes attributes, Callable<T> body)
            throws Exception {
        Objects.requireNonNull(body, "body");
        Span span = start(tracer, name, kind, attributes);
        try (Entered within = within(span)) {
            T value = body.call();
            span.setStatus(StatusCode.OK);
            return value;
        } catch (Throwable e) {
            failed(span, e);
            throw e;
        } finally {
            span.end();
        }
    }

    /** As {@link #traced(String, Callable)}, for what returns nothing. */
    @SuppressWarnings("try") // It is there to be closed.
    public static void runTraced(String name, Runnable body) {
        Span span = start(tracer(), name, SpanKind.INTERNAL, Attributes.empty());
        try (Entered within = within(span)) {
            body.run();
            span.setStatus(StatusCode.OK);
        } catch (Throwable e) {
            failed(span, e);
            throw e;
        } finally {
            span.end();
        }
    }

    // Whatever context the body leaves behind goes with it.
    private static Entered within(Span span) {
        return new Entered(Context.current().with(span));
    }

    static Span start(Tracer tracer, String name, SpanKind kind, Attributes attributes) {
        return tracer.spanBuilder(name).setSpanKind(kind).setAllAttributes(attributes).startSpan();
    }

    static void failed(Span span, Throwable failure) {
        String type = Failures.type(failure);
        span.setAttribute(Names.ERROR_TYPE, type);
        span.setStatus(StatusCode.ERROR);
        try {
            span.recordException(failure);
        } catch (RuntimeException | StackOverflowError e) {
            // Its own methods fail, as one that finds no message; it is thrown on all the same.
            span.addEvent(Names.EXCEPTION, Attributes.of(Names.EXCEPTION_TYPE, type));
        }
    }

    /** Adds an event to the current span, if there is one. */
    public static void addEvent(String name, Attributes attributes) {
        Span.current().addEvent(name, attributes);
    }

    /** Sets an attribute of the current span, if there is one. */
    public static void setAttribute(String key, String value) {
        Span.current().setAttribute(key, value);
    }

    /**
     * Puts the current context into headers as {@code traceparent}, {@code tracestate} and {@code
     * baggage}; nothing where there is none. A state is cut to 512 characters, baggage to 64
     * members and 8 192 bytes, both by whole members.
     *
     * @param headers may be changed
     */
    public static void inject(Map<String, String> headers) {
        Context context = Context.current();
        SpanContext current = Span.fromContext(context).getSpanContext();
        if (current.isValid()) {
            headers.put(Names.TRACEPARENT, TraceHeaders.format(current));
            String state = TraceStates.format(current.getTraceState());
            if (!state.isEmpty()) {
                headers.put(Names.TRACESTATE, state);
            }
        }
        W3CBaggagePropagator.getInstance().inject(context, headers, Traces::put);
    }

    private static void put(@Nullable Map<String, String> headers, String name, String value) {
        Objects.requireNonNull(headers).put(name, value);
    }

    /**
     * Returns the current context with what headers say of trace and baggage; make it current to
     * publish within it. Names are compared whatever their case. What is not valid by the rules of
     * the W3C is passed over, and what is too long is cut.
     */
    public static Context extract(Map<String, String> headers) {
        Context context = Context.current();
        String parent = HEADERS.get(headers, Names.TRACEPARENT);
        if (parent != null) {
            SpanContext remote =
                    TraceHeaders.parse(parent.strip(), HEADERS.get(headers, Names.TRACESTATE));
            context = remote.isValid() ? context.with(Span.wrap(remote)) : context;
        }
        return W3CBaggagePropagator.getInstance().extract(context, headers, HEADERS);
    }

    // OpenTelemetry passes over what is longer as a whole.
    private static String cut(String baggage) {
        if (baggage.length() <= MOST_BAGGAGE) {
            return baggage;
        }
        int end = baggage.lastIndexOf(',', MOST_BAGGAGE);
        return end < 0 ? "" : baggage.substring(0, end);
    }

    /** Finds headers whatever their case. */
    private static final class Headers implements TextMapGetter<Map<String, String>> {

        @Override
        public Iterable<String> keys(Map<String, String> headers) {
            return headers.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> headers, String key) {
            String value = headers == null ? null : find(headers, key);
            return value != null && key.equals(BAGGAGE) ? cut(value) : value;
        }

        private static @Nullable String find(Map<String, String> headers, String key) {
            String exact = headers.get(key);
            if (exact != null) {
                return exact;
            }
            for (Map.Entry<String, String> header : headers.entrySet()) {
                if (key.equalsIgnoreCase(header.getKey())) {
                    return header.getValue();
                }
            }
            return null;
        }
    }
}

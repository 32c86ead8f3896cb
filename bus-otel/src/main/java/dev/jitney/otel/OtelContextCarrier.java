// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import dev.jitney.spi.ContextCarrier;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * Takes the publisher's OpenTelemetry context, with its baggage, to handlers, and gives the trace
 * id of the current span for a correlation id (CTX-1, CTX-4).
 */
final class OtelContextCarrier implements ContextCarrier {

    private final boolean enabled;

    OtelContextCarrier(OpenTelemetry openTelemetry) {
        TracerProvider tracers = openTelemetry.getTracerProvider();
        enabled = tracers.get(Names.SCOPE).isEnabled();
    }

    @Override
    public String name() {
        return TracingInterceptor.NAME;
    }

    /** Without an SDK there is no context to speak of. */
    @Override
    public boolean isEnabled() {
        return enabled;
    }

    /** The root is carried too: whoever runs the handler may have another context. */
    @Override
    public Object capture() {
        return Context.current();
    }

    /** Where the publisher's context is current already, there is nothing to put back. */
    @Override
    public @Nullable AutoCloseable restore(Object captured) {
        Context context = (Context) captured;
        return Context.current() == context ? null : new Entered(context);
    }

    @Override
    public @Nullable String correlationId() {
        SpanContext current = Span.current().getSpanContext();
        return current.isValid() ? current.getTraceId() : null;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import dev.jitney.event.Event;
import dev.jitney.otel.BusTelemetry.Mode;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.PluginContext;
import dev.jitney.spi.PublicationInfo;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/** Follows the events of a bus with spans, if there is an SDK that makes some. */
final class TracingInterceptor implements Interceptor {

    static final String NAME = "otel";

    private final Spans spans;

    TracingInterceptor(Spans spans) {
        this.spans = spans;
    }

    @Override
    public String name() {
        return NAME;
    }

    /** Others then see the event with its trace, and a refusal of theirs is on the span. */
    @Override
    public Phase phase() {
        return Phase.EARLY;
    }

    @Override
    public Interceptor forBus(PluginContext bus) {
        Spans masked = spans.maskedBy(bus.masker());
        return masked == spans ? this : new TracingInterceptor(masked);
    }

    @Override
    public boolean isEnabled() {
        return spans.isEnabled();
    }

    @Override
    public PublicationInfo.@Nullable Observer observe(Event event, PublicationInfo.Origin origin) {
        if (!spans.isEnabled()) {
            return null;
        }
        if (spans.mode == Mode.OFF) {
            return stamp(event, origin);
        }
        return switch (origin) {
            case PUBLISHED ->
                    new EventTrace(spans, origin, Context.current(), SpanContext.getInvalid());
            // On this thread the context is that of the bus that forwards.
            case FORWARDED ->
                    new EventTrace(spans, origin, Context.current(), TraceHeaders.read(event));
            default -> new EventTrace(spans, origin, Context.root(), TraceHeaders.read(event));
        };
    }

    /** Without spans of ours it is the publisher's own that the event carries. */
    private static PublicationInfo.@Nullable Observer stamp(
            Event event, PublicationInfo.Origin origin) {
        SpanContext current = Span.current().getSpanContext();
        boolean wanted = origin == PublicationInfo.Origin.PUBLISHED && current.isValid();
        return wanted && !TraceHeaders.read(event).isValid() ? new Stamp(current) : null;
    }

    private record Stamp(SpanContext creation) implements PublicationInfo.Observer {
        @Override
        public Event beforePublish(Event event) {
            return TraceHeaders.write(event, creation);
        }
    }
}

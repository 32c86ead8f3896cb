// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Begins spans of one name, one kind and the same attributes, which samplers see.
 *
 * <p>The attributes are what a span costs that is sampled out: the SDK makes a map of them for each
 * builder. A builder whose span is not recorded still has them all, and nobody else has it; so it
 * is kept, and begins the next span. One whose span is recorded has given them away.
 *
 * <p><b>Threads.</b> Safe for concurrent use: of two threads that begin a span at once, one makes a
 * builder. What is kept is a builder that no thread is using.
 */
final class SpanSource {

    private static final VarHandle SPARE = handle();

    private final Tracer tracer;
    private final String name;
    private final SpanKind kind;
    private final Attributes attributes;
    private volatile @Nullable SpanBuilder spare;

    SpanSource(Tracer tracer, String name, SpanKind kind, Attributes attributes) {
        this.tracer = tracer;
        this.name = name;
        this.kind = kind;
        this.attributes = attributes;
    }

    private static VarHandle handle() {
        try {
            return MethodHandles.lookup()
                    .findVarHandle(SpanSource.class, "spare", SpanBuilder.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * Begins a span.
     *
     * @param link what it is linked to, if that is valid. Samplers see links to what was sampled;
     *     one to what was not tells them nothing, and costs more than all else: it is added to a
     *     span that is recorded
     */
    Span start(Context parent, SpanContext link) {
        if (link.isValid() && link.isSampled()) {
            // A builder counts links as long as it lives: this one is not kept.
            return builder().setParent(parent).addLink(link).startSpan();
        }
        SpanBuilder kept = (SpanBuilder) SPARE.getAndSetAcquire(this, (SpanBuilder) null);
        SpanBuilder builder = kept != null ? kept : builder();
        Span span = builder.setParent(parent).startSpan();
        if (!span.isRecording()) {
            // What is kept keeps no context of a publisher.
            SPARE.setRelease(this, builder.setNoParent());
        } else if (link.isValid()) {
            span.addLink(link);
        }
        return span;
    }

    private SpanBuilder builder() {
        return tracer.spanBuilder(name).setSpanKind(kind).setAllAttributes(attributes);
    }
}

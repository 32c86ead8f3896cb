// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeliveryState;
import dev.jitney.spi.DeliveryInfo;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Follows one handler of an event, from its first attempt to its end: one span, whatever the
 * attempts, which is current on each thread that the handler is on. What is retried and succeeds is
 * no failure of the span.
 *
 * <p>INVARIANT: {@link #span} is set once. A limit may pass, and the handler be completed, while
 * the thread that begins it begins its span: there is one span for both, and none is left open.
 */
final class DeliveryTrace implements DeliveryInfo.Observer {

    private static final VarHandle SPAN = handle();

    private final Spans spans;
    private final EventTrace event;
    private final DeliveryInfo delivery;
    private volatile @Nullable Span span;
    private @Nullable Context inside;

    DeliveryTrace(Spans spans, EventTrace event, DeliveryInfo delivery) {
        this.spans = spans;
        this.event = event;
        this.delivery = delivery;
    }

    private static VarHandle handle() {
        try {
            return MethodHandles.lookup().findVarHandle(DeliveryTrace.class, "span", Span.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @Override
    public void handlerStarted(DeliveryInfo delivery) {
        inside = event.publisher().with(begun());
    }

    @Override
    public @Nullable AutoCloseable enter(DeliveryInfo delivery) {
        Context context = inside;
        return context == null ? null : new Entered(context);
    }

    @Override
    public void retryScheduled(DeliveryInfo delivery, Duration delay) {
        Span own = span;
        if (own != null && own.isRecording()) {
            own.addEvent(
                    Names.RETRY,
                    Attributes.of(
                            Names.ATTEMPT,
                            (long) delivery.attempt(),
                            Names.DELAY,
                            delay.toMillis(),
                            Names.ERROR_TYPE,
                            Failures.type(delivery.error())));
        }
    }

    @Override
    public void slow(DeliveryInfo delivery) {
        Span own = span;
        if (own != null) {
            own.addEvent(Names.SLOW);
        }
    }

    @Override
    public void deadLettered(DeadLetter letter) {
        Span own = begun();
        if (own.isRecording()) {
            own.addEvent(Names.DEAD_LETTER, attributes(letter));
        }
    }

    @Override
    public void handlerCompleted(DeliveryInfo delivery) {
        DeliveryState state = delivery.state();
        boolean failed = state == DeliveryState.FAILED || state == DeliveryState.TIMED_OUT;
        // Of one that has not begun there is no span, and will be none.
        if (!failed && SPAN.compareAndSet(this, null, Span.getInvalid())) {
            return;
        }
        Span own = begun();
        try {
            if (own.isRecording()) {
                tell(own, delivery, failed);
            }
        } finally {
            own.end();
        }
    }

    private void tell(Span own, DeliveryInfo delivery, boolean failed) {
        DeliveryState state = delivery.state();
        if (delivery.attempt() > 1) {
            own.setAttribute(Names.ATTEMPTS, (long) delivery.attempt());
        }
        if (state == DeliveryState.TIMED_OUT) {
            own.addEvent(Names.TIME_LIMIT);
        }
        if (state == DeliveryState.CANCELLED) {
            own.addEvent(Names.CANCELLED);
        }
        if (failed) {
            Failures.fail(own, delivery.error(), "", spans.masker);
        }
    }

    // A handler that may not even be called, for a predicate that fails say, has a span as well.
    private Span begun() {
        Span own = span;
        if (own != null) {
            return own;
        }
        Span made = spans.process(delivery, event);
        Span other = (Span) SPAN.compareAndExchange(this, (Span) null, made);
        if (other == null) {
            return made;
        }
        made.end();
        return other;
    }

    static Attributes attributes(DeadLetter letter) {
        return Attributes.of(
                Names.REASON,
                letter.reason().name(),
                Names.LETTER_ID,
                letter.id(),
                Names.ATTEMPTS,
                (long) letter.attempts());
    }
}

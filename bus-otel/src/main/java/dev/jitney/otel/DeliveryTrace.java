// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeliveryState;
import dev.jitney.spi.DeliveryInfo;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Follows one handler of an event, from its first attempt to its end: one span, whatever the
 * attempts, which is current on each thread that the handler is on. What is retried and succeeds is
 * no failure of the span.
 */
final class DeliveryTrace implements DeliveryInfo.Observer {

    private final Spans spans;
    private final EventTrace event;
    private final DeliveryInfo delivery;
    private @Nullable Span span;
    private @Nullable Context inside;

    DeliveryTrace(Spans spans, EventTrace event, DeliveryInfo delivery) {
        this.spans = spans;
        this.event = event;
        this.delivery = delivery;
    }

    @Override
    public void handlerStarted(DeliveryInfo delivery) {
        Span begun = spans.process(delivery, event);
        span = begun;
        inside = event.publisher().with(begun);
    }

    @Override
    public @Nullable AutoCloseable enter(DeliveryInfo delivery) {
        Context context = inside;
        return context == null ? null : new Entered(context);
    }

    @Override
    public void retryScheduled(DeliveryInfo delivery, Duration delay) {
        if (span != null && span.isRecording()) {
            span.addEvent(
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
        if (span != null) {
            span.addEvent(Names.SLOW);
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
        if (span == null && !failed) {
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
        if (own == null) {
            own = spans.process(delivery, event);
            span = own;
        }
        return own;
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

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import dev.jitney.spi.DeliveryInfo;
import dev.jitney.spi.PublicationInfo;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Follows one event: its publisher's span lasts until {@code publish} returns or throws. What
 * becomes of the event is an event of that span, or of a span of its own when it comes later; what
 * its handlers do is theirs.
 *
 * <p>INVARIANT: {@link #send} is null when there is no publisher's span that is open. Publishing
 * and handling overlap: a span that is recorded is touched and ended under the lock of this; of one
 * that is not, nothing is to be kept together, and it is put away without a lock. The rest is set
 * before the event is handed on, or by hooks of which no two run at once.
 */
final class EventTrace implements PublicationInfo.Observer {

    private static final VarHandle SEND = handle();

    private final Spans spans;
    private final PublicationInfo.Origin origin;
    private final Context publisher;
    private SpanContext creation;
    private @Nullable String bus;
    private @Nullable Span send;
    private @Nullable TopicSpans topic;
    private @Nullable DeadLetter letter;
    private boolean started;

    /**
     * @param publisher the publisher's context; the root for an event that comes from elsewhere
     * @param creation what the event carries, where it was published before
     */
    EventTrace(
            Spans spans, PublicationInfo.Origin origin, Context publisher, SpanContext creation) {
        this.spans = spans;
        this.origin = origin;
        this.publisher = publisher;
        this.creation = creation;
    }

    private static VarHandle handle() {
        try {
            return MethodHandles.lookup().findVarHandle(EventTrace.class, "send", Span.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @Override
    public Event beforePublish(Event event) {
        if (origin != PublicationInfo.Origin.PUBLISHED) {
            return event;
        }
        SpanContext given = TraceHeaders.read(event);
        Span span = spans.send(topic(event), event, publisher, given);
        send = span;
        creation = given.isValid() ? given : span.getSpanContext();
        boolean written = given.isValid() || !creation.isValid();
        return written ? event : TraceHeaders.write(event, creation);
    }

    @Override
    public void pending(PublicationInfo publication) {
        bus = publication.bus();
    }

    @Override
    public synchronized void refused(Event event, Throwable cause) {
        Span span = send;
        if (span != null) {
            send = null;
            try {
                Failures.fail(span, cause, "", spans.masker);
            } finally {
                span.end();
            }
        }
    }

    @Override
    public void published(PublicationInfo publication) {
        Span span = open();
        if (span != null && span.isRecording()) {
            synchronized (this) {
                send = null;
                span.setAttribute(Names.BUS, publication.bus());
                span.end();
            }
        } else if (span != null) {
            SEND.setRelease(this, null);
            span.end();
        }
    }

    private @Nullable Span open() {
        return (Span) SEND.getAcquire(this);
    }

    @Override
    public void started(PublicationInfo publication) {
        bus = publication.bus();
        started = true;
    }

    @Override
    public void deadLettered(DeadLetter letter) {
        this.letter = letter;
    }

    @Override
    public void completed(PublicationInfo publication) {
        Outcome outcome = publication.outcome();
        if (outcome == null) {
            return;
        }
        boolean lost =
                switch (outcome) {
                    case DROPPED, REJECTED -> true;
                    case CANCELLED, TIMED_OUT -> !started;
                    default -> false;
                };
        boolean told = outcome == Outcome.DUPLICATE || outcome == Outcome.SUPPRESSED;
        if (lost || told || letter != null) {
            ended(publication, outcome, lost, told);
        }
    }

    private synchronized void ended(
            PublicationInfo publication, Outcome outcome, boolean lost, boolean told) {
        Span span = open();
        if (span != null) {
            tell(span, publication, outcome, lost, lost || told);
        } else if (lost || letter != null) {
            bus = publication.bus();
            String operation = lost ? verb(outcome) : "dead_letter";
            Span late = spans.settle(operation, publication.event(), this);
            try {
                tell(late, publication, outcome, lost, lost);
            } finally {
                late.end();
            }
        }
        letter = null;
    }

    private void tell(
            Span span, PublicationInfo publication, Outcome outcome, boolean lost, boolean told) {
        if (!span.isRecording()) {
            return;
        }
        // Whether a handled event has ended before its publish returns is chance: it is not said.
        if (told) {
            String name = outcome.name().toLowerCase(Locale.ROOT);
            span.setAttribute(Names.OUTCOME, name);
            String reason = spans.masker.mask(publication.reason());
            span.addEvent(Names.OUTCOME_PREFIX + name, Attributes.of(Names.REASON, reason));
        }
        DeadLetter made = letter;
        if (made != null) {
            span.addEvent(Names.DEAD_LETTER, DeliveryTrace.attributes(made));
        }
        if (lost) {
            Failures.fail(span, publication.cause(), publication.reason(), spans.masker);
        }
    }

    private static String verb(Outcome outcome) {
        return switch (outcome) {
            case DROPPED -> "drop";
            case REJECTED -> "reject";
            case TIMED_OUT -> "expire";
            default -> "cancel";
        };
    }

    @Override
    public DeliveryInfo.Observer observe(DeliveryInfo delivery) {
        return new DeliveryTrace(spans, this, delivery);
    }

    /**
     * Returns what begins the spans of the event, which an interceptor may have given another
     * topic.
     */
    TopicSpans topic(Event event) {
        TopicSpans known = topic;
        if (known == null || !known.topic.equals(event.topic())) {
            known = spans.topic(event.topic());
            topic = known;
        }
        return known;
    }

    PublicationInfo.Origin origin() {
        return origin;
    }

    /** Returns the publisher's context, with the span and the baggage that it had. */
    Context publisher() {
        return publisher;
    }

    /** Returns the creation context of the event, or an invalid one. */
    SpanContext creation() {
        return creation;
    }

    @Nullable String bus() {
        return bus;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import dev.jitney.event.Event;
import dev.jitney.otel.BusTelemetry.Linking;
import dev.jitney.otel.BusTelemetry.Mode;
import dev.jitney.spi.DeliveryInfo;
import dev.jitney.spi.Masker;
import dev.jitney.spi.PublicationInfo.Origin;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Begins the spans of a bus: of which kind, under which parent, with which links and attributes.
 * What a sampler may want is there when a span begins; the rest is set on spans that are recorded.
 */
final class Spans {

    /** Of so many topics the sources are kept; then all are dropped, and made anew when wanted. */
    private static final int MOST_TOPICS = 1_000;

    /** A power of two. */
    private static final int RECENT = 128;

    final Mode mode;
    final Masker masker;
    private final boolean maskerGiven;
    private final Linking linking;
    private final Tracer tracer;
    private final Map<String, TopicSpans> topics = new ConcurrentHashMap<>();

    /**
     * Some of the topics by hash, in front of the map; a race makes one be found in the map again.
     */
    private final @Nullable TopicSpans[] recent = new TopicSpans[RECENT];

    Spans(BusTelemetry.Builder settings) {
        mode = settings.mode;
        linking = settings.linking;
        Masker given = settings.masker;
        maskerGiven = given != null;
        masker = given == null ? Masker.none() : given;
        tracer =
                settings.openTelemetry
                        .getTracerProvider()
                        .tracerBuilder(Names.SCOPE)
                        .setSchemaUrl(Names.SCHEMA_URL)
                        .build();
    }

    private Spans(Spans of, Masker masker) {
        mode = of.mode;
        linking = of.linking;
        maskerGiven = true;
        this.masker = masker;
        tracer = of.tracer;
    }

    /** Returns these with another masker, unless one was given. */
    Spans maskedBy(Masker other) {
        return maskerGiven || other == masker ? this : new Spans(this, other);
    }

    /** Says whether anybody wants spans at all. */
    boolean isEnabled() {
        return tracer.isEnabled();
    }

    /**
     * Begins the span of a publish.
     *
     * @param given the creation context that the publisher has put on the event, if it is valid
     */
    Span send(TopicSpans topic, Event event, Context publisher, SpanContext given) {
        Span span = topic.send(given.isValid()).start(publisher, given);
        if (span.isRecording()) {
            describe(span, event, null, Origin.PUBLISHED);
        }
        return span;
    }

    /** Begins the span of a handler. */
    Span process(DeliveryInfo delivery, EventTrace of) {
        Event event = delivery.event();
        Span span = tied(of.topic(event).process(delivery.subscription()), of);
        if (span.isRecording()) {
            describe(span, event, of.bus(), of.origin());
        }
        return span;
    }

    /** Begins the span of what the bus does with an event whose publish is long over. */
    Span settle(String operation, Event event, EventTrace of) {
        SpanSource source =
                new SpanSource(
                        tracer,
                        operation + " " + event.topic(),
                        mode == Mode.INTERNAL ? SpanKind.INTERNAL : SpanKind.CLIENT,
                        TopicSpans.attributes(event.topic(), mode, operation));
        Span span = tied(source, of);
        if (span.isRecording()) {
            describe(span, event, of.bus(), of.origin());
        }
        return span;
    }

    /**
     * Begins a span that is tied to the creation context of its event, by a link or as its child.
     */
    private Span tied(SpanSource source, EventTrace of) {
        Context publisher = of.publisher();
        SpanContext creation = of.creation();
        SpanContext ambient = Span.fromContext(publisher).getSpanContext();
        if (linking == Linking.LINK || !creation.isValid()) {
            // The publisher's span goes, its baggage stays: processors of spans may want that.
            boolean within = ambient.isValid();
            return source.start(within ? publisher.with(Span.getInvalid()) : publisher, creation);
        }
        boolean elsewhere = !ambient.getTraceId().equals(creation.getTraceId());
        return source.start(
                publisher.with(Span.wrap(creation)),
                elsewhere ? ambient : SpanContext.getInvalid());
    }

    private void describe(Span span, Event event, @Nullable String bus, Origin origin) {
        if (bus != null) {
            span.setAttribute(Names.BUS, bus);
        }
        if (origin != Origin.PUBLISHED) {
            span.setAttribute(Names.ORIGIN, origin.name().toLowerCase(Locale.ROOT));
        }
        if (mode == Mode.INTERNAL) {
            return;
        }
        span.setAttribute(Names.MESSAGE_ID, event.id());
        String correlation = event.correlationId();
        if (correlation != null) {
            span.setAttribute(Names.CONVERSATION_ID, correlation);
        }
        String causation = event.causationId();
        if (causation != null) {
            span.setAttribute(Names.CAUSATION_ID, causation);
        }
    }

    /** Returns what begins the spans of a topic. */
    TopicSpans topic(String topic) {
        int slot = topic.hashCode() & recent.length - 1;
        TopicSpans known = recent[slot];
        if (known == null || !known.topic.equals(topic)) {
            known = find(topic);
            recent[slot] = known;
        }
        return known;
    }

    private TopicSpans find(String topic) {
        TopicSpans known = topics.get(topic);
        if (known != null) {
            return known;
        }
        TopicSpans made = new TopicSpans(tracer, mode, topic);
        if (topics.size() >= MOST_TOPICS) {
            topics.clear();
        }
        topics.put(topic, made);
        return made;
    }
}

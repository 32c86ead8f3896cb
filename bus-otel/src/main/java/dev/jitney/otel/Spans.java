// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import dev.jitney.event.Event;
import dev.jitney.otel.BusTelemetry.Linking;
import dev.jitney.otel.BusTelemetry.Mode;
import dev.jitney.spi.DeliveryInfo;
import dev.jitney.spi.Masker;
import dev.jitney.spi.PublicationInfo.Origin;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
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

    /** Of so many topics names and attributes are kept; those of others are made for each span. */
    private static final int MOST_TOPICS = 1_000;

    final Mode mode;
    final Masker masker;
    private final Linking linking;
    private final Tracer tracer;
    private final Map<String, TopicSpans> topics = new ConcurrentHashMap<>();

    Spans(BusTelemetry.Builder settings) {
        mode = settings.mode;
        linking = settings.linking;
        masker = settings.masker;
        tracer =
                settings.openTelemetry
                        .getTracerProvider()
                        .tracerBuilder(Names.SCOPE)
                        .setSchemaUrl(Names.SCHEMA_URL)
                        .build();
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
    Span send(Event event, Context publisher, SpanContext given) {
        TopicSpans topic = topic(event.topic());
        SpanBuilder builder =
                tracer.spanBuilder(topic.sendName())
                        .setParent(publisher)
                        .setSpanKind(kind(given.isValid() ? SpanKind.CLIENT : SpanKind.PRODUCER))
                        .setAllAttributes(topic.send());
        Span span = start(builder, given);
        describe(span, event, null, Origin.PUBLISHED);
        return span;
    }

    /** Begins the span of a handler. */
    Span process(DeliveryInfo delivery, EventTrace of) {
        Event event = delivery.event();
        TopicSpans topic = topic(event.topic());
        SpanBuilder builder =
                tracer.spanBuilder(topic.processName())
                        .setSpanKind(kind(SpanKind.CONSUMER))
                        .setAllAttributes(topic.process())
                        .setAttribute(
                                mode == Mode.INTERNAL ? Names.HANDLER : Names.SUBSCRIPTION,
                                delivery.subscription());
        Span span = tied(builder, of);
        describe(span, event, of.bus(), of.origin());
        return span;
    }

    /** Begins the span of what the bus does with an event whose publish is long over. */
    Span settle(String operation, Event event, EventTrace of) {
        SpanBuilder builder =
                tracer.spanBuilder(operation + " " + event.topic())
                        .setSpanKind(kind(SpanKind.CLIENT))
                        .setAllAttributes(TopicSpans.attributes(event.topic(), mode, operation));
        Span span = tied(builder, of);
        describe(span, event, of.bus(), of.origin());
        return span;
    }

    /**
     * Begins a span that is tied to the creation context of its event, by a link or as its child.
     */
    private Span tied(SpanBuilder builder, EventTrace of) {
        Context publisher = of.publisher();
        SpanContext creation = of.creation();
        SpanContext ambient = Span.fromContext(publisher).getSpanContext();
        if (linking == Linking.LINK || !creation.isValid()) {
            // The publisher's span goes, its baggage stays: processors of spans may want that.
            builder.setParent(ambient.isValid() ? publisher.with(Span.getInvalid()) : publisher);
            return start(builder, creation);
        }
        builder.setParent(publisher.with(Span.wrap(creation)));
        boolean elsewhere = !ambient.getTraceId().equals(creation.getTraceId());
        return start(builder, elsewhere ? ambient : SpanContext.getInvalid());
    }

    // Samplers see links to what was sampled. One to what was not tells them nothing, and costs
    // more
    // than all else of a span that is sampled out: it is added to a span that is recorded.
    private static Span start(SpanBuilder builder, SpanContext link) {
        if (!link.isValid()) {
            return builder.startSpan();
        }
        if (link.isSampled()) {
            return builder.addLink(link).startSpan();
        }
        Span span = builder.startSpan();
        return span.isRecording() ? span.addLink(link) : span;
    }

    private SpanKind kind(SpanKind kind) {
        return mode == Mode.INTERNAL ? SpanKind.INTERNAL : kind;
    }

    private void describe(Span span, Event event, @Nullable String bus, Origin origin) {
        if (!span.isRecording()) {
            return;
        }
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

    private TopicSpans topic(String topic) {
        TopicSpans known = topics.get(topic);
        if (known != null) {
            return known;
        }
        TopicSpans made = TopicSpans.of(topic, mode);
        if (topics.size() < MOST_TOPICS) {
            topics.put(topic, made);
        }
        return made;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.ready;

import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.Severity;
import dev.jitney.event.TopicPattern;
import dev.jitney.event.Topics;
import dev.jitney.spi.DeliveryInfo;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.PluginContext;
import dev.jitney.spi.PublicationInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Publishes an event for each handler that has failed on an event, or for each that has returned a
 * value. It belongs to the story of the event that was handled: same correlation and key, caused by
 * it. None follows on events under {@code system.}, on follow-ups themselves, and on events that
 * are replayed, whose follow-ups were published the first time.
 */
final class FollowUpInterceptor implements Interceptor {

    /** What is followed up. */
    enum Kind {
        ERROR,
        RESULT
    }

    static final String ERROR_SUFFIX = ".error";
    static final String RESULT_SUFFIX = ".result";

    private final Kind kind;
    private final List<TopicPattern> topics;
    private final PluginContext context;

    FollowUpInterceptor(Kind kind, List<TopicPattern> topics, PluginContext context) {
        this.kind = kind;
        this.topics = topics;
        this.context = context;
    }

    @Override
    public String name() {
        return kind == Kind.ERROR ? AutoErrorProvider.NAME : AutoResultProvider.NAME;
    }

    /** Later than what changes events. */
    @Override
    public Phase phase() {
        return Phase.LATE;
    }

    @Override
    public PublicationInfo.@Nullable Observer observe(Event event, PublicationInfo.Origin origin) {
        String topic = event.topic();
        boolean own = topic.endsWith(ERROR_SUFFIX) || topic.endsWith(RESULT_SUFFIX);
        boolean wanted =
                origin != PublicationInfo.Origin.REPLAYED
                        && !own
                        && !Topics.isSystem(topic)
                        && TopicPattern.anyMatches(topics, topic);
        return wanted ? this : null;
    }

    @Override
    public void handlerCompleted(DeliveryInfo delivery) {
        Map<String, Object> payload = kind == Kind.ERROR ? error(delivery) : result(delivery);
        if (payload == null) {
            return;
        }
        Event event = delivery.event();
        String suffix = kind == Kind.ERROR ? ERROR_SUFFIX : RESULT_SUFFIX;
        context.publish(
                Event.of(event.topic() + suffix, payload)
                        .withSeverity(kind == Kind.ERROR ? Severity.WARNING : Severity.INFO)
                        .withKey(event.key())
                        .withCorrelationId(event.correlationId())
                        .withCausationId(event.id()));
    }

    private static @Nullable Map<String, Object> error(DeliveryInfo delivery) {
        DeliveryState state = delivery.state();
        Throwable error = delivery.error();
        if ((state != DeliveryState.FAILED && state != DeliveryState.TIMED_OUT) || error == null) {
            return null;
        }
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("handler", delivery.subscription());
        payload.put("errorType", error.getClass().getName());
        payload.put("error", String.valueOf(error.getMessage()));
        payload.put("attempts", delivery.attempt());
        return payload;
    }

    private static @Nullable Map<String, Object> result(DeliveryInfo delivery) {
        Object value = delivery.value();
        if (delivery.state() != DeliveryState.COMPLETED || value == null) {
            return null;
        }
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("handler", delivery.subscription());
        payload.put("data", value);
        return payload;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import dev.jitney.otel.BusTelemetry.Mode;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What begins the spans of one topic, made once.
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 */
final class TopicSpans {

    /** Of so many handlers of a topic the sources are kept. */
    private static final int MOST_HANDLERS = 100;

    /** The source of a handler's spans. */
    private record Process(String subscription, SpanSource source) {}

    final String topic;
    private final Tracer tracer;
    private final Mode mode;
    private final SpanSource producer;
    private final SpanSource client;
    private final Map<String, Process> handlers = new ConcurrentHashMap<>();
    private volatile @Nullable Process latest;

    TopicSpans(Tracer tracer, Mode mode, String topic) {
        this.topic = topic;
        this.tracer = tracer;
        this.mode = mode;
        producer = send(SpanKind.PRODUCER);
        client = send(SpanKind.CLIENT);
    }

    private SpanSource send(SpanKind kind) {
        return source(Names.SEND, kind, attributes(topic, mode, Names.SEND));
    }

    private SpanSource source(String operation, SpanKind kind, Attributes attributes) {
        SpanKind shown = mode == Mode.INTERNAL ? SpanKind.INTERNAL : kind;
        return new SpanSource(tracer, operation + " " + topic, shown, attributes);
    }

    /**
     * Returns the source of publishers' spans.
     *
     * @param given whether the publisher has brought a creation context of its own
     */
    SpanSource send(boolean given) {
        return given ? client : producer;
    }

    /** Returns the source of a handler's spans. */
    SpanSource process(String subscription) {
        Process last = latest;
        if (last == null || !last.subscription.equals(subscription)) {
            last = find(subscription);
            latest = last;
        }
        return last.source;
    }

    private Process find(String subscription) {
        Process known = handlers.get(subscription);
        if (known != null) {
            return known;
        }
        Attributes attributes =
                attributes(topic, mode, Names.PROCESS).toBuilder()
                        .put(
                                mode == Mode.INTERNAL ? Names.HANDLER : Names.SUBSCRIPTION,
                                subscription)
                        .build();
        Process made =
                new Process(subscription, source(Names.PROCESS, SpanKind.CONSUMER, attributes));
        // Of handlers that come and go those are dropped that are not used, by dropping all.
        if (handlers.size() >= MOST_HANDLERS) {
            handlers.clear();
        }
        handlers.put(subscription, made);
        return made;
    }

    /** The operation's type is its name, but for what settles an event: there are several names. */
    static Attributes attributes(String topic, Mode mode, String operation) {
        if (mode == Mode.INTERNAL) {
            return Attributes.of(Names.TOPIC, topic);
        }
        boolean named = operation.equals(Names.SEND) || operation.equals(Names.PROCESS);
        return Attributes.of(
                Names.SYSTEM,
                Names.SYSTEM_JITNEY,
                Names.OPERATION_NAME,
                operation,
                Names.OPERATION_TYPE,
                named ? operation : Names.SETTLE,
                Names.DESTINATION,
                topic);
    }
}

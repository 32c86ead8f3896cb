// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import io.opentelemetry.api.common.AttributeKey;
import java.util.List;

/**
 * Every name that spans, span events and metrics have: the one place to change when the conventions
 * do. Those of OpenTelemetry are of semantic conventions {@value #SEMCONV}, whose part on messaging
 * is in development.
 */
final class Names {

    /** The pinned version. */
    static final String SEMCONV = "1.44.0";

    static final String SCHEMA_URL = "https://opentelemetry.io/schemas/" + SEMCONV;

    /** The instrumentation scope of tracer and meter. */
    static final String SCOPE = "dev.jitney.otel";

    /** The scope of the helpers' spans, which are the application's and follow no convention. */
    static final String TRACES_SCOPE = "dev.jitney.otel.traces";

    // ---- values

    static final String SYSTEM_JITNEY = "jitney";
    static final String SEND = "send";
    static final String PROCESS = "process";
    static final String SETTLE = "settle";
    static final String OTHER_ERROR = "_OTHER";

    // ---- attributes of the conventions

    static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
    static final AttributeKey<String> OPERATION_NAME =
            AttributeKey.stringKey("messaging.operation.name");
    static final AttributeKey<String> OPERATION_TYPE =
            AttributeKey.stringKey("messaging.operation.type");
    static final AttributeKey<String> DESTINATION =
            AttributeKey.stringKey("messaging.destination.name");
    static final AttributeKey<String> SUBSCRIPTION =
            AttributeKey.stringKey("messaging.destination.subscription.name");
    static final AttributeKey<String> MESSAGE_ID = AttributeKey.stringKey("messaging.message.id");
    static final AttributeKey<String> CONVERSATION_ID =
            AttributeKey.stringKey("messaging.message.conversation_id");
    static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

    /** The span event of a failure, and its attributes. */
    static final String EXCEPTION = "exception";

    static final AttributeKey<String> EXCEPTION_TYPE = AttributeKey.stringKey("exception.type");
    static final AttributeKey<String> EXCEPTION_MESSAGE =
            AttributeKey.stringKey("exception.message");
    static final AttributeKey<String> EXCEPTION_STACK =
            AttributeKey.stringKey("exception.stacktrace");

    // ---- attributes of ours

    static final AttributeKey<String> BUS = AttributeKey.stringKey("jitney.bus");
    static final AttributeKey<String> ORIGIN = AttributeKey.stringKey("jitney.origin");
    static final AttributeKey<String> CAUSATION_ID =
            AttributeKey.stringKey("jitney.event.causation_id");
    static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("jitney.attempts");
    static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("jitney.outcome");

    /** In place of destination and subscription on spans of mode {@code internal}. */
    static final AttributeKey<String> TOPIC = AttributeKey.stringKey("jitney.topic");

    static final AttributeKey<String> HANDLER = AttributeKey.stringKey("jitney.subscription");

    // ---- span events of ours, and their attributes

    static final String RETRY = "jitney.retry";
    static final String SLOW = "jitney.slow";
    static final String TIME_LIMIT = "jitney.time_limit";
    static final String CANCELLED = "jitney.cancelled";
    static final String DEAD_LETTER = "jitney.dead_letter";

    /** With the outcome in lower case: {@code jitney.dropped}, {@code jitney.duplicate} … */
    static final String OUTCOME_PREFIX = "jitney.";

    static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("jitney.attempt");
    static final AttributeKey<Long> DELAY = AttributeKey.longKey("jitney.retry.delay_ms");
    static final AttributeKey<String> REASON = AttributeKey.stringKey("jitney.reason");
    static final AttributeKey<String> LETTER_ID = AttributeKey.stringKey("jitney.dead_letter.id");

    // ---- metrics

    static final String SENT = "messaging.client.sent.messages";
    static final String CONSUMED = "messaging.client.consumed.messages";
    static final String PROCESS_DURATION = "messaging.process.duration";
    static final String OPERATION_DURATION = "messaging.client.operation.duration";

    /** In place of {@code bus.} in front of what a bus reports beyond the conventions. */
    static final String METRIC_PREFIX = "jitney.";

    static final String TIMEOUT_ERROR = "timeout";

    /** The buckets that the conventions advise, in seconds. */
    static final List<Double> BUCKETS =
            List.of(
                    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5,
                    10.0);

    // ---- extension attributes of events, and headers

    static final String TRACEPARENT = "traceparent";
    static final String TRACESTATE = "tracestate";

    private Names() {}
}

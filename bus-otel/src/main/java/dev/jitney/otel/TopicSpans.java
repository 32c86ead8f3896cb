// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import dev.jitney.otel.BusTelemetry.Mode;
import io.opentelemetry.api.common.Attributes;

/**
 * What all spans of one topic have in common, made once.
 *
 * @param send attributes of the publisher's span, which samplers see
 * @param process attributes of a handler's span; the subscription is added for each
 */
record TopicSpans(String sendName, Attributes send, String processName, Attributes process) {

    static TopicSpans of(String topic, Mode mode) {
        return new TopicSpans(
                Names.SEND + " " + topic,
                attributes(topic, mode, Names.SEND),
                Names.PROCESS + " " + topic,
                attributes(topic, mode, Names.PROCESS));
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

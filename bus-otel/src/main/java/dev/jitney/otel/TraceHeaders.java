// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import dev.jitney.event.Event;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes W3C Trace Context as it stands in headers and in the extension attributes of
 * events. What is not valid is as if it were not there; nothing throws.
 */
final class TraceHeaders {

    private static final int TRACE_ID = 3;
    private static final int SPAN_ID = 36;
    private static final int FLAGS = 53;
    private static final int LENGTH = 55;

    private TraceHeaders() {}

    /** Returns the creation context that the event carries, or an invalid one. */
    static SpanContext read(Event event) {
        // A valid one is an extension: so most events are done with here.
        if (event.extensions().isEmpty()) {
            return SpanContext.getInvalid();
        }
        String parent = event.header(Names.TRACEPARENT);
        return parent == null
                ? SpanContext.getInvalid()
                : parse(parent, event.header(Names.TRACESTATE));
    }

    /** Returns the event with this creation context in place of one that it may carry. */
    static Event write(Event event, SpanContext context) {
        String state = TraceStates.format(context.getTraceState());
        // One that belongs to a traceparent which was not valid must not go on with another.
        if (state.isEmpty() && event.header(Names.TRACESTATE) == null) {
            // Most events never leave the process, and nobody reads the text of an id.
            return event.withLateHeader(Names.TRACEPARENT, () -> format(context));
        }
        return event.toBuilder()
                .header(Names.TRACEPARENT, format(context))
                .header(Names.TRACESTATE, state)
                .build();
    }

    /** Returns the context that two headers stand for, or an invalid one. */
    static SpanContext parse(String parent, @Nullable String state) {
        if (!isValid(parent)) {
            return SpanContext.getInvalid();
        }
        int flags = Character.digit(parent.charAt(FLAGS), 16) * 16;
        flags += Character.digit(parent.charAt(FLAGS + 1), 16);
        return SpanContext.createFromRemoteParent(
                parent.substring(TRACE_ID, TRACE_ID + 32),
                parent.substring(SPAN_ID, SPAN_ID + 16),
                TraceFlags.fromByte((byte) flags),
                state == null ? TraceState.getDefault() : TraceStates.parse(state));
    }

    /** Returns the context as version 00, all its flags kept. */
    static String format(SpanContext context) {
        return "00-"
                + context.getTraceId()
                + "-"
                + context.getSpanId()
                + "-"
                + context.getTraceFlags().asHex();
    }

    // A later version may be longer, and its first part reads like version 00.
    private static boolean isValid(String parent) {
        if (parent.length() < LENGTH || !isHex(parent, 0, 2) || parent.startsWith("ff")) {
            return false;
        }
        boolean first = parent.startsWith("00");
        if (parent.length() > LENGTH && (first || parent.charAt(LENGTH) != '-')) {
            return false;
        }
        return parent.charAt(TRACE_ID - 1) == '-'
                && isHex(parent, TRACE_ID, 32)
                && !isZero(parent, TRACE_ID, 32)
                && parent.charAt(SPAN_ID - 1) == '-'
                && isHex(parent, SPAN_ID, 16)
                && !isZero(parent, SPAN_ID, 16)
                && parent.charAt(FLAGS - 1) == '-'
                && isHex(parent, FLAGS, 2);
    }

    private static boolean isHex(String text, int from, int length) {
        for (int i = from; i < from + length; i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isZero(String text, int from, int length) {
        for (int i = from; i < from + length; i++) {
            if (text.charAt(i) != '0') {
                return false;
            }
        }
        return true;
    }
}

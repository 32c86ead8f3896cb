// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Spans as a text, one a line, children below their parents and indented:
 *
 * <pre>
 * T1 send order.placed PRODUCER {jitney.bus=orders, message.id=#1, …}
 * T2 process order.placed CONSUMER -> T1 send order.placed {…} ERROR(no) !exception{…}
 * </pre>
 *
 * <p>Traces are T1, T2 …, ids of events #1, #2 … in the order of their appearance. What every span
 * of the conventions has, and the scope, is checked and left out; all else is there. Of an
 * exception its stack is left out, and of a dead letter its id.
 */
final class SpanTree {

    private final List<SpanData> spans;
    private final Map<String, String> traces = new LinkedHashMap<>();
    private final Map<String, String> events = new HashMap<>();
    private final StringBuilder text = new StringBuilder();

    private SpanTree(List<SpanData> spans) {
        this.spans = spans;
        spans.forEach(span -> traces.putIfAbsent(span.getTraceId(), "T" + (traces.size() + 1)));
    }

    static String of(List<SpanData> spans) {
        SpanTree tree = new SpanTree(spans);
        for (SpanData span : spans) {
            if (spans.stream().noneMatch(one -> one.getSpanId().equals(span.getParentSpanId()))) {
                tree.write(span, 0);
            }
        }
        return tree.text.toString();
    }

    private void write(SpanData span, int depth) {
        assertThat(span.hasEnded()).as("%s has ended", span.getName()).isTrue();
        text.append(trace(span.getTraceId())).append(' ').append("  ".repeat(depth));
        text.append(span.getName()).append(' ').append(span.getKind());
        for (LinkData link : span.getLinks()) {
            assertThat(link.getAttributes()).isEqualTo(Attributes.empty());
            text.append(" -> ").append(linked(link));
        }
        Map<String, String> attributes = attributes(span.getAttributes());
        if (span.getInstrumentationScopeInfo().getName().equals(Names.SCOPE)) {
            scope(span, attributes);
        }
        text.append(attributes.isEmpty() ? "" : " " + attributes);
        if (span.getStatus().getStatusCode() != StatusCode.UNSET) {
            String description = span.getStatus().getDescription();
            text.append(' ').append(span.getStatus().getStatusCode());
            text.append(description.isEmpty() ? "" : "(" + description + ")");
        }
        span.getEvents().forEach(this::write);
        text.append('\n');
        for (SpanData child : spans) {
            if (child.getParentSpanId().equals(span.getSpanId())) {
                assertThat(child.getTraceId()).isEqualTo(span.getTraceId());
                write(child, depth + 1);
            }
        }
    }

    private static void scope(SpanData span, Map<String, String> attributes) {
        assertThat(span.getInstrumentationScopeInfo().getSchemaUrl()).isEqualTo(Names.SCHEMA_URL);
        String operation = span.getName().substring(0, span.getName().indexOf(' '));
        String topic = span.getName().substring(operation.length() + 1);
        if (attributes.containsKey("jitney.topic")) {
            assertThat(attributes.remove("jitney.topic")).isEqualTo(topic);
            return;
        }
        boolean named = operation.equals("send") || operation.equals("process");
        assertThat(attributes.remove("messaging.system")).isEqualTo("jitney");
        assertThat(attributes.remove("messaging.operation.name")).isEqualTo(operation);
        assertThat(attributes.remove("messaging.operation.type"))
                .isEqualTo(named ? operation : "settle");
        assertThat(attributes.remove("messaging.destination.name")).isEqualTo(topic);
        for (String key : List.copyOf(attributes.keySet())) {
            if (key.startsWith("messaging.")) {
                attributes.put(key.substring("messaging.".length()), attributes.remove(key));
            }
        }
    }

    private void write(EventData event) {
        Map<String, String> attributes = attributes(event.getAttributes());
        String stack = attributes.remove("exception.stacktrace");
        assertThat(stack == null).isEqualTo(!event.getName().equals("exception"));
        attributes.remove("jitney.dead_letter.id");
        text.append(" !").append(event.getName());
        text.append(attributes.isEmpty() ? "" : attributes);
    }

    private Map<String, String> attributes(Attributes attributes) {
        Map<String, String> shown = new TreeMap<>();
        attributes.forEach((key, value) -> shown.put(key.getKey(), shown(key, value)));
        return shown;
    }

    private String shown(AttributeKey<?> key, Object value) {
        String known = traces.get(value.toString());
        if (known != null) {
            return known;
        }
        return key.getKey().endsWith("_id") || key.getKey().equals("messaging.message.id")
                ? events.computeIfAbsent(value.toString(), any -> "#" + (events.size() + 1))
                : value.toString();
    }

    private String trace(String id) {
        return traces.getOrDefault(id, "T?");
    }

    private String linked(LinkData link) {
        String to =
                spans.stream()
                        .filter(one -> one.getSpanId().equals(link.getSpanContext().getSpanId()))
                        .map(SpanData::getName)
                        .findFirst()
                        .orElse("?");
        return trace(link.getSpanContext().getTraceId()) + " " + to;
    }
}

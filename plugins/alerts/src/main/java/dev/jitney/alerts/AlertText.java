// SPDX-License-Identifier: Apache-2.0
package dev.jitney.alerts;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.jitney.event.Event;
import dev.jitney.event.Severity;
import dev.jitney.spi.AlertStore.Alert;
import dev.jitney.spi.AlertStore.Change;
import dev.jitney.spi.AlertStore.State;
import dev.jitney.spi.EventFormat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Alerts as lines of JSON. */
final class AlertText {

    private final EventFormat format;

    AlertText(EventFormat format) {
        this.format = format;
    }

    /** Returns the line of an alert without its line break. */
    String line(Alert alert) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", wellFormed(alert.id()));
        fields.put("state", word(alert.state()));
        fields.put("severity", alert.severity().wireName());
        fields.put("topic", alert.topic());
        fields.put("source", wellFormed(alert.source()));
        fields.put("message", wellFormed(alert.message()));
        fields.put("raised", alert.raised().toString());
        fields.put("changes", alert.changes().stream().map(AlertText::fields).toList());
        return json(fields);
    }

    /** Returns any object as JSON. */
    String json(Map<String, Object> fields) {
        return format.payloadJson(Event.of("alert.line", fields));
    }

    /**
     * Reads a line.
     *
     * @throws IllegalArgumentException if it is no JSON object
     */
    Map<?, ?> tree(String line) {
        if (format.payload(line).tree() instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException("the line is no object");
    }

    /**
     * Returns the alert of a line that was read.
     *
     * @throws IllegalArgumentException if something is missing or wrong
     * @throws java.time.DateTimeException if a time is none
     */
    static Alert alert(Map<?, ?> fields) {
        List<Change> changes = new ArrayList<>();
        for (Object change : list(fields, "changes")) {
            if (change instanceof Map<?, ?> map) {
                changes.add(change(map));
            }
        }
        return new Alert(
                text(fields, "id"),
                text(fields, "topic"),
                text(fields, "source"),
                Severity.valueOf(constant(fields, "severity")),
                text(fields, "message"),
                Instant.parse(text(fields, "raised")),
                changes);
    }

    static List<?> list(Map<?, ?> fields, String key) {
        if (fields.get(key) instanceof List<?> list) {
            return list;
        }
        throw new IllegalArgumentException("'" + key + "' is no list");
    }

    private static Map<String, String> fields(Change change) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("state", word(change.state()));
        fields.put("time", change.time().toString());
        fields.put("user", wellFormed(change.user()));
        fields.put("note", wellFormed(change.note()));
        return fields;
    }

    private static Change change(Map<?, ?> fields) {
        return new Change(
                State.valueOf(constant(fields, "state")),
                Instant.parse(text(fields, "time")),
                text(fields, "user"),
                text(fields, "note"));
    }

    private static String text(Map<?, ?> fields, String key) {
        if (fields.get(key) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("'" + key + "' is no text");
    }

    private static String constant(Map<?, ?> fields, String key) {
        return text(fields, key).toUpperCase(Locale.ROOT);
    }

    private static String word(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the text; half a surrogate pair, which UTF-8 cannot carry, becomes a question mark.
     */
    static String wellFormed(String text) {
        return new String(text.getBytes(UTF_8), UTF_8);
    }
}

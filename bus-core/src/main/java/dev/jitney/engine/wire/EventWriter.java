// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import static dev.jitney.engine.wire.JsonWriter.ascii;

import dev.jitney.event.Event;
import dev.jitney.event.JsonPayload;
import dev.jitney.event.PayloadException;
import dev.jitney.event.Severity;
import dev.jitney.spi.LineBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes an event as one line. Fields at their defaults are left out. */
final class EventWriter {

    private static final byte[] OPEN_ID = ascii("{\"id\":");
    private static final byte[] TYPE = ascii(",\"type\":\"");
    private static final byte[] SPECVERSION = ascii("\",\"specversion\":\"1.0\"");
    private static final byte[] TIME = ascii(",\"time\":");
    private static final byte[] SUBJECT = ascii(",\"subject\":");
    private static final byte[] CONTENT_TYPE = ascii(",\"datacontenttype\":");
    private static final byte[] DATA_SCHEMA = ascii(",\"dataschema\":");
    private static final byte[] SEVERITY = ascii(",\"severity\":\"");
    private static final byte[] KEY = ascii(",\"partitionkey\":");
    private static final byte[] CORRELATION = ascii(",\"correlationid\":");
    private static final byte[] CAUSATION = ascii(",\"causationid\":");
    private static final byte[] VERSION = ascii(",\"dataversion\":");
    private static final byte[] SOURCE_TEXT = ascii(",\"sourcetext\":");
    private static final byte[] HEADERS = ascii(",\"headers\":");
    private static final byte[] DATA = ascii(",\"data\":");
    private static final byte[] DATA_BASE64 = ascii(",\"data_base64\":");

    private final PayloadWriter payloads;
    private final SourceWriter sources = new SourceWriter();
    private final TimestampWriter times = new TimestampWriter();

    EventWriter(PayloadWriter payloads) {
        this.payloads = payloads;
    }

    void write(Event event, LineBuffer out) {
        String source = event.source();
        if (source == null) {
            throw new PayloadException(
                    "It has no source, which the wire form needs. Publish it, or give it one with"
                            + " withSource.");
        }
        JsonWriter.raw(out, OPEN_ID);
        String id = event.id();
        int idFrom = out.length();
        JsonWriter.string(out, id);
        int idTo = out.length();
        boolean encodedSource = sources.write(out, source);
        JsonWriter.raw(out, TYPE);
        JsonWriter.plain(out, event.topic());
        JsonWriter.raw(out, SPECVERSION);
        if (event.hasTime()) {
            JsonWriter.raw(out, TIME);
            times.write(out, event.time());
        }
        optional(out, SUBJECT, event.subject());
        optional(out, CONTENT_TYPE, event.contentType());
        optional(out, DATA_SCHEMA, event.dataSchema());
        if (event.severity() != Severity.INFO) {
            JsonWriter.raw(out, SEVERITY);
            JsonWriter.plain(out, event.severity().wireName());
            out.write('"');
        }
        optional(out, KEY, event.key());
        correlation(out, event.correlationId(), id, idFrom, idTo);
        optional(out, CAUSATION, event.causationId());
        if (!event.version().equals("1")) {
            optional(out, VERSION, event.version());
        }
        if (encodedSource) {
            optional(out, SOURCE_TEXT, source);
        }
        if (!event.extensions().isEmpty() || !event.headers().isEmpty()) {
            extensions(event, encodedSource, out);
        }
        if (event.hasPayload()) {
            payload(event, out);
        }
        out.write('}');
    }

    private static void optional(LineBuffer out, byte[] prefix, @Nullable String value) {
        if (value != null) {
            JsonWriter.raw(out, prefix);
            JsonWriter.string(out, value);
        }
    }

    /** Copies the id, written before, where it is the correlation id too, as for most events. */
    private static void correlation(
            LineBuffer out, @Nullable String value, String id, int idFrom, int idTo) {
        if (value == id) { // the same object: comparing texts would cost what it saves
            JsonWriter.raw(out, CORRELATION);
            out.ensure(idTo - idFrom);
            out.write(out.array(), idFrom, idTo);
        } else {
            optional(out, CORRELATION, value);
        }
    }

    private static void extensions(Event event, boolean encodedSource, LineBuffer out) {
        Map<String, Object> extensions = event.extensions();
        Map<String, String> others = new LinkedHashMap<>();
        for (Map.Entry<String, String> header : event.headers().entrySet()) {
            Object extension = extensions.get(header.getKey());
            if (extension == null || !extension.toString().equals(header.getValue())) {
                others.put(header.getKey(), header.getValue());
            }
        }
        for (Map.Entry<String, Object> extension : extensions.entrySet()) {
            String name = extension.getKey();
            if (!taken(event, name, encodedSource, !others.isEmpty())) {
                out.write(',');
                out.write('"');
                JsonWriter.plain(out, name);
                out.write('"');
                out.write(':');
                scalar(out, extension.getValue());
            }
        }
        if (!others.isEmpty()) {
            JsonWriter.raw(out, HEADERS);
            JsonWriter.string(out, HeaderText.write(others));
        }
    }

    // An extension that did not fit a field of ours when it was read gives way once the field is
    // set.
    private static boolean taken(
            Event event, String name, boolean encodedSource, boolean otherHeaders) {
        return switch (name) {
            case "severity" -> event.severity() != Severity.INFO;
            case "partitionkey" -> event.key() != null;
            case "correlationid" -> event.correlationId() != null;
            case "causationid" -> event.causationId() != null;
            case "dataversion" -> !event.version().equals("1");
            case "sourcetext" -> encodedSource;
            case "headers" -> otherHeaders;
            default -> false;
        };
    }

    private static void scalar(LineBuffer out, Object value) {
        if (value instanceof Integer number) {
            NumberWriter.write(out, number);
        } else if (value instanceof Boolean) {
            JsonWriter.plain(out, value.toString());
        } else {
            JsonWriter.string(out, value.toString());
        }
    }

    private void payload(Event event, LineBuffer out) {
        Object payload = event.payload();
        if (payload instanceof byte[] bytes) {
            JsonWriter.raw(out, DATA_BASE64);
            JsonWriter.base64(out, bytes);
            return;
        }
        // JSON that was read elsewhere travels as it is, null too, whatever it was said to be.
        if (payload != null
                && !(payload instanceof String)
                && !(payload instanceof JsonPayload)
                && !Attributes.isJson(event.contentType())) {
            throw new PayloadException(
                    "Its content type '"
                            + event.contentType()
                            + "' is not JSON, so its payload must be a String or a byte[], but is "
                            + payload.getClass().getTypeName()
                            + ".");
        }
        JsonWriter.raw(out, DATA);
        payloads.write(payload, out);
    }
}

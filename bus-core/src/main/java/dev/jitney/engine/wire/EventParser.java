// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import dev.jitney.event.Event;
import dev.jitney.event.InvalidTopicException;
import dev.jitney.event.JsonPayload;
import dev.jitney.event.PayloadMapper;
import dev.jitney.event.Topics;
import dev.jitney.spi.EventFormatException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads one line as an event; made for one line. The payload is checked but not turned into
 * objects.
 */
final class EventParser {

    private static final int REQUIRED =
            1 << Attributes.ID
                    | 1 << Attributes.SOURCE
                    | 1 << Attributes.TYPE
                    | 1 << Attributes.SPECVERSION;

    private final JsonReader reader = new JsonReader();
    private final PayloadMapper mapper;
    private int seen;
    private @Nullable String id;
    private @Nullable String source;
    private @Nullable String topic;
    private @Nullable Instant time;
    private @Nullable String subject;
    private @Nullable String contentType;
    private @Nullable String dataSchema;
    private @Nullable String sourceText;
    private @Nullable String headers;
    private @Nullable String key;
    private @Nullable String correlationId;
    private @Nullable String causationId;
    private @Nullable Map<String, Object> extensions;
    private int dataFrom = -1;
    private int dataTo;
    private boolean dataSpaced;
    private byte @Nullable [] binary;

    EventParser(PayloadMapper mapper) {
        this.mapper = mapper;
    }

    Event parse(byte[] bytes, int from, int to) {
        JsonReader r = reader.reset(bytes, from, to);
        if (r.peek() != '{') {
            throw r.expected(r.pos, "'{'");
        }
        r.open(1);
        if (r.peek() == '}') {
            r.pos++;
        } else {
            do {
                member(r);
            } while (r.more('}'));
        }
        int close = r.pos - 1;
        r.expectEnd();
        return build(r, close);
    }

    private void member(JsonReader r) {
        r.key();
        int attribute = Attributes.of(r);
        if (attribute == Attributes.OTHER) {
            String name = r.text();
            int at = r.stringFrom - 1;
            if (extensions != null && extensions.containsKey(name)) {
                throw r.duplicate();
            }
            r.colon();
            extension(r, name, at);
            return;
        }
        if ((seen & 1 << attribute) != 0) {
            throw r.duplicate();
        }
        seen |= 1 << attribute;
        r.colon();
        if (attribute == Attributes.DATA) {
            data(r);
        } else if (r.peek() == 'n') {
            // CloudEvents: an attribute that is null is an attribute that is not there.
            r.skip(1);
            unset(attribute);
        } else if (attribute <= Attributes.DATASCHEMA || attribute == Attributes.DATA_BASE64) {
            if (r.peek() != '"') {
                throw r.expected(r.pos, "a string for '" + Attributes.name(attribute) + "'");
            }
            r.string();
            core(r, attribute);
        } else {
            ours(r, attribute);
        }
    }

    private void unset(int attribute) {
        if ((REQUIRED & 1 << attribute) != 0) {
            seen &= ~(1 << attribute);
        }
    }

    private void core(JsonReader r, int attribute) {
        switch (attribute) {
            case Attributes.ID -> id = notEmpty(r, "id");
            case Attributes.SOURCE -> source = notEmpty(r, "source");
            case Attributes.TYPE -> topic = topic(r);
            case Attributes.SPECVERSION -> version(r);
            case Attributes.TIME -> {
                Timestamps timestamps = new Timestamps();
                timestamps.read(r);
                time = Instant.ofEpochSecond(timestamps.second, timestamps.nano);
            }
            case Attributes.SUBJECT -> subject = r.text();
            case Attributes.DATACONTENTTYPE -> contentType = r.text();
            case Attributes.DATASCHEMA -> dataSchema = r.text();
            default -> binary = base64(r);
        }
    }

    private static String notEmpty(JsonReader r, String name) {
        if (r.stringFrom == r.stringTo) {
            throw r.error(
                    r.stringFrom,
                    "Attribute '" + name + "' is empty at byte " + r.position(r.stringFrom) + ".");
        }
        return r.text();
    }

    static String topic(JsonReader r) {
        String topic = r.text();
        try {
            return Topics.check(topic);
        } catch (InvalidTopicException e) {
            throw r.error(r.stringFrom, String.valueOf(e.getMessage()));
        }
    }

    private static void version(JsonReader r) {
        if (!r.text().equals("1.0")) {
            throw r.error(
                    r.stringFrom,
                    "Expected specversion '1.0' at byte "
                            + r.position(r.stringFrom)
                            + ", found '"
                            + JsonReader.shorten(r.text())
                            + "'.");
        }
    }

    private static byte[] base64(JsonReader r) {
        byte[] text =
                r.stringEscaped
                        ? ByteStrings.utf8(r.text())
                        : Arrays.copyOfRange(r.bytes, r.stringFrom, r.stringTo);
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw r.error(
                    r.stringFrom,
                    "The 'data_base64' at byte " + r.position(r.stringFrom) + " is not base64.");
        }
    }

    private void data(JsonReader r) {
        boolean spacedBefore = r.spaced;
        r.peek();
        r.spaced = false;
        dataFrom = r.pos;
        r.skip(1);
        dataTo = r.pos;
        dataSpaced = r.spaced;
        r.spaced |= spacedBefore;
    }

    // Our own extensions, in texts that others may have given another meaning: what does not fit
    // stays an extension.
    private void ours(JsonReader r, int attribute) {
        if (r.peek() != '"') {
            extension(r, Attributes.name(attribute), r.pos);
            return;
        }
        r.string();
        String text = r.text();
        switch (attribute) {
            case Attributes.PARTITIONKEY -> key = text;
            case Attributes.CORRELATIONID -> correlationId = text;
            case Attributes.CAUSATIONID -> causationId = text;
            case Attributes.SOURCETEXT -> sourceText = text;
            case Attributes.HEADERS -> headers = text;
            default -> put(Attributes.name(attribute), text);
        }
    }

    private void extension(JsonReader r, String name, int at) {
        int first = r.peek();
        int from = r.pos;
        if (!legalName(name)) {
            throw r.error(
                    at,
                    "Attribute name '"
                            + JsonReader.shorten(name)
                            + "' at byte "
                            + r.position(at)
                            + " is not valid. Use letters a to z and digits.");
        }
        switch (first) {
            case '"' -> {
                r.string();
                put(name, r.text());
            }
            case 't', 'f' -> {
                r.skip(1);
                put(name, first == 't');
            }
            case 'n' -> {
                r.skip(1);
                // Remembered so that a second one is refused; taken out when the event is built.
                put(name, JsonTree.ABSENT);
            }
            case '{', '[' -> throw scalar(r, name, from);
            default -> {
                r.skip(1);
                put(name, integer(r, name, from));
            }
        }
    }

    private static Integer integer(JsonReader r, String name, int from) {
        Object number = JsonTree.number(r, from);
        if (number instanceof Long value && value == value.intValue()) {
            return value.intValue();
        }
        throw scalar(r, name, from);
    }

    private static EventFormatException scalar(JsonReader r, String name, int from) {
        return r.expected(
                from, "a string, a boolean or an integer of 32 bits for extension '" + name + "'");
    }

    private static boolean legalName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9')) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    private void put(String name, Object value) {
        if (extensions == null) {
            extensions = new LinkedHashMap<>();
        }
        extensions.put(name, value);
    }

    private Event build(JsonReader r, int close) {
        int missing = REQUIRED & ~seen;
        if (missing != 0) {
            throw missing(r, close, Integer.numberOfTrailingZeros(missing));
        }
        if (dataFrom >= 0 && binary != null) {
            throw r.error(close, "The event has both 'data' and 'data_base64'. Give one of them.");
        }
        String wire = Objects.requireNonNull(source);
        Event.Builder builder = Event.builder(Objects.requireNonNull(topic));
        builder.id(Objects.requireNonNull(id)).source(wire);
        if (time == null) {
            builder.noTime();
        } else {
            builder.time(time);
        }
        builder.subject(subject).contentType(contentType).dataSchema(dataSchema);
        builder.key(key).correlationId(correlationId).causationId(causationId);
        if (sourceText != null) {
            sourceText(builder, wire, sourceText);
        }
        if (headers != null) {
            headers(builder, headers);
        }
        if (extensions != null) {
            extensions.forEach(
                    (name, value) -> {
                        if (value != JsonTree.ABSENT) {
                            builder.extension(name, value);
                        }
                    });
        }
        payload(r, builder);
        return builder.build();
    }

    static EventFormatException missing(JsonReader r, int close, int attribute) {
        return r.error(
                close,
                "The event that ends at byte "
                        + r.position(close)
                        + " has no '"
                        + Attributes.name(attribute)
                        + "'. An event has id, source, type and specversion.");
    }

    private static void sourceText(Event.Builder builder, String wire, String text) {
        if (Sources.standsFor(text, wire)) {
            builder.source(text);
        } else {
            builder.extension("sourcetext", text);
        }
    }

    // Taken as our own only when each header in it is one that we would have put there.
    private void headers(Event.Builder builder, String text) {
        Map<String, String> found = HeaderText.read(text);
        if (found == null) {
            builder.extension("headers", text);
        } else {
            found.forEach(builder::header);
        }
    }

    private void payload(JsonReader r, Event.Builder builder) {
        if (binary != null) {
            builder.payload(binary);
            return;
        }
        if (dataFrom < 0) {
            return;
        }
        int first = r.bytes[dataFrom];
        if (first == 'n') {
            builder.payload(null);
        } else if (first == '"' && !Attributes.isJson(contentType)) {
            builder.payload(JsonText.unescape(r.bytes, dataFrom + 1, dataTo - 1));
        } else {
            byte[] json =
                    dataSpaced
                            ? JsonText.compact(r.bytes, dataFrom, dataTo)
                            : Arrays.copyOfRange(r.bytes, dataFrom, dataTo);
            builder.payload(JsonPayload.ofChecked(json, mapper));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Event;
import dev.jitney.event.Selection;
import dev.jitney.event.Topics;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.EventScanner;
import dev.jitney.spi.LineBuffer;
import dev.jitney.spi.LineMatcher;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A small wire form for tests of the store alone: flat objects of texts and numbers, read in full
 * and strictly. It stands in for the engine's, which has tests of its own.
 */
final class LineFormat implements EventFormat {

    @Override
    public void encode(Event event, LineBuffer out) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("specversion", "1.0");
        values.put("id", event.id());
        values.put("source", String.valueOf(event.source()));
        values.put("type", event.topic());
        if (event.hasTime()) {
            values.put("time", event.time());
        }
        values.put("data", String.valueOf(event.payload()));
        byte[] line = FlatJson.write(values).getBytes(StandardCharsets.UTF_8);
        out.write(line, 0, line.length - 1);
    }

    @Override
    public Event decode(byte[] bytes, int from, int to) {
        try {
            Map<String, String> values =
                    FlatJson.parse(new String(bytes, from, to - from, StandardCharsets.UTF_8));
            Event.Builder builder =
                    Event.builder(Topics.check(need(values, "type")))
                            .id(need(values, "id"))
                            .source(need(values, "source"))
                            .payload(values.get("data"));
            String time = values.get("time");
            return (time == null ? builder.noTime() : builder.time(Instant.parse(time))).build();
        } catch (IllegalArgumentException | DateTimeException | StringIndexOutOfBoundsException e) {
            throw new EventFormatException(0, String.valueOf(e.getMessage()), e);
        }
    }

    private static String need(Map<String, String> values, String key) {
        String value = values.get(key);
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException("'" + key + "' is missing");
        }
        return value;
    }

    @Override
    public String payloadJson(Event event) {
        return "\"" + event.payload() + "\"";
    }

    @Override
    public LineMatcher matcher(Selection selection) {
        return (bytes, from, to) -> selection.matches(decode(bytes, from, to));
    }

    @Override
    public EventScanner scanner() {
        return new Scanner();
    }

    private final class Scanner implements EventScanner {

        private Event event = Event.of("none", "");
        private int topicFrom;

        @Override
        public void scan(byte[] bytes, int from, int to) {
            event = decode(bytes, from, to);
            String line = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
            topicFrom = from + line.indexOf("\"type\":\"") + 8;
        }

        @Override
        public int topicFrom() {
            return topicFrom;
        }

        @Override
        public int topicTo() {
            return topicFrom + event.topic().length();
        }

        @Override
        public String topic() {
            return event.topic();
        }

        @Override
        public String id() {
            return event.id();
        }

        @Override
        public String source() {
            return String.valueOf(event.source());
        }

        @Override
        public long timeMillis() {
            return event.hasTime() ? event.time().toEpochMilli() : Long.MIN_VALUE;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import dev.jitney.event.Event;
import dev.jitney.event.Selection;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.EventScanner;
import dev.jitney.spi.LineBuffer;
import dev.jitney.spi.LineMatcher;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes enough of an event to compare and to count bytes, for as long as there is no engine. */
final class TinyFormat implements EventFormat {

    @Override
    public void encode(Event event, LineBuffer out) {
        String head =
                String.join(
                        "|",
                        event.id(),
                        event.source(),
                        event.topic(),
                        event.hasTime() ? event.time().toString() : "",
                        event.severity().wireName(),
                        event.version(),
                        event.extensions().toString(),
                        event.headers().toString());
        byte[] line =
                (head + (event.hasPayload() ? json(event.payload()) : ""))
                        .getBytes(StandardCharsets.UTF_8);
        out.write(line, 0, line.length);
    }

    @Override
    public Event decode(byte[] bytes, int from, int to) {
        throw new UnsupportedOperationException("needs the engine");
    }

    @Override
    public String payloadJson(Event event) {
        return json(event.payload());
    }

    @Override
    public EventScanner scanner() {
        throw new UnsupportedOperationException("needs the engine");
    }

    @Override
    public LineMatcher matcher(Selection selection) {
        throw new UnsupportedOperationException("needs the engine");
    }

    private static String json(@Nullable Object value) {
        if (value == null || value instanceof Number || value instanceof Boolean) {
            return String.valueOf(value);
        } else if (value instanceof String text) {
            return '"' + text + '"';
        } else if (value instanceof byte[] bytes) {
            return Base64.getEncoder().encodeToString(bytes);
        } else if (value instanceof Collection<?> all) {
            return all.stream().map(TinyFormat::json).collect(Collectors.joining(",", "[", "]"));
        } else if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> '"' + entry.getKey().toString() + "\":" + json(entry.getValue()))
                    .collect(Collectors.joining(",", "{", "}"));
        }
        throw new EventFormatException(-1, "no JSON for " + value.getClass().getName() + ".");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import dev.jitney.event.Event;
import dev.jitney.event.JsonPayload;
import dev.jitney.event.PayloadException;
import dev.jitney.event.Selection;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.EventScanner;
import dev.jitney.spi.LineBuffer;
import dev.jitney.spi.LineMatcher;
import java.nio.charset.StandardCharsets;

/** The CloudEvents JSON format over a mapper of payloads. */
final class WireFormat implements EventFormat {

    private final JsonMapper mapper;
    private final EventWriter writer;

    WireFormat(JsonMapper mapper) {
        this.mapper = mapper;
        writer = new EventWriter(mapper.writer());
    }

    @Override
    public void encode(Event event, LineBuffer out) {
        int before = out.length();
        boolean done = false;
        try {
            writer.write(event, out);
            done = true;
        } catch (PayloadException e) {
            throw failure(event, "cannot be written", e);
        } finally {
            if (!done) {
                out.length(before);
            }
        }
    }

    @Override
    public Event decode(byte[] bytes, int from, int to) {
        return new EventParser(mapper).parse(bytes, from, to);
    }

    @Override
    public String payloadJson(Event event) {
        if (!event.hasPayload()) {
            throw new EventFormatException(-1, "Event '" + event.topic() + "' has no payload.");
        }
        LineBuffer out = new LineBuffer(256);
        try {
            mapper.writer().write(event.payload(), out);
        } catch (PayloadException e) {
            throw failure(event, "has a payload that cannot be written", e);
        }
        return new String(out.array(), 0, out.length(), StandardCharsets.UTF_8);
    }

    @Override
    public JsonPayload payload(String json) {
        return JsonPayload.ofChecked(mapper.compact(json), mapper);
    }

    private static EventFormatException failure(Event event, String what, PayloadException e) {
        return new EventFormatException(
                -1, "Event '" + event.topic() + "' " + what + ". " + e.getMessage(), e);
    }

    @Override
    public EventScanner scanner() {
        return new LineScanner();
    }

    @Override
    public LineMatcher matcher(Selection selection) {
        return new SelectionMatcher(selection);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.Severity;
import dev.jitney.spi.EventFormat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One event of every shape that a store or a sink must keep. */
public final class EventShapes {

    private static final String ODD = "\u0000 \u001f \u2028 \\ \" \t \n ü € 𝄞 end";

    private EventShapes() {}

    /** Returns the events; each has an id of its own and a source. */
    public static List<Event> all() {
        List<Event> all = new ArrayList<>();
        payloads().forEach((name, payload) -> all.add(shape(name).payload(payload).build()));
        all.add(shape("null").payload(null).build());
        all.add(shape("none").noPayload().build());
        all.add(shape("no-time").noTime().payload("x").build());
        all.add(shape("nanos").time(Instant.parse("2026-02-28T23:59:59.123456789Z")).build());
        all.add(shape("old").time(Instant.parse("0001-01-01T00:00:00Z")).build());
        all.add(shape("source").source("not a URI % " + "ü€").payload(1).build());
        for (Severity severity : Severity.values()) {
            all.add(shape(severity.wireName()).severity(severity).payload(true).build());
        }
        all.add(
                shape("headers")
                        .header("tenant", "acme")
                        .header("X-Odd Name", ODD)
                        .header("empty", "")
                        .payload("x")
                        .build());
        all.add(full());
        return List.copyOf(all);
    }

    private static Map<String, Object> payloads() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("text", "hello");
        all.put("empty", "");
        all.put("odd", ODD);
        all.put("long", Long.MAX_VALUE);
        all.put("fraction", -1.5e-7);
        all.put("yes", true);
        all.put("list", List.of(1, "two", List.of(), Map.of()));
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", "Alice");
        map.put("deep", Map.of("er", List.of(Map.of("still", 1))));
        map.put("nothing", null);
        all.put("map", map);
        all.put("bytes", "\0\1\2binary".getBytes(StandardCharsets.ISO_8859_1));
        all.put("large", "0123456789abcdef".repeat(200_000 / 16));
        return all;
    }

    private static Event full() {
        return shape("full")
                .key("key ü")
                .severity(Severity.CRITICAL)
                .correlationId("story/1")
                .causationId("cause 1")
                .subject("subject")
                .dataSchema("https://example.com/schema#1")
                .contentType("application/json")
                .version("2.1-beta")
                .extension("flag", true)
                .extension("count", 17)
                .extension("note", "text")
                .payload(Map.of("a", 1))
                .build();
    }

    private static Event.Builder shape(String name) {
        return Event.builder("shape." + name).id("shape " + name).source("/tck/shapes");
    }

    /** Fails unless both events are equal in every attribute, and in the wire form. */
    public static void assertSame(EventFormat format, Event actual, Event expected) {
        String about = "EVT-4: %s of event '" + expected.id() + "'";
        assertThat(actual.topic()).as(about, "topic").isEqualTo(expected.topic());
        assertThat(actual.source()).as(about, "source").isEqualTo(expected.source());
        assertThat(actual.hasTime()).as(about, "presence of a time").isEqualTo(expected.hasTime());
        if (expected.hasTime()) {
            assertThat(actual.time()).as(about, "time").isEqualTo(expected.time());
        }
        assertThat(actual.severity()).as(about, "severity").isEqualTo(expected.severity());
        assertThat(actual.key()).as(about, "key").isEqualTo(expected.key());
        assertThat(actual.correlationId())
                .as(about, "correlation id")
                .isEqualTo(expected.correlationId());
        assertThat(actual.causationId())
                .as(about, "causation id")
                .isEqualTo(expected.causationId());
        assertThat(actual.subject()).as(about, "subject").isEqualTo(expected.subject());
        assertThat(actual.dataSchema()).as(about, "data schema").isEqualTo(expected.dataSchema());
        assertThat(actual.version()).as(about, "version").isEqualTo(expected.version());
        assertThat(actual.headers()).as(about, "headers").isEqualTo(expected.headers());
        assertThat(actual.hasPayload())
                .as(about, "presence of a payload")
                .isEqualTo(expected.hasPayload());
        assertThat(new String(format.encode(actual), StandardCharsets.UTF_8))
                .as(about, "wire form")
                .isEqualTo(new String(format.encode(expected), StandardCharsets.UTF_8));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.JsonPayload;
import dev.jitney.event.Severity;
import dev.jitney.spi.EventFormat;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.jackson.JsonFormat;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Side by side with the official CloudEvents Java SDK (EVT-4). */
class CloudEventsSdkTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.000001Z");

    private final EventFormat ours = Formats.eventFormat();
    private final JsonFormat theirs = new JsonFormat();

    static List<Event> ourEvents() {
        Event plain = Event.builder("user.login").source("shop").time(NOW).build();
        List<Event> events = new ArrayList<>();
        events.add(plain);
        for (String source :
                List.of("/a/b?c=d#e", "urn:x:y", "https://h/p", "mailto:a@b", "../x")) {
            events.add(plain.withSource(source));
        }
        for (String source :
                List.of(
                        "my shop", "ü", "a:", ":", "//", "1:x", "%zz", "a\nb", "[", "http://",
                        "^")) {
            events.add(plain.withSource(source));
        }
        Object[] payloads = {
            null,
            "text",
            "",
            "ü \ud83d\ude00 \u0001 \u007f \u2028 \" \\ /",
            1,
            -5L,
            Long.MAX_VALUE,
            0.5,
            1e300,
            true,
            new byte[] {1, 2, 3},
            new byte[0],
            List.of(),
            List.of(1, "a", Map.of("k", List.of())),
            Map.of(),
            JsonPayload.of("{\"a\":{\"b\":[null,1.50,12345678901234567890]}}"),
        };
        for (Object payload : payloads) {
            events.add(plain.withPayload(payload));
            events.add(
                    plain.withPayload(payload)
                            .withContentType("application/cloudevents+json; a=b"));
        }
        events.add(plain.withPayload("<a/>").withContentType("text/xml"));
        events.add(plain.withPayload(new byte[] {-1}).withContentType("image/png"));
        for (Severity severity : Severity.values()) {
            events.add(plain.withSeverity(severity));
        }
        events.add(
                plain.withKey("k ü")
                        .withSubject("s")
                        .withDataSchema("urn:schema")
                        .withVersion("7"));
        events.add(plain.withCorrelationId("c").withCausationId("d"));
        events.add(plain.withHeader("traceparent", "00-1-2-01").withHeader("x", ""));
        events.add(
                plain.withHeader("X-Upper", "a\tb")
                        .withHeader("type", "no type")
                        .withHeader("", "e"));
        events.add(plain.toBuilder().noTime().build());
        events.add(plain.withTime(Instant.parse("0001-01-01T00:00:00Z")));
        events.add(plain.withTime(Instant.parse("9999-12-31T23:59:59.999999999Z")));
        events.add(
                plain.toBuilder()
                        .extension("bool", true)
                        .extension("num", -7)
                        .extension("t", NOW)
                        .extension("uri", URI.create("x:y"))
                        .extension("bin", new byte[] {9})
                        .build());
        return events;
    }

    @ParameterizedTest
    @MethodSource("ourEvents")
    @DisplayName("EVT-4 the SDK reads what we write, with all attributes equal")
    void sdkReadsOurs(Event event) {
        byte[] line = ours.encode(event);

        CloudEvent read = theirs.deserialize(line);

        assertThat(read.getId()).isEqualTo(event.id());
        assertThat(read.getType()).isEqualTo(event.topic());
        String sourceText = (String) read.getExtension("sourcetext");
        assertThat(sourceText != null ? sourceText : read.getSource().toString())
                .isEqualTo(event.source());
        assertThat(read.getTime() == null ? null : read.getTime().toInstant())
                .isEqualTo(event.hasTime() ? event.time() : null);
        assertThat(read.getSubject()).isEqualTo(event.subject());
        // The SDK fills in the type that JSON data has when nothing is said.
        String filledIn = event.contentType() != null ? event.contentType() : "application/json";
        assertThat(read.getDataContentType()).isIn(event.contentType(), filledIn);
        assertThat(read.getDataSchema() == null ? null : read.getDataSchema().toString())
                .isEqualTo(event.dataSchema());
        assertThat(read.getExtension("severity"))
                .isEqualTo(event.severity() == Severity.INFO ? null : event.severity().wireName());
        assertThat(read.getExtension("partitionkey")).isEqualTo(event.key());
        assertThat(read.getExtension("correlationid")).isEqualTo(event.correlationId());
        assertThat(read.getExtension("causationid")).isEqualTo(event.causationId());
        assertThat(read.getExtension("dataversion"))
                .isEqualTo(event.version().equals("1") ? null : event.version());
        event.extensions()
                .forEach((name, value) -> assertThat(read.getExtension(name)).isEqualTo(value));
        if (event.payload() instanceof byte[] bytes) {
            assertThat(read.getData().toBytes()).isEqualTo(bytes);
        }
        assertThat(line).doesNotContain((byte) '\n').doesNotContain((byte) '\r');
        assertThat(ours.encode(ours.decode(line))).isEqualTo(line);
        assertThat(ours.decode(line).headers()).isEqualTo(event.headers());
        assertThat(ours.decode(line).source()).isEqualTo(event.source());
    }

    private static List<CloudEvent> theirEvents() {
        Random random = new Random(20260301);
        List<CloudEvent> events = new ArrayList<>();
        String[] sources = {
            "/s", "urn:a:b", "https://example.org/x?y=z#f", "a/%20b", "mailto:a@b.c"
        };
        for (int i = 0; i < 400; i++) {
            CloudEventBuilder event =
                    CloudEventBuilder.v1()
                            .withId("id-" + i + (i % 3 == 0 ? " ü\"\\\u0002" : ""))
                            .withSource(URI.create(sources[i % sources.length]))
                            .withType("com.example.t" + i % 9);
            if (i % 2 == 0) {
                event.withTime(
                        OffsetDateTime.of(
                                2026,
                                1 + i % 12,
                                1,
                                2,
                                3,
                                4,
                                i * 1_234_567 % 1_000_000_000,
                                ZoneOffset.ofHoursMinutes(i % 14, 30)));
            }
            if (i % 5 == 0) {
                event.withSubject("subject \ud83d\ude80 " + i);
            }
            if (i % 7 == 0) {
                event.withDataSchema(URI.create("https://schema/" + i));
            }
            extensions(event, i, random);
            data(event, i, random);
            events.add(event.build());
        }
        return events;
    }

    private static void extensions(CloudEventBuilder event, int i, Random random) {
        if (i % 3 == 0) {
            event.withExtension("flag", i % 2 == 0).withExtension("number", random.nextInt());
        }
        if (i % 4 == 0) {
            event.withExtension("averylongextensionnamethatispermitted", "x\u0007y");
            event.withExtension("when", OffsetDateTime.of(2020, 1, 1, 0, 0, 0, 5, ZoneOffset.UTC));
        }
        if (i % 5 == 0) {
            byte[] bytes = new byte[i % 10];
            random.nextBytes(bytes);
            event.withExtension("binary", bytes).withExtension("link", URI.create("x:" + i));
        }
        // Names that mean something here, with values that fit and values that do not.
        switch (i % 11) {
            case 0 ->
                    event.withExtension("severity", "critical").withExtension("partitionkey", "k");
            case 1 -> event.withExtension("severity", "dreadful").withExtension("partitionkey", 5);
            case 2 -> event.withExtension("severity", 3).withExtension("correlationid", true);
            case 3 -> event.withExtension("headers", "not json").withExtension("sourcetext", "a b");
            case 4 -> event.withExtension("headers", "{\"a\":\"b\"}").withExtension("a", "c");
            case 5 ->
                    event.withExtension("headers", "{\"X\":\"b\"}")
                            .withExtension("sourcetext", "/s");
            case 6 ->
                    event.withExtension("headers", "{ \"X\": 1 }").withExtension("dataversion", 2);
            default ->
                    event.withExtension("correlationid", "c" + i).withExtension("dataversion", "2");
        }
    }

    private static void data(CloudEventBuilder event, int i, Random random) {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        switch (i % 8) {
            case 0 -> {}
            case 1 ->
                    event.withData(
                            "application/json", utf8("{ \"a\" : [ 1, 2.0, -3e5 ],\n \"b\":null }"));
            case 2 ->
                    event.withData(
                            "application/cloudevents+json; charset=utf-8", utf8("\"text ü\""));
            case 3 -> event.withData("application/octet-stream", bytes);
            case 4 -> event.withData("text/xml", utf8("<a b=\"c\">ü\n</a>"));
            case 5 -> event.withData("application/json", utf8("null"));
            case 6 -> event.withData(utf8("12345678901234567890.123456789"));
            default -> event.withData("application/json", utf8("[" + Long.MAX_VALUE + ",{}]"));
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("EVT-4 what the SDK writes is read and written again with nothing lost")
    void oursReadsTheSdks() {
        List<CloudEvent> events = theirEvents();
        assertThat(events).hasSizeGreaterThanOrEqualTo(200);
        for (CloudEvent event : events) {
            byte[] written = theirs.serialize(event);

            Event read = ours.decode(written);
            byte[] again = ours.encode(read);

            assertThat(read.id()).isEqualTo(event.getId());
            assertThat(read.topic()).isEqualTo(event.getType());
            assertThat(ours.decode(again)).as(text(written)).isEqualTo(read);
            CloudEvent before = theirs.deserialize(written);
            CloudEvent after = theirs.deserialize(again);
            assertThat(attributes(after)).as(text(written)).isEqualTo(attributes(before));
            assertThat(data(after)).as(text(written)).isEqualTo(data(before));
        }
    }

    // Times are compared as instants: we write UTC.
    private static Map<String, Object> attributes(CloudEvent event) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        event.getAttributeNames()
                .forEach(
                        name -> {
                            Object value = event.getAttribute(name);
                            attributes.put(
                                    name,
                                    value instanceof OffsetDateTime time
                                            ? time.toInstant()
                                            : value);
                        });
        event.getExtensionNames().forEach(name -> attributes.put(name, event.getExtension(name)));
        return attributes;
    }

    private static String data(CloudEvent event) {
        return event.getData() == null ? "none" : Arrays.toString(event.getData().toBytes());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.EventClock;
import dev.jitney.event.JsonPayload;
import dev.jitney.event.Severity;
import dev.jitney.spi.EventFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RoundTripTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123456789Z");

    private final EventFormat format = Formats.eventFormat();

    record Login(String name, int age, boolean admin) {}

    @Test
    @DisplayName("EVT-4 the required attributes come first, the data last, defaults are left out")
    void writesTheLineThatIsDocumented() {
        Event event =
                Event.builder("user.login")
                        .clock(EventClock.of(InstantSource.fixed(NOW)))
                        .id("a-1")
                        .source("shop")
                        .payload(new Login("Zoë \"Z\"", 41, true))
                        .build();

        assertThat(text(format.encode(event)))
                .isEqualTo(
                        "{\"id\":\"a-1\",\"source\":\"shop\",\"type\":\"user.login\","
                                + "\"specversion\":\"1.0\","
                                + "\"time\":\"2026-03-01T12:00:00.123456789Z\",\"data\":{\"name\":\"Zoë"
                                + " \\\"Z\\\"\",\"age\":41,\"admin\":true}}");
    }

    @Test
    @DisplayName("EVT-4 every field comes back as it was written")
    void readsEveryFieldBack() {
        Event event =
                Event.builder("user.login")
                        .source("a shop: ü")
                        .time(NOW)
                        .severity(Severity.CRITICAL)
                        .key("k")
                        .correlationId("c")
                        .causationId("d")
                        .subject("s")
                        .dataSchema("urn:x")
                        .contentType("application/json")
                        .version("2")
                        .header("traceparent", "00-ab")
                        .header("X-Upper", "line\nbreak\u007f\uffff")
                        .header("id", "not the id")
                        .extension("answer", 42)
                        .extension("flag", true)
                        .payload(JsonPayload.of("{\"a\": [1, 2.50, 12345678901234567890]}"))
                        .build();

        byte[] line = format.encode(event);

        assertThat(format.decode(line)).isEqualTo(event);
        assertThat(format.decode(line).headers())
                .isEqualTo(
                        Map.of(
                                "traceparent", "00-ab",
                                "X-Upper", "line\nbreak\u007f\uffff",
                                "id", "not the id",
                                "answer", "42",
                                "flag", "true"));
        assertThat(format.decode(line).hashCode()).isEqualTo(event.hashCode());
        assertThat(format.encode(format.decode(line))).isEqualTo(line);
    }

    @Test
    @DisplayName("EVT-4 data: null is not the same as no data")
    void tellsNullFromNone() {
        Event none = Event.builder("a").source("s").build();
        Event nothing = none.withPayload(null);

        assertThat(text(format.encode(none))).doesNotContain("data");
        assertThat(text(format.encode(nothing))).endsWith(",\"data\":null}");
        assertThat(format.decode(format.encode(none)).hasPayload()).isFalse();
        assertThat(format.decode(format.encode(nothing)).hasPayload()).isTrue();
        assertThat(format.decode(format.encode(nothing)).payload()).isNull();
    }

    @Test
    @DisplayName("EVT-4 data: null is read and written whatever the content type")
    void takesNullOfAnyContentType() {
        String line =
                "{\"id\":\"1\",\"source\":\"s\",\"type\":\"a\",\"specversion\":\"1.0\","
                        + "\"datacontenttype\":\"text/plain\",\"data\":null}";

        assertThat(text(format.encode(format.decode(line.getBytes(StandardCharsets.UTF_8)))))
                .isEqualTo(line);
    }

    @Test
    @DisplayName("EVT-4 bytes travel as data_base64")
    void carriesBytes() {
        for (int length = 0; length < 10; length++) {
            byte[] bytes = new byte[length];
            java.util.Arrays.fill(bytes, (byte) (0xf0 + length));
            Event event = Event.of("a", bytes).withSource("s");

            assertThat(text(format.encode(event))).contains("\"data_base64\":\"");
            assertThat(format.decode(format.encode(event))).isEqualTo(event);
        }
    }

    @Test
    @DisplayName("EVT-4 an event without a time comes back without one")
    void keepsTheTimeAway() {
        Event event = Event.builder("a").source("s").noTime().build();

        assertThat(text(format.encode(event))).doesNotContain("time");
        assertThat(format.decode(format.encode(event)).hasTime()).isFalse();
        assertThat(format.decode(format.encode(event)).time()).isEqualTo(Instant.EPOCH);
        assertThat(format.decode(format.encode(event))).isEqualTo(event);
    }

    @Test
    @DisplayName("EVT-4 the golden lines are read and written again byte for byte")
    void keepsTheGoldenLines() throws IOException {
        try (InputStream in = getClass().getResourceAsStream("/cloudevents/golden.jsonl")) {
            List<String> lines =
                    new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
            assertThat(lines).hasSizeGreaterThan(10);
            for (String line : lines) {
                Event event = format.decode(line.getBytes(StandardCharsets.UTF_8));
                assertThat(text(format.encode(event))).isEqualTo(line);
            }
        }
    }

    @Test
    @DisplayName("EVT-4 lines of other writers mean the same as their golden twins")
    void readsOtherWritersLines() throws IOException {
        try (InputStream in = getClass().getResourceAsStream("/cloudevents/foreign.txt")) {
            String[] lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n");
            for (int i = 0; i < lines.length; i += 2) {
                Event foreign = format.decode(lines[i].getBytes(StandardCharsets.UTF_8));
                assertThat(text(format.encode(foreign))).isEqualTo(lines[i + 1].strip());
            }
            assertThat(lines).hasSizeGreaterThan(10);
        }
    }

    private static String text(byte[] line) {
        return new String(line, StandardCharsets.UTF_8);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.Selection;
import dev.jitney.event.Severity;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.EventScanner;
import dev.jitney.spi.LineMatcher;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MatcherTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.000000500Z");
    private static final String[] TOPICS = {"a", "a.b", "a.b.c", "a.bb", "b.c", "a-b", "a.b.c.d"};
    private static final String[] PATTERNS = {
        "*", "a", "a.*", "*.b", "*.*", "a.*.c", "*.b.*", "a.b", "a.b.c.*", "zz.*", "*.*.*.*"
    };
    private static final String[] SOURCES = {"s", "my shop", "my%20shop", "/x/y?z", "ü", "a%zz"};

    private final EventFormat format = Formats.eventFormat();
    private final Random random = new Random(7);

    @Test
    @DisplayName("TOP-2 on bytes, in any order of keys, decides as the selection does on the event")
    void agreesWithTheSelection() {
        int selected = 0;
        for (int round = 0; round < 300; round++) {
            Selection selection = selection();
            LineMatcher matcher = format.matcher(selection);
            for (int i = 0; i < 40; i++) {
                byte[] line = shuffled(format.encode(event()));
                boolean expected = selection.matches(format.decode(line));
                selected += expected ? 1 : 0;
                byte[] padded = new byte[line.length + 7];
                System.arraycopy(line, 0, padded, 3, line.length);
                assertThat(matcher.matches(padded, 3, 3 + line.length))
                        .as("%s in %s", new String(line), describe(selection))
                        .isEqualTo(expected);
            }
        }
        assertThat(selected).isGreaterThan(500);
    }

    private Selection selection() {
        Selection.Builder selection = Selection.builder();
        for (int i = random.nextInt(3); i > 0; i--) {
            selection.pattern(pick(PATTERNS));
        }
        if (random.nextInt(4) == 0) {
            selection.exclude(pick(PATTERNS));
        }
        switch (random.nextInt(8)) {
            case 0 -> selection.source(pick(SOURCES)).source(pick(SOURCES));
            case 1 -> selection.severityAtLeast(Severity.values()[random.nextInt(3)]);
            case 2 -> selection.key("k1");
            case 3 -> selection.correlationId("c\"1");
            case 4 -> selection.since(NOW.plusNanos(random.nextInt(3) - 1));
            case 5 -> selection.until(NOW.plusNanos(random.nextInt(3) - 1));
            case 6 -> selection.id("id-1").id("id-ü");
            default -> {}
        }
        return selection.build();
    }

    private Event event() {
        Event.Builder event =
                Event.builder(pick(TOPICS))
                        .id(pick("id-1", "id-2", "id-ü", "id-\n"))
                        .source(pick(SOURCES))
                        .severity(Severity.values()[random.nextInt(3)])
                        .key(random.nextBoolean() ? pick("k1", "k2") : null)
                        .correlationId(random.nextBoolean() ? pick("c\"1", "c2") : null);
        if (random.nextInt(5) > 0) {
            event.time(NOW.plusNanos(random.nextInt(3) - 1));
        } else {
            event.noTime();
        }
        if (random.nextInt(6) == 0) {
            event.extension("severity", pick("none", "CRITICAL"));
        }
        return random.nextBoolean() ? event.payload(List.of("type", "}")).build() : event.build();
    }

    private String pick(String... texts) {
        return texts[random.nextInt(texts.length)];
    }

    // The same members in another order, with spaces between them; now and then a topic in escapes.
    private byte[] shuffled(byte[] line) {
        if (random.nextBoolean()) {
            return line;
        }
        List<String> members = new ArrayList<>();
        String text = new String(line, java.nio.charset.StandardCharsets.UTF_8);
        int depth = 0;
        boolean quoted = false;
        int start = 1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == '{' || c == '[')) {
                depth++;
            } else if (!quoted && (c == '}' || c == ']')) {
                depth--;
            }
            if (!quoted && (depth == 1 && c == ',' || depth == 0)) {
                members.add(text.substring(start, i));
                start = i + 1;
            }
        }
        Collections.shuffle(members, random);
        String joined = "{ " + String.join(" ,\t", members) + " } ";
        if (random.nextInt(4) == 0) {
            joined = joined.replace("\"type\":\"a", "\"type\": \"\\u0061");
        }
        return ByteStrings.utf8(joined);
    }

    private static String describe(Selection s) {
        return s.patterns()
                + " not "
                + s.excluded()
                + s.ids()
                + s.sources()
                + s.severities()
                + s.correlationId()
                + s.key()
                + s.since()
                + s.until();
    }

    @Test
    @DisplayName("EVT-6 a line that is no event is refused before it is decided")
    void refusesWhatIsNoEvent() {
        LineMatcher matcher = format.matcher(Selection.builder().pattern("a.*").build());

        assertThatThrownBy(() -> matches(matcher, "nonsense"))
                .isInstanceOf(EventFormatException.class)
                .hasMessage("Expected '{' at byte 0, found 'n'.");
        assertThatThrownBy(() -> matches(matcher, "{\"id\":\"1\",\"source\":\"s\"}"))
                .hasMessage(
                        "The event that ends at byte 22 has no 'type'. An event has id, source,"
                                + " type and specversion.");
        assertThatThrownBy(() -> matches(matcher, "{\"type\":7}"))
                .hasMessage("Expected a string for 'type' at byte 8, found '7'.");
        assertThatThrownBy(() -> matches(matcher, "{\"type\":\"a..b\"}"))
                .hasMessage("Topic 'a..b' is not valid: empty segment at position 2.");
        assertThatThrownBy(() -> matches(matcher, ""))
                .hasMessage("Expected '{' at byte 0, found the end of the line.");
    }

    private static boolean matches(LineMatcher matcher, String line) {
        byte[] bytes = ByteStrings.utf8(line);
        return matcher.matches(bytes, 0, bytes.length);
    }

    @Test
    @DisplayName(
            "TOP-2 a line that begins as ours do is judged as any other, whole, cut or changed")
    void agreesOnLinesThatBeginAsOurs() {
        String[] starts = {
            "{\"id\":\"1\",\"source\":\"s\",\"type\":\"a.b\"}",
            "{\"id\":\"a longer id, 24 in all.\",\"source\":\"/x\",\"type\":\"b.c\",\"time\":null}",
            "{\"id\":\"\u00fc\",\"source\":\"s\",\"type\":\"a.b\"}",
            "{\"id\":\"\\\"\",\"source\":\"s\",\"type\":\"a.b\"}",
            "{\"id\":\"1\",\"source\":\"\\u0073\",\"type\":\"a.b\"}",
            "{\"id\":\"1\",\"source\":\"s\",\"type\":null,\"type\":\"a.b\"}",
            "{\"id\":\"1\",\"source\":\"s\",\"type\":7}",
            "{\"id\":\"1\",\"source\":\"s\",\"type\":\"a..b\"}",
            "{\"id\":\"1\",\"source\":\"s\",\"type\": \"a.b\" , \"x\":[1]}",
            "{\"id\":\"1\",\"source\":\"s\",\"typ\":\"a.b\"}",
        };
        Selection[] selections = {
            Selection.builder().pattern("a.b").build(),
            Selection.builder().pattern("a.*").correlationId("c").build(),
            Selection.builder().key("k").build(),
            Selection.builder().pattern("a.b").source("s").build(),
        };
        for (Selection selection : selections) {
            LineMatcher matcher = format.matcher(selection);
            for (String start : starts) {
                byte[] line = ByteStrings.utf8(start);
                for (int to = 1; to <= line.length; to++) {
                    byte[] cut = Arrays.copyOf(line, to);
                    assertThat(verdict(matcher, cut, 0))
                            .isEqualTo(verdict(matcher, spaced(cut), 1));
                }
                for (int at = 1; at < line.length; at++) {
                    byte[] changed = line.clone();
                    changed[at] = (byte) "\"\\\n\u0080,x".charAt(at % 6);
                    assertThat(verdict(matcher, changed, 0))
                            .isEqualTo(verdict(matcher, spaced(changed), 1));
                }
            }
        }
    }

    /** Puts a blank behind the brace, so that it begins as no line of ours does. */
    private static byte[] spaced(byte[] line) {
        byte[] spaced = new byte[line.length + 1];
        spaced[0] = line[0];
        spaced[1] = ' ';
        System.arraycopy(line, 1, spaced, 2, line.length - 1);
        return spaced;
    }

    private static String verdict(LineMatcher matcher, byte[] line, int added) {
        try {
            return "" + matcher.matches(line, 0, line.length);
        } catch (EventFormatException e) {
            return "" + (e.position() - added);
        }
    }

    @Test
    @DisplayName("EVT-4 the scanner finds topic, id, source and time, in any order of keys")
    void scansWhatDecodingFinds() {
        EventScanner scanner = format.scanner();
        for (int i = 0; i < 2000; i++) {
            byte[] line = shuffled(format.encode(event()));
            if (new String(line).contains("\\u0061")) {
                assertThatThrownBy(() -> scanner.scan(line, 0, line.length))
                        .hasMessageContaining("Expected the topic without escapes at byte");
                continue;
            }
            Event event = format.decode(line);

            scanner.scan(line, 0, line.length);

            assertThat(scanner.topic()).isEqualTo(event.topic());
            assertThat(
                            new String(
                                    line,
                                    scanner.topicFrom(),
                                    scanner.topicTo() - scanner.topicFrom()))
                    .isEqualTo(event.topic());
            assertThat(scanner.id()).isEqualTo(event.id());
            assertThat(scanner.source()).isEqualTo(Sources.onWire(event.source()));
            assertThat(scanner.timeMillis())
                    .isEqualTo(event.hasTime() ? event.time().toEpochMilli() : Long.MIN_VALUE);
        }
    }

    @Test
    @DisplayName("EVT-6 the scanner names what is missing")
    void scannerNamesWhatIsMissing() {
        byte[] line = ByteStrings.utf8("{\"id\":\"1\",\"type\":\"a\",\"data\":{\"source\":\"s\"}}");

        assertThatThrownBy(() -> format.scanner().scan(line, 0, line.length))
                .isInstanceOf(EventFormatException.class)
                .hasMessage(
                        "The event that ends at byte 42 has no 'source'. An event has id, source,"
                                + " type and specversion.");
    }
}

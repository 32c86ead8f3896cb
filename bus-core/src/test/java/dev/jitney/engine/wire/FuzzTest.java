// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.JsonPayload;
import dev.jitney.event.Selection;
import dev.jitney.event.Severity;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.EventScanner;
import dev.jitney.spi.LineMatcher;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FuzzTest {

    private final EventFormat format = Formats.eventFormat();
    private final EventScanner scanner = format.scanner();
    private final LineMatcher matcher =
            format.matcher(
                    Selection.builder()
                            .pattern("user.*")
                            .source("a b")
                            .severityAtLeast(Severity.INFO)
                            .since(Instant.EPOCH)
                            .build());
    private final Random random = new Random(42);
    private int accepted;

    @Test
    @DisplayName("EVT-6 random bytes, mutations and truncations never give another exception")
    void survivesAnyBytes() {
        survive(15_000);
    }

    @Test
    @Tag("stress")
    @DisplayName("EVT-6 a million lines of random bytes, mutations and truncations")
    void survivesMany() {
        survive(1_000_000);
    }

    private void survive(int lines) {
        List<byte[]> seeds = seeds();
        for (int i = 0; i < lines; i++) {
            byte[] line = seeds.get(random.nextInt(seeds.size())).clone();
            switch (i % 4) {
                case 0 -> random.nextBytes(line);
                case 1 -> line = Arrays.copyOf(line, random.nextInt(line.length));
                case 2 -> line[random.nextInt(line.length)] = (byte) random.nextInt(256);
                default -> splice(line);
            }
            tryAll(line);
        }
        assertThat(accepted).as("lines that are still events").isGreaterThan(lines / 60);
    }

    private List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            seeds.add(
                    format.encode(
                            Event.builder("user.t" + i)
                                    .source(i % 2 == 0 ? "a b" : "/s")
                                    .severity(Severity.values()[i % 3])
                                    .key("ü\"\n")
                                    .header("X-Y", "\u0000z")
                                    .extension("n", i)
                                    .payload(i % 5 == 0 ? new byte[] {1, 2} : tree(4))
                                    .build()));
        }
        return seeds;
    }

    private void splice(byte[] line) {
        byte[] bits = ByteStrings.utf8("\"\\{}[]:,0-.e u9\ud83d\ude00");
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            line[random.nextInt(line.length)] = bits[random.nextInt(bits.length)];
        }
    }

    private void tryAll(byte[] line) {
        try {
            Event event = format.decode(line);
            accepted++;
            byte[] again = format.encode(event);
            // A source that is no URI reference needs the extension that another text stands in.
            if (!event.extensions().containsKey("sourcetext")) {
                assertThat(format.decode(again)).isEqualTo(event);
            }
            if (event.payload() instanceof JsonPayload payload) {
                payload.tree();
            }
        } catch (EventFormatException e) {
            assertThat(e.position()).isBetween(0, line.length);
            assertThat(e.getMessage()).endsWith(".");
        }
        try {
            scanner.scan(line, 0, line.length);
            matcher.matches(line, 0, line.length);
        } catch (EventFormatException e) {
            assertThat(e.position()).isBetween(0, line.length);
        }
    }

    @Test
    @DisplayName("EVT-4 any tree comes back with every value as it was")
    void keepsAnyTree() {
        for (int i = 0; i < 3000; i++) {
            Object tree = tree(5);
            Event event = Event.builder("a").source("s").payload(tree).build();

            Event read = format.decode(format.encode(event));

            Object back = read.payload() instanceof JsonPayload payload ? payload.tree() : null;
            assertThat(back).isEqualTo(tree);
            assertThat(read.withId("1").contentId()).isEqualTo(event.withId("2").contentId());
        }
    }

    private @Nullable Object tree(int depth) {
        return switch (random.nextInt(depth > 0 ? 10 : 7)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> random.nextLong() >> random.nextInt(64);
            case 3 ->
                    BigInteger.valueOf(Long.MAX_VALUE)
                            .pow(2)
                            .add(BigInteger.valueOf(random.nextInt()));
            case 4 -> new BigDecimal(BigInteger.valueOf(random.nextLong()), 1 + random.nextInt(40));
            case 5, 6 -> text();
            case 7 -> {
                List<@Nullable Object> list = new ArrayList<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    list.add(tree(depth - 1));
                }
                yield list;
            }
            default -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(random.nextInt(20) == 0 ? 100 : 5); i > 0; i--) {
                    map.put(text(), tree(depth - 2));
                }
                yield map;
            }
        };
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            int point = random.nextInt(4) == 0 ? random.nextInt(0x110000) : random.nextInt(128);
            if (point < 0xd800 || point > 0xdfff) {
                text.appendCodePoint(point);
            }
        }
        return text.toString();
    }

    @Test
    @DisplayName("EVT-6 keys that are there twice are found among very many, in linear time")
    void findsOneKeyTwiceAmongMany() {
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < 200_000; i++) {
            json.append("\"k").append(i).append("\":0,");
        }
        String head =
                "{\"id\":\"1\",\"source\":\"s\",\"type\":\"a\",\"specversion\":\"1.0\",\"data\":";
        byte[] good = ByteStrings.utf8(head + json + "\"end\":0}}");
        byte[] bad = ByteStrings.utf8(head + json + "\"k5\":0}}");

        assertThat(format.decode(good).hasPayload()).isTrue();
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> format.decode(bad))
                .hasMessage(
                        "Key 'k5' at byte " + (head.length() + json.length()) + " is there twice.");
    }
}

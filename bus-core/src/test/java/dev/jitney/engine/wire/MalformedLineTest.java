// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventFormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The table in {@code cloudevents/malformed.txt}: a line, and under it the byte and the message. In
 * a line, {@code \xNN} stands for a byte and {@code ×n(text)} for a text n times.
 */
class MalformedLineTest {

    private final EventFormat format = Formats.eventFormat();

    record Case(String line, String failure) {
        @Override
        public String toString() {
            return line;
        }
    }

    static List<Case> cases() {
        String name = "/cloudevents/malformed.txt";
        try (InputStream in = MalformedLineTest.class.getResourceAsStream(name)) {
            String[] lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n");
            List<Case> cases = new ArrayList<>();
            for (int i = 0; i < lines.length; i += 2) {
                cases.add(new Case(lines[i], lines[i + 1].strip()));
            }
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest(name = "EVT-6 {0}")
    @MethodSource("cases")
    @DisplayName("EVT-6 malformed input says which byte and what was expected")
    void isRefusedWithPlaceAndReason(Case malformed) {
        byte[] line = bytes(malformed.line());

        EventFormatException failure =
                catchThrowableOfType(EventFormatException.class, () -> format.decode(line));

        assertThat(failure).as("was accepted").isNotNull();
        assertThat(failure.position() + " " + failure.getMessage()).isEqualTo(malformed.failure());
    }

    @Test
    @DisplayName(
            "EVT-6 the position counts from the start of the line, wherever it is in the array")
    void countsFromTheStartOfTheLine() {
        byte[] array = bytes("xxxxx{\"id\"?}xxxxx");

        EventFormatException failure =
                catchThrowableOfType(
                        EventFormatException.class,
                        () -> format.decode(array, 5, array.length - 5));

        assertThat(failure).hasMessage("Expected ':' after key 'id' at byte 5, found '?'.");
        assertThat(failure.position()).isEqualTo(5);
    }

    @Test
    @DisplayName("EVT-6 the table has the kinds that it must have")
    void hasEnoughKinds() {
        assertThat(cases()).hasSizeGreaterThanOrEqualTo(100);
    }

    static byte[] bytes(String line) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < line.length(); i++) {
            if (line.startsWith("\\x", i)) {
                bytes.write(Integer.parseInt(line, i + 2, i + 4, 16));
                i += 3;
            } else if (line.charAt(i) == '×') {
                int open = line.indexOf('(', i);
                int close = line.indexOf(')', i);
                String text = line.substring(open + 1, close);
                int times = Integer.parseInt(line, i + 1, open, 10);
                bytes.writeBytes(text.repeat(times).getBytes(StandardCharsets.UTF_8));
                i = close;
            } else {
                bytes.write(line.charAt(i));
            }
        }
        return bytes.toByteArray();
    }
}

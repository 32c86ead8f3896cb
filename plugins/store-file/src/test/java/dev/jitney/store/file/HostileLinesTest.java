// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static dev.jitney.store.file.TestLog.line;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Selection;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreProblem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Lines that are no event, each between good ones: none may hide another. */
class HostileLinesTest {

    private static final String HEAD =
            "\"id\":\"x\",\"source\":\"s\",\"type\":\"a.b\",\"specversion\":\"1.0\"";
    private static final String GOOD = "{" + HEAD + "}";

    @TempDir Path directory;

    /** At least forty kinds of bad lines by name, as bytes without a line break. */
    static Map<String, byte[]> lines() {
        Map<String, byte[]> all = new LinkedHashMap<>();
        text(all, "empty", "");
        text(all, "blanks", "   \t ");
        text(all, "not JSON", "hello");
        text(all, "truncated after the brace", "{");
        text(all, "truncated in a name", "{\"id");
        text(all, "truncated in a string", "{\"id\":\"x");
        text(all, "truncated behind a colon", "{\"id\":");
        text(all, "truncated behind a comma", "{" + HEAD + ",");
        text(all, "truncated before the brace", "{" + HEAD);
        text(all, "truncated in data", "{" + HEAD + ",\"data\":{\"a\":[1,2");
        text(all, "the end only", "\"specversion\":\"1.0\"}");
        text(all, "two objects", GOOD + GOOD);
        text(all, "object and text", GOOD + " x");
        text(all, "an array", "[" + GOOD + "]");
        text(all, "a string", "\"event\"");
        text(all, "a number", "42");
        text(all, "null", "null");
        text(all, "true", "true");
        text(all, "an empty object", "{}");
        text(all, "no id", "{\"source\":\"s\",\"type\":\"a.b\",\"specversion\":\"1.0\"}");
        text(all, "no source", "{\"id\":\"x\",\"type\":\"a.b\",\"specversion\":\"1.0\"}");
        text(all, "no type", "{\"id\":\"x\",\"source\":\"s\",\"specversion\":\"1.0\"}");
        text(all, "no specversion", "{\"id\":\"x\",\"source\":\"s\",\"type\":\"a.b\"}");
        text(all, "empty id", GOOD.replace("\"id\":\"x\"", "\"id\":\"\""));
        text(all, "empty type", GOOD.replace("a.b", ""));
        text(all, "id is a number", GOOD.replace("\"id\":\"x\"", "\"id\":7"));
        text(all, "id is null", GOOD.replace("\"id\":\"x\"", "\"id\":null"));
        text(all, "source is an object", GOOD.replace("\"source\":\"s\"", "\"source\":{}"));
        text(all, "type is an array", GOOD.replace("\"a.b\"", "[\"a.b\"]"));
        text(all, "specversion of the future", GOOD.replace("1.0", "9.9"));
        text(all, "time is no time", "{" + HEAD + ",\"time\":\"yesterday\"}");
        text(all, "time is a number", "{" + HEAD + ",\"time\":1}");
        text(all, "an attribute twice", "{" + HEAD + ",\"id\":\"y\"}");
        text(all, "no colon", "{\"id\" \"x\"}");
        text(all, "no comma", "{\"id\":\"x\" \"source\":\"s\"}");
        text(all, "a comma too many", "{" + HEAD + ",}");
        text(all, "a name without quotes", "{id:\"x\"}");
        text(all, "single quotes", GOOD.replace('"', '\''));
        text(all, "a bad escape", GOOD.replace("\"x\"", "\"\\q\""));
        text(all, "a short unicode escape", GOOD.replace("\"x\"", "\"\\u12\""));
        text(all, "data is no value", "{" + HEAD + ",\"data\":nothing}");
        text(all, "data is a broken number", "{" + HEAD + ",\"data\":1.2.3}");
        text(all, "data nested too deep", "{" + HEAD + ",\"data\":" + "[".repeat(100_000) + "}");
        text(all, "data and data_base64", "{" + HEAD + ",\"data\":1,\"data_base64\":\"AA==\"}");
        text(all, "data_base64 is none", "{" + HEAD + ",\"data_base64\":\"***\"}");
        text(all, "a raw control character", GOOD.replace("\"x\"", "\"a\u0001b\""));
        text(all, "a raw tab", GOOD.replace("\"x\"", "\"a\tb\""));
        all.put("invalid UTF-8", replace(GOOD, 'x', 0xff));
        all.put("a cut UTF-8 sequence", replace(GOOD, 'x', 0xc3));
        all.put("an overlong UTF-8 sequence", replace(GOOD, 'x', 0xc0, 0xaf));
        all.put("UTF-16", GOOD.getBytes(StandardCharsets.UTF_16LE));
        all.put("zeros", new byte[512]);
        all.put("zeros inside", replace(GOOD, 'x', 0));
        all.put("0xFF bytes", filled(700, 0xff));
        all.put(
                "a mark in the middle",
                ("{" + " ".repeat(32) + "}").getBytes(StandardCharsets.UTF_8));
        return all;
    }

    static Stream<Arguments> kinds() {
        return lines().entrySet().stream().map(e -> Arguments.of(e.getKey(), e.getValue()));
    }

    @Test
    @DisplayName("EVT-6 there are at least forty kinds of hostile lines")
    void enough() {
        assertThat(lines()).hasSizeGreaterThanOrEqualTo(40);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    @DisplayName(
            "STO-8 a bad line in a damaged batch is named by file and byte, the good ones are returned")
    void damaged(String kind, byte[] bad) throws IOException {
        TestLog log = new TestLog(directory);
        log.events("a", "b");
        TestLog.Batch batch = hostile(log, bad);
        log.events("e");
        // The checksum is that of other bytes, as when the line was damaged later.
        log.breakMark(batch);
        check(log, batch, bad);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    @DisplayName("STO-8 a bad line that was written as such is named by file and byte")
    void written(String kind, byte[] bad) throws IOException {
        TestLog log = new TestLog(directory);
        log.events("a", "b");
        TestLog.Batch batch = hostile(log, bad);
        log.events("e");
        ReadOut forward = ReadOut.forward(log);
        assertThat(forward.events()).containsExactly("0=a", "1=b", "2=c", "4=d", "5=e");
        assertThat(forward.places()).containsExactly(place(batch, bad));
        ReadOut backward = ReadOut.backward(log);
        assertThat(backward.events()).containsExactly("5=e", "4=d", "2=c", "1=b", "0=a");
        assertThat(backward.problems()).isEqualTo(forward.problems());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    @DisplayName("STO-8 a bad line in a log without checksums is named by file and byte")
    void unverifiable(String kind, byte[] bad) throws IOException {
        TestLog log = new TestLog(directory);
        log.events("a", "b");
        TestLog.Batch batch = hostile(log, bad);
        log.events("e");
        log.disk.delete(log.tail().sidecar());
        check(log, batch, bad);
    }

    private static void check(TestLog log, TestLog.Batch batch, byte[] bad) {
        ReadOut forward = ReadOut.forward(log);
        assertThat(forward.events()).containsExactly("0=a", "1=b", "2=c", "4=d", "5=e");
        assertThat(damages(forward.problems())).containsExactly(place(batch, bad));
        assertThat(forward.problems().get(forward.problems().size() - 1).reason())
                .startsWith("The line is not an event: ")
                .endsWith(".");
        ReadOut backward = ReadOut.backward(log);
        assertThat(backward.events()).containsExactly("5=e", "4=d", "2=c", "1=b", "0=a");
        assertThat(damages(backward.problems())).containsExactly(place(batch, bad));
        List<StoreProblem> counted = new ArrayList<>();
        assertThat(ReadOut.count(log, ReadOptions.forward(), counted)).isEqualTo(5);
        assertThat(damages(counted)).containsExactly(place(batch, bad));
        Selection good = Selection.builder().pattern("test.event").build();
        assertThat(ReadOut.of(log, ReadOptions.forward().withSelection(good)).events())
                .containsExactly("0=a", "1=b", "2=c", "4=d", "5=e");
        assertThat(
                        ReadOut.count(
                                log,
                                ReadOptions.newestFirst().withSelection(good),
                                new ArrayList<>()))
                .isEqualTo(5);
    }

    private static List<String> damages(List<StoreProblem> problems) {
        return problems.stream()
                .filter(p -> p.kind() == StoreProblem.Kind.DAMAGED)
                .map(ReadOut::place)
                .toList();
    }

    private static TestLog.Batch hostile(TestLog log, byte[] bad) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes((line("c") + "\n").getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(bad);
        bytes.writeBytes(("\n" + line("d")).getBytes(StandardCharsets.UTF_8));
        return log.bytes(3, bytes.toByteArray());
    }

    private static String place(TestLog.Batch batch, byte[] bad) {
        return "DAMAGED 0.jsonl@"
                + (batch.position() + line("c").length() + 1)
                + "+"
                + (bad.length + 1)
                + " #3";
    }

    private static void text(Map<String, byte[]> all, String kind, String line) {
        all.put(kind, line.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] replace(String line, char what, int... bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean done = false;
        for (byte b : line.getBytes(StandardCharsets.UTF_8)) {
            if (b == what && !done) {
                done = true;
                for (int c : bytes) {
                    out.write(c);
                }
            } else {
                out.write(b);
            }
        }
        return out.toByteArray();
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        java.util.Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}

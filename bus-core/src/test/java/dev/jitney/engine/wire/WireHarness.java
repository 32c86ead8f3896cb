// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import dev.jitney.event.Event;
import dev.jitney.event.JsonPayload;
import dev.jitney.event.Selection;
import dev.jitney.event.Severity;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventScanner;
import dev.jitney.spi.LineBuffer;
import dev.jitney.spi.LineMatcher;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Measures the wire form on one core: operations a second and bytes allocated for each. Not a test;
 * run its main method. Prints the median of several rounds over lines of about 300 bytes.
 */
final class WireHarness {

    private static final int LINES = 4096;
    private static final int ROUNDS = 5;
    private static final long ROUND_NANOS = 300_000_000L;

    private static volatile Object sink = "";

    private WireHarness() {}

    record Login(String username, String address, long session, int attempts, boolean admin) {}

    public static void main(String[] args) {
        EventFormat format = Formats.eventFormat();
        Event[] events = new Event[LINES];
        byte[][] lines = new byte[LINES][];
        byte[][] foreign = new byte[LINES][];
        for (int i = 0; i < LINES; i++) {
            events[i] = event(i);
            lines[i] = format.encode(events[i]);
            foreign[i] = dataFirst(format, events[i]);
        }
        System.out.println(new String(lines[1], java.nio.charset.StandardCharsets.UTF_8));
        System.out.println(lines[1].length + " bytes");
        matchers(format, lines, foreign);
        decoders(format, lines);
        encoders(format, events, lines);
    }

    private static Event event(int i) {
        Login login = new Login("alice-" + i, "Long Street " + i, 1L << 40 | i, i % 5, i % 2 == 0);
        String id = Event.builder("x").build().id();
        return Event.builder(i % 16 == 0 ? "user.login" : "order.item" + i % 7 + ".added")
                .source("shop")
                .correlationId(id)
                .key("customer-" + i % 100)
                .payload(login)
                .build();
    }

    private static byte[] dataFirst(EventFormat format, Event event) {
        String line = new String(format.encode(event), java.nio.charset.StandardCharsets.UTF_8);
        int data = line.indexOf("\"data\":");
        return ByteStrings.utf8(
                "{"
                        + line.substring(data, line.length() - 1)
                        + ","
                        + line.substring(1, data - 1)
                        + "}");
    }

    private static void matchers(EventFormat format, byte[][] lines, byte[][] foreign) {
        Selection topic = Selection.builder().pattern("user.*").build();
        match("match topic", format.matcher(topic), lines);
        match("match topic, data first", format.matcher(topic), foreign);
        Selection two = Selection.builder().pattern("a.*.c").pattern("user.login").build();
        match("match 2 patterns", format.matcher(two), lines);
        Instant late = Instant.now().plusSeconds(60);
        match("match since", format.matcher(Selection.builder().since(late).build()), lines);
        Selection rare = Selection.builder().correlationId("none").build();
        match("match correlation", format.matcher(rare), lines);
        Selection bad = Selection.builder().severity(Severity.CRITICAL).build();
        match("match severity", format.matcher(bad), lines);
        EventScanner scanner = format.scanner();
        measure(
                "scan",
                () -> {
                    long sum = 0;
                    for (byte[] line : lines) {
                        scanner.scan(line, 0, line.length);
                        sum += scanner.topicTo() + scanner.timeMillis();
                    }
                    return sum;
                });
    }

    private static void match(String name, LineMatcher matcher, byte[][] lines) {
        measure(
                name,
                () -> {
                    long count = 0;
                    for (byte[] line : lines) {
                        count += matcher.matches(line, 0, line.length) ? 1 : 0;
                    }
                    return count;
                });
    }

    private static void decoders(EventFormat format, byte[][] lines) {
        measure(
                "decode, raw data",
                () -> {
                    for (byte[] line : lines) {
                        sink = format.decode(line);
                    }
                    return 0;
                });
        measure(
                "decode, data as a tree",
                () -> {
                    for (byte[] line : lines) {
                        JsonPayload payload = (JsonPayload) format.decode(line).payload();
                        sink = payload == null ? "" : payload.tree();
                    }
                    return 0;
                });
        measure(
                "decode, data as a record",
                () -> {
                    for (byte[] line : lines) {
                        sink = format.decode(line).payload(Login.class);
                    }
                    return 0;
                });
    }

    private static void encoders(EventFormat format, Event[] events, byte[][] lines) {
        LineBuffer out = new LineBuffer(1024);
        measure("encode, record", () -> encode(format, events, out));
        Event[] raw = new Event[lines.length];
        Arrays.setAll(raw, i -> format.decode(lines[i]));
        measure("encode, raw data", () -> encode(format, raw, out));
        measure(
                "create and encode, record",
                () -> {
                    for (Event event : events) {
                        out.length(0);
                        format.encode(Event.of("user.login", event.payload()).withSource("s"), out);
                    }
                    return out.length();
                });
        measure(
                "create",
                () -> {
                    for (Event event : events) {
                        sink = Event.of("user.login", event);
                    }
                    return 0;
                });
    }

    private static long encode(EventFormat format, Event[] events, LineBuffer out) {
        for (Event event : events) {
            out.length(0);
            format.encode(event, out);
        }
        return out.length();
    }

    private static void measure(String name, LongSupplier pass) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        double[] rates = new double[ROUNDS];
        long bytes = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long passes = 0;
            long allocated = threads.getCurrentThreadAllocatedBytes();
            // Time on the processor, so that others on the machine disturb less.
            long start = threads.getCurrentThreadCpuTime();
            long now;
            do {
                sink = pass.getAsLong();
                passes++;
                now = threads.getCurrentThreadCpuTime();
            } while (now - start < ROUND_NANOS);
            bytes = (threads.getCurrentThreadAllocatedBytes() - allocated) / (passes * LINES);
            rates[round] = passes * LINES * 1e3 / (now - start);
        }
        Arrays.sort(rates);
        System.out.printf(
                Locale.ROOT,
                "%-28s %6.2f M/s  %4d ns  %4d B%n",
                name,
                rates[ROUNDS / 2],
                Math.round(1e3 / rates[ROUNDS / 2]),
                bytes);
    }
}

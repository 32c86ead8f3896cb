// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Writes a bus directory of many events of 300 bytes, quickly: 10 million in a few seconds. One
 * event a millisecond, the last one just now; topics {@code bench.t0000000} and so on in turns; the
 * first, the middle and the last event have a correlation id of their own, {@link #RARE}.
 */
final class FixtureMain {

    /** The correlation id that only three events have. */
    static final String RARE = "rare-0000000001";

    private static final String COMMON = "many-0000000001";
    private static final int TOPIC_DIGITS = 7;
    private static final int LINES = 100;

    private final byte[] line;
    private final int idAt;
    private final int topicAt;
    private final int correlationAt;
    private final int timeAt;
    private final int seqAt;
    private final Instant begin;
    private final long topics;
    private long second = Long.MIN_VALUE;

    /** In which order an event's attributes are written. */
    enum Keys {
        /** As the bus does: id, source and type first, data last. */
        OURS,
        /** As the CloudEvents SDK for Java does: specversion first, data last. */
        SDK,
        /** Data first, so that a filter has to get past it. */
        DATA_FIRST
    }

    private FixtureMain(Instant begin, long topics, Keys keys) {
        this.begin = begin;
        this.topics = topics;
        line = reorder(template(), keys);
        String text = new String(line, StandardCharsets.ISO_8859_1);
        idAt = text.indexOf("id-") + 3;
        topicAt = text.indexOf("bench.t") + 7;
        correlationAt = text.indexOf(COMMON);
        timeAt = text.indexOf("2026-01-01T");
        seqAt = text.indexOf("\"seq\":") + 6;
    }

    public static void main(String[] arguments) throws Exception {
        BenchArgs args = new BenchArgs(arguments);
        Path folder = args.path("dir", "target/bench/fixture");
        long events = args.number("events", "10m");
        long topics = args.number("topics", "10");
        args.check();
        long begin = System.nanoTime();
        boolean written = write(folder, events, topics, Keys.OURS);
        System.out.printf(
                "%s: %,d events, %,d topics, %s%n",
                folder,
                events,
                topics,
                written ? (System.nanoTime() - begin) / 1_000_000 + " ms" : "there already");
    }

    /** Writes a fixture and closes it, unless it is there; says whether it was written. */
    static boolean write(Path folder, long events, long topics, Keys keys) throws Exception {
        // Beside it, so that nothing is removed that is not a fixture, finished or not.
        Path label = folder.resolveSibling(folder.getFileName() + ".fixture");
        String what = events + " events, " + topics + " topics, " + keys;
        if (Files.exists(folder)) {
            if (!Files.exists(label)) {
                throw new IllegalArgumentException(
                        "'" + folder + "' is there and is no fixture. Name another with dir=DIR.");
            }
            if (Files.readString(label).equals(what)) {
                return false;
            }
            BenchDirs.remove(folder);
        }
        Files.createDirectories(folder.getParent());
        Files.writeString(label, "not finished");
        Instant last = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        FixtureMain fixture = new FixtureMain(last.minusMillis(events), topics, keys);
        try (JitneyLog log = new JitneyLog(folder, Level.OS, false)) {
            Committer committer = log.store().core().committer();
            byte[] lines = new byte[LINES * EncodedLine.LENGTH];
            FileAppend append = null;
            for (long i = 0; i < events; i += LINES) {
                int count = (int) Math.min(LINES, events - i);
                for (int j = 0; j < count; j++) {
                    fixture.put(i + j, i + j == 0 || i + j == events / 2 || i + j == events - 1);
                    System.arraycopy(
                            fixture.line, 0, lines, j * EncodedLine.LENGTH, EncodedLine.LENGTH);
                }
                append = committer.append(lines, count * EncodedLine.LENGTH, count, Level.OS);
            }
            if (append != null) {
                append.reached(Level.OS).toCompletableFuture().get(10, TimeUnit.MINUTES);
            }
            if (log.store().end().value() != events) {
                throw new IllegalStateException(
                        log.store().end() + " events are stored, not " + events);
            }
        }
        Files.writeString(label, what);
        return true;
    }

    private void put(long number, boolean rare) {
        EncodedLine.digits(line, idAt, 10, EncodedLine.BASE + number);
        EncodedLine.digits(line, seqAt, 10, EncodedLine.BASE + number);
        EncodedLine.digits(line, topicAt, TOPIC_DIGITS, number % topics);
        byte[] correlation = (rare ? RARE : COMMON).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(correlation, 0, line, correlationAt, correlation.length);
        long millis = begin.toEpochMilli() + number;
        if (millis / 1000 != second) {
            second = millis / 1000;
            byte[] text =
                    Instant.ofEpochSecond(second).toString().getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(text, 0, line, timeAt, "2026-01-01T00:00:00".length());
        }
        EncodedLine.digits(line, timeAt + "2026-01-01T00:00:00.".length(), 3, millis % 1000);
    }

    private static byte[] reorder(byte[] line, Keys keys) {
        String text = new String(line, StandardCharsets.UTF_8).strip();
        String version = "\"specversion\":\"1.0\",";
        int dataAt = text.indexOf(",\"data\":");
        String changed =
                switch (keys) {
                    case OURS -> text;
                    case SDK -> "{" + version + text.replace(version, "").substring(1);
                    case DATA_FIRST ->
                            "{"
                                    + text.substring(dataAt + 1, text.length() - 1)
                                    + ","
                                    + text.substring(1, dataAt)
                                    + "}";
                };
        byte[] bytes = (changed + "\n").getBytes(StandardCharsets.UTF_8);
        if (bytes.length != EncodedLine.LENGTH) {
            throw new IllegalStateException("an event has " + bytes.length + " bytes: " + changed);
        }
        return bytes;
    }

    private static byte[] template() {
        int padding = EncodedLine.LENGTH - 1 - encode(0).length;
        byte[] event = encode(padding);
        byte[] whole = Arrays.copyOf(event, event.length + 1);
        whole[event.length] = '\n';
        return whole;
    }

    private static byte[] encode(int padding) {
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("seq", EncodedLine.BASE);
        payload.put("note", "x".repeat(padding));
        return JitneyLog.FORMAT.encode(
                Event.builder("bench.t0000000")
                        .id("id-" + EncodedLine.BASE)
                        .source("bench")
                        .time(Instant.parse("2026-01-01T00:00:00.123Z"))
                        .correlationId(COMMON)
                        .payload(payload)
                        .build());
    }
}

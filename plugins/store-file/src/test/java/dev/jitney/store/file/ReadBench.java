// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Selection;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.LineMatcher;
import dev.jitney.spi.ReadOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Prints how many lines of 300 bytes are read in a second of processor time, on one thread, warm.
 * No test: run its main method by hand, with the number of lines in millions if it is not 2.
 */
public final class ReadBench {

    private static final int BATCH = 200;
    private static final int ROUNDS = 7;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private ReadBench() {}

    public static void main(String[] args) throws IOException {
        int lines = (args.length > 0 ? Integer.parseInt(args[0]) : 2) * 1_000_000;
        Path directory = Files.createTempDirectory("read-bench");
        try {
            TestLog log = write(directory, lines);
            Selection one = Selection.builder().pattern("user.login").build();
            Selection none = Selection.builder().pattern("nothing.*").build();
            Selection id = Selection.builder().correlationId("none").build();
            report("topic filter, nothing selected", lines, () -> read(log, none, false));
            report(
                    "topic filter, one in ten selected, decoded",
                    lines,
                    () -> read(log, one, false));
            report("topic filter, one in ten selected, counted", lines, () -> read(log, one, true));
            report("correlation id, nothing selected", lines, () -> read(log, id, false));
            report("decode all", lines, () -> read(log, Selection.all(), false));
            report("decode all, backward", lines, () -> backward(log));
            report("count all", lines, () -> read(log, Selection.all(), true));
            bare(log, lines, none);
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
            }
        }
    }

    /** The matcher alone over one line in memory, to tell its share from the reader's. */
    private static void bare(TestLog log, int lines, Selection selection) {
        byte[] line = line(1).getBytes(StandardCharsets.UTF_8);
        EventFormat format = log.context.format();
        report(
                "matcher alone",
                lines,
                () -> {
                    LineMatcher matcher = format.matcher(selection);
                    long n = 0;
                    for (int i = 0; i < lines; i++) {
                        n += matcher.matches(line, 0, line.length) ? 1 : 0;
                    }
                    return n;
                });
        report(
                "decode alone",
                lines,
                () -> {
                    long n = 0;
                    for (int i = 0; i < lines; i++) {
                        n += format.decode(line, 0, line.length).topic().length();
                    }
                    return n;
                });
    }

    private static TestLog write(Path directory, int lines) throws IOException {
        TestLog log = new TestLog(directory);
        long size = 0;
        for (int i = 0; i < lines; i += BATCH) {
            String[] batch = new String[BATCH];
            for (int j = 0; j < BATCH; j++) {
                batch[j] = line(i + j);
            }
            size += log.lines(batch).length();
            if (size > StoreConfig.DEFAULT_SEGMENT) {
                log.roll();
                size = 0;
            }
        }
        return log;
    }

    private static String line(int i) {
        String head =
                String.format(
                        Locale.ROOT,
                        "{\"id\":\"0198f3a2-7c4d-7e11-8a2b-%012d\",\"source\":\"bench\",\"type\":\"%s\","
                                + "\"specversion\":\"1.0\",\"time\":\"2026-01-01T00:00:00.%06dZ\","
                                + "\"correlationid\":\"0198f3a2-7c4d-7e11-8a2b-%012d\",\"data\":{\"user\":\"%d\",\"pad\":\"",
                        i,
                        i % 10 == 0 ? "user.login" : "order.placed",
                        i % 1_000_000,
                        i,
                        i);
        return head + "x".repeat(Math.max(0, 296 - head.length())) + "\"}}";
    }

    private static long read(TestLog log, Selection selection, boolean count) {
        ReadOptions options = ReadOptions.forward().withSelection(selection);
        try (LogReader reader = LogReader.open(log.context, options, ReadOut.NO_HINTS)) {
            if (count) {
                return reader.count();
            }
            return drain(reader);
        }
    }

    private static long backward(TestLog log) {
        try (LogReader reader =
                LogReader.open(log.context, ReadOptions.newestFirst(), ReadOut.NO_HINTS)) {
            return drain(reader);
        }
    }

    private static long drain(LogReader reader) {
        long n = 0;
        while (reader.next() != null) {
            n++;
        }
        return n;
    }

    private static void report(String what, int lines, LongSupplier run) {
        long best = Long.MAX_VALUE;
        long result = 0;
        for (int round = 0; round < ROUNDS; round++) {
            // What the thread was given, not what passed: others may be busy on this machine.
            long begin = THREADS.getCurrentThreadCpuTime();
            result = run.getAsLong();
            best = Math.min(best, THREADS.getCurrentThreadCpuTime() - begin);
        }
        System.out.printf(
                Locale.ROOT,
                "%-45s %6.2f M lines/s  %5.0f ns a line  (%d)%n",
                what,
                lines * 1e3 / best,
                (double) best / lines,
                result);
    }
}

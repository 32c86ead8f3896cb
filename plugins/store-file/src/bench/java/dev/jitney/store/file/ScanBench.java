// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import com.sun.management.ThreadMXBean;
import dev.jitney.event.JsonPayload;
import dev.jitney.event.Selection;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.ReadOptions;
import dev.jitney.store.file.FixtureMain.Keys;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Target 4: reading a log back on one thread, all pages in memory, in lines per second; what a
 * rejected line allocates; and what a topic costs that no segment holds.
 */
final class ScanBench {

    private static final int TOPICS = 100;
    private static final Report.Setting WARM = new Report.Setting("-", "-", "warm");
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Report report;
    private final long events;
    private long allocated;

    private ScanBench(Report report, long events) {
        this.report = report;
        this.events = events;
    }

    public static void main(String[] arguments) throws Exception {
        BenchArgs args = new BenchArgs(arguments);
        long events = args.number("events", "2m");
        int rounds = (int) args.number("rounds", "5");
        int warmUps = (int) args.number("warmups", "2");
        try (BenchDirs dirs = new BenchDirs(args)) {
            args.check();
            if (events % TOPICS != 0) {
                throw new IllegalArgumentException(
                        "'events' must be a multiple of " + TOPICS + ".");
            }
            Report report = new Report("scan", dirs);
            new ScanBench(report, events).run(dirs, warmUps, rounds);
            report.finish();
        }
    }

    private void run(BenchDirs dirs, int warmUps, int rounds) throws Exception {
        Path plain = fixture(dirs, Keys.OURS);
        Path sdk = fixture(dirs, Keys.SDK);
        Path dataFirst = fixture(dirs, Keys.DATA_FIRST);
        Path chronicle = dirs.fresh("chronicle");
        try (JitneyLog ours = open(plain);
                JitneyLog sdkLog = open(sdk);
                JitneyLog dataFirstLog = open(dataFirst);
                ChronicleLog theirs = new ChronicleLog(chronicle, ChronicleLog.Sync.NEVER)) {
            fill(theirs);
            Map<String, Spread> rates =
                    new Rounds()
                            .add("topic", () -> filter(ours))
                            .add("sdk", () -> filter(sdkLog))
                            .add("dataFirst", () -> filter(dataFirstLog))
                            .add("reject", () -> reject(ours))
                            .add("raw", () -> all(ours, false))
                            .add("tree", () -> all(ours, true))
                            .add("chronicle", () -> chronicle(theirs))
                            .run(warmUps, rounds);
            rates(rates);
            absent(ours, plain, warmUps, rounds);
        }
    }

    private void rates(Map<String, Spread> rates) {
        String one = "1 of " + TOPICS + " topics selected";
        Spread topic = row("topic filter", rates.get("topic"), one);
        Spread sdk =
                row("topic filter, specversion first", rates.get("sdk"), "as the CloudEvents SDK");
        Spread last = row("topic filter, data first", rates.get("dataFirst"), "another writer");
        row("topic and correlation id, nothing selected", rates.get("reject"), "");
        Spread raw = row("every event, data raw", rates.get("raw"), "data summed up");
        Spread tree = row("every event, data as a tree", rates.get("tree"), "data summed up");
        row("Chronicle Queue, every event", rates.get("chronicle"), "bytes only, summed up");
        report.atLeast("4: topic filter, lines/s", topic.median(), 4_500_000);
        report.atLeast("4: topic filter, specversion first, lines/s", sdk.median(), 2_000_000);
        report.atLeast("4: topic filter, data first, lines/s", last.median(), 2_000_000);
        report.atLeast("4: every event, data raw, events/s", raw.median(), 1_200_000);
        report.atLeast("4: every event, data as a tree, events/s", tree.median(), 800_000);
        double bytes = (double) allocated / events;
        report.row(
                "allocated for a rejected line", WARM, Spread.of(bytes), "bytes", "the last round");
        report.atMost("4: bytes allocated for a rejected line", bytes, 16);
    }

    private Spread row(String what, Spread rate, String note) {
        return report.row(what, WARM, rate, "lines/s", note);
    }

    /** A topic that is in no segment: how long it takes and how much of the log is read for it. */
    private void absent(JitneyLog log, Path folder, int warmUps, int rounds) throws Exception {
        Selection nothing = Selection.builder().pattern("nothing.*").build();
        long[] read = new long[1];
        Spread micros =
                new Rounds()
                        .add(
                                "absent",
                                () -> {
                                    long before = bytesRead();
                                    long begin = System.nanoTime();
                                    expect(0, select(log, nothing)[0]);
                                    double spent = (System.nanoTime() - begin) / 1e3;
                                    read[0] = bytesRead() - before;
                                    return spent;
                                })
                        .run(warmUps, rounds)
                        .get("absent");
        Disk disk = new NioDisk(folder);
        java.util.List<SegmentName> names = Segments.list(disk);
        long tail = Files.size(folder.resolve(names.get(names.size() - 1).log()));
        long bytes = events * EncodedLine.LENGTH;
        report.row(
                "a topic that no segment holds",
                WARM,
                micros,
                "us",
                String.format(
                        Locale.ROOT,
                        "%,d of %,d bytes read, the tail of %,d among them",
                        read[0],
                        bytes,
                        tail));
        if (read[0] > 0) {
            report.atMost(
                    "4: share read of the sealed segments",
                    (double) (read[0] - tail) / bytes,
                    0.01);
        }
    }

    private double filter(JitneyLog log) {
        Selection selection = Selection.builder().pattern("bench.t0000007").build();
        long begin = System.nanoTime();
        long[] found = select(log, selection);
        double rate = events * 1e9 / (System.nanoTime() - begin);
        long count = events / TOPICS;
        expect(count, found[0]);
        expect(7 * count + TOPICS * count * (count - 1) / 2, found[1]);
        return rate;
    }

    private double reject(JitneyLog log) {
        Selection selection =
                Selection.builder().pattern("bench.t0000007").correlationId("nobody's").build();
        long bytes = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        long begin = System.nanoTime();
        long[] found = select(log, selection);
        double rate = events * 1e9 / (System.nanoTime() - begin);
        allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - bytes;
        expect(0, found[0]);
        return rate;
    }

    private static long[] select(JitneyLog log, Selection selection) {
        long count = 0;
        long sum = 0;
        byte[] json = new byte[EncodedLine.LENGTH];
        try (EventReader reader =
                log.store().read(ReadOptions.forward().withSelection(selection))) {
            for (StoredEvent stored = reader.next(); stored != null; stored = reader.next()) {
                sum += rawNumber(stored, json);
                count++;
            }
        }
        return new long[] {count, sum};
    }

    private double all(JitneyLog log, boolean tree) {
        long count = 0;
        long sum = 0;
        byte[] json = new byte[EncodedLine.LENGTH];
        long begin = System.nanoTime();
        try (EventReader reader = log.store().read(ReadOptions.forward())) {
            for (StoredEvent stored = reader.next(); stored != null; stored = reader.next()) {
                sum += tree ? treeNumber(stored) : rawNumber(stored, json);
                count++;
            }
        }
        double rate = events * 1e9 / (System.nanoTime() - begin);
        expect(events, count);
        expect(events * (events - 1) / 2, sum);
        return rate;
    }

    private static long rawNumber(StoredEvent stored, byte[] into) {
        JsonPayload payload = (JsonPayload) stored.event().payload();
        payload.copyTo(into, 0);
        return EncodedLine.numberIn(into, 0, payload.length());
    }

    private static long treeNumber(StoredEvent stored) {
        Map<?, ?> tree = (Map<?, ?>) ((JsonPayload) stored.event().payload()).tree();
        return ((Number) tree.get("seq")).longValue() - EncodedLine.BASE;
    }

    private double chronicle(ChronicleLog log) {
        long begin = System.nanoTime();
        long[] found = log.readBack();
        double rate = events * 1e9 / (System.nanoTime() - begin);
        expect(events, found[0]);
        expect(events * (events - 1) / 2, found[1]);
        return rate;
    }

    private void fill(ChronicleLog log) throws Exception {
        EventLog.Writer writer = log.writer();
        EncodedLine line = new EncodedLine(JitneyLog.FORMAT, 0);
        for (long i = 0; i < events; i++) {
            writer.write(line.bytes());
            line.next();
        }
        writer.finish();
    }

    private Path fixture(BenchDirs dirs, Keys keys) throws Exception {
        Path folder = dirs.fresh(keys.name().toLowerCase(Locale.ROOT));
        FixtureMain.write(folder, events, TOPICS, keys);
        return folder;
    }

    private static JitneyLog open(Path folder) {
        return new JitneyLog(folder, dev.jitney.event.Level.OS, false);
    }

    /**
     * Returns how many bytes this process has asked the system to read, or 0 where that is not
     * told.
     */
    private static long bytesRead() throws IOException {
        Path io = Path.of("/proc/self/io");
        if (!Files.isReadable(io)) {
            return 0;
        }
        return Long.parseLong(Files.readAllLines(io).get(0).replaceAll("\\D", ""));
    }

    private static void expect(long expected, long found) {
        if (expected != found) {
            throw new IllegalStateException("expected " + expected + ", but found " + found);
        }
    }
}

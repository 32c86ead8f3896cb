// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.store.file.FixtureMain.Keys;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Target 6: opening a log in a fresh JVM, class loading of the store included, until the first
 * answers are there: the newest event, a topic that no segment holds (which needs every index), and
 * one append (which looks at the tail). With the indexes whole, removed, removed and nothing in the
 * page cache, and over a sparse log of 100 GB.
 */
final class OpenBench {

    private static final long SPARSE_SEGMENT = 1L << 30;

    /** The steps of a child, in the order of its words. */
    private static final String[] STEPS = {"form", "open", "newest", "topic", "append"};

    private final BenchDirs dirs;
    private final Report report;
    private final int rounds;
    private final Map<String, Map<String, Spread>> found = new TreeMap<>();

    private OpenBench(BenchDirs dirs, Report report, int rounds) {
        this.dirs = dirs;
        this.report = report;
        this.rounds = rounds;
    }

    public static void main(String[] arguments) throws Exception {
        BenchArgs args = new BenchArgs(arguments);
        long events = args.number("events", "" + (1L << 30) / EncodedLine.LENGTH);
        int sparse = (int) args.number("sparse-gib", "100");
        int rounds = (int) args.number("rounds", "11");
        try (BenchDirs dirs = new BenchDirs(args)) {
            args.check();
            Report report = new Report("open", dirs);
            new OpenBench(dirs, report, rounds).run(events, sparse);
            report.finish();
        }
    }

    private void run(long events, int sparseGibibytes) throws Exception {
        Path folder = dirs.fresh("open");
        FixtureMain.write(folder, events, 10, Keys.OURS);
        smallTail(folder);
        Path sparse = dirs.fresh("sparse");
        sparse(sparse, sparseGibibytes);
        Path small = dirs.fresh("small");
        FixtureMain.write(small, 1000, 10, Keys.OURS);
        open(folder, true); // makes the indexes

        measure("indexes whole", "warm", folder, true, () -> {});
        measure("indexes removed", "warm", folder, true, () -> removeIndexes(folder));
        if (BenchDirs.dropCaches()) {
            measure(
                    "indexes removed",
                    "cold",
                    folder,
                    true,
                    () -> {
                        removeIndexes(folder);
                        BenchDirs.dropCaches();
                        open(small, true); // the log is cold, not the JVM and its jars
                    });
            measure(
                    "indexes whole",
                    "cold",
                    folder,
                    true,
                    () -> {
                        BenchDirs.dropCaches();
                        open(small, true);
                    });
        } else {
            System.out.println("cold: not measured, only root may drop the page cache");
        }
        measure("sparse, " + sparseGibibytes + " GiB", "warm", sparse, false, () -> {});
        targets(sparseGibibytes);
    }

    /** Seals the tail and begins another, so that a question of indexes is not one of scanning. */
    private static void smallTail(Path folder) throws Exception {
        try (JitneyLog log = new JitneyLog(folder, dev.jitney.event.Level.OS, true)) {
            EventLog.Writer writer = log.writer();
            writer.write(new EncodedLine(JitneyLog.FORMAT, 0).bytes());
            StoreCore core = log.store().core();
            core.underLock(
                    () -> {
                        core.roll();
                        return true;
                    });
            writer.write(new EncodedLine(JitneyLog.FORMAT, 1).bytes());
        }
    }

    private void targets(int gibibytes) {
        report.atMost("6: open, indexes whole, ms", sum("indexes whole/warm"), 60);
        report.atMost("6: open, rebuilt warm, ms", sum("indexes removed/warm"), 1_500);
        if (found.containsKey("indexes removed/cold")) {
            report.atMost("6: open, rebuilt cold, ms", sum("indexes removed/cold"), 3_000);
        }
        report.atMost(
                "6: open, sparse " + gibibytes + " GiB, ms",
                sum("sparse, " + gibibytes + " GiB/warm"),
                200);
    }

    /** All steps of the store together; the wire form is the bus's. */
    private double sum(String name) {
        return found.get(name).get("store").median();
    }

    private interface Action {
        void run() throws Exception;
    }

    private void measure(String name, String cache, Path folder, boolean topic, Action before)
            throws Exception {
        Map<String, List<Double>> values = new TreeMap<>();
        for (int round = -1; round < rounds; round++) {
            before.run();
            long begin = System.nanoTime();
            double[] steps = open(folder, topic);
            double whole = (System.nanoTime() - begin) / 1e6;
            if (round >= 0) {
                double store = 0;
                for (int i = 0; i < STEPS.length; i++) {
                    values.computeIfAbsent(STEPS[i], k -> new ArrayList<>()).add(steps[i]);
                    store += i == 0 ? 0 : steps[i];
                }
                values.computeIfAbsent("store", k -> new ArrayList<>()).add(store);
                values.computeIfAbsent("process", k -> new ArrayList<>()).add(whole);
            }
        }
        Map<String, Spread> spreads = new TreeMap<>();
        values.forEach(
                (step, all) ->
                        spreads.put(
                                step,
                                Spread.of(
                                        all.stream().mapToDouble(Double::doubleValue).toArray())));
        found.put(name + "/" + cache, spreads);
        Report.Setting setting = new Report.Setting("os", "-", cache);
        row(name + ": open the store", setting, spreads.get("open"), "");
        row(name + ": newest event", setting, spreads.get("newest"), "");
        if (topic) {
            row(
                    name + ": a topic that is not there",
                    setting,
                    spreads.get("topic"),
                    "needs every index");
        }
        row(name + ": one append", setting, spreads.get("append"), "");
        row(
                name + ": the store, all of these",
                setting,
                spreads.get("store"),
                "fresh JVM, classes loaded in it");
        row(name + ": the wire form before that", setting, spreads.get("form"), "not the store's");
        row(name + ": the process", setting, spreads.get("process"), "JVM start to end");
    }

    private void row(String what, Report.Setting setting, Spread spread, String note) {
        report.row(what, setting, spread, "ms", note);
    }

    /** Opens it in a fresh JVM and returns what the steps took, in milliseconds. */
    private static double[] open(Path folder, boolean topic) throws Exception {
        try (Child child =
                Child.start(
                        List.of("-Xmx64m", "-XX:+UseSerialGC"),
                        OpenChild.class,
                        folder.toString(),
                        "" + topic)) {
            String[] words = child.expect("done").split(" ");
            child.finish();
            return Stream.of(words).skip(1).mapToDouble(Double::parseDouble).toArray();
        }
    }

    private static void removeIndexes(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(SegmentName.INDEX_FOLDER))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    /**
     * Makes a log that looks as if it had so many gibibytes: sealed segments of one event and a
     * hole, as their commit records say, and a real tail.
     */
    private static void sparse(Path folder, int gibibytes) throws Exception {
        try (JitneyLog log = new JitneyLog(folder, dev.jitney.event.Level.OS, true)) {
            log.writer().write(new EncodedLine(JitneyLog.FORMAT, 0).bytes());
        }
        Disk disk = new NioDisk(folder);
        SegmentName name = new SegmentName(0, 0);
        long millis = System.currentTimeMillis();
        long events = SPARSE_SEGMENT / EncodedLine.LENGTH;
        for (int i = 0; i < gibibytes; i++) {
            if (i > 0) {
                Sidecar.create(disk, name);
                disk.create(name.log()).close();
            }
            Sidecar sidecar = Sidecar.open(disk, name, true);
            int last = sidecar.count() - 1;
            long at = last < 0 ? 0 : sidecar.position(last) + sidecar.length(last);
            long first = last < 0 ? name.base() : sidecar.firstOffset(last) + sidecar.events(last);
            long end = name.base() + events;
            sidecar.reserve();
            sidecar.publish(at, (int) (SPARSE_SEGMENT - at), 0, (int) (end - first), first, millis);
            sidecar.reserve();
            sidecar.seal(SPARSE_SEGMENT, end, millis);
            try (RandomAccessFile file =
                    new RandomAccessFile(folder.resolve(name.log()).toFile(), "rw")) {
                file.setLength(SPARSE_SEGMENT);
            }
            name = new SegmentName(end, 0);
        }
        try (JitneyLog log = new JitneyLog(folder, dev.jitney.event.Level.OS, true)) {
            log.writer().write(new EncodedLine(JitneyLog.FORMAT, 1).bytes());
            long expected = gibibytes * events + 1;
            if (log.store().end().value() != expected) {
                throw new IllegalStateException(
                        String.format(
                                Locale.ROOT,
                                "the sparse log ends at %s, not %d",
                                log.store().end(),
                                expected));
            }
        }
    }
}

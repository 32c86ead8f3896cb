// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.jitney.event.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Target 2: encoded events to level DISK.
 *
 * <p>{@code parts=group}: 300 MB, all awaited at the end, beside Chronicle Queue, which does not
 * force in its default mode. {@code parts=sustained}: 3 GB, beside the disk's own sequential rate.
 * {@code parts=each}: one by one with 1 to 64 threads, in turns with a bare write and force.
 */
final class DiskBench {

    private static final int BLOCK = 1 << 20;
    private static final Map<Integer, Double> EACH =
            new TreeMap<>(Map.of(1, 0.88, 4, 1.9, 16, 3.5, 64, 9.0));

    private final BenchDirs dirs;
    private final Appending appending;
    private final Report report;
    private final int warmUps;
    private final int rounds;

    private DiskBench(BenchDirs dirs, Report report, int warmUps, int rounds) {
        this.dirs = dirs;
        this.appending = new Appending(dirs);
        this.report = report;
        this.warmUps = warmUps;
        this.rounds = rounds;
    }

    public static void main(String[] arguments) throws Exception {
        BenchArgs args = new BenchArgs(arguments);
        String parts = args.text("parts", "all");
        long group = args.number("group", "1m");
        long sustained = args.number("sustained", "10m");
        double seconds = Double.parseDouble(args.text("seconds", "2"));
        int[] threads = args.numbers("threads", "1,4,16,64");
        int rounds = (int) args.number("rounds", "5");
        int warmUps = (int) args.number("warmups", "1");
        try (BenchDirs dirs = new BenchDirs(args)) {
            args.check();
            Report report = new Report("disk", dirs);
            DiskBench bench = new DiskBench(dirs, report, warmUps, rounds);
            if (args.chosen(parts, "group")) {
                bench.group(group);
            }
            if (args.chosen(parts, "sustained")) {
                bench.sustained(sustained);
            }
            if (args.chosen(parts, "each")) {
                bench.each(seconds, threads);
            }
            report.finish();
        }
    }

    private void group(long events) throws Exception {
        int[] threads = {1, 4};
        Rounds all = new Rounds();
        for (int n : threads) {
            all.add(
                    "ours" + n,
                    () -> appending.events(ours(false), n, events, true, AppendBench.COUNTED));
            all.add(
                    "theirs" + n,
                    () ->
                            appending.events(
                                    folder ->
                                            new ChronicleLog(
                                                    folder, ChronicleLog.Sync.EACH_MEBIBYTE),
                                    n,
                                    events,
                                    true,
                                    Appending.NONE));
        }
        Map<String, Spread> rates = all.run(warmUps, rounds);
        String size = String.format(Locale.ROOT, "%,d events of 300 bytes, read back", events);
        String mode = "sync() each MiB, default mode " + ChronicleLog.defaultSync();
        for (int n : threads) {
            Spread ours =
                    report.row(
                            "Jitney, " + Spread.count(n, "thread"),
                            Report.Setting.DISK,
                            rates.get("ours" + n),
                            "events/s",
                            size);
            Spread theirs =
                    report.row(
                            "Chronicle Queue, " + Spread.count(n, "thread"),
                            new Report.Setting("disk?", "NOT forced", "warm"),
                            rates.get("theirs" + n),
                            "events/s",
                            mode);
            report.atLeast(
                    "2: group commit / Chronicle not forced, " + Spread.count(n, "thread"),
                    ours,
                    theirs,
                    n == 1 ? 1.0 : 3.0);
        }
    }

    private void sustained(long events) throws Exception {
        Map<String, Spread> rates =
                new Rounds()
                        .add(
                                "ours",
                                () ->
                                        appending.events(
                                                ours(false), 1, events, false, AppendBench.COUNTED))
                        .add("disk", () -> sequential(events * EncodedLine.LENGTH))
                        .run(0, rounds);
        Spread ours =
                report.row(
                        "Jitney, sustained, 1 thread",
                        Report.Setting.DISK,
                        rates.get("ours"),
                        "events/s",
                        String.format(Locale.ROOT, "%,d events of 300 bytes", events));
        Spread disk =
                report.row(
                        "the disk: write 1 MiB at a time, one force",
                        new Report.Setting("disk", "forced once", "-"),
                        rates.get("disk"),
                        "events/s",
                        "as many bytes in events of 300");
        report.atLeast("2: sustained, Jitney / the disk", ours, disk, 0.85);
    }

    /** Writes bytes in order, forces them once, and returns the rate in events. */
    private double sequential(long bytes) throws Exception {
        Path folder = dirs.fresh("sequential");
        Files.createDirectories(folder);
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
        while (block.hasRemaining()) {
            block.put((byte) ('a' + block.position() % 23));
        }
        try (FileChannel file = FileChannel.open(folder.resolve("raw"), CREATE_NEW, WRITE)) {
            long begin = System.nanoTime();
            for (long done = 0; done < bytes; done += BLOCK) {
                file.write(block.rewind());
            }
            file.force(false);
            return (double) bytes / EncodedLine.LENGTH * 1e9 / (System.nanoTime() - begin);
        } finally {
            BenchDirs.remove(folder);
        }
    }

    private void each(double seconds, int[] threads) throws Exception {
        Rounds all = new Rounds();
        Map<Integer, double[]> counted = new TreeMap<>();
        all.add(
                "raw",
                () ->
                        appending.seconds(
                                folder -> new RawLog(folder, true), 1, seconds, Appending.NONE));
        for (int n : threads) {
            double[] sums = new double[3];
            counted.put(n, sums);
            all.add(
                    "ours" + n,
                    () ->
                            appending.seconds(
                                    ours(true),
                                    n,
                                    seconds,
                                    (log, folder, events) ->
                                            count((JitneyLog) log, folder, events, sums)));
        }
        all.add(
                "chronicle",
                () ->
                        appending.seconds(
                                folder -> new ChronicleLog(folder, ChronicleLog.Sync.EACH_EVENT),
                                1,
                                seconds,
                                Appending.NONE));
        Map<String, Spread> rates = all.run(warmUps, rounds);
        Spread raw =
                report.row(
                        "write and force each, 1 thread",
                        new Report.Setting("disk", "fdatasync each", "warm"),
                        rates.get("raw"),
                        "events/s",
                        "");
        report.row(
                "Chronicle Queue, 1 thread",
                new Report.Setting("disk", "msync each (SYNC)", "warm"),
                rates.get("chronicle"),
                "events/s",
                "");
        for (int n : threads) {
            double[] sums = counted.get(n);
            Spread ours =
                    report.row(
                            "Jitney, awaited one by one, " + Spread.count(n, "thread"),
                            Report.Setting.DISK,
                            rates.get("ours" + n),
                            "events/s",
                            String.format(
                                    Locale.ROOT,
                                    "forces %,.0f, commits %,.0f, events %,.0f",
                                    sums[0],
                                    sums[1],
                                    sums[2]));
            report.atMost(
                    "2: forces a commit, " + Spread.count(n, "thread"), sums[0] / sums[1], 1.0);
            if (EACH.containsKey(n)) {
                report.atLeast(
                        "2: awaited / raw write and force, " + Spread.count(n, "thread"),
                        ours,
                        raw,
                        EACH.get(n));
            }
        }
    }

    private static void count(JitneyLog log, Path folder, long events, double[] sums)
            throws Exception {
        AppendBench.COUNTED.look(log, folder, events);
        sums[0] += log.store().core().forces();
        sums[1] += JitneyLog.commits(folder);
        sums[2] += events;
    }

    private static EventLog.Opener ours(boolean awaited) {
        return folder -> new JitneyLog(folder, Level.DISK, awaited);
    }
}

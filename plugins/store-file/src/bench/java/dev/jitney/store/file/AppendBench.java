// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Target 1: encoded events to level OS, beside Chronicle Queue and the bare file.
 *
 * <p>{@code parts=throughput}: all at once, with 1 and 4 threads. {@code parts=awaited}: one by one
 * with 1 thread. {@code parts=processes}: one by one from 1, 2 and 4 processes together.
 */
final class AppendBench {

    private static final Report.Setting RAW = new Report.Setting("os", "write each", "warm");

    private final BenchDirs dirs;
    private final Appending appending;
    private final Report report;
    private final int warmUps;
    private final int rounds;

    private AppendBench(BenchDirs dirs, Report report, int warmUps, int rounds) {
        this.dirs = dirs;
        this.appending = new Appending(dirs);
        this.report = report;
        this.warmUps = warmUps;
        this.rounds = rounds;
    }

    public static void main(String[] arguments) throws Exception {
        BenchArgs args = new BenchArgs(arguments);
        String parts = args.text("parts", "all");
        long events = args.number("events", "10m");
        int[] threads = args.numbers("threads", "1,4");
        int[] processes = args.numbers("processes", "1,2,4");
        double seconds = Double.parseDouble(args.text("seconds", "2"));
        int rounds = (int) args.number("rounds", "5");
        int warmUps = (int) args.number("warmups", "1");
        try (BenchDirs dirs = new BenchDirs(args)) {
            args.check();
            Report report = new Report("append", dirs);
            AppendBench bench = new AppendBench(dirs, report, warmUps, rounds);
            if (args.chosen(parts, "throughput")) {
                bench.throughput(events, threads);
            }
            if (args.chosen(parts, "awaited")) {
                bench.awaited(seconds);
            }
            if (args.chosen(parts, "processes")) {
                bench.processes(seconds, processes);
            }
            report.finish();
        }
    }

    private void throughput(long events, int[] threads) throws Exception {
        readBackOnce(Math.min(events, 1_000_000));
        Rounds all = new Rounds();
        for (int n : threads) {
            all.add("Jitney, " + n, () -> appending.events(ours(false), n, events, false, COUNTED));
            all.add(
                    "Chronicle, " + n,
                    () -> appending.events(chronicle(), n, events, false, Appending.NONE));
        }
        Map<String, Spread> rates = all.run(warmUps, rounds);
        String size = String.format("%,d events of 300 bytes", events);
        for (int n : threads) {
            Spread jitney =
                    report.row(
                            "Jitney, " + Spread.count(n, "thread"),
                            Report.Setting.OS,
                            rates.get("Jitney, " + n),
                            "events/s",
                            size);
            Spread theirs =
                    report.row(
                            "Chronicle Queue, " + Spread.count(n, "thread"),
                            Report.Setting.OS,
                            rates.get("Chronicle, " + n),
                            "events/s",
                            "mapped, no checksum");
            if (n == 1 || n == 4) {
                report.atLeast(
                        "1: Jitney / Chronicle Queue, " + Spread.count(n, "thread"),
                        jitney,
                        theirs,
                        n == 1 ? 1.3 : 3.5);
            }
        }
    }

    /** Not timed: proves that what the contestants write can be read, all of it. */
    private void readBackOnce(long events) throws Exception {
        appending.events(ours(false), 4, events, true, COUNTED);
        appending.events(chronicle(), 4, events, true, Appending.NONE);
        appending.events(folder -> new RawLog(folder, false), 1, events, true, Appending.NONE);
    }

    private void awaited(double seconds) throws Exception {
        Map<String, Spread> rates =
                new Rounds()
                        .add("ours", () -> appending.seconds(ours(true), 1, seconds, COUNTED))
                        .add(
                                "raw",
                                () ->
                                        appending.seconds(
                                                folder -> new RawLog(folder, false),
                                                1,
                                                seconds,
                                                Appending.NONE))
                        .add(
                                "chronicle",
                                () -> appending.seconds(chronicle(), 1, seconds, Appending.NONE))
                        .run(warmUps, rounds);
        Spread ours =
                report.row(
                        "Jitney, awaited one by one, 1 thread",
                        Report.Setting.OS,
                        rates.get("ours"),
                        "events/s",
                        "lock, checksum and commit record each");
        Spread raw =
                report.row(
                        "FileChannel.write each, 1 thread", RAW, rates.get("raw"), "events/s", "");
        report.row(
                "Chronicle Queue, 1 thread",
                Report.Setting.OS,
                rates.get("chronicle"),
                "events/s",
                "an append is in the mapping when it returns");
        report.atLeast("1: awaited, Jitney / raw write", ours, raw, 0.4);
        report.atLeast("1: awaited, events/s", ours.median(), 220_000);
    }

    private void processes(double seconds, int[] counts) throws Exception {
        Rounds all = new Rounds();
        for (int n : counts) {
            all.add("" + n, () -> together(n, seconds));
        }
        Map<String, Spread> rates = all.run(0, rounds);
        Map<Integer, Spread> rows = new LinkedHashMap<>();
        for (int n : counts) {
            rows.put(
                    n,
                    report.row(
                            "Jitney, awaited one by one, " + Spread.count(n, "process"),
                            Report.Setting.OS,
                            rates.get("" + n),
                            "events/s",
                            "together, each warmed up"));
        }
        Spread one = rows.get(1);
        rows.forEach(
                (n, spread) -> {
                    if (n > 1 && one != null) {
                        report.atLeast(
                                "1: " + Spread.count(n, "process") + " / 1", spread, one, 0.7);
                    }
                });
    }

    /** Returns the events per second that some processes append to one new log, each on its own. */
    private double together(int count, double seconds) throws Exception {
        java.nio.file.Path folder = dirs.fresh("processes");
        List<Child> children = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                children.add(
                        Child.start(
                                AppendChild.class, folder.toString(), "os", "" + seconds, "" + i));
            }
            for (Child child : children) {
                child.expect("ready");
            }
            for (Child child : children) {
                child.say("go");
            }
            double rate = 0;
            long total = 0;
            for (Child child : children) {
                String[] words = child.expect("done").split(" ");
                rate += Double.parseDouble(words[1]);
                total += Long.parseLong(words[2]);
            }
            for (Child child : children) {
                child.finish();
            }
            try (JitneyLog log = new JitneyLog(folder, Level.OS, true)) {
                COUNTED.look(log, folder, total);
            }
            return rate;
        } finally {
            children.forEach(Child::close);
            BenchDirs.remove(folder);
        }
    }

    /** Every event has an offset, and no other has. */
    static final Appending.Check COUNTED =
            (log, folder, events) -> {
                long end = ((JitneyLog) log).store().end().value();
                if (end != events) {
                    throw new IllegalStateException(
                            events + " events were appended, " + end + " are stored");
                }
            };

    private static EventLog.Opener ours(boolean awaited) {
        return folder -> new JitneyLog(folder, Level.OS, awaited);
    }

    private static EventLog.Opener chronicle() {
        return folder -> new ChronicleLog(folder, ChronicleLog.Sync.NEVER);
    }
}

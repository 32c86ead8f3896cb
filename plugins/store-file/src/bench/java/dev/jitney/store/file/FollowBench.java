// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Target 5: following from other JVMs. This one publishes in an open loop, each event at its time
 * whatever became of those before, at level OS; followers measure from that intended time.
 *
 * <p>{@code parts=one}: 1 follower, in turns with Chronicle Queue, whose follower parks 50 us
 * between looks. {@code parts=ten}: 10 followers. {@code parts=many}: 150 followers of one user, 50
 * in a JVM. {@code parts=idle}: what a follower costs when nothing happens.
 */
final class FollowBench {

    private static final Report.Setting OS = new Report.Setting("os", "seen before forced", "warm");
    private static final int PER_JVM = 50;
    private static final long SPIN_NANOS = 80_000;

    private final BenchDirs dirs;
    private final Report report;
    private final double seconds;
    private final int rounds;

    private FollowBench(BenchDirs dirs, Report report, double seconds, int rounds) {
        this.dirs = dirs;
        this.report = report;
        this.seconds = seconds;
        this.rounds = rounds;
    }

    public static void main(String[] arguments) throws Exception {
        BenchArgs args = new BenchArgs(arguments);
        String parts = args.text("parts", "all");
        int rate = (int) args.number("rate", "1000");
        double seconds = Double.parseDouble(args.text("seconds", "5"));
        double idle = Double.parseDouble(args.text("idle", "60"));
        int many = (int) args.number("many", "150");
        int manyRate = (int) args.number("many-rate", "20");
        int rounds = (int) args.number("rounds", "5");
        try (BenchDirs dirs = new BenchDirs(args)) {
            args.check();
            FollowBench bench = new FollowBench(dirs, new Report("follow", dirs), seconds, rounds);
            if (args.chosen(parts, "one")) {
                bench.beside(rate);
            }
            if (args.chosen(parts, "ten")) {
                bench.several(10, 1, rate);
            }
            if (args.chosen(parts, "many")) {
                bench.several(many, PER_JVM, manyRate);
            }
            if (args.chosen(parts, "idle")) {
                bench.idle(idle);
            }
            bench.report.finish();
        }
    }

    /**
     * What one round showed, of all followers: the worst of them, their CPU time together, and by
     * how much the publisher itself was late, p99.
     */
    private record Round(
            double p50, double p99, double p999, double max, double cpuPercent, double late) {}

    private void beside(int rate) throws Exception {
        Path ourFolder = dirs.fresh("follow");
        Path theirFolder = dirs.fresh("chronicle");
        List<Round> ours = new ArrayList<>();
        List<Round> theirs = new ArrayList<>();
        List<Child> children = new ArrayList<>();
        try (JitneyLog log = new JitneyLog(ourFolder, Level.OS, true);
                ChronicleLog chronicle = new ChronicleLog(theirFolder, ChronicleLog.Sync.NEVER)) {
            EventLog.Writer ourWriter = log.writer();
            EventLog.Writer theirWriter = chronicle.writer();
            children.add(follower("jitney", ourFolder, 1));
            children.add(follower("chronicle", theirFolder, 1));
            for (Child child : children) {
                child.expect("ready");
            }
            for (int round = 0; round <= rounds; round++) {
                Round our = round(children.subList(0, 1), ourWriter, rate);
                Round their = round(children.subList(1, 2), theirWriter, rate);
                if (round > 0) {
                    ours.add(our);
                    theirs.add(their);
                }
            }
            end(children);
        } finally {
            children.forEach(Child::close);
        }
        Map<String, Spread> our = rows("Jitney, 1 follower", rate, ours);
        Map<String, Spread> their = rows("Chronicle Queue, 1 follower parking 50 us", rate, theirs);
        targets("1 follower", our);
        report.atMost(
                "5: p50, Jitney / Chronicle Queue parking",
                our.get("p50").median() / their.get("p50").median(),
                2.0);
        report.atMost("5: CPU of the follower under load, %", our.get("cpu").median(), 15);
    }

    private void several(int followers, int perJvm, int rate) throws Exception {
        Path folder = dirs.fresh("follow");
        List<Round> all = new ArrayList<>();
        List<Child> children = new ArrayList<>();
        try (JitneyLog log = new JitneyLog(folder, Level.OS, true)) {
            EventLog.Writer writer = log.writer();
            for (int left = followers; left > 0; left -= perJvm) {
                children.add(follower("jitney", folder, Math.min(left, perJvm)));
            }
            for (Child child : children) {
                child.expect("ready");
            }
            for (int round = 0; round <= rounds; round++) {
                Round one = round(children, writer, rate);
                if (round > 0) {
                    all.add(one);
                }
            }
            end(children);
        } finally {
            children.forEach(Child::close);
        }
        String name = followers + " followers, the slowest";
        Map<String, Spread> rows = rows("Jitney, " + name, rate, all);
        if (perJvm == 1) {
            targets(name, rows);
        }
    }

    private void targets(String name, Map<String, Spread> rows) {
        report.atMost("5: p50 in us, " + name, rows.get("p50").median(), 200);
        report.atMost("5: p99 in us, " + name, rows.get("p99").median(), 1_500);
        report.atMost("5: p99.9 in us, " + name, rows.get("p99.9").median(), 10_000);
    }

    private void idle(double idleSeconds) throws Exception {
        Path folder = dirs.fresh("follow");
        try (JitneyLog log = new JitneyLog(folder, Level.OS, true);
                Child child = follower("jitney", folder, 1)) {
            EventLog.Writer writer = log.writer();
            child.expect("ready");
            round(List.of(child), writer, 1000); // so that it is compiled and has gone quiet
            child.say("idle " + idleSeconds);
            double percent = Double.parseDouble(child.expect("idle").split(" ")[1]);
            end(List.of(child));
            report.row(
                    "Jitney, 1 follower, nothing happens",
                    OS,
                    Spread.of(percent),
                    "% CPU",
                    String.format(
                            Locale.ROOT, "of one core, over %.0f s, the whole JVM", idleSeconds));
            report.atMost("5: CPU of an idle follower, %", percent, 0.3);
        }
    }

    private static Child follower(String kind, Path folder, int followers) throws Exception {
        return Child.start(
                List.of("-Xmx64m", "-XX:+UseSerialGC"),
                FollowChild.class,
                kind,
                folder.toString(),
                "" + followers);
    }

    /** Publishes for a while and gathers what the followers saw, which must be everything, once. */
    private Round round(List<Child> followers, EventLog.Writer writer, int rate) throws Exception {
        int count = (int) (rate * seconds);
        long interval = 1_000_000_000L / rate;
        long start = System.nanoTime() + 300_000_000L;
        for (Child child : followers) {
            child.say("round " + start + " " + interval + " " + count);
        }
        EncodedLine line = new EncodedLine(JitneyLog.FORMAT, 0);
        long[] late = new long[count];
        for (int i = 0; i < count; i++) {
            awaitTime(start + i * interval);
            late[i] = System.nanoTime() - start - i * interval;
            writer.write(line.bytes());
            line.next();
        }
        double[] worst = new double[4];
        double cpu = 0;
        for (Child child : followers) {
            String[] words = child.expect("done").split(" ");
            for (int i = 0; i < worst.length; i++) {
                worst[i] = Math.max(worst[i], Double.parseDouble(words[i + 1]));
            }
            cpu += Double.parseDouble(words[5]);
        }
        Arrays.sort(late);
        return new Round(
                worst[0], worst[1], worst[2], worst[3], cpu, Spread.percentile(late, 0.99) / 1e3);
    }

    /** Sleeps, and spins the last moment, so that the publisher's own lateness stays out of it. */
    private static void awaitTime(long time) {
        while (true) {
            long left = time - System.nanoTime();
            if (left <= 0) {
                return;
            }
            if (left > SPIN_NANOS) {
                LockSupport.parkNanos(left - SPIN_NANOS);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    private Map<String, Spread> rows(String name, int rate, List<Round> all) {
        String note =
                String.format(
                        Locale.ROOT, "%d/s open loop, %.0f s a round, none lost", rate, seconds);
        Map<String, Spread> rows = new TreeMap<>();
        rows.put(
                "p50",
                row(name + ", p50", all.stream().mapToDouble(Round::p50).toArray(), "us", note));
        rows.put(
                "p99",
                row(name + ", p99", all.stream().mapToDouble(Round::p99).toArray(), "us", note));
        rows.put(
                "p99.9",
                row(name + ", p99.9", all.stream().mapToDouble(Round::p999).toArray(), "us", note));
        row(name + ", longest", all.stream().mapToDouble(Round::max).toArray(), "us", note);
        rows.put(
                "cpu",
                row(
                        name + ", CPU",
                        all.stream().mapToDouble(Round::cpuPercent).toArray(),
                        "% of a core",
                        "all followers' JVMs"));
        row(
                name + ", publisher late, p99",
                all.stream().mapToDouble(Round::late).toArray(),
                "us",
                "contained in the above");
        return rows;
    }

    private Spread row(String what, double[] values, String unit, String note) {
        return report.row(what, OS, Spread.of(values), unit, note);
    }

    private static void end(List<Child> children) throws Exception {
        for (Child child : children) {
            child.say("end");
        }
        for (Child child : children) {
            child.finish();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The start of a command: in turns with that of Java itself, and without and before its archive.
 */
final class StartTimes {

    private final BusRunner commands;
    private final TimesReport report;
    private final Path data;

    StartTimes(BusRunner commands, TimesReport report, Path data) {
        this.commands = commands;
        this.report = report;
        this.data = data;
    }

    void run(int starts, int rounds, int lines) throws Exception {
        Path folder = data.resolve("start-" + commands.version());
        BusRunner.remove(folder);
        commands.bus(folder, -1, "publish", "user.login", "{\"username\":\"alice\"}");
        commands.makeArchive(folder);
        List<String> publish = List.of("publish", "user.login", "{\"username\":\"alice\"}");
        Map<String, List<Double>> times = new LinkedHashMap<>();
        for (String name : List.of("java", "publish", "plain", "tail")) {
            times.put(name, new ArrayList<>());
        }
        for (int round = -1; round < starts; round++) {
            double[] spent = {
                BusRunner.finish(
                                new ProcessBuilder(commands.javaHome() + "/bin/java", "-version"),
                                null,
                                -1,
                                false)
                        .millis(),
                BusRunner.finish(commands.command(folder, publish, Map.of()), null, 1, false)
                        .millis(),
                BusRunner.finish(
                                commands.command(folder, publish, Map.of("BUS_NO_CDS", "1")),
                                null,
                                1,
                                false)
                        .millis(),
                BusRunner.firstLine(
                        commands.command(folder, List.of("tail", "--last", "1"), Map.of()))
            };
            int i = 0;
            for (List<Double> list : times.values()) {
                if (round >= 0) {
                    list.add(spent[i]);
                }
                i++;
            }
        }
        String state = commands.archived() ? "archive" : "NO archive";
        report.row(
                "java -version", "warm", times.get("java"), "ms", "in turns with the next three");
        report.verdict(
                "bus publish, ms",
                report.row(
                        "bus publish", state, times.get("publish"), "ms", "level disk, fdatasync"),
                commands.version() >= 25 ? 200 : 300);
        report.verdict(
                "bus publish without the archive, ms",
                report.row("bus publish", "no archive", times.get("plain"), "ms", "BUS_NO_CDS=1"),
                700);
        report.verdict(
                "bus tail, first line, ms",
                report.row("bus tail --last 1, its first line", state, times.get("tail"), "ms", ""),
                400);
        first(folder, publish, rounds);
        manyLines(rounds, lines);
    }

    private void first(Path folder, List<String> publish, int rounds) throws Exception {
        List<Double> times = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            BusRunner fresh =
                    commands.withCache(data.resolve("first-" + commands.version() + "-" + round));
            times.add(
                    BusRunner.finish(fresh.command(folder, publish, Map.of()), null, 1, false)
                            .millis());
            if (commands.archived()) {
                fresh.awaitArchive(); // it is made behind our back and would slow the next one
            }
        }
        report.verdict(
                "bus publish, very first run, ms",
                report.row(
                        "bus publish",
                        commands.archived() ? "first run" : "NO archive",
                        times,
                        "ms",
                        "fresh XDG_CACHE_HOME"),
                900);
    }

    private void manyLines(int rounds, int count) throws Exception {
        Path input = data.resolve("lines");
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append("{\"order\":").append(i).append(",\"note\":\"a line of some length\"}\n");
        }
        Files.writeString(input, text);
        List<Double> times = new ArrayList<>();
        for (int round = -1; round < rounds; round++) {
            Path folder = data.resolve("lines-" + commands.version() + "-" + round);
            ProcessBuilder command =
                    commands.command(
                            folder, List.of("publish", "orders.placed", "--lines", "-q"), Map.of());
            double spent = BusRunner.finish(command, input, -1, false).millis();
            if (round >= 0) {
                times.add(spent);
            }
            long stored = 0;
            try (Stream<Path> files = Files.list(folder.resolve("store"))) {
                for (Path file : files.filter(f -> f.toString().endsWith(".jsonl")).toList()) {
                    try (Stream<String> all = Files.lines(file)) {
                        stored += all.count();
                    }
                }
            }
            if (stored != count) {
                throw new IllegalStateException(
                        count + " lines were published, " + stored + " stored");
            }
            BusRunner.remove(folder);
        }
        String name = String.format(Locale.ROOT, "bus publish --lines of %,d lines", count);
        report.verdict(
                name + ", ms",
                report.row(
                        name,
                        commands.archived() ? "archive" : "NO archive",
                        times,
                        "ms",
                        "level disk, each stored"),
                3_000);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Times whole {@code bus} commands as a shell would see them, each a process of its own. Started by
 * {@code src/bench/commands.sh}, which says what the arguments are.
 *
 * <p>Every command's output is read and its lines are counted: a wrong number stops the run.
 */
final class CommandTimes {

    private CommandTimes() {}

    public static void main(String[] arguments) throws Exception {
        Map<String, String> args = new LinkedHashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("'" + argument + "' is not key=value.");
            }
            args.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        Path bus = Path.of(take(args, "bus", "")).toAbsolutePath();
        Path fixture = Path.of(take(args, "fixture", ""));
        Path topics = Path.of(take(args, "topics", ""));
        // A folder of our own, since it is removed before and after.
        Path data =
                Path.of(take(args, "data", "target/bench/data"))
                        .resolve("commands")
                        .toAbsolutePath();
        Path results = Path.of(take(args, "results", "target/bench/commands.jsonl"));
        String parts = take(args, "parts", "queries,start");
        String[] homes = take(args, "homes", System.getProperty("java.home")).split(",");
        String only = take(args, "only", "");
        boolean archived = !take(args, "archive", "yes").equals("no");
        int rounds = Integer.parseInt(take(args, "rounds", "5"));
        int starts = Integer.parseInt(take(args, "starts", "11"));
        int lines = Integer.parseInt(take(args, "lines", "100000"));
        if (!args.isEmpty()) {
            throw new IllegalArgumentException("Unknown: " + args.keySet());
        }
        BusRunner.remove(data);
        Files.createDirectories(data);
        TimesReport report = new TimesReport(results);
        for (String home : homes) {
            BusRunner commands = BusRunner.with(bus, Path.of(home), data, archived);
            report.java(commands.version());
            if (parts.contains("queries")) {
                new QueryTimes(commands, report).run(fixture, topics, only, rounds);
            }
            if (parts.contains("start")) {
                new StartTimes(commands, report, data).run(starts, rounds, lines);
            }
        }
        report.finish();
        BusRunner.remove(data);
    }

    private static String take(Map<String, String> args, String key, String fallback) {
        String value = args.remove(key);
        return value == null ? fallback : value;
    }
}

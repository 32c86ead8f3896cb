// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli.bench;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whole commands over a large log with a small heap: in turns, warm; then once for the memory; then
 * once with the log out of the page cache.
 */
final class QueryTimes {

    private static final String HEAP = "-Xmx64m";
    private static final Pattern TIME = Pattern.compile("\"time\":\\s*\"([^\"]+)\"");

    private final BusRunner commands;
    private final TimesReport report;

    QueryTimes(BusRunner commands, TimesReport report) {
        this.commands = commands;
        this.report = report;
    }

    private record Query(String name, Path bus, int lines, double most, List<String> words) {}

    void run(Path fixture, Path topics, String only, int rounds) throws Exception {
        commands.makeArchive(fixture);
        BusRunner.Done last = commands.bus(fixture, 1, "query", "--limit", "1", "-o", "jsonl");
        Matcher time = TIME.matcher(last.text());
        if (!time.find()) {
            throw new IllegalStateException("the newest event has no time: " + last.text());
        }
        String since = Instant.parse(time.group(1)).minusMillis(19).toString();
        List<Query> queries =
                all(fixture, topics, since).stream()
                        .filter(query -> query.name().contains(only))
                        .toList();
        Map<Query, List<Double>> times = new LinkedHashMap<>();
        queries.forEach(query -> times.put(query, new ArrayList<>()));
        for (int round = -1; round < rounds; round++) {
            for (Query query : queries) {
                double spent = run(query, false).millis();
                if (round >= 0) {
                    times.get(query).add(spent);
                }
            }
        }
        for (Query query : queries) {
            report(query, fixture, times.get(query));
        }
    }

    private void report(Query query, Path fixture, List<Double> times) throws Exception {
        double median = report.row(query.name(), "warm", times, "ms", HEAP);
        report.verdict(query.name() + ", warm, ms", median, query.most());
        BusRunner.Done sampled = run(query, true);
        report.row(query.name(), "warm", List.of(sampled.anonymous()), "MiB", "largest RssAnon");
        report.verdict(query.name() + ", resident anonymous MiB", sampled.anonymous(), 160);
        if (BusRunner.dropCaches()) {
            commands.bus(fixture, -1, "version");
            double cold = run(query, false).millis();
            report.row(
                    query.name(),
                    "cold log",
                    List.of(cold),
                    "ms",
                    "Java and its jars in the page cache");
            if (query.most() < 1_000) {
                report.verdict(query.name() + ", cold, ms", cold, 1_500);
            }
        }
    }

    private List<Query> all(Path fixture, Path topics, String since) {
        double most = commands.version() >= 25 ? 600 : 700;
        return List.of(
                query("query --limit 10", fixture, 10, most, "query", "--limit", "10"),
                query(
                        "query --since (20 ms from the end)",
                        fixture,
                        20,
                        most,
                        "query",
                        "--since",
                        since),
                query(
                        "query 'nothing.*' --limit 10",
                        fixture,
                        0,
                        most,
                        "query",
                        "nothing.*",
                        "--limit",
                        "10"),
                query("topics", fixture, 10, most, "topics"),
                query("topics, of 1 M the first 1 000", topics, 1000, most, "topics"),
                query("info", fixture, 1, most, "info"),
                query(
                        "query --correlation of 3 events (full scan)",
                        fixture,
                        3,
                        6_000,
                        "query",
                        "--correlation",
                        "rare-0000000001"));
    }

    private static Query query(String name, Path bus, int lines, double most, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("-o", "jsonl"));
        return new Query(name, bus, lines, most, all);
    }

    private BusRunner.Done run(Query query, boolean sample) throws Exception {
        return BusRunner.finish(
                commands.command(query.bus(), query.words(), Map.of("BUS_JAVA_OPTS", HEAP)),
                null,
                query.lines(),
                sample);
    }
}

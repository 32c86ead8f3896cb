// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Times whole {@code bus} commands as a shell would see them, each a process of its own. One file
 * that needs nothing but a JDK: {@code java CommandTimes.java key=value …}; commands.sh beside it
 * gives the arguments.
 *
 * <p>Every command's output is read and its lines are counted: a wrong number stops the run.
 */
final class CommandTimes {

    private static final String LINE = "%-4s %-52s %-14s %10s %23s %-5s %s%n";
    private static final String HEAP = "-Xmx64m";
    private static final Pattern TIME = Pattern.compile("\"time\":\\s*\"([^\"]+)\"");

    private final Path bus;
    private final Path data;
    private final Path results;
    private final String run = Instant.now().toString();
    private final List<String> verdicts = new ArrayList<>();

    private Path javaHome = Path.of(System.getProperty("java.home"));
    private Path cache;
    private int version;
    private boolean archived = true;
    private String only = "";

    private CommandTimes(Path bus, Path data, Path results) {
        this.bus = bus;
        this.data = data;
        this.results = results;
        this.cache = data.resolve("cache");
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, String> args = new LinkedHashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("'" + argument + "' is not key=value.");
            }
            args.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        Path data = Path.of(args.getOrDefault("data", "target/bench/data")).toAbsolutePath();
        Path results = Path.of(args.getOrDefault("results", "target/bench/commands.jsonl"));
        Files.createDirectories(data);
        Files.createDirectories(results.toAbsolutePath().getParent());
        CommandTimes times =
                new CommandTimes(Path.of(args.get("bus")).toAbsolutePath(), data, results);
        String parts = args.getOrDefault("parts", "queries,start");
        int rounds = Integer.parseInt(args.getOrDefault("rounds", "5"));
        int starts = Integer.parseInt(args.getOrDefault("starts", "11"));
        int lines = Integer.parseInt(args.getOrDefault("lines", "100000"));
        times.archived = !args.getOrDefault("archive", "yes").equals("no");
        times.only = args.getOrDefault("only", "");
        double load =
                java.lang.management.ManagementFactory.getOperatingSystemMXBean()
                        .getSystemLoadAverage();
        System.out.printf(
                Locale.ROOT, "load: %.1f%s%n", load, load > 1 ? " (busy: not for quoting)" : "");
        System.out.printf(
                Locale.ROOT, LINE, "java", "command", "state", "median", "quartiles", "unit", "");
        for (String home : args.getOrDefault("homes", System.getProperty("java.home")).split(",")) {
            times.use(Path.of(home));
            if (parts.contains("queries")) {
                times.queries(Path.of(args.get("fixture")), Path.of(args.get("topics")), rounds);
            }
            if (parts.contains("start")) {
                times.start(starts, rounds, lines);
            }
        }
        System.out.println();
        times.verdicts.forEach(System.out::println);
        System.out.println("written to " + results.toAbsolutePath());
        remove(data);
    }

    private void use(Path home) throws Exception {
        javaHome = home;
        Process process =
                new ProcessBuilder(home + "/bin/java", "-version")
                        .redirectErrorStream(true)
                        .start();
        String text = new String(process.getInputStream().readAllBytes());
        Matcher number = Pattern.compile("version \"(\\d+)").matcher(text);
        if (process.waitFor() != 0 || !number.find()) {
            throw new IllegalArgumentException("'" + home + "' is no JDK.");
        }
        version = Integer.parseInt(number.group(1));
        cache = data.resolve("cache-" + version);
    }

    // ---- queries of a large log
    // ------------------------------------------------------------------

    private record Query(String name, Path bus, int lines, double most, List<String> words) {}

    private void queries(Path fixture, Path topics, int rounds) throws Exception {
        makeArchive(fixture);
        Done last = bus(fixture, 1, "query", "--limit", "1", "-o", "jsonl");
        Matcher time = TIME.matcher(last.text());
        if (!time.find()) {
            throw new IllegalStateException("the newest event has no time: " + last.text());
        }
        String since = Instant.parse(time.group(1)).minusMillis(19).toString();
        double most = version >= 25 ? 600 : 700;
        List<Query> queries =
                List.of(
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
        queries = queries.stream().filter(query -> query.name().contains(only)).toList();
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
            double median = row(query.name(), "warm", times.get(query), "ms", HEAP);
            verdict(query.name() + ", warm, ms", median, query.most());
            Done sampled = run(query, true);
            row(query.name(), "warm", List.of(sampled.anonymous()), "MiB", "largest RssAnon");
            verdict(query.name() + ", resident anonymous MiB", sampled.anonymous(), 160);
            if (dropCaches()) {
                bus(fixture, -1, "version");
                double cold = run(query, false).millis();
                row(
                        query.name(),
                        "cold log",
                        List.of(cold),
                        "ms",
                        "Java and its jars in the page cache");
                if (query.most() < 1_000) {
                    verdict(query.name() + ", cold, ms", cold, 1_500);
                }
            }
        }
    }

    private static Query query(String name, Path bus, int lines, double most, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("-o", "jsonl"));
        return new Query(name, bus, lines, most, all);
    }

    private Done run(Query query, boolean sample) throws Exception {
        return finish(
                command(query.bus(), query.words(), Map.of("BUS_JAVA_OPTS", HEAP)),
                null,
                query.lines(),
                sample);
    }

    // ---- start-up
    // --------------------------------------------------------------------------------

    private void start(int starts, int rounds, int lines) throws Exception {
        Path folder = data.resolve("start-" + version);
        remove(folder);
        bus(folder, -1, "publish", "user.login", "{\"username\":\"alice\"}");
        makeArchive(folder);
        List<String> publish = List.of("publish", "user.login", "{\"username\":\"alice\"}");
        Map<String, List<Double>> times = new LinkedHashMap<>();
        for (String name : List.of("java", "publish", "plain", "tail")) {
            times.put(name, new ArrayList<>());
        }
        for (int round = -1; round < starts; round++) {
            double[] spent = {
                finish(new ProcessBuilder(javaHome + "/bin/java", "-version"), null, -1, false)
                        .millis(),
                finish(command(folder, publish, Map.of()), null, 1, false).millis(),
                finish(command(folder, publish, Map.of("BUS_NO_CDS", "1")), null, 1, false)
                        .millis(),
                firstLine(command(folder, List.of("tail", "--last", "1"), Map.of()))
            };
            int i = 0;
            for (List<Double> list : times.values()) {
                if (round >= 0) {
                    list.add(spent[i]);
                }
                i++;
            }
        }
        String state = archived ? "archive" : "NO archive";
        row("java -version", "warm", times.get("java"), "ms", "in turns with the next three");
        verdict(
                "bus publish, ms",
                row("bus publish", state, times.get("publish"), "ms", "level disk, fdatasync"),
                version >= 25 ? 200 : 300);
        verdict(
                "bus publish without the archive, ms",
                row("bus publish", "no archive", times.get("plain"), "ms", "BUS_NO_CDS=1"),
                700);
        verdict(
                "bus tail, first line, ms",
                row("bus tail --last 1, its first line", state, times.get("tail"), "ms", ""),
                400);
        first(folder, publish, rounds);
        manyLines(rounds, lines);
    }

    private void first(Path folder, List<String> publish, int rounds) throws Exception {
        List<Double> times = new ArrayList<>();
        Path usual = cache;
        for (int round = 0; round < rounds; round++) {
            cache = data.resolve("first-" + version + "-" + round);
            times.add(finish(command(folder, publish, Map.of()), null, 1, false).millis());
            if (archived) {
                awaitArchive(); // it is made behind our back and would slow the next one
            }
        }
        cache = usual;
        verdict(
                "bus publish, very first run, ms",
                row(
                        "bus publish",
                        archived ? "first run" : "NO archive",
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
            Path folder = data.resolve("lines-" + version + "-" + round);
            ProcessBuilder command =
                    command(folder, List.of("publish", "orders.placed", "--lines", "-q"), Map.of());
            double spent = finish(command, input, -1, false).millis();
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
            remove(folder);
        }
        String name = String.format(Locale.ROOT, "bus publish --lines of %,d lines", count);
        verdict(
                name + ", ms",
                row(
                        name,
                        archived ? "archive" : "NO archive",
                        times,
                        "ms",
                        "level disk, each stored"),
                3_000);
    }

    // ---- processes
    // -------------------------------------------------------------------------------

    private record Done(double millis, String text, double anonymous) {}

    private ProcessBuilder command(Path folder, List<String> words, Map<String, String> more) {
        List<String> all = new ArrayList<>(List.of(bus.toString()));
        all.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(all);
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("BUS_"));
        environment.put("JAVA_HOME", javaHome.toString());
        environment.put("XDG_CACHE_HOME", cache.toString());
        environment.put("BUS_DIR", folder.toAbsolutePath().toString());
        if (!archived) {
            environment.put("BUS_NO_CDS", "1");
        }
        environment.putAll(more);
        return builder;
    }

    private Done bus(Path folder, int lines, String... words) throws Exception {
        return finish(command(folder, List.of(words), Map.of()), null, lines, false);
    }

    /**
     * Runs a command to its end, reading all of its output, of which it must have so many lines.
     */
    private static Done finish(ProcessBuilder builder, Path input, int lines, boolean sample)
            throws Exception {
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        if (input != null) {
            builder.redirectInput(input.toFile());
        } else {
            builder.redirectInput(Path.of("/dev/null").toFile());
        }
        long begin = System.nanoTime();
        Process process = builder.start();
        double[] largest = new double[1];
        Thread sampler = new Thread(() -> largest[0] = largestAnonymous(process));
        if (sample) {
            sampler.start();
        }
        String text = new String(process.getInputStream().readAllBytes());
        int code = process.waitFor();
        double millis = (System.nanoTime() - begin) / 1e6;
        sampler.join();
        long found = text.lines().count();
        if (code != 0 || lines >= 0 && found != lines) {
            throw new IllegalStateException(
                    builder.command()
                            + " ended with "
                            + code
                            + " and "
                            + found
                            + " lines, not "
                            + lines);
        }
        return new Done(millis, text, largest[0]);
    }

    /** Returns how long it takes until a command that goes on has said its first line. */
    private static double firstLine(ProcessBuilder builder) throws Exception {
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        long begin = System.nanoTime();
        Process process = builder.start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream()))) {
            if (out.readLine() == null) {
                throw new IllegalStateException(builder.command() + " said nothing");
            }
            return (System.nanoTime() - begin) / 1e6;
        } finally {
            process.destroy();
            process.waitFor(10, TimeUnit.SECONDS);
        }
    }

    /**
     * Looks at a process every 5 ms until it ends: the launcher becomes Java, so it is one process.
     */
    private static double largestAnonymous(Process process) {
        Path status = Path.of("/proc/" + process.pid() + "/status");
        double largest = 0;
        try {
            while (process.isAlive()) {
                for (String line : Files.readAllLines(status)) {
                    if (line.startsWith("RssAnon:")) {
                        largest =
                                Math.max(
                                        largest,
                                        Long.parseLong(line.replaceAll("\\D", "")) / 1024.0);
                    }
                }
                TimeUnit.MILLISECONDS.sleep(5);
            }
        } catch (IOException | InterruptedException e) {
            // It has ended in between.
        }
        return largest;
    }

    /** Has the launcher make its start-up archive, which it does in the background. */
    private void makeArchive(Path folder) throws Exception {
        if (!archived) {
            return;
        }
        bus(folder, -1, "version");
        awaitArchive();
        bus(folder, -1, "version");
    }

    private void awaitArchive() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (System.nanoTime() < deadline) {
            if (Files.isDirectory(cache)) {
                try (Stream<Path> files = Files.walk(cache)) {
                    List<String> names = files.map(Path::toString).toList();
                    if (names.stream()
                                    .anyMatch(
                                            name -> name.endsWith(".jsa") || name.endsWith(".aot"))
                            && names.stream().noneMatch(name -> name.endsWith(".lock"))) {
                        return;
                    }
                } catch (UncheckedIOException e) {
                    // A file has gone while we looked: look again.
                }
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new IllegalStateException("the launcher made no start-up archive below " + cache);
    }

    private static boolean dropCaches() throws Exception {
        Path knob = Path.of("/proc/sys/vm/drop_caches");
        if (!Files.isWritable(knob)) {
            return false;
        }
        new ProcessBuilder("sync").start().waitFor();
        Files.writeString(knob, "3\n");
        return true;
    }

    private static void remove(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    // ---- results
    // ---------------------------------------------------------------------------------

    private double row(String name, String state, List<Double> values, String unit, String note)
            throws IOException {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        double median = at(sorted, 0.5);
        System.out.printf(
                Locale.ROOT,
                LINE,
                version,
                name,
                state,
                String.format(Locale.ROOT, "%,.0f", median),
                String.format(Locale.ROOT, "%,.0f - %,.0f", at(sorted, 0.25), at(sorted, 0.75)),
                unit,
                note);
        String json =
                String.format(
                        Locale.ROOT,
                        "{\"kind\":\"row\",\"run\":\"%s\",\"java\":%d,\"name\":\"%s\",\"state\":\"%s\","
                                + "\"unit\":\"%s\",\"median\":%.3f,\"values\":%s,\"note\":\"%s\"}%n",
                        run,
                        version,
                        name,
                        state,
                        unit,
                        median,
                        Arrays.toString(sorted),
                        note);
        Files.writeString(results, json, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return median;
    }

    private static double at(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
    }

    private void verdict(String name, double value, double most) {
        verdicts.add(
                String.format(
                        Locale.ROOT,
                        "%-8s java %d, %s: %,.0f <= %,.0f",
                        value <= most ? "reached" : "MISSED",
                        version,
                        name,
                        value,
                        most));
    }
}

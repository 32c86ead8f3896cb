// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Times whole commands of the distribution, interleaved with {@code java -version}, and prints
 * medians in milliseconds. Arguments: the distribution's directory, how many rounds (11), and Java
 * homes (that of JAVA_HOME or this Java).
 *
 * <p>{@code mvn -q -Pbench -pl bus-cli -am verify -Dbench.main=dev.jitney.cli.StartUpBench
 * -Dbench.args="target/jitney-0.1.0-SNAPSHOT 11"}
 */
public final class StartUpBench {

    private final Path launcher;
    private final Path java;
    private final Path directory;
    private final Path cache;

    private StartUpBench(Path distribution, Path java, Path directory) {
        this.launcher = distribution.resolve("bin/bus").toAbsolutePath();
        this.java = java;
        this.directory = directory;
        this.cache = directory.resolve("cache");
    }

    public static void main(String[] args) throws Exception {
        Path distribution = Path.of(args[0]);
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 11;
        List<String> homes =
                args.length > 2
                        ? Arrays.asList(args).subList(2, args.length)
                        : List.of(Objects.requireNonNull(System.getProperty("java.home")));
        for (String home : homes) {
            Path directory = Files.createTempDirectory("jitney-start-up-bench");
            try {
                new StartUpBench(distribution, Path.of(home), directory).run(rounds);
            } finally {
                delete(directory);
            }
        }
    }

    private void run(int rounds) throws Exception {
        System.out.println("Java: " + java);
        System.out.println("very first run: " + time("publish", "bench.start", "1") + " ms");
        awaitArchive();
        Map<String, List<Long>> times = new LinkedHashMap<>();
        for (int i = 0; i < rounds; i++) {
            add(times, "java -version", timeOf(List.of(java + "/bin/java", "-version"), Map.of()));
            add(times, "bus publish", time("publish", "bench.start", "{\"n\":1}"));
            add(times, "bus tail -n 1", time("tail", "-n", "1"));
            add(times, "bus query -n 10", time("query", "-n", "10"));
            add(times, "bus version", time("version"));
            add(
                    times,
                    "bus publish, no archive",
                    timeOf(command("publish", "bench.start", "1"), Map.of("BUS_NO_CDS", "1")));
        }
        times.forEach((name, all) -> System.out.println(name + ": " + summary(all)));
        System.out.println("publish --lines of 100 000 lines: " + manyLines() + " ms");
    }

    private long manyLines() throws Exception {
        Path input = directory.resolve("lines");
        try (var lines = Files.newBufferedWriter(input)) {
            for (int i = 0; i < 100_000; i++) {
                lines.write("{\"n\":" + i + ",\"text\":\"a line of some length, as they are\"}\n");
            }
        }
        return time("publish", "bench.lines", "--lines", "-q", "--file", input.toString());
    }

    private void awaitArchive() throws Exception {
        for (int i = 0; i < 600; i++) {
            if (Files.exists(cache)) {
                try (Stream<Path> files = Files.walk(cache)) {
                    if (files.anyMatch(file -> file.toString().matches(".*/start\\.(jsa|aot)"))) {
                        return;
                    }
                }
            }
            Thread.sleep(100);
        }
        throw new IllegalStateException("no start-up archive was made within 60 s");
    }

    private List<String> command(String... args) {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(Arrays.asList(args));
        return command;
    }

    private long time(String... args) throws IOException, InterruptedException {
        return timeOf(command(args), Map.of());
    }

    private long timeOf(List<String> command, Map<String, String> more)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().put("JAVA_HOME", java.toString());
        builder.environment().put("XDG_CACHE_HOME", cache.toString());
        builder.environment().putAll(more);
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        long started = System.nanoTime();
        int code = builder.start().waitFor();
        long millis = (System.nanoTime() - started) / 1_000_000;
        if (code != 0) {
            throw new IllegalStateException(
                    "'" + String.join(" ", command) + "' ended with " + code);
        }
        return millis;
    }

    private static void add(Map<String, List<Long>> times, String name, long millis) {
        times.computeIfAbsent(name, any -> new ArrayList<>()).add(millis);
    }

    private static String summary(List<Long> times) {
        List<Long> sorted = times.stream().sorted().toList();
        return "median "
                + sorted.get(sorted.size() / 2)
                + " ms, min "
                + sorted.get(0)
                + ", max "
                + sorted.get(sorted.size() - 1);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}

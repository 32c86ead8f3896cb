// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs commands of a distribution with one Java.
 *
 * @param bus the launcher
 * @param javaHome the Java that runs it
 * @param cache where the launcher keeps its start-up archive
 * @param version of that Java
 * @param archived whether there is to be a start-up archive
 */
record BusRunner(Path bus, Path javaHome, Path cache, int version, boolean archived) {

    static BusRunner with(Path bus, Path home, Path data, boolean archived) throws Exception {
        Process process =
                new ProcessBuilder(home + "/bin/java", "-version")
                        .redirectErrorStream(true)
                        .start();
        String text = new String(process.getInputStream().readAllBytes());
        Matcher number = Pattern.compile("version \"(\\d+)").matcher(text);
        if (process.waitFor() != 0 || !number.find()) {
            throw new IllegalArgumentException("'" + home + "' is no JDK.");
        }
        int version = Integer.parseInt(number.group(1));
        return new BusRunner(bus, home, data.resolve("cache-" + version), version, archived);
    }

    /**
     * What came of a command.
     *
     * @param millis from its start to its end
     * @param text its standard output
     * @param anonymous the most resident anonymous memory seen, in MiB, if it was sampled
     */
    record Done(double millis, String text, double anonymous) {}

    /**
     * Returns a command of bus on a directory, in an environment without settings of the user's.
     */
    ProcessBuilder command(Path folder, List<String> words, Map<String, String> more) {
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

    /** Runs a command of bus to its end; so many lines must come, or any number if negative. */
    Done bus(Path folder, int lines, String... words) throws Exception {
        return finish(command(folder, List.of(words), Map.of()), null, lines, false);
    }

    /**
     * Runs a command to its end, reading all of its output, of which it must have so many lines.
     */
    static Done finish(ProcessBuilder builder, Path input, int lines, boolean sample)
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
    static double firstLine(ProcessBuilder builder) throws Exception {
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

    /** Looks every 5 ms until the end: the launcher becomes Java, so it is one process. */
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
    void makeArchive(Path folder) throws Exception {
        if (!archived) {
            return;
        }
        bus(folder, -1, "version");
        awaitArchive();
        bus(folder, -1, "version");
    }

    /** Returns the same with an empty cache, in which there is no start-up archive. */
    BusRunner withCache(Path other) {
        return new BusRunner(bus, javaHome, other, version, archived);
    }

    /** Waits until the launcher has made its archive, in the background, in this cache. */
    void awaitArchive() throws Exception {
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

    /** Forgets all files' pages; says whether that was possible, which only root may. */
    static boolean dropCaches() throws Exception {
        Path knob = Path.of("/proc/sys/vm/drop_caches");
        if (!Files.isWritable(knob)) {
            return false;
        }
        new ProcessBuilder("sync").start().waitFor();
        Files.writeString(knob, "3\n");
        return true;
    }

    static void remove(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}

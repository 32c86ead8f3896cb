// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Prints rows as they come and the targets at the end, and adds the rows to a file of JSON Lines.
 */
final class TimesReport {

    private static final String LINE = "%-4s %-52s %-14s %10s %23s %-5s %s%n";

    private final Path file;
    private final String run = Instant.now().toString();
    private final List<String> verdicts = new ArrayList<>();
    private int version;

    TimesReport(Path file) throws IOException {
        this.file = file.toAbsolutePath();
        Files.createDirectories(this.file.getParent());
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        System.out.printf(
                Locale.ROOT, "load: %.1f%s%n", load, load > 1 ? " (busy: not for quoting)" : "");
        System.out.printf(
                Locale.ROOT, LINE, "java", "command", "state", "median", "quartiles", "unit", "");
    }

    /** Names the Java of the rows that follow. */
    void java(int number) {
        version = number;
    }

    /** Prints and records a row; returns its median. */
    double row(String name, String state, List<Double> values, String unit, String note)
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
        Files.writeString(file, json, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return median;
    }

    private static double at(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
    }

    /** Notes whether a value is as small as it must be. */
    void verdict(String name, double value, double most) {
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

    /** Prints the targets. */
    void finish() {
        System.out.println();
        verdicts.forEach(System.out::println);
        System.out.println("written to " + file);
    }
}

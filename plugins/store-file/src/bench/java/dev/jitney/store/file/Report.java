// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Prints rows as they come, ends with the targets, and writes both as JSON Lines to {@code
 * target/bench/NAME.jsonl}, behind what earlier runs have left there.
 */
final class Report {

    private static final String LINE = "%-56s %-7s %-24s %-8s %12s %25s %-12s %s%n";

    private final Path file;
    private final String run = Instant.now().toString();
    private final List<String> verdicts = new ArrayList<>();
    private boolean headed;
    private boolean missed;

    /** How a row was made, so that no figure stands alone. */
    record Setting(String level, String sync, String cache) {
        static final Setting OS = new Setting("os", "not forced", "warm");
        static final Setting DISK = new Setting("disk", "forced, group commit", "warm");
    }

    Report(String name, BenchDirs dirs) {
        file = Path.of("target", "bench", name + ".jsonl").toAbsolutePath();
        try {
            Files.createDirectories(file.getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, Object> machine = machine(dirs);
        machine.forEach((key, value) -> System.out.println(key + ": " + value));
        write("machine", name, machine);
    }

    private static Map<String, Object> machine(BenchDirs dirs) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put(
                "java",
                System.getProperty("java.vendor")
                        + " "
                        + System.getProperty("java.runtime.version"));
        values.put(
                "system",
                System.getProperty("os.name")
                        + " "
                        + System.getProperty("os.version")
                        + " "
                        + System.getProperty("os.arch"));
        values.put("processors", Runtime.getRuntime().availableProcessors());
        values.put("heap", (Runtime.getRuntime().maxMemory() >> 20) + " MiB");
        values.put("data", dirs.describe());
        values.put("load", loadAverage());
        return values;
    }

    /** The machine is busy when this is well above 0: no figure from then is worth anything. */
    private static String loadAverage() {
        double load =
                java.lang.management.ManagementFactory.getOperatingSystemMXBean()
                        .getSystemLoadAverage();
        return String.format(
                Locale.ROOT, "%.1f%s", load, load > 1.0 ? " (busy: not for quoting)" : "");
    }

    /** Prints and records a row; returns its spread for ratios. */
    Spread row(String what, Setting setting, Spread spread, String unit, String note) {
        if (!headed) {
            System.out.printf(
                    Locale.ROOT,
                    LINE,
                    "what",
                    "level",
                    "sync",
                    "cache",
                    "median",
                    "quartiles",
                    "unit",
                    "");
            headed = true;
        }
        System.out.printf(
                Locale.ROOT,
                LINE,
                what,
                setting.level(),
                setting.sync(),
                setting.cache(),
                number(spread.median()),
                number(spread.low()) + " - " + number(spread.high()),
                unit,
                note);
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("what", what);
        values.put("level", setting.level());
        values.put("sync", setting.sync());
        values.put("cache", setting.cache());
        values.put("unit", unit);
        values.put("median", spread.median());
        values.put("q1", spread.low());
        values.put("q3", spread.high());
        values.put("rounds", spread.rounds());
        values.put("note", note);
        write("row", what, values);
        return spread;
    }

    /** Records whether a ratio of two rows is as large as it must be. */
    void atLeast(String target, Spread ours, Spread theirs, double least) {
        double ratio = ours.median() / theirs.median();
        boolean clear = !ours.overlaps(theirs) || (ratio >= least && least <= 1.0);
        verdict(
                target,
                ratio,
                ">=",
                least,
                ratio >= least && clear,
                clear ? "" : " (ranges overlap)");
    }

    void atLeast(String target, double value, double least) {
        verdict(target, value, ">=", least, value >= least, "");
    }

    void atMost(String target, double value, double most) {
        verdict(target, value, "<=", most, value <= most, "");
    }

    private void verdict(
            String target, double value, String sign, double bound, boolean reached, String more) {
        missed |= !reached;
        verdicts.add(
                String.format(
                        Locale.ROOT,
                        "%-8s %s: %s %s %s%s",
                        reached ? "reached" : "MISSED",
                        target,
                        number(value),
                        sign,
                        number(bound),
                        more));
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("target", target);
        values.put("value", value);
        values.put("sign", sign);
        values.put("bound", bound);
        values.put("reached", reached);
        write("target", target, values);
    }

    /** Prints the targets. Says whether all were reached. */
    boolean finish() {
        System.out.println();
        verdicts.forEach(System.out::println);
        System.out.println("written to " + file);
        return !missed;
    }

    private static String number(double value) {
        double size = Math.abs(value);
        String format =
                size >= 1000 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 0.1 ? "%.3f" : "%.4f";
        return String.format(Locale.ROOT, format, value);
    }

    private void write(String kind, String name, Map<String, Object> values) {
        StringBuilder json =
                new StringBuilder("{\"kind\":\"" + kind + "\",\"run\":\"" + run + "\"");
        values.put("name", name);
        values.forEach(
                (key, value) -> {
                    json.append(",\"").append(key).append("\":");
                    if (value instanceof Number || value instanceof Boolean) {
                        json.append(value);
                    } else {
                        String text = value.toString().replace("\\", "\\\\").replace("\"", "\\\"");
                        json.append('"').append(text).append('"');
                    }
                });
        try {
            Files.writeString(
                    file, json.append("}\n"), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

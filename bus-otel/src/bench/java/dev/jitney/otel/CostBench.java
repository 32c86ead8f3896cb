// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What this module costs an event: without it, without an SDK, and with an SDK that samples nothing
 * or everything, side by side. Each fork is a fresh JVM of each contestant, in turns that begin
 * with another one each time.
 *
 * <p>Arguments: {@code forks=5 events=2000000 rounds=10}.
 */
final class CostBench {

    private static final double MOST_WITHOUT_SDK = 5;
    private static final double MOST_SAMPLED_OUT = 150;

    private CostBench() {}

    /** What one JVM has found: nanoseconds and bytes for an event. */
    private record Cost(double nanos, double bytes) {}

    public static void main(String[] args) throws Exception {
        int forks = number(args, "forks", 5);
        int events = number(args, "events", 2_000_000);
        int rounds = number(args, "rounds", 10);
        OperatingSystemMXBean system =
                (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        System.out.printf(
                "%s, Java %s, %d processors, load %.2f%n",
                System.getProperty("os.name"),
                Runtime.version(),
                system.getAvailableProcessors(),
                system.getSystemLoadAverage());
        if (system.getSystemLoadAverage() > 1) {
            System.out.println("The machine is not quiet: not for quoting.");
        }
        Map<CostChild.Variant, List<Cost>> costs = new EnumMap<>(CostChild.Variant.class);
        CostChild.Variant[] all = CostChild.Variant.values();
        for (int fork = 0; fork < forks; fork++) {
            for (int i = 0; i < all.length; i++) {
                CostChild.Variant variant = all[(fork + i) % all.length];
                Cost cost = run(variant, events, rounds);
                costs.computeIfAbsent(variant, any -> new ArrayList<>()).add(cost);
                System.out.printf(
                        "fork %d  %-12s %8.1f ns %8.1f B%n",
                        fork + 1, variant, cost.nanos(), cost.bytes());
            }
        }
        report(costs);
    }

    private static int number(String[] args, String key, int fallback) {
        for (String arg : args) {
            if (arg.startsWith(key + "=")) {
                return Integer.parseInt(arg.substring(key.length() + 1).replace("_", ""));
            }
        }
        return fallback;
    }

    private static Cost run(CostChild.Variant variant, int events, int rounds) throws Exception {
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xms512m",
                                "-Xmx512m",
                                // Or the host's search for memory would be measured.
                                "-XX:+AlwaysPreTouch",
                                "-XX:+UseSerialGC",
                                // Not that of the SDK's test kit, which is on this class path.
                                "-Dio.opentelemetry.context.contextStorageProvider=default",
                                "-cp",
                                System.getProperty("java.class.path"),
                                CostChild.class.getName(),
                                variant.name(),
                                Integer.toString(events),
                                Integer.toString(rounds))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader said =
                new BufferedReader(
                        new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            String line = said.readLine();
            if (line == null || child.waitFor() != 0) {
                throw new IllegalStateException("The JVM of " + variant + " has failed.");
            }
            String[] parts = line.split(" ");
            return new Cost(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]));
        }
    }

    private static void report(Map<CostChild.Variant, List<Cost>> costs) {
        List<Cost> plain = costs.get(CostChild.Variant.PLAIN);
        System.out.println();
        System.out.println("over the bus alone, of each fork: median (least to greatest)");
        for (CostChild.Variant variant : CostChild.Variant.values()) {
            List<Double> nanos = new ArrayList<>();
            List<Double> bytes = new ArrayList<>();
            for (int i = 0; i < plain.size(); i++) {
                Cost cost = costs.get(variant).get(i);
                nanos.add(cost.nanos() - plain.get(i).nanos());
                bytes.add(cost.bytes() - plain.get(i).bytes());
            }
            Collections.sort(nanos);
            Collections.sort(bytes);
            double median = nanos.get(nanos.size() / 2);
            System.out.printf(
                    "%-12s %+8.1f ns (%+.1f to %+.1f) %+8.1f B  %s%n",
                    variant,
                    median,
                    nanos.get(0),
                    nanos.get(nanos.size() - 1),
                    bytes.get(bytes.size() / 2),
                    verdict(variant, median, bytes.get(bytes.size() / 2)));
        }
    }

    private static String verdict(CostChild.Variant variant, double nanos, double bytes) {
        return switch (variant) {
            case NO_SDK ->
                    "target 5 ns and 0 B: "
                            + (nanos <= MOST_WITHOUT_SDK && bytes < 0.5 ? "reached" : "missed");
            case SAMPLED_OUT ->
                    "target 150 ns: " + (nanos <= MOST_SAMPLED_OUT ? "reached" : "missed");
            default -> "";
        };
    }
}

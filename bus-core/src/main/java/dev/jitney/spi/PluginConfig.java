// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.InvalidTopicException;
import dev.jitney.event.TopicPattern;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A plugin's configuration: keys and texts, read through typed getters. A plugin asks for every key
 * that it knows and then calls {@link #check}.
 *
 * <p><b>Failures.</b> A getter never throws. One that meets a bad value, or misses a required one,
 * notes the problem and returns a stand-in that must not be used; {@link #check} then throws all
 * problems at once, and with them each key that no getter asked for.
 *
 * <p><b>Threads.</b> Belongs to one thread: read it in {@code create} and do not keep it.
 */
public final class PluginConfig {

    /** The longest span of time that {@link #duration(String, Duration)} takes: 100 years. */
    public static final Duration LONGEST = Duration.ofDays(36_500);

    // What is shorter stands in every other word: hiding it would leave nothing to read.
    private static final int SHORTEST_SECRET = 4;

    private final String what;
    private final Map<String, String> values;
    private final PluginContext context;
    private final Set<String> asked = new TreeSet<>();
    private final Set<String> problems = new LinkedHashSet<>();
    private final Set<String> secrets = new LinkedHashSet<>();

    private PluginConfig(String what, Map<String, String> values, PluginContext context) {
        this.what = what;
        this.values = Map.copyOf(values);
        this.context = context;
    }

    /**
     * Returns a configuration with these values.
     *
     * @param what whose configuration it is, for messages: {@code store 'file'}
     */
    public static PluginConfig of(String what, Map<String, String> values, PluginContext context) {
        return new PluginConfig(what, values, context);
    }

    /** Returns what the bus hands to every plugin. */
    public PluginContext context() {
        return context;
    }

    /** Returns a text as it was given, or null if the key is not set. */
    public @Nullable String string(String key) {
        asked.add(key);
        return values.get(key);
    }

    /** Returns a text as it was given, or the default if the key is not set. */
    public String string(String key, String fallback) {
        String value = string(key);
        return value == null ? fallback : value;
    }

    /** Returns a text that must be set and not blank; notes a problem otherwise. */
    public String required(String key) {
        String value = string(key);
        if (value == null || value.isBlank()) {
            problem("'" + key + "' is " + (value == null ? "missing" : "empty"));
            return "";
        }
        return value;
    }

    /** Returns a yes or no, written {@code true} or {@code false}. */
    public boolean bool(String key, boolean fallback) {
        String value = string(key);
        if (value == null) {
            return fallback;
        }
        return switch (value.strip()) {
            case "true" -> true;
            case "false" -> false;
            default -> refuse(key, quoted(value), "true or false", fallback);
        };
    }

    /** Returns a whole number from {@code least} to {@code greatest}, both included. */
    public long number(String key, long fallback, long least, long greatest) {
        String value = string(key);
        if (value == null) {
            return fallback;
        }
        String range = least + " to " + greatest;
        try {
            long number = Long.parseLong(value.strip());
            boolean fits = number >= least && number <= greatest;
            return fits ? number : refuse(key, Long.toString(number), range, fallback);
        } catch (NumberFormatException e) {
            return refuse(key, quoted(value), "a whole number from " + range, fallback);
        }
    }

    /**
     * Returns a size in bytes from {@code least} to {@code greatest}, both included, written {@code
     * 512}, {@code 64k}, {@code 10m} or {@code 1g}; the units are powers of 1024.
     */
    public long bytes(String key, long fallback, long least, long greatest) {
        String value = string(key);
        if (value == null) {
            return fallback;
        }
        Long bytes = Units.parseBytes(value);
        if (bytes != null && bytes >= least && bytes <= greatest) {
            return bytes;
        }
        String range = Units.format(least) + " to " + Units.format(greatest);
        return refuse(
                key, quoted(value), "a size from " + range + ", such as 64k or 10m", fallback);
    }

    /**
     * Returns a span of time from zero to {@link #LONGEST}; see {@link #duration(String, Duration,
     * Duration, Duration)}.
     */
    public Duration duration(String key, Duration fallback) {
        return duration(key, fallback, Duration.ZERO, LONGEST);
    }

    /**
     * Returns a span of time from {@code least} to {@code greatest}, both included, written {@code
     * 250ms}, {@code 15s}, {@code 5m}, {@code 2h}, {@code 7d} or {@code 2w}. Only zero may go
     * without a unit.
     */
    public Duration duration(String key, Duration fallback, Duration least, Duration greatest) {
        String value = string(key);
        if (value == null) {
            return fallback;
        }
        Duration span = Units.parseDuration(value);
        if (span != null && span.compareTo(least) >= 0 && span.compareTo(greatest) <= 0) {
            return span;
        }
        String range = Units.format(least) + " to " + Units.format(greatest);
        String expected = "a span of time from " + range + ", such as 250ms, 15s or 7d";
        return refuse(key, quoted(value), expected, fallback);
    }

    /**
     * Returns a path as it was given, or null if the key is not set. A relative path is relative to
     * the working directory.
     */
    public @Nullable Path path(String key) {
        String value = string(key);
        try {
            return value == null ? null : Path.of(value);
        } catch (InvalidPathException e) {
            // The value is left out: it may hold a NUL or a line break.
            problem("'" + key + "' is not a path, " + e.getReason());
            return null;
        }
    }

    /**
     * Returns one of an enum's constants, written in lower case with {@code -} for {@code _}:
     * {@code drop-oldest} for {@code DROP_OLDEST}.
     */
    public <E extends Enum<E>> E choice(String key, E fallback) {
        String value = string(key);
        if (value == null) {
            return fallback;
        }
        List<String> names = new ArrayList<>();
        for (E constant : fallback.getDeclaringClass().getEnumConstants()) {
            String name = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
            if (name.equals(value.strip())) {
                return constant;
            }
            names.add(name);
        }
        return refuse(key, quoted(value), oneOf(names), fallback);
    }

    /**
     * Returns the topic patterns, separated by commas, of the events that a plugin is for, each
     * once and in the order given; all topics if the key is not set.
     */
    public List<TopicPattern> topics(String key) {
        Set<TopicPattern> topics = new LinkedHashSet<>();
        for (String topic : string(key, TopicPattern.ALL.text()).split(",", -1)) {
            try {
                topics.add(TopicPattern.parse(topic.strip()));
            } catch (InvalidTopicException e) {
                problem(
                        "'%s' holds %s, expected topic patterns such as order.*,user.*"
                                .formatted(key, quoted(topic.strip())));
            }
        }
        return List.copyOf(topics);
    }

    /** Returns a secret, or null if the key is not set. No message ever holds its text. */
    public @Nullable Secret secret(String key) {
        String value = string(key);
        return value == null ? null : kept(value);
    }

    /** Returns a secret that must be set and not blank; notes a problem otherwise. */
    public Secret requiredSecret(String key) {
        return kept(required(key));
    }

    private Secret kept(String value) {
        if (value.length() >= SHORTEST_SECRET) {
            secrets.add(value);
        }
        return Secret.of(value);
    }

    /**
     * Returns the text with {@code ***} in place of each secret that a getter has returned, if it
     * has four characters or more. The bus does so with all that a plugin says when it cannot be
     * opened.
     */
    public String hideSecrets(String text) {
        String hidden = text;
        List<String> longestFirst = new ArrayList<>(secrets);
        longestFirst.sort(PluginConfig::longestFirst);
        for (String secret : longestFirst) {
            hidden = hidden.replace(secret, "***");
        }
        return hidden;
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
        List<String> all = new ArrayList<>(problems);
        for (String key : new TreeSet<>(values.keySet())) {
            if (!asked.contains(key)) {
                all.add("'" + key + "' is not a known key, " + instead(key));
            }
        }
        if (!all.isEmpty()) {
            throw new ConfigException(what, all.stream().map(this::hideSecrets).toList());
        }
    }

    /** Returns the keys that are set, without their values, which may be secret. */
    @Override
    public String toString() {
        return "configuration of " + what + " with keys " + new TreeSet<>(values.keySet());
    }

    private String instead(String unknown) {
        String near = NearMatch.of(unknown, asked);
        if (near != null) {
            return "did you mean '" + near + "'?";
        }
        return asked.isEmpty() ? "expected none" : "expected " + oneOf(List.copyOf(asked));
    }

    private <T> T refuse(String key, String value, String expected, T fallback) {
        problem("'" + key + "' is " + value + ", expected " + expected);
        return fallback;
    }

    // One secret may be a part of another.
    private static int longestFirst(String one, String other) {
        int byLength = Integer.compare(other.length(), one.length());
        return byLength != 0 ? byLength : one.compareTo(other);
    }

    private static String quoted(String value) {
        return "'" + value + "'";
    }

    private static String oneOf(List<String> names) {
        int last = names.size() - 1;
        return last == 0
                ? names.get(0)
                : String.join(", ", names.subList(0, last)) + " or " + names.get(last);
    }
}

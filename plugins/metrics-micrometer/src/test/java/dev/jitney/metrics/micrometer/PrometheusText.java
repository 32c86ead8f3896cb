// SPDX-License-Identifier: Apache-2.0
package dev.jitney.metrics.micrometer;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads Prometheus's text format 0.0.4 and refuses what Prometheus's own parser, or the checks of
 * {@code promtool check metrics}, would not take.
 */
final class PrometheusText {

    private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
    private static final Pattern META = Pattern.compile("# (HELP|TYPE) (" + NAME + ") (.+)");
    private static final Pattern SAMPLE = Pattern.compile("(" + NAME + ")(\\{(.*)})? (\\S+)");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\\\\\"\\n]|\\\\[\\\\\"n])*)\"(,|$)");
    private static final Pattern NUMBER =
            Pattern.compile("NaN|[+-]Inf|[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final List<String> TYPES = List.of("counter", "gauge", "summary");

    private final Map<String, Family> families = new LinkedHashMap<>();
    private final Map<Series, Double> values = new HashMap<>();

    private String helped = "";
    private String open = "";

    /** A name and its labels. */
    record Series(String name, Map<String, String> labels) {}

    /** What the head of a family says. */
    record Family(String help, String type) {}

    private PrometheusText() {}

    static PrometheusText parse(String text) {
        PrometheusText parsed = new PrometheusText();
        require(text.endsWith("\n"), "the text ends with a line break", "");
        Map<String, String> helps = new HashMap<>();
        for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
            require(!line.contains("\r"), "no carriage return", line);
            if (line.startsWith("#")) {
                parsed.meta(line, helps);
            } else {
                parsed.sample(line);
            }
        }
        return parsed;
    }

    private void meta(String line, Map<String, String> helps) {
        Matcher meta = META.matcher(line);
        require(meta.matches(), "a line of HELP or TYPE with a name and a text", line);
        String name = meta.group(2);
        String text = meta.group(3);
        require(!families.containsKey(name), "each family once, in one piece", line);
        if (meta.group(1).equals("HELP")) {
            require(helps.put(name, text) == null, "HELP once", line);
            require(!text.isBlank(), "a help text", line);
            helped = name;
        } else {
            require(name.equals(helped), "HELP right before TYPE", line);
            require(TYPES.contains(text), "a type that we know", line);
            require(
                    name.endsWith("_total") == text.equals("counter"),
                    "counters, and only they, end in _total",
                    line);
            families.put(name, new Family(helps.get(name), text));
            open = name;
        }
    }

    private void sample(String line) {
        Matcher sample = SAMPLE.matcher(line);
        require(sample.matches(), "a sample", line);
        String name = sample.group(1);
        Map<String, String> labels = labels(sample.group(3), line);
        require(NUMBER.matcher(sample.group(4)).matches(), "a number", line);
        double value = Double.parseDouble(sample.group(4).replace("Inf", "Infinity"));
        Family family = families.get(open);
        require(family != null, "a sample below its TYPE", line);
        boolean summary = family.type().equals("summary");
        boolean own = name.equals(open);
        boolean part = summary && (name.equals(open + "_sum") || name.equals(open + "_count"));
        require(own || part, "a sample of the family '" + open + "'", line);
        require(
                labels.containsKey("quantile") == (summary && own),
                "a quantile on a summary's own samples only",
                line);
        require(!labels.containsKey("le"), "no bucket outside of a histogram", line);
        boolean counts = family.type().equals("counter") || part;
        require(!counts || value >= 0, "a count of 0 or more", line);
        require(values.put(new Series(name, labels), value) == null, "each series once", line);
    }

    private static Map<String, String> labels(String text, String line) {
        Map<String, String> labels = new TreeMap<>();
        if (text == null) {
            return labels;
        }
        Matcher label = LABEL.matcher(text);
        int at = 0;
        while (at < text.length()) {
            require(label.find(at) && label.start() == at, "a label at " + at, line);
            String value =
                    label.group(2).replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\");
            require(labels.put(label.group(1), value) == null, "each label once", line);
            at = label.end();
        }
        return labels;
    }

    private static void require(boolean holds, String rule, String line) {
        if (!holds) {
            throw new AssertionError("Expected " + rule + ": " + line);
        }
    }

    Map<String, Family> families() {
        return families;
    }

    /** The value of one series; the labels come in pairs. */
    double value(String name, String... labels) {
        Map<String, String> all = new TreeMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            all.put(labels[i], labels[i + 1]);
        }
        Double value = values.get(new Series(name, all));
        if (value == null) {
            throw new AssertionError("There is no " + name + all + ".");
        }
        return value;
    }

    /** The sum over all series of a name; 0 if there is none. */
    long sum(String name) {
        return Math.round(
                values.entrySet().stream()
                        .filter(one -> one.getKey().name().equals(name))
                        .mapToDouble(Map.Entry::getValue)
                        .sum());
    }

    /** How many series there are of a name. */
    long count(String name) {
        return values.keySet().stream().filter(one -> one.name().equals(name)).count();
    }

    int size() {
        return values.size();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

import dev.jitney.spi.Masker;
import dev.jitney.spi.MaskerProvider;
import dev.jitney.spi.PluginConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Offers the redactor, as masker {@code redactor}. Its README has a table of the options. */
public final class RedactorProvider implements MaskerProvider {

    /** Found by {@code ServiceLoader}. */
    public RedactorProvider() {}

    @Override
    public String name() {
        return "redactor";
    }

    @Override
    public Masker create(PluginConfig config) {
        long kinds = kinds(config, "kinds", "all") & ~kinds(config, "without", "none");
        SecretNames names =
                new SecretNames(
                        config.bool("default-keys", true),
                        names(config, "keys"),
                        names(config, "plain-keys"));
        List<OwnRule> own = own(config);
        config.check();
        return new Redactor(new Rules(names, kinds, own));
    }

    private static long kinds(PluginConfig config, String key, String fallback) {
        String value = config.string(key, fallback).strip();
        if (value.equals("all") || value.equals("none")) {
            return value.equals("all") ? -1L : 0L;
        }
        long kinds = 0;
        List<String> options = split(value, ",");
        // By chance, as where a variable is not set: nothing would be masked by its form.
        if (options.isEmpty() && key.equals("kinds")) {
            config.problem("'kinds' names nothing, expected all, none, or some of " + options());
        }
        for (String option : options) {
            long bit = bit(option.toLowerCase(Locale.ROOT));
            if (bit == 0) {
                config.problem(
                        "'%s' names '%s', expected all, none, or some of %s"
                                .formatted(key, option, options()));
            }
            kinds |= bit;
        }
        return kinds;
    }

    private static long bit(String option) {
        for (Kind kind : Kind.values()) {
            if (kind.option().equals(option)) {
                return kind.bit();
            }
        }
        return 0;
    }

    private static String options() {
        return Stream.of(Kind.values()).map(Kind::option).collect(Collectors.joining(", "));
    }

    private static List<String> names(PluginConfig config, String key) {
        List<String> names = split(config.string(key, ""), ",");
        for (String name : names) {
            // It would stand for all names that are signs alone.
            if (name.chars().noneMatch(Character::isLetterOrDigit)) {
                config.problem(
                        "'%s' names '%s', expected a name with a letter or a digit"
                                .formatted(key, name));
            }
        }
        return names;
    }

    private static List<String> split(String value, String by) {
        return Stream.of(value.split(by)).map(String::strip).filter(one -> !one.isEmpty()).toList();
    }

    private static List<OwnRule> own(PluginConfig config) {
        List<OwnRule> own = new ArrayList<>();
        for (String rule : split(config.string("rules", ""), "[;\n]")) {
            int equals = rule.indexOf('=');
            if (equals < 0) {
                config.problem("'rules' has '" + rule + "', expected NAME=PATTERN");
                continue;
            }
            try {
                own.add(
                        OwnRule.of(
                                rule.substring(0, equals).strip(),
                                rule.substring(equals + 1).strip()));
            } catch (IllegalArgumentException e) {
                config.problem(String.valueOf(e.getMessage()));
            }
        }
        return List.copyOf(own);
    }
}

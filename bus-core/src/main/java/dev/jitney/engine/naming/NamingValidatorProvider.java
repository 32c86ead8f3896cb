// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.naming;

import dev.jitney.event.Topics;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.EventValidatorProvider;
import dev.jitney.spi.PluginConfig;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Makes validators of the name {@code naming} (VAL-1): a topic is {@code {domain}.{action}}, two or
 * more segments of {@code a-z}, {@code 0-9} and {@code _} that each begin with a letter.
 *
 * <p>Keys: {@code mode}, {@code strict} to refuse (default) or {@code warn} to report only; {@code
 * domains}, the first segments that are allowed, separated by commas (default all), beside {@code
 * system}; {@code require-source}, whether the publisher must give a source of its own, not the
 * name of the bus (default false); {@code pattern}, a regular expression that the whole topic must
 * match instead of the rule above.
 *
 * <p>It takes part only where it is asked for: a bus takes any topic of TOP-1 by itself.
 */
public final class NamingValidatorProvider implements EventValidatorProvider {

    static final String NAME = "naming";

    /** What a topic that does not keep to the rule leads to. */
    private enum Mode {
        STRICT,
        WARN
    }

    /** Called by the service loader. */
    public NamingValidatorProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean automatic() {
        return false;
    }

    @Override
    public EventValidator create(PluginConfig config) {
        Mode mode = config.choice("mode", Mode.STRICT);
        Set<String> domains = domains(config);
        boolean requireSource = config.bool("require-source", false);
        Pattern pattern = pattern(config);
        config.check();
        return new NamingValidator(
                mode == Mode.WARN,
                domains,
                requireSource ? config.context().busName() : null,
                pattern);
    }

    private static Set<String> domains(PluginConfig config) {
        Set<String> domains = new TreeSet<>();
        String given = config.string("domains");
        if (given == null) {
            return domains;
        }
        for (String part : given.split(",", -1)) {
            String domain = part.strip();
            if (Topics.isValidTopic(domain) && domain.indexOf('.') < 0) {
                domains.add(domain);
            } else {
                config.problem(
                        "'domains' holds '"
                                + domain
                                + "', expected first segments of topics, such as user,order");
            }
        }
        return domains;
    }

    private static @Nullable Pattern pattern(PluginConfig config) {
        String given = config.string("pattern");
        try {
            return given == null ? null : Pattern.compile(given);
        } catch (PatternSyntaxException e) {
            config.problem(
                    "'pattern' is '%s', expected a regular expression: %s at position %s"
                            .formatted(given, e.getDescription(), e.getIndex()));
            return null;
        }
    }
}

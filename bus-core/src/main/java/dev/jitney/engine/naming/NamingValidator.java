// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.naming;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.Event;
import dev.jitney.event.Topics;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.ValidationException.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Looks at topic and source only, and makes nothing for an event that is in order. */
final class NamingValidator implements EventValidator {

    private static final String SYSTEM = "system";

    private static final Set<String> SYSTEM_TOPICS =
            Set.of(
                    "system.startup",
                    "system.shutdown",
                    "system.health",
                    "system.handler_error",
                    "system.slow_handler",
                    "system.deduplicated",
                    "system.invalid_transition",
                    DeadLetter.UNDECODABLE);

    private final boolean warn;
    private final Set<String> domains;
    private final @Nullable String ownSource;
    private final @Nullable Pattern pattern;

    /**
     * @param domains the first segments that are allowed; empty for all
     * @param ownSource the source that the bus fills in, which then does not count as one; null if
     *     none is required
     * @param pattern what a topic must match instead of the usual rule, or null
     */
    NamingValidator(
            boolean warn,
            Set<String> domains,
            @Nullable String ownSource,
            @Nullable Pattern pattern) {
        this.warn = warn;
        this.domains = domains;
        this.ownSource = ownSource;
        this.pattern = pattern;
    }

    @Override
    public String name() {
        return NamingValidatorProvider.NAME;
    }

    @Override
    public List<Problem> validate(Event event) {
        String topic = event.topic();
        boolean formed = pattern == null ? isStrict(topic) : pattern.matcher(topic).matches();
        boolean known = domains.isEmpty() || isAllowed(Topics.domainOf(topic));
        boolean signed = ownSource == null || !isMissing(event.source(), ownSource);
        boolean reserved = Topics.isSystem(topic) && !SYSTEM_TOPICS.contains(topic);
        return formed && known && signed && !reserved
                ? List.of()
                : problems(topic, formed, known, signed, reserved);
    }

    private List<Problem> problems(
            String topic, boolean formed, boolean known, boolean signed, boolean reserved) {
        List<Problem> all = new ArrayList<>();
        if (!formed) {
            all.add(problem(expected()));
        }
        if (!known) {
            String domain = Topics.domainOf(topic);
            all.add(
                    problem(
                            "domain '%s' is not allowed, use %s"
                                    .formatted(domain, String.join(", ", domains))));
        }
        if (!signed) {
            all.add(problem("the source is missing, give one with withSource"));
        }
        if (reserved) {
            all.add(
                    Problem.of("topics below 'system' are reserved, use a domain of your own")
                            .asWarning());
        }
        return all;
    }

    private String expected() {
        return pattern == null
                ? "a topic must be {domain}.{action}, segments of a-z, 0-9 and '_' that each begin"
                        + " with a letter, for example order.placed"
                : "a topic must match '" + pattern + "'";
    }

    private Problem problem(String message) {
        Problem problem = Problem.of(message);
        return warn ? problem.asWarning() : problem;
    }

    private boolean isAllowed(String domain) {
        return domains.contains(domain) || domain.equals(SYSTEM);
    }

    private static boolean isMissing(@Nullable String source, String ownSource) {
        return source == null || source.isBlank() || source.equals(ownSource);
    }

    /** Says whether there are two segments or more, each a letter, then letters, digits and _. */
    static boolean isStrict(String topic) {
        boolean begins = true;
        int segments = 1;
        for (int i = 0; i < topic.length(); i++) {
            char c = topic.charAt(i);
            boolean letter = c >= 'a' && c <= 'z';
            if (c == '.' && !begins) {
                segments++;
                begins = true;
            } else if (letter || !begins && (c == '_' || c >= '0' && c <= '9')) {
                begins = false;
            } else {
                return false;
            }
        }
        return !begins && segments > 1;
    }
}

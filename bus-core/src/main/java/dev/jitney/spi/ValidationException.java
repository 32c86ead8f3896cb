// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Event;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An event was refused by a validator, or by an interceptor, before the bus took it (PUB-3). The
 * message names the rule and its problems, the first 20 of them.
 */
public final class ValidationException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 20;

    private final String rule;
    private final String topic;
    private final String eventId;
    // An array, so that the problems survive serialization with the exception.
    private final Problem[] problems;

    /**
     * Something that is wrong with an event, or merely odd.
     *
     * @param message the problem in a clause without a full stop
     * @param pointer the JSON pointer (RFC 6901) to the place in the payload, or null if it is not
     *     about a place in the payload
     * @param warning true if it is to be reported, but is no reason to refuse the event
     */
    public record Problem(String message, @Nullable String pointer, boolean warning)
            implements Serializable {

        /** Returns a reason to refuse an event. */
        public static Problem of(String message) {
            return new Problem(message, null, false);
        }

        /** Returns a reason to refuse an event, at a place in its payload. */
        public static Problem at(String pointer, String message) {
            return new Problem(message, pointer, false);
        }

        /** Returns the same problem as one that is only reported. */
        public Problem asWarning() {
            return new Problem(message, pointer, true);
        }

        /** Returns the problem in a clause, with its place. */
        @Override
        public String toString() {
            return pointer == null ? message : "at '" + pointer + "' " + message;
        }
    }

    /**
     * @param rule the name of the validator or interceptor that refuses the event
     * @param problems all that it found, warnings included; at least one that is none
     */
    public ValidationException(String rule, Event event, List<Problem> problems) {
        super(message(rule, event, problems));
        this.rule = rule;
        this.topic = event.topic();
        this.eventId = event.id();
        this.problems = problems.toArray(Problem[]::new);
    }

    /** Returns an exception with a single problem. */
    public static ValidationException of(String rule, Event event, String problem) {
        return new ValidationException(rule, event, List.of(Problem.of(problem)));
    }

    /** Returns the name of the validator or interceptor that refused the event. */
    public String rule() {
        return rule;
    }

    /** Returns the topic of the event that was refused. */
    public String topic() {
        return topic;
    }

    /** Returns the id of the event that was refused. */
    public String eventId() {
        return eventId;
    }

    /** Returns all problems, warnings included. */
    public List<Problem> problems() {
        return List.of(problems);
    }

    private static String message(String rule, Event event, List<Problem> problems) {
        List<Problem> reasons = problems.stream().filter(one -> !one.warning()).toList();
        if (reasons.isEmpty()) {
            throw new IllegalArgumentException(
                    "problems must hold 1 or more that is no warning, but had none");
        }
        int count = reasons.size();
        String shown =
                reasons.stream()
                        .limit(SHOWN)
                        .map(Problem::toString)
                        .collect(Collectors.joining("; "));
        return "Event '%s' is refused by '%s'%s: %s%s."
                .formatted(
                        event.topic(),
                        rule,
                        count == 1 ? "" : " for " + count + " problems",
                        shown,
                        count > SHOWN ? "; and " + (count - SHOWN) + " more" : "");
    }
}

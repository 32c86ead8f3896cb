// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.event.Event;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.ValidationException;
import dev.jitney.spi.ValidationException.Problem;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The validators of a bus, called as one (VAL-1, ERR-6).
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 */
public final class Validators {

    private static final int SHOWN = 20;

    private final List<EventValidator> all;
    private final PluginLog log;
    private final String[] labels;

    /** Puts the validators in order of name, then as they are given. */
    public Validators(List<EventValidator> validators, PluginLog log) {
        this.log = log;
        all = validators.isEmpty() ? List.of() : inOrder(validators);
        labels = Wording.labels("event validator", all);
    }

    private static List<EventValidator> inOrder(List<EventValidator> validators) {
        return validators.stream().sorted(Comparator.comparing(EventValidator::name)).toList();
    }

    /** Says whether there is none. */
    public boolean isEmpty() {
        return labels.length == 0;
    }

    /** Returns the validators in their order. */
    public List<EventValidator> list() {
        return all;
    }

    /**
     * Lets the validators look at an event, up to the first that refuses it. Warnings are logged,
     * at most once a minute for each validator.
     *
     * @throws ValidationException if one refuses the event
     */
    public void check(Event event) {
        for (int i = 0; i < labels.length; i++) {
            List<Problem> problems = problems(i, event);
            if (!problems.isEmpty()) {
                judge(i, event, problems);
            }
        }
    }

    private List<Problem> problems(int i, Event event) {
        try {
            List<Problem> problems = all.get(i).validate(event);
            // Looked into here, so that a list that cannot be read is the validator's failure too.
            return problems.isEmpty() ? List.of() : List.copyOf(problems);
        } catch (ValidationException refusal) {
            throw refusal;
        } catch (Throwable e) {
            log.failed(labels[i], "validate", e);
            return List.of();
        }
    }

    private void judge(int i, Event event, List<Problem> problems) {
        if (problems.stream().anyMatch(one -> !one.warning())) {
            throw new ValidationException(all.get(i).name(), event, problems);
        }
        String shown =
                problems.stream()
                        .limit(SHOWN)
                        .map(Problem::toString)
                        .collect(Collectors.joining("; "));
        log.say(
                "warnings of " + labels[i],
                "Event '%s' with id '%s' has passed '%s' with a warning: %s."
                        .formatted(event.topic(), event.id(), all.get(i).name(), shown),
                null);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import java.util.List;

/** A configuration is wrong. All of its problems come at once, so that one look mends them all. */
public final class ConfigException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    // An array, so that the problems survive serialization with the exception.
    private final String[] problems;

    /**
     * @param what whose configuration, for example {@code store 'file'}
     * @param problems each problem in a clause without a full stop; one or more
     */
    public ConfigException(String what, List<String> problems) {
        super(message(what, problems));
        this.problems = problems.toArray(String[]::new);
    }

    /** Returns each problem in a clause of its own. */
    public List<String> problems() {
        return List.of(problems);
    }

    private static String message(String what, List<String> problems) {
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("problems must hold 1 or more, but was empty");
        }
        String count =
                problems.size() == 1 ? "has a problem: " : "has " + problems.size() + " problems: ";
        String joined = String.join("; ", problems);
        return "Configuration of "
                + what
                + " "
                + count
                + joined
                + (joined.endsWith("?") ? "" : ".");
    }
}

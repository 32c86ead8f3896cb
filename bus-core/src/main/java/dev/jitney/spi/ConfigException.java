// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import java.util.List;

/** A configuration is wrong; all problems come at once. */
public final class ConfigException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    /**
     * @param what whose configuration, for example {@code store 'file'}
     * @param problems each problem in a clause without a full stop
     */
    public ConfigException(String what, List<String> problems) {
        super(
                "Configuration of "
                        + what
                        + (problems.size() == 1
                                ? " has a problem: "
                                : " has " + problems.size() + " problems: ")
                        + String.join("; ", problems)
                        + ".");
        this.problems = List.copyOf(problems);
    }

    /** Returns each problem in a clause of its own. */
    public List<String> problems() {
        return problems;
    }
}

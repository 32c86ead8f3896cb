// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.util.Locale;

/** How bad an event is, mildest first. On the wire it is the lower-case name. */
public enum Severity {
    INFO,
    WARNING,
    CRITICAL;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** Returns the name used on the wire and on the command line, for example {@code warning}. */
    public String wireName() {
        return wireName;
    }

    /** Says whether this severity is {@code floor} or worse. */
    public boolean atLeast(Severity floor) {
        return compareTo(floor) >= 0;
    }

    /**
     * Reads a severity in any case.
     *
     * @throws IllegalArgumentException if the text names none, listing those there are
     */
    public static Severity parse(String text) {
        for (Severity severity : values()) {
            if (severity.wireName.equalsIgnoreCase(text.strip())) {
                return severity;
            }
        }
        throw new IllegalArgumentException(
                "Severity '" + text + "' is not known. Use info, warning or critical.");
    }
}

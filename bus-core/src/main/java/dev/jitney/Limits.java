// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import java.time.Duration;
import java.util.Objects;

/** Checks of values that several options share. */
final class Limits {

    private Limits() {}

    /**
     * Returns the value.
     *
     * @param what what a message calls it
     * @throws NullPointerException if it is null, with the parameter's name
     * @throws IllegalArgumentException if it is negative
     */
    static Duration notNegative(String what, String parameter, Duration value) {
        if (Objects.requireNonNull(value, parameter).isNegative()) {
            throw new IllegalArgumentException(
                    "%s '%s' is negative. Use zero or more.".formatted(what, value));
        }
        return value;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import java.time.Duration;

/** Checks of values that several options share. */
final class Limits {

    private Limits() {}

    static Duration notNegative(String what, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(
                    "%s '%s' is negative. Use zero or more.".formatted(what, value));
        }
        return value;
    }
}

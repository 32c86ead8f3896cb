// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A text that must not be seen: a password, a token. It shows itself as {@code ***} wherever it is
 * printed, logged or joined into a message. It is kept as a string and is not wiped from memory.
 *
 * <p><b>Threads.</b> Immutable.
 */
public final class Secret {

    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    /** Returns a secret with this text. */
    public static Secret of(String value) {
        return new Secret(value);
    }

    /** Returns the text itself, to be handed on at once to what needs it. */
    public String reveal() {
        return value;
    }

    /** Compares the texts in a time that does not tell where they differ. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Secret that && MessageDigest.isEqual(bytes(), that.bytes());
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /** Returns {@code ***}, whatever the text is. */
    @Override
    public String toString() {
        return "***";
    }

    private byte[] bytes() {
        return value.getBytes(StandardCharsets.UTF_8);
    }
}

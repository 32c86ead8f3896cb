// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

/** Decides whether an encoded event is selected. Used by one thread, again for many lines. */
public interface LineMatcher {

    /**
     * Says whether the event in {@code bytes[from..to)} is selected. Reads no more of the line than
     * the decision needs and allocates nothing for a line that it rejects.
     *
     * @throws EventFormatException if the line turns out not to be an event before the decision; a
     *     line that is decided early may still be malformed further on
     */
    boolean matches(byte[] bytes, int from, int to);
}

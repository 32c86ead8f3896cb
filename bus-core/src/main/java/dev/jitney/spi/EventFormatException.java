// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import org.jspecify.annotations.Nullable;

/** A text is not an event in the wire form, or an event cannot be written in it (EVT-6). */
public final class EventFormatException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final int position;

    /**
     * @param position the byte, from 0, within the line at which reading stopped; -1 when writing
     * @param message what was expected and what is there, in a sentence
     */
    public EventFormatException(int position, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.position = position;
    }

    public EventFormatException(int position, String message) {
        this(position, message, null);
    }

    /** Returns the byte, from 0, within the line at which reading stopped; -1 when writing. */
    public int position() {
        return position;
    }
}

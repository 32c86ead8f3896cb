// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a handler that will never handle this event: it is not retried, whatever the policy
 * says, and goes straight to the dead letters as rejected (ERR-4). Other handlers of the event are
 * not touched.
 */
public final class RejectException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String reason;

    /**
     * Rejects the event.
     *
     * @param reason why, in a sentence for people; not blank
     * @throws IllegalArgumentException if the reason is blank
     */
    public RejectException(String reason) {
        this(reason, null);
    }

    /**
     * Rejects the event.
     *
     * @param reason why, in a sentence for people; not blank
     * @param cause what went wrong, or null
     * @throws IllegalArgumentException if the reason is blank
     */
    public RejectException(String reason, @Nullable Throwable cause) {
        super(reason, cause);
        if (reason.isBlank()) {
            throw new IllegalArgumentException(
                    "The reason of a rejection is blank. Say why the event can never be handled.");
        }
        this.reason = reason;
    }

    /** Returns why the event was rejected. */
    public String reason() {
        return reason;
    }
}

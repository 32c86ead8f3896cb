// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.Outcome;
import org.jspecify.annotations.Nullable;

/** A result was asked of a publication that ended without its handlers having run to their end. */
public final class PublicationException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final Outcome outcome;

    public PublicationException(String message, Outcome outcome, @Nullable Throwable cause) {
        super(message, cause);
        this.outcome = outcome;
    }

    /** Returns how the publication ended. */
    public Outcome outcome() {
        return outcome;
    }
}

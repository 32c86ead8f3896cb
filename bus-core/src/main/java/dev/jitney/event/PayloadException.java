// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import org.jspecify.annotations.Nullable;

/** A payload is not of the type that was asked for, or cannot be turned into JSON (EVT-7). */
public final class PayloadException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public PayloadException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    public PayloadException(String message) {
        super(message);
    }
}

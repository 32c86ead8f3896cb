// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import org.jspecify.annotations.Nullable;

/** An event is larger than the store takes. */
public final class EventTooLargeException extends StoreException {

    private static final long serialVersionUID = 1L;

    public EventTooLargeException(String message) {
        super(message);
    }

    public EventTooLargeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import org.jspecify.annotations.Nullable;

/** The location cannot be used as it is: not writable, or open to other users. */
public final class StoreAccessException extends StoreException {

    private static final long serialVersionUID = 1L;

    public StoreAccessException(String message) {
        super(message);
    }

    public StoreAccessException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

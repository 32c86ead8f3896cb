// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import org.jspecify.annotations.Nullable;

/** A store cannot do it now: busy, locked or out of reach. Trying again makes sense. */
public final class StoreUnavailableException extends StoreException {

    private static final long serialVersionUID = 1L;

    public StoreUnavailableException(String message) {
        super(message);
    }

    public StoreUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

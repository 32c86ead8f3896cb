// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import org.jspecify.annotations.Nullable;

/** There is no store at the location, or what is there is not one. */
public final class StoreNotFoundException extends StoreException {

    private static final long serialVersionUID = 1L;

    public StoreNotFoundException(String message) {
        super(message);
    }

    public StoreNotFoundException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

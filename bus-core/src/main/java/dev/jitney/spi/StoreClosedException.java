// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import org.jspecify.annotations.Nullable;

/** The store was closed. */
public final class StoreClosedException extends StoreException {

    private static final long serialVersionUID = 1L;

    public StoreClosedException(String message) {
        super(message);
    }

    public StoreClosedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

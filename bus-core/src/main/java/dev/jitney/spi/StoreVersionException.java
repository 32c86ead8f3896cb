// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import org.jspecify.annotations.Nullable;

/** The store's format is newer than this program knows. */
public final class StoreVersionException extends StoreException {

    private static final long serialVersionUID = 1L;

    public StoreVersionException(String message) {
        super(message);
    }

    public StoreVersionException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

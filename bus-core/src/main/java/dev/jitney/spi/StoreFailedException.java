// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import org.jspecify.annotations.Nullable;

/**
 * A write or a force has failed, a full disk among the causes; the store takes no more appends
 * (STO-9).
 */
public final class StoreFailedException extends StoreException {

    private static final long serialVersionUID = 1L;

    public StoreFailedException(String message) {
        super(message);
    }

    public StoreFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

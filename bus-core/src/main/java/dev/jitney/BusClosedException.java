// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

/** The bus is closing or closed and takes no more calls. The message says since when. */
public final class BusClosedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    public BusClosedException(String message) {
        super(message);
    }
}

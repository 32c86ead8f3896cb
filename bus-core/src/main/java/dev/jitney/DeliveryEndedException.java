// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

/**
 * A handler publishes although its delivery has ended without it: its time limit has passed or it
 * was cancelled, and it has not noticed (TMO-2). Nothing was published.
 */
public final class DeliveryEndedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    public DeliveryEndedException(String message) {
        super(message);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

/** Several handlers of one event have failed (RES-2); their failures are the suppressed ones. */
public final class HandlersFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public HandlersFailedException(String message) {
        super(message);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

/** A text was used as a topic or a topic pattern and is none (TOP-1, TOP-2). */
public final class InvalidTopicException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public InvalidTopicException(String message) {
        super(message);
    }
}

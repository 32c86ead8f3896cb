// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

/** How far the delivery of one event to one subscription has come (RES-1). */
public enum DeliveryState {
    /** The handler has not begun. */
    PENDING,
    /** The handler is running, or waits for its next attempt. */
    STARTED,
    /** The handler has returned. */
    COMPLETED,
    /** The handler has thrown, and will not be tried again. */
    FAILED,
    /** The handler did not end within its limit (TMO-2), or the event within its own (TMO-3). */
    TIMED_OUT,
    /** The handler was not begun, or was broken off, because its result was no longer wanted. */
    CANCELLED;

    /** Says whether the delivery has ended, one way or another. */
    public boolean ended() {
        return this != PENDING && this != STARTED;
    }
}

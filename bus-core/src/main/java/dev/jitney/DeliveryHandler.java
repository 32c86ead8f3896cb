// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

/** Handles events by callback: it is done when it has settled the delivery, now or later. */
@FunctionalInterface
public interface DeliveryHandler {

    /** Begins to handle one delivery. What it throws fails the delivery. */
    void handle(Delivery delivery) throws Exception;

    /**
     * Says whether settling a delivery is the last thing that this handler does for it on the
     * thread it does that on; asked once, when it subscribes. Then what waits for the delivery may
     * go on on that thread of {@link Delivery#executor} as soon as the task there has returned, and
     * no other thread has to be woken for it. False here: a task that goes on for long after it has
     * settled would keep its lane waiting.
     */
    default boolean settlesLast() {
        return false;
    }
}

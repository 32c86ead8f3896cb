// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

/** Handles events by callback: it is done when it has settled the delivery, now or later. */
@FunctionalInterface
public interface DeliveryHandler {

    /** Begins to handle one delivery. What it throws fails the delivery. */
    void handle(Delivery delivery) throws Exception;
}

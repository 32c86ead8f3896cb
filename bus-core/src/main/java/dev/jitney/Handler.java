// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.Event;

/**
 * Handles events and returns nothing. It may block; a handler that blocks for long says so with
 * {@link SubscribeOptions.Builder#blocking()}.
 */
@FunctionalInterface
public interface Handler {

    /** Handles one event. What it throws is this handler's failure and no one else's (ERR-1). */
    void handle(Event event) throws Exception;
}

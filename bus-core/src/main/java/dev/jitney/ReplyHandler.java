// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.Event;
import org.jspecify.annotations.Nullable;

/** Handles events and returns a value, which {@link HandlerResult#value} shows. It may block. */
@FunctionalInterface
public interface ReplyHandler {

    /** Handles one event. What it throws is this handler's failure and no one else's (ERR-1). */
    @Nullable Object handle(Event event) throws Exception;
}

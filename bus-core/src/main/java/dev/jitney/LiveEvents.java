// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.Event;
import java.util.concurrent.Flow;

/**
 * A live view of the events that a bus handles (SUB-8). Each subscriber has a buffer of 1 024
 * events to fall behind in; past that it loses the oldest, and {@link #lost} counts them.
 */
public interface LiveEvents extends Flow.Publisher<Event> {

    /**
     * Returns how many events the subscribers of this view have lost, all together: those that they
     * were too slow for, and those that they had not asked for when the bus closed.
     */
    long lost();
}

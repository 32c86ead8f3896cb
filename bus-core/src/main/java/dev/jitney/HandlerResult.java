// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one handler has made of one event (RES-1).
 *
 * <p><b>Threads.</b> Safe for concurrent use. It does not change any more once its publication has
 * completed.
 */
public interface HandlerResult {

    /** Returns the id of the handler's subscription. */
    String subscriptionId();

    /** Returns the name of the handler's subscription. */
    String subscription();

    /** Returns how far it has come, or how it ended. */
    DeliveryState state();

    /** Returns the value that the handler returned, or null. */
    @Nullable Object value();

    /**
     * Returns why the handler has not completed: what it threw, or what its time limit or
     * cancellation was; null if it has.
     */
    @Nullable Throwable error();

    /** Returns when the handler first began, to the millisecond, or null if it has not. */
    @Nullable Instant start();

    /** Returns when the handler ended, to the millisecond, or null if it has not. */
    @Nullable Instant end();

    /** Returns how often the handler has begun to run. */
    int attempts();

    /** Returns the events that the handler has published, in that order (NST-1). */
    List<Event> published();
}

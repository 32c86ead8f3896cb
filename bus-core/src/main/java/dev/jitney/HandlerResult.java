// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

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

    /** How far a handler has come, and how it ended. */
    enum State {
        /** It waits for its turn. */
        PENDING,
        /** It runs, or waits to be tried again. */
        STARTED,
        /** It has returned. */
        COMPLETED,
        /** It has thrown. */
        FAILED,
        /** Its time limit passed, or the event's (TMO-2, TMO-3). */
        TIMED_OUT,
        /** It was ended from outside, or before it began. */
        CANCELLED;

        /** Says whether this is an end. */
        public boolean ended() {
            return this != PENDING && this != STARTED;
        }
    }

    /** Returns the id of the handler's subscription. */
    String subscriptionId();

    /** Returns the name of the handler's subscription. */
    String subscription();

    /** Returns how far it has come, or how it ended. */
    State state();

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

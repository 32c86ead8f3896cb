// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.Event;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One event offered to one subscription, for a handler that says itself when it is done.
 *
 * <p><b>Threads.</b> Safe for concurrent use. The first of {@link #complete}, {@link #fail} and
 * {@link #cancel} settles it; later calls have no effect.
 */
public interface Delivery {

    /** Returns the event to handle. */
    Event event();

    /** Returns the subscription that it is offered to. */
    Subscription subscription();

    /** Returns which run of the handler for this event this is, from 1. */
    int attempt();

    /** Settles the delivery with the handler's value and says whether this call did it. */
    boolean complete(@Nullable Object value);

    /** Settles the delivery with the handler's failure and says whether this call did it. */
    boolean fail(Throwable error);

    /**
     * Settles the delivery as cancelled, because whoever owns the handler has ended it, and says
     * whether this call did it. That is no failure: there is no retry and no dead letter. The event
     * was not handled by all who wanted it then, and so ends as with failures.
     */
    boolean cancel(Throwable cause);

    /**
     * Returns an executor over the threads that handlers run on. What runs there counts as part of
     * the handler: events published by it are caused by this event (NST-1).
     */
    Executor executor();

    /**
     * Makes the calling thread part of the handler until the entry is closed, by the same thread.
     * Entries nest.
     */
    Entry enter();

    /**
     * Runs the action, once, when the delivery is cancelled before it is settled, or at once if it
     * is already cancelled. A cancelled delivery must still be settled.
     */
    void onCancel(Runnable action);

    /** A stretch of time in which a thread is part of a handler. */
    @FunctionalInterface
    interface Entry extends AutoCloseable {
        @Override
        void close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.event.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The receipt for an event that was handed to a bus: what became of it (PUB-1, PUB-2). It can be
 * waited for in several ways, or ignored, which costs nothing.
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 *
 * <p><b>Failures.</b> Waiting never throws a handler's failure (RES-4); {@link #handlerResults}
 * shows it.
 */
public interface Publication {

    /** How far a publication has come. */
    enum State {
        /** It waits for its turn, or for its store. */
        PENDING,
        /** Its handlers are running. */
        STARTED,
        /** It has an outcome. */
        COMPLETED
    }

    /**
     * Returns the event that is handled: the one published, with what it lacked filled in (EVT-1).
     */
    Event event();

    /** Returns how far it has come. */
    State state();

    /** Returns how it ended, or null as long as it has not. */
    @Nullable Outcome outcome();

    /** Returns why it ended so, in a sentence; empty as long as it has not ended. */
    String reason();

    /** Returns the failure that ended it, or null: a handler's own failure is not one. */
    @Nullable Throwable cause();

    /**
     * Returns what each handler has made of it, in the order in which they run: one for each
     * handler once the event has started, none before. Results of other buses that the event was
     * forwarded to follow, in the order of the path (FWD-2).
     */
    List<HandlerResult> handlerResults();

    /**
     * Returns the names of the buses that have taken the event, in order; this bus first (FWD-1).
     */
    List<String> path();

    /**
     * Returns the first value that is not null, in the order of the handlers (RES-2), or null if
     * there is none.
     *
     * @throws Exception the failure of the handler that failed, as it was thrown, or {@link
     *     HandlersFailedException} if several did
     * @throws PublicationException if the event was not handled: it was a duplicate, noise,
     *     dropped, refused, timed out or cancelled
     * @throws IllegalStateException if the publication has not completed
     */
    @Nullable Object result() throws Exception;

    /**
     * As {@link #result()}, of a type.
     *
     * @throws ClassCastException if the value is of another type; the message names both
     */
    <T> @Nullable T result(Class<T> type) throws Exception;

    /**
     * Returns all values that are not null, in the order of the handlers and not of their ends
     * (RES-2). Fails as {@link #result()} does.
     */
    List<Object> results() throws Exception;

    /**
     * Returns all values that are not null, in the order of the handlers, whatever else has become
     * of the event and its other handlers so far. Never fails.
     */
    List<Object> values();

    /**
     * Returns the stage that completes with the event's offset when the store has it at this level,
     * never earlier (STO-2). It fails with the store's failure, with {@link
     * UnsupportedOperationException} for a level that the store does not know, and with {@link
     * IllegalStateException} if the event was not given to a store: the bus has none, or the event
     * was a duplicate, dropped or came from the store.
     */
    CompletionStage<Offset> stored(Level level);

    /**
     * Waits until the publication has completed. A caller whose event is next on an idle lane may
     * run the handlers itself meanwhile, if the wait has no limit or none of them is declared
     * blocking (ORD-10).
     *
     * @param limit the longest to wait; zero waits without limit
     * @return false if the limit passed first
     * @throws IllegalStateException if a handler waits for the event that it handles, or for one
     *     whose handlers wait for that, which would never end
     */
    boolean join(Duration limit) throws InterruptedException;

    /**
     * Returns a new future that completes with this publication, never exceptionally. Completing or
     * cancelling it changes nothing here. Inside a handler taking it counts as waiting for the
     * event, from the call until the event has completed (NST-2), also where a {@code get} on it
     * has given up before; {@link #join} waits no longer than it blocks.
     */
    CompletableFuture<Publication> toCompletableFuture();

    /**
     * Runs the action once when the publication has completed, on the thread that completes it, or
     * at once if it has. The action must be quick; what it throws is logged. It is no part of any
     * handler, and inside a handler this does not count as waiting for the event.
     */
    void whenCompleted(Consumer<? super Publication> action);

    /**
     * Waits for the event without blocking a thread, for whoever builds another way to wait: the
     * action runs once when the publication has completed, or at once if it has. Inside a handler
     * this counts as waiting for the event, as {@link #join} does, and the action runs when the
     * handler may go on (NST-2). It must be quick and hand longer work on.
     *
     * @return the wait, to end it early
     */
    Waiting awaitThen(Runnable goOn);

    /** A wait that {@link #awaitThen} has begun. */
    @FunctionalInterface
    interface Waiting {

        /**
         * Waits no longer. The action that the wait was begun with does not run any more, unless it
         * has; this one runs in its place, at once, or in a handler as soon as that may go on.
         */
        void giveUp(Runnable goOn);
    }
}

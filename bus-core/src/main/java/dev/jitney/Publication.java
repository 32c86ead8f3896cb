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
     * Returns what each handler has made of it, in the order in which they run: complete when the
     * publication is, else of those that have ended.
     */
    List<HandlerResult> handlerResults();

    /**
     * Returns the stage that completes with the event's offset when the store has it at this level,
     * never earlier (STO-2). It fails with the store's failure, with {@link
     * UnsupportedOperationException} for a level that the store does not know, and with {@link
     * IllegalStateException} if the event was not given to a store: the bus has none, or the event
     * was a duplicate, dropped or came from the store.
     */
    CompletionStage<Offset> stored(Level level);

    /**
     * Waits until the publication has completed.
     *
     * @param limit the longest to wait; zero waits without limit
     * @return false if the limit passed first
     * @throws IllegalStateException if a handler of the same bus would wait for an event that is
     *     behind its own in the lane, which would never end
     */
    boolean join(Duration limit) throws InterruptedException;

    /**
     * Returns a new future that completes with this publication, never exceptionally. Completing or
     * cancelling it changes nothing here.
     */
    CompletableFuture<Publication> toCompletableFuture();

    /**
     * Runs the action once when the publication has completed, on the thread that completes it, or
     * at once if it has. The action must be quick; what it throws is logged.
     */
    void whenCompleted(Consumer<? super Publication> action);
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A batch that a store has accepted. */
public interface Append {

    /**
     * Returns the stage that completes, with the offset of the batch's last event, when the level
     * is reached, never earlier (STO-2). At {@link Level#MEMORY} the offset may be {@link
     * Offset#UNASSIGNED}. It fails with a {@link StoreException} when the level cannot be reached,
     * and with {@link UnsupportedOperationException} for a level that this store does not know. A
     * level above the one that was asked for is reached when the store gets there, which may be
     * never.
     */
    CompletionStage<Offset> reached(Level level);

    /**
     * Says whether the stage of this level is complete, with an offset or a failure, without making
     * one. Appends of one store are done in the order in which they were accepted.
     */
    boolean isDone(Level level);

    /**
     * Waits until {@link #isDone}. The calling thread may do the writing itself, for others too,
     * which makes this much cheaper than waiting for a stage. When it ends without that, the store
     * goes on by itself.
     *
     * @param limit the longest to wait; zero waits without limit
     * @return false if the limit has passed first
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    default boolean await(Level level, Duration limit) throws InterruptedException {
        if (isDone(level)) {
            return true;
        }
        CompletableFuture<Offset> stage = reached(level).toCompletableFuture();
        try {
            if (limit.isZero()) {
                stage.get();
            } else {
                stage.get(nanos(limit), TimeUnit.NANOSECONDS);
            }
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException | CancellationException e) {
            // Done all the same; failure(level) says so.
            return true;
        }
        return true;
    }

    private static long nanos(Duration limit) {
        try {
            return limit.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }

    /**
     * Returns what the stage of this level has failed with, or null if it has not failed or is not
     * complete yet. The bus asks once for each event: a store that knows without making a stage
     * should say so.
     */
    default @Nullable Throwable failure(Level level) {
        CompletableFuture<Offset> stage = reached(level).toCompletableFuture();
        if (!stage.isCompletedExceptionally()) {
            return null;
        }
        // Not join, which from JDK 25 on wraps a cancellation in another one.
        @Nullable Throwable error = stage.handle((offset, failure) -> failure).join();
        return error instanceof CompletionException && error.getCause() != null
                ? error.getCause()
                : error;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.DeadLetter;
import dev.jitney.spi.DeadLetterSink.Filter;
import dev.jitney.spi.DeadLetterSink.Stats;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The dead letters of a bus, and the way back from there (ERR-5).
 *
 * <p><b>Retries.</b> A letter goes to the handler that failed, found by the name of its
 * subscription, with the same event; the event's other handlers do not see it again. A letter
 * without a handler goes the way that its event did not: one that was refused is looked at by
 * interceptors and validators again, and that as well as one that could not be written or had no
 * room is stored, if there is a store, and handed to all handlers. What was handled is removed,
 * what failed stays with the new failure and one retry more. A letter that a sink of another
 * process or an earlier run has kept is retried as well; the options of the publish are known only
 * to the bus that made the letter (ORD-7).
 *
 * <p><b>First.</b> Where the first value completes an event ({@link Completion#FIRST}), its
 * handlers stand in for each other: there is no letter if one of them has returned, with or without
 * a value, and if none has but some have failed, one letter for all, with reason {@code
 * ALL_HANDLERS_FAILED}, whose retry goes to all of them. A handler that is the only one has its
 * own.
 *
 * <p><b>Failures.</b> The bus closes the sink that it has made with itself, and its letters are
 * then asked for no more: that fails with {@link BusClosedException}. A sink of the caller's
 * answers on.
 *
 * <p><b>Threads.</b> Safe for concurrent use. Of several callers that retry one letter at once each
 * retry counts.
 */
public interface DeadLetters {

    /** Returns how many letters there are. */
    long size();

    /** Returns the letters counted by reason, topic and handler, and how many were evicted. */
    Stats stats();

    /**
     * Returns the letters that are selected, the newest first.
     *
     * @param limit the most letters to return, 0 or more
     */
    List<DeadLetter> list(Filter filter, int limit);

    /** Returns the letter of this id, or null if there is none. */
    @Nullable DeadLetter get(String id);

    /**
     * Retries one letter, however often it was before.
     *
     * @return gives whether it was handled and removed, or wanted by nobody; fails with {@link
     *     IllegalArgumentException} if there is no such letter, with {@link IllegalStateException}
     *     if its handler is not subscribed or its event could never be read, and with {@link
     *     BusClosedException} if the bus is closing or closed
     */
    CompletionStage<Boolean> retry(String id);

    /**
     * Retries the letters that are selected, the oldest first, one after the other.
     *
     * @param mostRetries leaves out letters that had as many already: 1 or more
     * @return gives, by the letters' ids, which were handled and removed; letters that could not be
     *     tried count as not handled; fails with {@link BusClosedException} if the bus is closing
     *     or closed
     */
    CompletionStage<Map<String, Boolean>> retryAll(Filter filter, int mostRetries);

    /** Removes the letter of this id and says whether there was one. */
    boolean remove(String id);

    /** Removes the letters that are selected and returns how many they were. */
    long clear(Filter filter);
}

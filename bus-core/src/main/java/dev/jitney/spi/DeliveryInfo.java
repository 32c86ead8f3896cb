// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.TopicPattern;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an interceptor sees of the delivery of one event to one subscription.
 *
 * <p><b>Threads.</b> Safe for concurrent use. It may be kept, and goes on changing.
 */
public interface DeliveryInfo {

    /** Returns the event. */
    Event event();

    /** Returns the id of the subscription. */
    String subscriptionId();

    /** Returns the name of the subscription. */
    String subscription();

    /** Returns the pattern of the subscription. */
    TopicPattern pattern();

    /** Returns the number of the attempt that runs or ran last, from 1; 0 before the first. */
    int attempt();

    /** Returns how far the delivery has come. */
    DeliveryState state();

    /** Returns the value that the handler returned, or null. */
    @Nullable Object value();

    /** Returns the failure of the attempt that ended last, or null if it did not fail. */
    @Nullable Throwable error();

    /** Returns when the first attempt began, or null before. */
    @Nullable Instant start();

    /** Returns when the delivery ended, or null before. */
    @Nullable Instant end();

    /**
     * Follows one delivery. {@link Interceptor}, which is one itself, says when its methods run, in
     * which order and on which threads; all of them do nothing unless overridden.
     */
    interface Observer {

        /** Tells that the handler is to run when its turn comes. */
        default void handlerPending(DeliveryInfo delivery) {}

        /** Tells that the handler begins: its first attempt follows. */
        default void handlerStarted(DeliveryInfo delivery) {}

        /**
         * Tells that an attempt begins, on the thread that begins it and within the context that
         * was carried there.
         */
        default void attemptStarted(DeliveryInfo delivery) {}

        /**
         * Makes the calling thread part of the attempt: sets a logging context, say, or the current
         * span. Called around the attempt, and again whenever a suspended handler goes on, on the
         * thread that does so. A future of a publication that the handler has taken completes
         * within it, too: after the attempt, if that has not waited for it.
         *
         * @return puts back what was there before when closed, by the same thread; null if there is
         *     nothing to put back
         */
        default @Nullable AutoCloseable enter(DeliveryInfo delivery) {
            return null;
        }

        /**
         * Tells that an attempt has ended: {@link DeliveryInfo#error} is null if it succeeded. An
         * attempt that has passed its limit ends then, though its thread may leave it later.
         */
        default void attemptEnded(DeliveryInfo delivery) {}

        /** Tells that the handler is to be tried again after this time (ERR-3). */
        default void retryScheduled(DeliveryInfo delivery, Duration delay) {}

        /** Tells that the handler has passed its slow threshold and is still running (TMO-5). */
        default void slow(DeliveryInfo delivery) {}

        /** Tells that the delivery has become a dead letter. */
        default void deadLettered(DeadLetter letter) {}

        /** Tells that the delivery has ended, with its state, value and failure. */
        default void handlerCompleted(DeliveryInfo delivery) {}
    }
}

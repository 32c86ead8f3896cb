// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What an interceptor sees of one event on its way through a bus.
 *
 * <p><b>Threads.</b> Safe for concurrent use. It may be kept, and goes on changing.
 */
public interface PublicationInfo {

    /** How an event has come to the bus. */
    enum Origin {
        /** It was published here. */
        PUBLISHED,
        /** It was published on another bus of this process, which forwards it (FWD-1). */
        FORWARDED,
        /** Another process has put it into the store (DSU-1). */
        REMOTE,
        /** It is handled once more, from history or the store (HIS-4). */
        REPLAYED,
        /** It was a dead letter and is handed to its handler again (ERR-5). */
        RETRIED,
        /** The store has it, and a durable subscription gets it from there (DSU-2). */
        DURABLE
    }

    /** Returns the name of the bus. */
    String bus();

    /** Returns the event as it is handled. */
    Event event();

    /** Returns how it has come to the bus. */
    Origin origin();

    /** Returns how it ended, or null as long as it has not. */
    @Nullable Outcome outcome();

    /** Returns why it ended so, in a sentence; empty as long as it has not ended. */
    String reason();

    /** Returns the failure that ended it, or null: a handler's own failure is not one. */
    @Nullable Throwable cause();

    /** Returns the lane that it belongs to, from 0. */
    default int lane() {
        return 0;
    }

    /**
     * Follows one event. {@link Interceptor}, which is one itself, says when its methods run, in
     * which order and on which threads; all of them do nothing unless overridden.
     */
    interface Observer extends DeliveryInfo.Observer {

        /**
         * Looks at an event that is about to be published, and may change it: what it returns goes
         * to the next interceptor, the validators and the bus. The event has what publishing fills
         * in; its id is not reserved yet, so it may be changed too.
         *
         * @return the event to publish; the same one to leave it as it is
         * @throws ValidationException to refuse the event; {@code publish} throws it on
         */
        default Event beforePublish(Event event) {
            return event;
        }

        /**
         * Tells that {@code publish} throws, and with what. Nothing follows for this event; a dead
         * letter of it was told before.
         */
        default void refused(Event event, Throwable cause) {}

        /** Tells that there is room for the event: the store, if any, and its lane are next. */
        default void pending(PublicationInfo publication) {}

        /**
         * Tells that {@code publish} returns. The event may have started or completed by then, on
         * other threads or on this one.
         */
        default void published(PublicationInfo publication) {}

        /** Tells that it is the event's turn, and which handlers run is decided (SUB-5). */
        default void started(PublicationInfo publication) {}

        /** Tells that the event has an outcome; nothing follows but perhaps {@link #published}. */
        default void completed(PublicationInfo publication) {}

        /**
         * Returns what is to follow one delivery of this event: this observer itself unless
         * overridden, or null for none. Called when the event has started, once for each handler,
         * in the order in which they run.
         */
        default DeliveryInfo.@Nullable Observer observe(DeliveryInfo delivery) {
            return this;
        }

        /**
         * Tells that a dead letter was made of the event as a whole, without a handler; and, of a
         * delivery's observer, that its delivery has become one.
         */
        @Override
        default void deadLettered(DeadLetter letter) {}
    }
}

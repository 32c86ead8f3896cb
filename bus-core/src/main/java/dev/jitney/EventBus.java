// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.Event;
import dev.jitney.event.InvalidTopicException;
import dev.jitney.event.Selection;
import dev.jitney.spi.AlertStore;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.StoreException;
import dev.jitney.spi.ValidationException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes events and hands them to the handlers whose patterns match.
 *
 * <p><b>Order.</b> One lane, unless the builder says otherwise: strict first in, first out over the
 * whole bus, one event at a time, its handlers by priority and then in order of registration
 * (ORD-1, SUB-3). With a store the order is that of the offsets, and delivery begins when the event
 * is at the bus's level (PUB-3). An event that a handler waits for comes first, while that handler
 * waits (NST-2).
 *
 * <p><b>Threads.</b> Safe for concurrent use. Handlers run on daemon threads that all buses of the
 * process share and that are gone with the last bus; 2 ms later where buses follow each other
 * within that time. A {@code publish} never runs a handler on the publisher's thread unless {@link
 * Dispatch#DIRECT} asks for it; a caller that waits may (ORD-10).
 *
 * <p><b>Failures.</b> A handler that throws touches no other handler and not the bus (ERR-1); its
 * failure is found in the publication. A refusal that is known when {@code publish} is called is an
 * exception. After {@link #close} every call that would have the bus do something fails with {@link
 * BusClosedException} (LIF-2); what only looks back answers as of then: history, tree and counts.
 *
 * <p><b>Limits.</b> 65 536 events may be pending unless the builder says otherwise (BPR-1).
 */
public interface EventBus extends AutoCloseable {

    /** Returns a builder for a bus of this name, which is the source of what it publishes. */
    static EventBusBuilder builder(String name) {
        return EventBusBuilder.create(name);
    }

    /** Returns the bus's name. */
    String name();

    /**
     * Publishes an event and returns its receipt without waiting for handlers. What the event lacks
     * of source, correlation and causation is filled in on a copy (EVT-1, CTX-1). An event whose
     * source and id were accepted lately runs nothing again (PUB-4).
     *
     * <p>When too many events are pending this follows the bus's {@link Overflow}; under {@link
     * Overflow#SUSPEND}, the default, it blocks until there is room (PUB-7). A handler's own
     * publishes never wait for its own bus (ORD-8).
     *
     * @throws ValidationException if an interceptor or a validator refuses it (PUB-3)
     * @throws DeliveryEndedException if a handler calls it whose delivery has ended without it
     * @throws BackpressureException if there is no room and the bus says {@link Overflow#FAIL}, or
     *     the thread is interrupted while it waits for room; its interrupt is kept
     * @throws EventFormatException if there is a store and the payload cannot be written as JSON
     * @throws StoreException if there is a store and it refuses the event at once
     * @throws BusClosedException if the bus is closing or closed
     */
    Publication publish(Event event);

    /** Publishes an event with options of its own (ORD-7); see {@link #publish(Event)}. */
    Publication publish(Event event, PublishOptions options);

    /**
     * Publishes a new event; see {@link #publish(Event)}.
     *
     * @throws InvalidTopicException if the topic is none
     */
    Publication publish(String topic, @Nullable Object payload);

    /** As {@link #tryPublish(Event, PublishOptions)}, with the bus's own ways. */
    default @Nullable Publication tryPublish(Event event) {
        return tryPublish(event, PublishOptions.defaults());
    }

    /**
     * Publishes an event if that needs no waiting for room, and returns null if it does. Otherwise
     * as {@link #publish(Event)}.
     */
    @Nullable Publication tryPublish(Event event, PublishOptions options);

    /**
     * As {@link #tryPublish}, for a caller that awaits the publication next: on an idle lane this
     * thread runs the handlers itself, as far as none suspends, unless one is declared {@code
     * blocking()} (ORD-10).
     */
    @Nullable Publication tryPublishAwaited(Event event, PublishOptions options);

    /**
     * Publishes an event as {@link #tryPublish} does and waits for it as {@link
     * Publication#awaitThen} does, in one: inside a handler, whose lane is lent while it waits, the
     * event then need not be queued and taken from the queue again (NST-2). For whoever builds
     * another way to publish and wait.
     *
     * @param goOn runs once with the publication when the caller may go on, perhaps before this
     *     returns; see {@link Publication#awaitThen}
     * @return the wait, to end it early; null, and nothing has happened, if there is no room now
     */
    Publication.@Nullable Waiting tryPublishAwaited(
            Event event, PublishOptions options, Consumer<? super Publication> goOn);

    /** As {@link #publishAsync(Event, PublishOptions)}, with the bus's own ways. */
    default CompletionStage<Publication> publishAsync(Event event) {
        return publishAsync(event, PublishOptions.defaults());
    }

    /**
     * Publishes an event without blocking for room: the stage gives the receipt as soon as the
     * event was taken. It fails with what {@link #publish(Event)} throws.
     */
    CompletionStage<Publication> publishAsync(Event event, PublishOptions options);

    /**
     * Returns a new event whose id and time are of this bus's clock, to be given a key, say, and
     * published.
     *
     * @throws InvalidTopicException if the topic is none
     */
    Event newEvent(String topic, @Nullable Object payload);

    /**
     * Publishes a new event and waits; see {@link #publishAndJoin(Event, PublishOptions,
     * Duration)}.
     */
    Publication publishAndJoin(String topic, @Nullable Object payload, Duration limit)
            throws InterruptedException;

    /** As {@link #publishAndJoin(Event, PublishOptions, Duration)}, with the bus's own ways. */
    default Publication publishAndJoin(Event event, Duration limit) throws InterruptedException {
        return publishAndJoin(event, PublishOptions.defaults(), limit);
    }

    /**
     * Publishes an event and waits until it has completed. On an idle lane this thread runs the
     * handlers itself, which costs a hundredth of waking another one (ORD-10); with a store it
     * writes the event itself before that, as long as few others are on their way.
     *
     * @param limit the longest to wait, for room too; zero waits without limit
     * @return the publication, whose state says whether the limit passed first
     * @throws BackpressureException as {@link #publish(Event)}, and if there is no room within the
     *     limit; nothing is published then
     */
    Publication publishAndJoin(Event event, PublishOptions options, Duration limit)
            throws InterruptedException;

    /**
     * Publishes a new event, waits, and returns the first value that is not null (PUB-6).
     *
     * @param limit the longest to wait, for room too; zero waits without limit
     * @return the reply, or null if every handler returned null
     * @throws TimeoutException if the limit passed first; the event goes on
     * @throws BackpressureException if there is no room within the limit; nothing is published then
     * @throws PublicationException if no subscription wanted the event, or it was not handled
     * @throws Exception the handler's failure, as {@link Publication#result} throws it
     */
    <T> @Nullable T request(
            String topic, @Nullable Object payload, Class<T> resultType, Duration limit)
            throws Exception;

    /**
     * Hands the events of this bus that match the pattern to another bus too, as the same events
     * (FWD-1). A bus that an event has been on does not handle it again, so rings end. A
     * publication completes when all buses that took the event have (FWD-2).
     *
     * @throws IllegalArgumentException if the target is this bus
     * @throws InvalidTopicException if the text is no pattern
     */
    Subscription forwardTo(EventBus target, String pattern);

    /** Returns a new scope, which closes its subscriptions with it (SUB-6). */
    Scope scope();

    /** Returns the open subscriptions in the order of their registration. */
    List<Subscription> subscriptions();

    /** Subscribes a handler that returns nothing, with default options. */
    default Subscription subscribe(String pattern, Handler handler) {
        return subscribe(pattern, SubscribeOptions.defaults(), handler);
    }

    /**
     * Subscribes a handler that returns nothing. Each way to handle has a verb of its own, so that
     * a lambda is never ambiguous (SUB-1). Subscribing one function twice gives two subscriptions.
     * An event whose processing has begun is not changed by it (SUB-5).
     *
     * @param pattern a topic or a pattern (TOP-2)
     * @throws InvalidTopicException if the text is no pattern
     * @throws BusClosedException if the bus is closing or closed
     */
    Subscription subscribe(String pattern, SubscribeOptions options, Handler handler);

    /** Subscribes a handler that returns a value, with default options. */
    default Subscription subscribeReplying(String pattern, ReplyHandler handler) {
        return subscribeReplying(pattern, SubscribeOptions.defaults(), handler);
    }

    /**
     * Subscribes a handler that returns a value, which the publication shows; see {@link
     * #subscribe(String, SubscribeOptions, Handler)}.
     */
    Subscription subscribeReplying(String pattern, SubscribeOptions options, ReplyHandler handler);

    /** Subscribes a handler that returns a stage, with default options. */
    default Subscription subscribeAsync(String pattern, StageHandler handler) {
        return subscribeAsync(pattern, SubscribeOptions.defaults(), handler);
    }

    /**
     * Subscribes a handler that returns a stage. It is done, and the next handler runs, when the
     * stage completes; no thread waits for it. See {@link #subscribe(String, SubscribeOptions,
     * Handler)}.
     */
    Subscription subscribeAsync(String pattern, SubscribeOptions options, StageHandler handler);

    /**
     * Subscribes a handler that is told when to begin and says itself when it is done; the way in
     * for other kinds of functions, as Kotlin's suspending ones. See {@link #subscribe(String,
     * SubscribeOptions, Handler)}.
     */
    Subscription subscribeDelivery(
            String pattern, SubscribeOptions options, DeliveryHandler handler);

    /** Closes the subscription with this id and says whether there was one (SUB-4). */
    boolean unsubscribe(String id);

    /**
     * Returns a live view of the events that this bus handles and whose topics match, from the
     * moment of subscribing on. It is fed while someone subscribes to it and costs nothing
     * otherwise; a subscriber that falls behind loses the oldest events and slows nothing (SUB-8).
     *
     * <p>The publisher keeps the rules of {@link Flow}: signals of one subscriber come one at a
     * time, on the threads that handlers run on. It completes when the bus has closed.
     *
     * @throws InvalidTopicException if the text is no pattern
     */
    LiveEvents liveEvents(String pattern);

    /**
     * Finds the newest event, by its time, that meets the options, among those that wait, run or
     * are kept; else waits for one to be published, if the options say so (HIS-2).
     *
     * @return gives the event, or null if there is none or the time is over; fails with what the
     *     predicate or the store throws. Cancelling it ends the search.
     */
    CompletableFuture<@Nullable Event> find(FindOptions options);

    /**
     * Returns the publications of events that meet the options, of those that wait, run or are
     * kept, the newest first by the time of the events. Never waits.
     *
     * @param limit the most publications to return, 0 or more
     */
    List<Publication> filter(FindOptions options, int limit);

    /**
     * Returns the publication of the newest event that meets the options, or publishes one. Of
     * callers that look for the same pattern at once only one publishes (HIS-3). The store is not
     * searched, and nothing is waited for but room.
     *
     * @param event makes the event to publish
     */
    Publication findOrPublish(FindOptions options, Supplier<Event> event);

    /** Returns what is kept of completed events, the one completed last first (HIS-1). */
    List<Publication> history();

    /**
     * Returns the events known to be published by handlers of this one, the oldest first (NST-4).
     */
    List<Event> children(Event event);

    /** Returns what led to the event, its cause first, as far as it is known (NST-4). */
    List<Event> ancestors(Event event);

    /** Says whether the ancestor is known to have led to the event; false for itself (NST-4). */
    boolean isDescendantOf(Event event, Event ancestor);

    /**
     * Returns the forest of causes as text: each known event with its handlers, their states,
     * durations, values and errors, and what they have published (NST-6).
     */
    String logTree();

    /** Returns what the bus has done and is doing (LIF-4). */
    BusStats stats();

    /** Returns what became of events that were given up (ERR-5). */
    DeadLetters deadLetters();

    /** Returns the bus's alert store, or null if it has none (ALR-1). */
    @Nullable AlertStore alerts();

    /**
     * Returns what publishes the events of one source in one domain; the same one for the same
     * source and domain until it is closed (STA-2).
     *
     * @param source who says so; not empty
     * @param domain what the topics of its events begin with: a topic itself
     * @throws InvalidTopicException if the domain is no topic
     * @throws IllegalStateException if there are {@value Emitter#MOST} already
     * @throws BusClosedException if the bus is closing or closed
     */
    Emitter emitter(String source, String domain);

    /** Returns the emitters that are open, in the order in which they were made (STA-2). */
    List<Emitter> emitters();

    /** Returns what plugins were left out and why, in sentences. */
    List<String> pluginProblems();

    /** Delivers what is selected again, to all handlers, without waiting between events. */
    default ReplayReport replay(Selection selection) {
        return replay(ReplayOptions.of(selection));
    }

    /**
     * Delivers past events to the handlers of now again and waits for them (HIS-4): those of the
     * store in the order of the log, or those of the history, oldest first, where there is no
     * store. Each carries the header {@code replayof} with its id; nothing is stored, nor kept in
     * the history. A handler that fails does not stop a replay.
     *
     * <p>An interrupt of the calling thread stops a replay at once. What was delivered is waited
     * for, the report says that it is not complete, and the interrupt is kept.
     *
     * @throws IllegalStateException if a handler of this bus calls it
     */
    ReplayReport replay(ReplayOptions options);

    /** Returns the bus's store, or null if it has none. */
    @Nullable EventStore store();

    /** Returns how many accepted events wait for their turn; exact when nothing moves (BPR-2). */
    int pendingCount();

    /**
     * Waits until nothing is queued or running (LIF-1).
     *
     * @param limit the longest to wait; zero does not wait
     * @return whether the bus was idle within the limit
     * @throws IllegalStateException if a handler of this bus calls it, which would wait for itself
     */
    boolean awaitIdle(Duration limit) throws InterruptedException;

    /**
     * Accepts no more events and waits for those that were accepted. The bus stays open for reading
     * until {@link #close}. Called by a handler of this bus it does not wait for that handler.
     *
     * @param limit the longest to wait; zero does not wait
     */
    DrainReport drain(Duration limit) throws InterruptedException;

    /**
     * Drains within the builder's close limit (10 s), cancels what is left and releases everything:
     * subscriptions, threads, and a store that the bus itself has opened. Closing again has no
     * effect. Called by a handler of this bus it only begins to close.
     */
    @Override
    void close();
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Event;
import dev.jitney.event.TopicPattern;
import org.jspecify.annotations.Nullable;

/**
 * Code around every publish and every delivery of a bus (ICP-1). The rules are proved by {@code
 * dev.jitney.tck.InterceptorContract}.
 *
 * <p><b>State.</b> An interceptor that keeps nothing per event overrides the hooks that it wants,
 * and is itself the observer of every event. One that keeps something, a span say, overrides {@link
 * #observe(Event, PublicationInfo.Origin)} to return a new observer for each event; that one may
 * return a new observer for each delivery in turn. So no state has to be found again by id.
 *
 * <p><b>Order.</b> Interceptors run by {@link Phase}, then by name, then in order of registration;
 * what {@code enter} returned is closed the other way round. Of one event each hook runs once, in
 * this order:
 *
 * <ol>
 *   <li>{@code observe}, then for an event that is published here {@code beforePublish}
 *   <li>{@code refused}, and no more; or
 *   <li>{@code pending} and {@code started}, both left out for an event that ends at once, as a
 *       duplicate or for want of room, and {@code started} left out for one that is dropped or
 *       cancelled while it waits
 *   <li>for each delivery: {@code observe}, {@code handlerPending}, {@code handlerStarted}, for
 *       each attempt {@code attemptStarted}, {@code enter} (once or more, nested or not), {@code
 *       attemptEnded}, perhaps {@code retryScheduled}; then perhaps {@code deadLettered}, and
 *       {@code handlerCompleted}. A delivery that never began has {@code handlerPending} and {@code
 *       handlerCompleted} only
 *   <li>{@code completed}, after all deliveries have ended
 * </ol>
 *
 * <p>Of an event that is published here, {@code publish} ends with exactly one of {@code refused}
 * and {@code published}. The latter is not bound to the order above: the event goes its way
 * meanwhile. An event that the store refuses is {@code refused} after it was {@code pending}. A
 * dead letter that is retried is a new round, whose only delivery is that of its handler.
 *
 * <p><b>Threads.</b> Safe for concurrent use: events of several publishers and lanes overlap. Of
 * one event no two hooks run at once, except {@code published}, those of different deliveries where
 * handlers run in parallel (ORD-5), {@code enter} and its closing, and what ends a delivery whose
 * time limit passes within one of its hooks: a limit waits for no hook. The publisher's thread,
 * before {@code publish} returns, runs {@code observe}, {@code beforePublish}, {@code pending},
 * {@code refused} and {@code published}, as well as {@code completed} for events that end at once.
 * The thread that runs the attempt runs {@code attemptStarted} and {@code enter}; the one that
 * settles it, {@code attemptEnded} and what follows. All others run on the bus's threads, or on
 * that of a caller that waits. Hooks are quick and do not wait: handlers and publishers wait for
 * them. A hook may publish, which is a new event with hooks of its own: beware of loops.
 *
 * <p><b>Failures.</b> {@link ValidationException} out of {@code beforePublish} refuses the event.
 * Anything else that a hook throws is logged, at most once a minute, and changes nothing: the event
 * goes on as it was, the other interceptors are called, and what was opened is closed (ERR-6).
 */
public interface Interceptor extends PublicationInfo.Observer, AutoCloseable {

    /** The coarse order of interceptors. */
    enum Phase {
        /** Sees an event before the others change it: to begin a span or a correlation. */
        EARLY,
        /** The rule. */
        NORMAL,
        /** Sees an event as the bus takes it: to audit. */
        LATE
    }

    /** What an interceptor sees of a subscription. The object stays the same while it lasts. */
    interface SubscriptionInfo {

        /** Returns an id that no other subscription of this bus has or will have. */
        String id();

        /** Returns the name, which need not be unique. */
        String name();

        /** Returns the pattern. */
        TopicPattern pattern();

        /** Returns the priority; higher runs first. */
        int priority();
    }

    /** Returns the interceptor's name, always the same; that of its provider if it has one. */
    String name();

    /** Returns the coarse order, always the same. */
    default Phase phase() {
        return Phase.NORMAL;
    }

    /**
     * Says whether it does anything at all. A bus asks once, when it is built, and goes on without
     * it if not, as if it had not been asked for.
     */
    default boolean isEnabled() {
        return true;
    }

    /**
     * Returns what is to work on one bus: this interceptor itself unless overridden. A bus asks
     * once, when it is built and before any other hook. For an interceptor that is handed over in
     * code, to several buses perhaps, and wants something of each, its masker say; one that a
     * provider makes finds that in its configuration. Name and phase are those of this one, which
     * is also what is closed.
     */
    default Interceptor forBus(PluginContext bus) {
        return this;
    }

    /**
     * Returns what is to follow one event: this interceptor itself unless overridden, or null for
     * none.
     *
     * @param event as it was published, before any interceptor has changed it
     */
    default PublicationInfo.@Nullable Observer observe(Event event, PublicationInfo.Origin origin) {
        return this;
    }

    /** Tells of a new subscription, on the thread that subscribes, before it returns. */
    default void subscriptionAdded(SubscriptionInfo subscription) {}

    /** Tells that a subscription has ended, once, on the thread that ends it. */
    default void subscriptionRemoved(SubscriptionInfo subscription) {}

    /** Releases its resources; no hook is called any more. Closing again has no effect. */
    @Override
    default void close() {}
}

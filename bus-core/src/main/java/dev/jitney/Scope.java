// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

/**
 * Subscriptions with a common end (SUB-6): what is subscribed through a scope is closed with it, at
 * the latest with its bus.
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 */
public interface Scope extends AutoCloseable {

    /** Puts a subscription into this scope, and closes it at once if the scope is closed. */
    <S extends Subscription> S add(S subscription);

    /** Subscribes a handler that returns nothing; see {@link EventBus#subscribe}. */
    default Subscription subscribe(String pattern, Handler handler) {
        return subscribe(pattern, SubscribeOptions.defaults(), handler);
    }

    /** Subscribes a handler that returns nothing; see {@link EventBus#subscribe}. */
    Subscription subscribe(String pattern, SubscribeOptions options, Handler handler);

    /** Subscribes a handler that returns a value; see {@link EventBus#subscribeReplying}. */
    Subscription subscribeReplying(String pattern, SubscribeOptions options, ReplyHandler handler);

    /** Subscribes a handler that returns a stage; see {@link EventBus#subscribeAsync}. */
    Subscription subscribeAsync(String pattern, SubscribeOptions options, StageHandler handler);

    /** Says whether the scope still takes subscriptions. */
    boolean active();

    /** Closes all subscriptions of the scope. Closing again has no effect. */
    @Override
    void close();
}

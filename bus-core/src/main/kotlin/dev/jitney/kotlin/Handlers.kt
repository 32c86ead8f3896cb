// SPDX-License-Identifier: Apache-2.0
package dev.jitney.kotlin

import dev.jitney.EventBus
import dev.jitney.SubscribeOptions
import dev.jitney.Subscription
import dev.jitney.event.Event
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.launch
import kotlin.coroutines.EmptyCoroutineContext

/**
 * Subscribes a suspending handler to a pattern. What it returns is the handler's value, `Unit` apart;
 * what it throws is its failure. It starts on the bus's lane and goes on, after a suspension, on the
 * threads that handlers run on; the lane waits for it. Its time limit, or whatever else ends the
 * delivery, cancels it.
 *
 * @param scope if given, the subscription ends with it and its handlers are its children: cancelling the
 *   scope closes the subscription and cancels handlers that run, and a scope that waits for its children
 *   waits until the subscription is closed, as with `launchIn`. A failing handler fails its delivery, not
 *   the scope. Handlers run on the scope's dispatcher if it has one.
 */
public fun EventBus.on(
    pattern: String,
    options: SubscribeOptions = SubscribeOptions.defaults(),
    scope: CoroutineScope? = null,
    handler: suspend (Event) -> Any?,
): Subscription {
    if (scope == null) return subscribeDelivery(pattern, options, SuspendingHandler(EmptyCoroutineContext, handler))
    val subscription = subscribeDelivery(pattern, options, SuspendingHandler(scope.coroutineContext, handler))
    val life = scope.launch(start = CoroutineStart.UNDISPATCHED) {
        try {
            awaitCancellation()
        } finally {
            subscription.close()
        }
    }
    subscription.onClosed { life.cancel() }
    // In a scope that has ended already the coroutine does not begin.
    if (!life.isActive) subscription.close()
    return subscription
}

/**
 * Subscribes a suspending handler to the payloads of a topic, which is that of [T] unless given. An
 * event whose payload is no [T] is the handler's failure. See the other form.
 */
@JvmName("onPayload")
public inline fun <reified T : Any> EventBus.on(
    topic: String = topicOf(T::class.java),
    options: SubscribeOptions = SubscribeOptions.defaults(),
    scope: CoroutineScope? = null,
    noinline handler: suspend (T) -> Any?,
): Subscription = on(topic, options, scope) { event: Event -> handler(event.payload<T>()) }

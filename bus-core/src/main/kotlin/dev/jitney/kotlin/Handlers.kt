// SPDX-License-Identifier: Apache-2.0
package dev.jitney.kotlin

import dev.jitney.EventBus
import dev.jitney.SubscribeOptions
import dev.jitney.Subscription
import dev.jitney.event.Event

/**
 * Subscribes a suspending handler to a pattern. What it returns is the handler's value, `Unit` apart;
 * what it throws is its failure. It starts on the bus's lane and goes on, after a suspension, on the
 * threads that handlers run on; the lane waits for it. When the bus cancels what is left at its
 * closing, the handler is cancelled.
 */
public fun EventBus.on(
    pattern: String,
    options: SubscribeOptions = SubscribeOptions.defaults(),
    handler: suspend (Event) -> Any?,
): Subscription = subscribeDelivery(pattern, options, SuspendingHandler(handler))

/**
 * Subscribes a suspending handler to the payloads of a topic, which is that of [T] unless given. An
 * event whose payload is no [T] is the handler's failure.
 */
@JvmName("onPayload")
public inline fun <reified T : Any> EventBus.on(
    topic: String = topicOf(T::class.java),
    options: SubscribeOptions = SubscribeOptions.defaults(),
    noinline handler: suspend (T) -> Any?,
): Subscription = on(topic, options) { event: Event -> handler(event.payload<T>()) }

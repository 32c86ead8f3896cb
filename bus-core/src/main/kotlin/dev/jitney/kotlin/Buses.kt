// SPDX-License-Identifier: Apache-2.0
package dev.jitney.kotlin

import dev.jitney.EventBus
import dev.jitney.EventBusBuilder
import dev.jitney.Publication
import dev.jitney.PublicationException
import dev.jitney.PublishOptions
import dev.jitney.event.Event
import dev.jitney.event.Outcome
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.future.await
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withContext
import kotlin.coroutines.resume

/** Returns a bus of this name, set up by [configure]. Close it, as with `use`. */
public fun eventBus(name: String, configure: EventBusBuilder.() -> Unit = {}): EventBus =
    EventBus.builder(name).apply(configure).build()

/**
 * As [EventBus.publish], but suspends where that would block for room (PUB-7). Handlers see the caller's
 * [thread context elements][kotlinx.coroutines.ThreadContextElement] (CTX-4).
 */
public suspend fun EventBus.publishSuspending(
    event: Event,
    options: PublishOptions = PublishOptions.defaults(),
): Publication {
    val all = options.carrying(currentCoroutineContext())
    return tryPublish(event, all) ?: publishAsync(event, all).await()
}

/** Publishes a new event; see the other form. */
public suspend fun EventBus.publishSuspending(topic: String, payload: Any?): Publication =
    publishSuspending(newEvent(topic, payload))

/**
 * Publishes and suspends until every handler has ended. Inside a handler the event jumps the queue (NST-2). Outside
 * of handlers, on an idle lane, handlers run on the caller's thread until one suspends, unless one is declared
 * `blocking()`: waking another thread would cost a hundred times as much (ORD-10).
 */
public suspend fun EventBus.publishAndAwait(
    event: Event,
    options: PublishOptions = PublishOptions.defaults(),
): Publication {
    val context = currentCoroutineContext()
    val all = options.carrying(context)
    val published = if (SuspendingHandler.runsIn(context)) {
        waiting<Publication?> { waiter ->
            tryPublishAwaited(event, all) { waiter.resume(it) }.also { if (it == null) waiter.resume(null) }
        }
    } else {
        tryPublishAwaited(event, all)
    }
    return (published ?: publishAsync(event, all).await()).await()
}

/** Publishes a new event and waits; see the other form. */
public suspend fun EventBus.publishAndAwait(topic: String, payload: Any?): Publication =
    publishAndAwait(newEvent(topic, payload))

/**
 * Publishes a new event, suspends until its handlers have ended, and returns the first value that is not null,
 * which must be a [T] (PUB-6). Put it into `withTimeout` to limit the wait.
 *
 * @return null if every handler returned null
 * @throws dev.jitney.PublicationException if no subscription wanted the event, or it was not handled
 * @throws Exception the handler's failure, as [Publication.result] throws it
 */
public suspend inline fun <reified T : Any> EventBus.request(topic: String, payload: Any?): T? =
    publishAndAwait(newEvent(topic, payload), PublishOptions.builder().resultType(T::class.javaObjectType).build())
        .reply(T::class.javaObjectType)

@PublishedApi
internal fun <T : Any> Publication.reply(type: Class<T>): T? {
    if (outcome() == Outcome.NO_HANDLER) throw PublicationException(reason(), Outcome.NO_HANDLER, null)
    return result(type)
}

/**
 * Suspends until the publication has completed and returns it. A handler's failure is not thrown (RES-4).
 * Inside a handler the event jumps the queue (NST-2); when the wait is cancelled, by a `withTimeout` say, the
 * handler goes on as soon as its lane is its own again.
 */
public suspend fun Publication.await(): Publication {
    if (state() != Publication.State.COMPLETED) waiting<Unit> { waiter -> awaitThen { waiter.resume(Unit) } }
    return this
}

/** Suspends for a wait of the bus, which a cancellation ends early: then too a handler goes on with its lane only. */
private suspend inline fun <T> waiting(crossinline begin: (CancellableContinuation<T>) -> Publication.Waiting?): T {
    var wait: Publication.Waiting? = null
    try {
        return suspendCancellableCoroutine { waiter -> wait = begin(waiter) }
    } catch (e: CancellationException) {
        wait?.let { begun ->
            withContext(NonCancellable) {
                suspendCancellableCoroutine<Unit> { waiter -> begun.giveUp { waiter.resume(Unit) } }
            }
        }
        throw e
    }
}

/**
 * A live stream of the events that this bus handles and whose topics match, from the start of the
 * collection on. A collector that falls behind by more than 1 024 events loses the oldest and slows
 * no handler (SUB-8). One that has got all looks for the next for at most 2 us before it suspends, where that has been
 * worth it lately. The flow completes when the bus has closed.
 */
@Suppress("UNCHECKED_CAST")
public fun EventBus.events(pattern: String): Flow<Event> = liveEvents(pattern) as Flow<Event>

/** The payloads of [events], read as [T]; the pattern is the topic of [T] unless given. */
@JvmName("payloads")
public inline fun <reified T : Any> EventBus.events(pattern: String = topicOf(T::class.java)): Flow<T> =
    events(pattern).map { it.payload<T>() }

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.test

import dev.jitney.EventBusBuilder
import dev.jitney.Publication
import dev.jitney.event.Event
import dev.jitney.event.InvalidTopicException
import dev.jitney.event.Topic
import dev.jitney.kotlin.payload
import dev.jitney.kotlin.publishSuspending
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.runInterruptible
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlin.coroutines.resume
import kotlin.time.Duration
import kotlin.time.toJavaDuration

/** Returns a [TestBus] of this name, set up by [configure]. Close it, as with `use`. */
public fun testBus(
    name: String,
    time: VirtualTime = VirtualTime(),
    configure: EventBusBuilder.() -> Unit = {},
): TestBus = TestBus.create(name, time) { it.configure() }

/**
 * As [TestBus.settle], but suspends. Like all of these it waits in true time, also in `runTest`, whose own time
 * has nothing to do with the bus's.
 */
public suspend fun TestBus.settleSuspending(): Unit = suspending { settle() }

/** As [TestBus.advance], but suspends while the bus settles. */
public suspend fun TestBus.advanceSuspending(span: Duration): Unit = suspending { advance(span.toJavaDuration()) }

/** Publishes an event and suspends until the bus has settled. */
public suspend fun TestBus.publishAndSettle(event: Event): Publication {
    time().checkMayMove()
    val publication = bus().publishSuspending(event)
    settleSuspending()
    return publication
}

/** Publishes a new event and suspends until the bus has settled. */
public suspend fun TestBus.publishAndSettle(topic: String, payload: Any?): Publication =
    publishAndSettle(event(topic).payload(payload).build())

/** As [TestBus.awaitEvent], but suspends. */
public suspend fun TestBus.awaitEventSuspending(pattern: String, condition: (Event) -> Boolean = { true }): Event =
    suspending { awaitEvent(pattern) { condition(it) } }

/** Suspends until an event of the pattern, that of [T]'s topic unless given, comes and returns its payload. */
public suspend inline fun <reified T : Any> TestBus.awaitPayload(pattern: String = topicOf(T::class.java)): T =
    awaitEventSuspending(pattern).payload<T>()

/** The payloads of the events that were published, read as [T]; of its topic unless a pattern is given. */
public inline fun <reified T : Any> TestBus.publishedPayloads(pattern: String = topicOf(T::class.java)): List<T> =
    published(pattern).map { it.payload<T>() }

/**
 * Suspends until so much of this time has passed: a slow handler, as quick as the test. The `delay` of
 * kotlinx.coroutines waits in true time.
 */
public suspend fun VirtualTime.delay(span: Duration) {
    suspendCancellableCoroutine { waiting ->
        val sleep = sleep(span.toJavaDuration()) { waiting.resume(Unit) }
        waiting.invokeOnCancellation { sleep.close() }
    }
}

@PublishedApi
internal fun topicOf(type: Class<*>): String = type.getDeclaredAnnotation(Topic::class.java)?.value
    ?: throw InvalidTopicException("Class '${type.name}' has no @Topic. Add one, or give the pattern.")

/** Waits on a thread that may be blocked, and stops waiting with its coroutine. */
private suspend fun <T> suspending(wait: () -> T): T = try {
    runInterruptible(Dispatchers.IO) { wait() }
} catch (e: AssertionError) {
    // A wait that was interrupted fails the test; a cancelled one does not.
    currentCoroutineContext().ensureActive()
    throw e
}

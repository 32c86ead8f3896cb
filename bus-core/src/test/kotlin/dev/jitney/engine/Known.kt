// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.HandlerResult
import dev.jitney.Publication
import dev.jitney.event.DeliveryState
import dev.jitney.event.Event
import dev.jitney.event.Outcome
import java.lang.reflect.Proxy
import java.time.Duration
import java.time.Instant

/** An instant that tests count from. */
internal val START: Instant = Instant.parse("2026-01-01T00:00:00Z")

/** An event as short as a test can name it, made [atMillis] after [START]. */
internal fun event(topic: String, id: String, cause: String? = null, atMillis: Long = 0): Event =
    Event.builder(topic).id(id).causationId(cause).time(START.plusMillis(atMillis)).build()

/** A publication that is what a test says: of a part's input only these methods are read, all others are refused. */
internal class KnownPublication(
    private val event: Event,
    private val outcome: Outcome? = Outcome.HANDLED,
    private val results: List<HandlerResult> = emptyList(),
    private val state: Publication.State = Publication.State.COMPLETED,
) : Publication by refusing() {
    override fun event(): Event = event

    override fun outcome(): Outcome? = outcome

    override fun state(): Publication.State = state

    override fun handlerResults(): List<HandlerResult> = results

    override fun toString(): String = event.id()
}

/** A handler's run that is what a test says; see [KnownPublication]. */
internal class KnownResult(
    private val name: String,
    private val state: DeliveryState = DeliveryState.COMPLETED,
    private val value: Any? = null,
    private val error: Throwable? = null,
    private val startMillis: Long = 0,
    private val took: Duration = Duration.ZERO,
    private val attempts: Int = 1,
    private val published: List<Event> = emptyList(),
) : HandlerResult by refusing() {
    override fun subscription(): String = name

    override fun state(): DeliveryState = state

    override fun value(): Any? = value

    override fun error(): Throwable? = error

    override fun start(): Instant = START.plusMillis(startMillis)

    override fun end(): Instant = start().plus(took)

    override fun attempts(): Int = attempts

    override fun published(): List<Event> = published
}

private inline fun <reified T : Any> refusing(): T =
    Proxy.newProxyInstance(T::class.java.classLoader, arrayOf(T::class.java)) { _, method, _ ->
        throw UnsupportedOperationException("A part asks for ${method.name}, which no test has given.")
    } as T

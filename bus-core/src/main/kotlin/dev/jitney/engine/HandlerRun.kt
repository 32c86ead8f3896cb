// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.HandlerResult
import dev.jitney.HandlerResult.State
import dev.jitney.event.Event
import java.time.Instant

/**
 * One attempt of one handler at one event: its result, as users see it, and what a nested publish is
 * caused by. Holds no subscription, so that a result which is kept keeps no handler alive.
 *
 * INVARIANTS: [now] leaves STARTED once, by [end], called by whoever has taken the attempt from the
 * [Execution] that it ran in. [waits] and [over] are guarded by the event's lane.
 */
internal class HandlerRun(
    @JvmField val publication: EnginePublication,
    private val subscriptionId: String,
    private val subscription: String,
    @JvmField val sequence: Long,
    startMillis: Long,
    before: HandlerRun? = null,
    private val ofForward: Boolean = false,
) : HandlerResult {
    private val firstMillis: Long = before?.firstMillis ?: startMillis

    @Volatile
    private var now = State.STARTED
    private var value: Any? = null
    private var error: Throwable? = null
    private var endMillis = NONE
    private val attempts: Int = (before?.attempts ?: 0) + 1
    private var published: ArrayList<Event>? = before?.published
    private var awaited: ArrayList<EnginePublication>? = null

    /** The delivery as interceptors see it, if there are any. */
    @JvmField
    var following: DeliveryFollowing? = null

    /** How many events the handler waits for at the moment (NST-2). */
    @JvmField
    var waits: Int = 0

    /** Whether the lane has been told of the end. */
    @JvmField
    var over: Boolean = false

    /** Whether the attempt was ended from outside; what it still does is ignored (TMO-2). */
    val isCut: Boolean get() = now == State.TIMED_OUT || now == State.CANCELLED

    /** Lets the handler know at once that it was ended from outside; [end] follows. */
    fun cut(state: State) {
        now = state
    }

    /** Whether users see it: that a forwarding has worked is seen on the other bus. */
    val shown: Boolean get() = !ofForward || now != State.COMPLETED

    fun end(state: State, value: Any?, error: Throwable?, millis: Long) {
        this.value = value
        this.error = error
        endMillis = millis
        now = state
    }

    @Synchronized
    fun addPublished(event: Event) {
        (published ?: ArrayList<Event>(2).also { published = it }).add(event)
    }

    /** Notes a child that the handler waits for, which is to be cancelled with it (TMO-4). */
    @Synchronized
    fun addAwaited(child: EnginePublication) {
        (awaited ?: ArrayList<EnginePublication>(2).also { awaited = it }).add(child)
    }

    @Synchronized
    fun removeAwaited(child: EnginePublication) {
        awaited?.remove(child)
    }

    @Synchronized
    fun takeAwaited(): List<EnginePublication> = awaited.orEmpty().also { awaited = null }

    override fun subscriptionId(): String = subscriptionId

    override fun subscription(): String = subscription

    override fun state(): State = now

    override fun value(): Any? = if (now.ended()) value else null

    override fun error(): Throwable? = if (now.ended()) error else null

    override fun start(): Instant? = instant(firstMillis)

    override fun end(): Instant? = if (now.ended()) instant(endMillis) else null

    override fun attempts(): Int = if (firstMillis == NONE) 0 else attempts

    @Synchronized
    override fun published(): List<Event> = published?.toList().orEmpty()

    override fun toString(): String = "$subscription: $now" + (error()?.let { " ($it)" } ?: "")

    private fun instant(millis: Long): Instant? = if (millis == NONE) null else Instant.ofEpochMilli(millis)

    companion object {
        /** No moment: a handler that never began. */
        const val NONE: Long = Long.MIN_VALUE

        /** The result of a handler that has not begun, or never will. */
        fun unbegun(
            publication: EnginePublication,
            of: EngineSubscription,
            state: State,
            error: Throwable?,
        ): HandlerRun {
            val run = HandlerRun(publication, of.id(), of.name(), of.global, NONE, null, of.invoker.hidden)
            if (state != State.STARTED) run.end(state, null, error, NONE)
            return run
        }
    }
}

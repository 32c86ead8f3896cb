// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Delivery
import dev.jitney.HandlerResult
import dev.jitney.event.DeliveryState
import dev.jitney.event.Event
import java.time.Instant

/**
 * One attempt of one handler at one event: its result, as users see it, and what a nested publish is
 * caused by. Holds no subscription, so that a result which is kept keeps no handler alive.
 *
 * INVARIANTS: [over] is set once, by [cut] or [end], called by whoever has taken the attempt from
 * the [Execution] that it ran in. [waits] is guarded by the event's lane, [waitsFor] by the [WaitGraph].
 * A wait first counts itself and then looks whether the attempt has ended; the end is first made known
 * and then looks for waits; so one of them sees the other.
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

    // Null while it is STARTED: a volatile field that begins as anything else costs a fence.
    @Volatile
    private var over: DeliveryState? = null
    private val now: DeliveryState get() = over ?: DeliveryState.STARTED
    private var value: Any? = null
    private var error: Throwable? = null
    private var endMillis = NONE
    private val attempts: Int = (before?.attempts ?: 0) + 1
    private val first: HandlerRun = before?.first ?: this

    // Of all attempts, kept with the first one.
    private var published: ArrayList<Event>? = null
    private var awaited: ArrayList<EnginePublication>? = null

    @Volatile
    private var tried = false

    /** Whether it has its end: state, value or error, and time. */
    var settled: Boolean = false
        private set

    /** The delivery as interceptors see it, if there are any. */
    @JvmField
    var following: DeliveryFollowing? = null

    /** How many handlers wait further down on the stack of the thread that began this one. */
    @JvmField
    var depth: Int = 0

    /** How many events the handler waits for at the moment (NST-2). */
    @Volatile
    @JvmField
    var waits: Int = 0

    /** The waits of the handler; null if there was none. */
    @Volatile
    @JvmField
    var waitsFor: ArrayList<HandlerWait>? = null

    /** Whether the attempt has ended: what it begins to wait for from now on holds up nothing. */
    val ended: Boolean get() = tried || now.ended()

    /** Whether the attempt was ended from outside; what it still does is ignored (TMO-2). */
    val isCut: Boolean get() = now == DeliveryState.TIMED_OUT || now == DeliveryState.CANCELLED

    /** Lets the handler know at once that it was ended from outside; [end] follows. */
    @Synchronized
    fun cut(state: DeliveryState) {
        over = state
    }

    /** The attempt has failed and another follows. */
    fun tried() {
        tried = true
    }

    /** Whether users see it: that a forwarding has worked is seen on the other bus. */
    val shown: Boolean get() = !ofForward || now != DeliveryState.COMPLETED

    fun end(state: DeliveryState, value: Any?, error: Throwable?, millis: Long) {
        this.value = value
        this.error = error
        endMillis = millis
        settled = true
        over = if (state == DeliveryState.STARTED) null else state
    }

    /** Whether that is when it began and ended. */
    fun isOf(startMillis: Long, endMillis: Long): Boolean = firstMillis == startMillis && this.endMillis == endMillis

    /** Makes this thread part of the handler until the entry is closed (NST-1, CTX-4). */
    fun enter(): Delivery.Entry {
        val owner = publication.owner
        val context = owner.context.enter(publication)
        val previous = Current.enter(this)
        val entered = owner.reports.enter(this)
        return Delivery.Entry {
            owner.reports.leave(entered)
            Current.leave(previous)
            context.close()
        }
    }

    fun addPublished(event: Event): Unit = synchronized(first) {
        (first.published ?: ArrayList<Event>(2).also { first.published = it }).add(event)
    }

    /** Notes a child that the handler waits for, which is to be cancelled with it (TMO-4); false if it was ended. */
    @Synchronized
    fun addAwaited(child: EnginePublication): Boolean {
        if (isCut) return false
        return (awaited ?: ArrayList<EnginePublication>(1).also { awaited = it }).add(child)
    }

    /** The handler waits no more, unless it was ended meanwhile: then the child is yet to be cancelled. */
    @Synchronized
    fun removeAwaited(child: EnginePublication) {
        if (!isCut) awaited?.remove(child)
    }

    /** Whether children of the handler are still waited for. */
    val awaits: Boolean
        @Synchronized get() = !awaited.isNullOrEmpty()

    @Synchronized
    fun takeAwaited(): Collection<EnginePublication> = awaited.orEmpty().also { awaited = null }

    override fun subscriptionId(): String = subscriptionId

    override fun subscription(): String = subscription

    override fun state(): DeliveryState = now

    override fun value(): Any? = if (now.ended()) value else null

    override fun error(): Throwable? = if (now.ended()) error else null

    override fun start(): Instant? = instant(firstMillis)

    override fun end(): Instant? = if (now.ended()) instant(endMillis) else null

    override fun attempts(): Int = if (firstMillis == NONE) 0 else attempts

    override fun published(): List<Event> = synchronized(first) { first.published?.toList().orEmpty() }

    override fun toString(): String = "$subscription: $now" + (error()?.let { " ($it)" } ?: "")

    private fun instant(millis: Long): Instant? = if (millis == NONE) null else Instant.ofEpochMilli(millis)

    /** An attempt of a handler, the one [before] having failed. */
    constructor(publication: EnginePublication, of: EngineSubscription, startMillis: Long, before: HandlerRun? = null) :
        this(publication, of.id(), of.name(), of.global, startMillis, before, of.invoker.hidden)

    companion object {
        /** No moment: a handler that never began. */
        const val NONE: Long = Long.MIN_VALUE

        /** The result of a handler that has not begun, or never will. */
        fun unbegun(
            publication: EnginePublication,
            of: EngineSubscription,
            state: DeliveryState,
            error: Throwable?,
        ): HandlerRun {
            val run = HandlerRun(publication, of, NONE)
            if (state != DeliveryState.STARTED) run.end(state, null, error, NONE)
            return run
        }
    }
}

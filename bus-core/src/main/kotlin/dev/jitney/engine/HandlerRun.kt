// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Delivery
import dev.jitney.HandlerResult
import dev.jitney.event.DeliveryState
import dev.jitney.event.Event
import java.time.Instant

/**
 * One attempt of one handler at one event while somebody cares: its result, as users see it, and what a nested publish
 * is caused by. Holds no subscription, so that a result which is kept keeps no handler alive. History keeps
 * what [record] makes of it, which is smaller.
 *
 * INVARIANTS: [cutAs] is set by [cut] and [over] by [end], each once, called by whoever has taken the attempt from
 * the [Execution] that it ran in; [made] and the end's time are written before [over], so whoever sees it set sees them.
 * Users see no more than that: a handler whose attempt was cut may be tried again.
 * [waits] is guarded by the event's lane, [waitsFor] by the [WaitGraph].
 * A wait first counts itself and then looks whether the attempt has ended; the end is first made known
 * and then looks for waits; so one of them sees the other. [awaited] is guarded by this, what was published by
 * [first]; [recorded] by either, and set under both with the making of the record, which the publication's monitor
 * keeps together with its placing. A child that comes later is waited for as by anyone, and an event is added to the record.
 */
internal class HandlerRun(
    @JvmField val publication: EnginePublication,
    override val handler: HandlerName,
    startMillis: Long,
    before: HandlerRun? = null,
    private val ofForward: Boolean = false,
) : HandlerRecord(), HandlerResult {
    private val firstMillis: Long = before?.firstMillis ?: startMillis

    // Null while it is STARTED: a volatile field that begins as anything else costs a fence.
    @Volatile
    private var over: DeliveryState? = null
    private val now: DeliveryState get() = over ?: DeliveryState.STARTED

    // The number of its state.
    @Volatile
    private var cutAs: Byte = 0

    // Its value if it has completed, else its error.
    private var made: Any? = null
    private var endMillis = NONE
    private val attempts: Int = (before?.attempts ?: 0) + 1
    private val first: HandlerRun = before?.first ?: this

    // Of all attempts, kept with the first one.
    private var published = Few.none<Event>()
    private var awaited = Few.none<EnginePublication>()
    private var recorded = false

    @Volatile
    private var tried = false

    /** Whether it has its end: state, value or error, and time. */
    val settled: Boolean get() = over != null

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

    /** The waits of the handler. */
    @Volatile
    var waitsFor: Few<HandlerWait> = Few.none()

    /** Tells its subscription from those of all buses of the process. */
    val global: Long get() = (publication.owner.number.toLong() shl 32) or handler.sequence

    /** Whether the attempt has ended: what it begins to wait for from now on holds up nothing. */
    val ended: Boolean get() = tried || settled || cutAs != UNCUT

    /** Whether the attempt was ended from outside; what it still does is ignored (TMO-2). */
    val isCut: Boolean get() = cutState() != null

    /** How it was ended from outside; null if it was not. */
    fun cutState(): DeliveryState? {
        val cut = cutAs
        if (cut != UNCUT) return STATES[cut.toInt()]
        return over?.takeIf { it == DeliveryState.TIMED_OUT || it == DeliveryState.CANCELLED }
    }

    /** Lets the handler know at once that it was ended from outside, and users, if the attempt was its [last]; [end] follows. */
    @Synchronized
    fun cut(state: DeliveryState, error: Throwable, last: Boolean) {
        cutAs = state.ordinal.toByte()
        if (!last) return
        try {
            end(state, null, error, publication.owner.eventClock.millis())
        } catch (_: Exception) {
            // a clock of the user's that fails: that is told where the event goes on
        }
    }

    /** The attempt has failed and another follows. */
    fun tried() {
        tried = true
    }

    override val shown: Boolean get() = !ofForward || now != DeliveryState.COMPLETED

    fun end(state: DeliveryState, value: Any?, error: Throwable?, millis: Long) {
        if (settled) return
        made = if (state == DeliveryState.COMPLETED) value else error
        // The clock may be set back, or be a coarse one by now.
        endMillis = maxOf(firstMillis, millis)
        over = state
    }

    /** Makes this thread part of the handler until the entry is closed (NST-1, CTX-4). */
    fun enter(): Delivery.Entry = HandlerEntry(this)

    /** Runs the block as part of the handler, as [enter] says; makes no object for it. */
    inline fun within(block: () -> Unit): Unit = publication.owner.context.within(publication) {
        Current.within(this) { publication.owner.reports.within(this) { block() } }
    }

    fun addPublished(event: Event) {
        if (!first.published(event)) publication.publishedLate(handler, event)
    }

    @Synchronized
    private fun published(event: Event): Boolean {
        if (!recorded) published = published.plus(event)
        return !recorded
    }

    /** Notes a child that the handler waits for, which is to be cancelled with it (TMO-4); false if it has ended. */
    @Synchronized
    fun addAwaited(child: EnginePublication): Boolean {
        if (isCut || recorded) return false
        awaited = awaited.plus(child)
        return true
    }

    /** The handler waits no more, unless it was ended meanwhile: then the child is yet to be cancelled. */
    @Synchronized
    fun removeAwaited(child: EnginePublication) {
        if (!isCut) awaited = awaited.minus(child)
    }

    /** Whether children of the handler are still waited for. */
    val awaits: Boolean
        @Synchronized get() = !awaited.isEmpty

    @Synchronized
    fun takeAwaited(): List<EnginePublication> = awaited.toList().also { awaited = Few.none() }

    /** What history keeps in its place; itself as long as the attempt has not settled, or children are waited for. */
    @Synchronized
    fun record(): HandlerRecord {
        if (!settled || !awaited.isEmpty) return this
        recorded = true
        return synchronized(first) {
            first.recorded = true
            record(first.published.toList())
        }
    }

    private fun record(published: List<Event>): HandlerRecord {
        val value = made
        return when {
            !shown -> ForwardedRecord(handler, firstMillis, endMillis)

            attempts > 1 || published.isNotEmpty() || now != DeliveryState.COMPLETED ->
                KeptResult(handler, firstMillis, endMillis, attempts, now, value, published)

            value == null -> QuietRecord(handler, firstMillis, endMillis)

            else -> ValueRecord.of(publication.event(), handler, firstMillis, endMillis, value)
        }
    }

    override fun result(event: Event): HandlerResult = this

    override fun kept(event: Event): KeptResult = error("Handler '${handler.name()}' has not settled.")

    override fun subscriptionId(): String = handler.id()

    override fun subscription(): String = handler.name()

    override fun state(): DeliveryState = now

    override fun value(): Any? = if (now == DeliveryState.COMPLETED) made else null

    override fun error(): Throwable? {
        val state = now
        return if (state.ended() && state != DeliveryState.COMPLETED) made as? Throwable else null
    }

    override fun start(): Instant? = instant(firstMillis)

    override fun end(): Instant? = if (now.ended()) instant(endMillis) else null

    override fun attempts(): Int = if (firstMillis == NONE) 0 else attempts

    override fun published(): List<Event> = synchronized(first) { first.published.toList() }

    override fun toString(): String = "${handler.name()}: $now" + (error()?.let { " (${said(it)})" } ?: "")

    /** An attempt of a handler, the one [before] having failed. */
    constructor(publication: EnginePublication, of: EngineSubscription, startMillis: Long, before: HandlerRun? = null) :
        this(publication, of.handler, startMillis, before, of.invoker.hidden)

    companion object {
        /** No moment: a handler that never began. */
        const val NONE: Long = Long.MIN_VALUE

        // That of a state in which none is cut.
        private const val UNCUT: Byte = 0
        private val STATES = DeliveryState.entries

        fun instant(millis: Long): Instant? = if (millis == NONE) null else Instant.ofEpochMilli(millis)

        /** The result of a handler that never began. */
        fun unbegun(
            publication: EnginePublication,
            of: EngineSubscription,
            state: DeliveryState,
            error: Throwable?,
        ): HandlerRun {
            val run = HandlerRun(publication, of, NONE)
            run.end(state, null, error, NONE)
            return run
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.HandlerResult
import dev.jitney.Publication
import dev.jitney.PublishOptions
import dev.jitney.engine.plugin.OneLine
import dev.jitney.event.Event
import dev.jitney.event.Level
import dev.jitney.event.Offset
import dev.jitney.event.Outcome
import dev.jitney.spi.Append
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater
import java.util.function.Consumer

/**
 * One event on its way through a bus: the receipt that the publisher holds and the lane's queue
 * entry in one object, so that a publish which no one waits for makes no other. There are as many as events
 * wait, so what only some of them need is in the [PublicationExtra].
 *
 * STORED STATE: [progress] goes PENDING, STARTED, COMPLETED; whoever moves it to STARTED runs the
 * event (a lane, a caller that waits, or whoever drops or cancels it). [open] is how much the
 * completion still waits for besides the handlers: what [holdOpen] was called for; then CLOSED. [listeners]
 * is null, a stack, or DONE; whoever exchanges it for DONE completes the publication. An event that nothing
 * holds open and nobody listens to completes by way of ENDING, which takes one exchange for both: so
 * whoever holds it open leaves a listener first, and a listener that comes then waits for DONE, which no
 * code of a user's keeps from coming. [records] are written by
 * whoever runs the event, and made smaller for history by whoever completes it, under the monitor. [lent], [waiting] and [running] belong to the lane and its lock.
 *
 * Volatile fields begin as zero or null, since any other beginning costs each event a fence. What is written
 * lazily is followed by a fence, before this thread reads what another would look at first: the phase of the
 * execution, the exchange of the listeners.
 */
internal class EnginePublication(
    private val event: Event,
    owner: EngineCore,
    origin: Origin,
    extra: PublicationExtra? = null,
) : LaneNode(), Publication {
    /** Its topic on the bus that it is on its way through. */
    @JvmField
    val topic: KnownTopic = owner.topics.of(event.topic())

    val owner: EngineCore get() = topic.owner

    /** The lane that the event was given to; null for one that never was. */
    @JvmField
    var lane: Lane? = null

    /** The store's receipt; set before the publication is queued and never again. */
    @JvmField
    var append: Append? = null

    @Volatile
    @JvmField
    var extra: PublicationExtra? = null

    /** Where the event's handlers run at the moment, for whoever must end them. */
    @Volatile
    @JvmField
    var execution: Execution? = null

    /** The handlers that were chosen at the start; forgotten at the end (SUB-5, SUB-6). */
    @Volatile
    @JvmField
    var handlers: Array<EngineSubscription>? = null

    private val originNumber = origin.ordinal.toByte()

    val origin: Origin get() = Origin.of(originNumber)

    /** Whether the event is without its lane's permit to run; see [Lane]. */
    @Volatile
    @JvmField
    var lent: Boolean = false

    val holds: Boolean get() = !lent

    /** Whether it has a place among the bus's accepted events; set by whoever takes the place. */
    @JvmField
    var admitted: Boolean = false

    /** Whether it goes into the bus's store; not what comes from there, or was there before. */
    @JvmField
    var stores: Boolean = true

    init {
        if (extra != null) EXTRA.lazySet(this, extra)
    }

    /** Whether the event has ended for its lane without the permit, which it then gets no more. */
    @JvmField
    var left: Boolean = false

    /** Whether the event has given up its place in the lane, to try handlers again (ERR-3). */
    @Volatile
    @JvmField
    var detached: Boolean = false

    // Two at most, one that was ended and one after it, where they run one after the other.
    private var waitingInTurn: Byte = 0

    /** How many of the event's handlers wait for other events. */
    var waiting: Int
        get() = extra?.more?.crowd?.waiting ?: waitingInTurn.toInt()
        set(value) {
            val crowd = extra?.more?.crowd
            if (crowd == null) waitingInTurn = value.toByte() else crowd.waiting = value
        }

    /** How many of them run at all. */
    var running: Int
        get() = extra?.more?.crowd?.running ?: 1
        set(value) {
            val more = extra().more()
            val crowd = more.crowd ?: Crowd().also { more.crowd = it }
            crowd.running = value
        }

    @Volatile
    private var progress = PENDING

    @Volatile
    private var open = 0

    @Volatile
    private var listeners: Any? = null

    @Volatile
    private var outcome: Outcome? = null

    // The record itself where there can be one only, else an array of them.
    private var records: Any? = null

    // Whether there is a run among them.
    private var runs = false

    fun extra(): PublicationExtra = extra ?: synchronized(this) {
        extra ?: PublicationExtra().also { extra = it }
    }

    val options: PublishOptions? get() = extra?.options

    /** The handler that published this event; forgotten at completion, so that no chain grows. */
    val parent: HandlerRun? get() = extra?.parent

    val completed: Boolean get() = progress == COMPLETED

    val pending: Boolean get() = progress == PENDING

    override val spent: Boolean get() = !pending

    // Handlers are forgotten after the end is known, so these two in this order.
    override val begun: Boolean get() = handlers != null || completed

    /** Takes the right to run this event; true once only. */
    fun claim(): Boolean = PROGRESS.compareAndSet(this, PENDING, STARTED)

    /** Takes it for an event that nobody else can have seen yet. */
    fun begins(): Unit = PROGRESS.lazySet(this, STARTED)

    /** Why it is to end before its handlers have, if it is. */
    val stop: Stop? get() = extra?.more?.stop

    fun stop(why: Stop): Boolean = extra().more().stop(why)

    // ---- what handlers make of it

    /** Says who handles the event; called once, by the runner. */
    fun starts(chosen: Array<EngineSubscription>) {
        if (chosen.size > 1) records = arrayOfNulls<HandlerRecord>(chosen.size)
        HANDLERS.lazySet(this, chosen)
    }

    /** Says where they run. */
    fun runsIn(execution: Execution): Unit = EXECUTION.lazySet(this, execution)

    fun place(at: Int, run: HandlerRun) {
        runs = true
        put(at, run)
    }

    /** Notes a handler that has ended. */
    fun put(at: Int, record: HandlerRecord) {
        val all = records
        if (all is Array<*>) recordsIn(all)[at] = record else records = record
    }

    fun recordAt(at: Int): HandlerRecord? {
        val all = records
        return if (all is Array<*>) recordsIn(all)[at] else all as HandlerRecord?
    }

    /** The handler's run, where somebody has asked for it and history has not got its record. */
    fun runAt(at: Int): HandlerRun? = recordAt(at) as? HandlerRun

    /** Keeps of its handlers only what results tell. */
    fun keepRecords() {
        if (!runs) return
        synchronized(this) {
            for (at in 0 until recordCount) runAt(at)?.let { put(at, it.record()) }
        }
    }

    /** A task that has outlived its handler, and the event, has published one. */
    @Synchronized
    fun publishedLate(handler: HandlerName, event: Event) {
        for (at in 0 until recordCount) {
            val record = recordAt(at)
            if (record != null && record.handler === handler) put(at, record.kept(this.event).with(event))
        }
    }

    val recordCount: Int
        get() = when (val all = records) {
            null -> 0
            is Array<*> -> all.size
            else -> 1
        }

    @Suppress("UNCHECKED_CAST")
    private fun recordsIn(all: Any?) = all as Array<HandlerRecord?>

    // ---- the end

    /** Lets the publication complete only after one more [closeOne]; false if it is too late. */
    fun holdOpen(): Boolean {
        while (true) {
            val seen = listeners
            if (seen === ENDING || seen === DONE) return false
            if (seen == null && onCompletion(Listener(null)) == null) return false
            val now = open
            if (now == CLOSED) return false
            if (OPEN.compareAndSet(this, now, now + 1)) return true
        }
    }

    /** One thing that the completion waited for has come; completes with what [end] set if it was the last. */
    fun closeOne() {
        if (listeners == null && isPlain && LISTENERS.compareAndSet(this, null, ENDING)) {
            completes()
            extra?.forget()
            LISTENERS.lazySet(this, DONE)
            leavePath()
            owner.settled(this)
        } else if (OPEN.decrementAndGet(this) == CLOSED) {
            complete()
        }
    }

    // Whether no one is told of its completion who may take their time.
    private val isPlain: Boolean
        get() = outcome == Outcome.HANDLED && owner.quiet && extra?.following == null

    /** Says how it ends whose handlers have run, and that was settled by no one else. */
    fun endHandled(): Unit = OUTCOME.lazySet(this, Outcome.HANDLED)

    /** Says how it ends, unless that is settled, and says whether this call did. */
    fun end(outcome: Outcome, reason: String?, cause: Throwable?): Boolean {
        if (!OUTCOME.compareAndSet(this, null, outcome)) return false
        if (reason != null || cause != null) {
            val more = extra().more()
            more.reason = reason
            more.cause = cause
        }
        return true
    }

    /** Its time is over before what holds it open has come: that counts, and not what its handlers made of it. */
    @Synchronized
    fun overrule(why: Stop): Boolean {
        if (completed) return false
        outcome = why.outcome
        val more = extra().more()
        more.reason = why.reason
        more.cause = why.cause
        return true
    }

    /** Ends and completes in one, for an event whose handlers do not run. */
    fun complete(outcome: Outcome, reason: String?, cause: Throwable? = null): Boolean {
        if (!end(outcome, reason, cause)) return false
        closeOne()
        return true
    }

    /** Ends an event that was never accepted: no one is told but who has published it meanwhile, too (PUB-4). */
    fun refuse(reason: String, cause: Throwable?) {
        if (!end(Outcome.REJECTED, reason, cause)) return
        progress = COMPLETED
        extra?.forget()
        runListeners(LISTENERS.getAndSet(this, DONE) as Listener?)
    }

    private fun complete() {
        completes()
        if (extra?.following != null) orLogged { owner.reports.completed(this) }
        extra?.forget()
        val newest = LISTENERS.getAndSet(this, DONE) as Listener?
        leavePath()
        runListeners(newest)
        owner.settled(this)
    }

    // The publisher's own event waits for what was forwarded (FWD-2).
    private fun leavePath() {
        val first = extra?.path?.first ?: return
        if (first !== this) first.closeOne()
    }

    private fun completes() {
        val own = outcome!!
        val path = extra?.path
        if (path != null && path.first === this) endAs(path.deciding(own))
        // Before whoever waits goes on: it finds the event in history and counts.
        orLogged { owner.completes(this, own) }
        PROGRESS.lazySet(this, COMPLETED)
        HANDLERS.lazySet(this, null)
        EXECUTION.lazySet(this, null)
    }

    /** What was forwarded ends as it does on the bus that decides; which handlers have failed the results tell. */
    private fun endAs(deciding: EnginePublication) {
        if (deciding === this) return
        val decided = deciding.outcome()!!
        outcome = decided
        if (decided.ok() || decided == Outcome.HANDLED_WITH_FAILURES) return
        val more = extra().more()
        more.reason = deciding.reason()
        more.cause = deciding.cause()
    }

    private inline fun orLogged(step: () -> Unit) {
        try {
            step()
        } catch (e: Throwable) {
            logged(e) {
                engineLog.error("Bus '{}' failed at the completion of event {}", owner.name, OneLine.of(event.id()), it)
            }
        }
    }

    private fun runListeners(newest: Listener?) {
        if (newest == null) return
        var oldest: Listener? = null
        var node = newest
        while (node != null) {
            val older = node.older
            node.older = oldest
            oldest = node
            node = older
        }
        Current.complete(this) {
            while (oldest != null) {
                tell(oldest.action)
                oldest = oldest.older
            }
        }
    }

    private fun tell(action: Consumer<in Publication>?) {
        try {
            action?.accept(this)
        } catch (e: Throwable) {
            logged(owner.masking.shown(e)) {
                engineLog.warn("An action on the completion of event {} failed", OneLine.of(event.id()), it)
            }
        }
    }

    /** Adds an action without asking whether a handler waits. Returns it for [forget], or null if it has run. */
    fun onCompleted(action: Consumer<in Publication>): Listener? {
        val listener = onCompletion(Listener(action))
        if (listener == null) tell(action)
        return listener
    }

    /** Returns the listener if it was not too late for it. */
    private fun onCompletion(listener: Listener): Listener? {
        while (true) {
            val now = listeners
            if (now === DONE) return null
            if (now === ENDING) {
                Thread.yield()
                continue
            }
            val last = now as Listener?
            // Forgotten ones go, or those who look again and again would leave a long trail.
            val older = if (last != null && last.action == null) last.older else last
            listener.older = older
            if (LISTENERS.compareAndSet(this, now, listener)) return listener
        }
    }

    /** Runs the action no more, unless it is running. */
    fun forget(listener: Listener?) {
        listener?.action = null
    }

    // ---- what users see

    override fun event(): Event = event

    override fun state(): Publication.State = when (progress) {
        PENDING -> Publication.State.PENDING
        STARTED -> Publication.State.STARTED
        else -> Publication.State.COMPLETED
    }

    override fun outcome(): Outcome? = if (completed) outcome else null

    /** What the handlers amount to, once all of them have ended; the event may still be held open. */
    fun outcomeSoFar(): Outcome? = outcome

    override fun reason(): String = if (!completed) "" else extra?.more?.reason ?: owner.reasonFor(this)

    override fun cause(): Throwable? = if (completed) extra?.more?.cause else null

    override fun handlerResults(): List<HandlerResult> = Results.of(this)

    override fun path(): List<String> = extra?.path?.names() ?: listOf(owner.name)

    override fun result(): Any? = Results.first(this)

    override fun <T : Any> result(type: Class<T>): T? = Results.first(this)?.let { Results.cast(this, it, type) }

    override fun results(): List<Any> {
        Results.check(this)
        return values()
    }

    override fun values(): List<Any> = Results.values(this)

    override fun stored(level: Level): CompletionStage<Offset> =
        append?.reached(level) ?: CompletableFuture.failedFuture(IllegalStateException(owner.whyNotStored(this)))

    override fun join(limit: Duration): Boolean = Waits.join(this, limit)

    override fun toCompletableFuture(): CompletableFuture<Publication> {
        val future = CompletableFuture<Publication>()
        Waits.complete(this, future)
        return future
    }

    override fun whenCompleted(action: Consumer<in Publication>) {
        onCompleted(action)
    }

    override fun awaitThen(goOn: Runnable): Publication.Waiting = Waits.awaitThen(this, goOn)

    override fun toString(): String = "Publication(${event.topic()} ${event.id()}, ${outcome() ?: state()})"

    /** One of those who want to know the end. */
    class Listener(@Volatile var action: Consumer<in Publication>?) {
        var older: Listener? = null
    }

    private companion object {
        const val PENDING = 0
        const val STARTED = 1
        const val COMPLETED = 2

        // Of [open]: its own end is one thing that the completion waits for, without being counted.
        const val CLOSED = -1
        val ENDING = Any()
        val DONE = Any()
        val PROGRESS: AtomicIntegerFieldUpdater<EnginePublication> =
            AtomicIntegerFieldUpdater.newUpdater(EnginePublication::class.java, "progress")
        val OPEN: AtomicIntegerFieldUpdater<EnginePublication> =
            AtomicIntegerFieldUpdater.newUpdater(EnginePublication::class.java, "open")
        val LISTENERS: AtomicReferenceFieldUpdater<EnginePublication, Any?> =
            AtomicReferenceFieldUpdater.newUpdater(EnginePublication::class.java, Any::class.java, "listeners")
        val OUTCOME: AtomicReferenceFieldUpdater<EnginePublication, Outcome?> =
            AtomicReferenceFieldUpdater.newUpdater(EnginePublication::class.java, Outcome::class.java, "outcome")
        val EXECUTION: AtomicReferenceFieldUpdater<EnginePublication, Execution?> =
            AtomicReferenceFieldUpdater.newUpdater(EnginePublication::class.java, Execution::class.java, "execution")
        val HANDLERS: AtomicReferenceFieldUpdater<EnginePublication, Array<EngineSubscription>?> =
            AtomicReferenceFieldUpdater.newUpdater(
                EnginePublication::class.java,
                Array<EngineSubscription>::class.java,
                "handlers",
            )
        val EXTRA: AtomicReferenceFieldUpdater<EnginePublication, PublicationExtra?> =
            AtomicReferenceFieldUpdater.newUpdater(EnginePublication::class.java, PublicationExtra::class.java, "extra")
    }
}

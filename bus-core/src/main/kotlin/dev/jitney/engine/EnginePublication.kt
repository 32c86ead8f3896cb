// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.HandlerResult
import dev.jitney.Publication
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
import java.util.concurrent.locks.LockSupport
import java.util.function.Consumer

/** Where an event that is delivered comes from. */
internal enum class Origin { PUBLISHED, REMOTE, REPLAYED }

/**
 * One event on its way through a bus: the receipt that the publisher holds and the lane's queue
 * entry in one object, so that a publish which no one waits for makes no other.
 *
 * STORED STATE: [progress] goes PENDING, STARTED, COMPLETED; whoever moves it to STARTED runs the
 * event (a lane, an awaiting handler, or whoever drops or cancels it). [listeners] is null, a stack,
 * or DONE; whoever exchanges it for DONE completes the publication. Everything else is written by
 * the runner before COMPLETED is.
 */
internal class EnginePublication(
    private val event: Event,
    val owner: PublicationOwner,
    val origin: Origin,
    parent: EnginePublication? = null,
) : LaneNode(), Publication {
    /** The store's receipt; set before the publication is queued and never again. */
    @JvmField
    var append: Append? = null

    /** The publication whose handler published this one; forgotten at completion, so that no chain grows. */
    @Volatile
    @JvmField
    var parent: EnginePublication? = parent

    /** The publication whose handler waits for this one, so that a circle of waits is found. */
    @Volatile
    @JvmField
    var awaitedBy: EnginePublication? = null

    @Volatile
    private var progress = PENDING

    @Volatile
    private var listeners: Any? = null
    private var outcome: Outcome? = null
    private var reason: String? = null
    private var cause: Throwable? = null

    // The result itself where there can be one only, else an array of them.
    private var results: Any? = null

    @Volatile
    private var resultCount = 0

    /** Takes the right to run this event; true once only. */
    fun claim(): Boolean = PROGRESS.compareAndSet(this, PENDING, STARTED)

    /** Notes the next handler's result; called by the runner only. */
    fun addResult(result: HandlerResult, atMost: Int) {
        if (atMost == 1) {
            results = result
        } else {
            val all = results ?: arrayOfNulls<HandlerResult>(atMost).also { results = it }
            resultsIn(all)[resultCount] = result
        }
        resultCount++
    }

    private fun resultAt(index: Int): HandlerResult {
        val all = results
        return if (all is HandlerResult) all else resultsIn(all)[index]!!
    }

    @Suppress("UNCHECKED_CAST")
    private fun resultsIn(all: Any?) = all as Array<HandlerResult?>

    /** Returns what the results so far amount to; asked by the runner only. */
    fun outcomeOfHandlers(): Outcome {
        val count = resultCount
        if (count == 0) return Outcome.NO_HANDLER
        for (index in 0 until count) {
            if (resultAt(index).state() != HandlerResult.State.COMPLETED) return Outcome.HANDLED_WITH_FAILURES
        }
        return Outcome.HANDLED
    }

    /** Ends the publication unless it has ended, and says whether this call did. */
    fun complete(outcome: Outcome, reason: String? = null, cause: Throwable? = null): Boolean {
        synchronized(this) {
            if (this.outcome != null) return false
            this.outcome = outcome
            this.reason = reason
            this.cause = cause
        }
        progress = COMPLETED
        parent = null
        runListeners(LISTENERS.getAndSet(this, DONE) as Listener?)
        return true
    }

    private fun runListeners(newest: Listener?) {
        var oldest: Listener? = null
        var node = newest
        while (node != null) {
            val older = node.older
            node.older = oldest
            oldest = node
            node = older
        }
        while (oldest != null) {
            tell(oldest.action)
            oldest = oldest.older
        }
    }

    private fun tell(action: Consumer<in Publication>) {
        try {
            action.accept(this)
        } catch (e: Throwable) {
            engineLog.warn("An action on the completion of event {} failed", event.id(), e)
        }
    }

    /** Adds an action without asking whether a handler waits. */
    fun onCompleted(action: Consumer<in Publication>) {
        val listener = Listener(action)
        while (true) {
            val now = listeners
            if (now === DONE) return tell(action)
            listener.older = now as Listener?
            if (LISTENERS.compareAndSet(this, now, listener)) return
        }
    }

    override fun event(): Event = event

    override fun state(): Publication.State = when (progress) {
        PENDING -> Publication.State.PENDING
        STARTED -> Publication.State.STARTED
        else -> Publication.State.COMPLETED
    }

    override fun outcome(): Outcome? = if (progress == COMPLETED) outcome else null

    override fun reason(): String = reason ?: outcome()?.let { owner.reasonFor(it, this) }.orEmpty()

    override fun cause(): Throwable? = if (progress == COMPLETED) cause else null

    override fun handlerResults(): List<HandlerResult> {
        val count = resultCount
        return if (count == 0) emptyList() else List(count, ::resultAt)
    }

    override fun stored(level: Level): CompletionStage<Offset> =
        append?.reached(level) ?: CompletableFuture.failedFuture(IllegalStateException(owner.whyNotStored(this)))

    override fun join(limit: Duration): Boolean {
        require(!limit.isNegative) { "Limit '$limit' is negative. Use zero to wait without limit, or more." }
        if (progress == COMPLETED) return true
        awaitFromHandler()
        return owner.pool.blockingWait { park(limit) }
    }

    private fun park(limit: Duration): Boolean {
        val waiter = Thread.currentThread()
        val deadline = System.nanoTime() + limit.toNanos()
        onCompleted { LockSupport.unpark(waiter) }
        while (progress != COMPLETED) {
            if (Thread.interrupted()) throw InterruptedException()
            if (limit.isZero) {
                LockSupport.park(this)
            } else {
                val left = deadline - System.nanoTime()
                if (left <= 0) return false
                LockSupport.parkNanos(this, left)
            }
        }
        return true
    }

    override fun toCompletableFuture(): CompletableFuture<Publication> {
        val future = CompletableFuture<Publication>()
        whenCompleted { future.complete(it) }
        return future
    }

    override fun whenCompleted(action: Consumer<in Publication>) {
        if (progress != COMPLETED) awaitFromHandler()
        onCompleted(action)
    }

    /**
     * Tells the buses when a handler waits for this event: the handler's lane lends itself meanwhile,
     * and this event's lane takes it as soon as it may (NST-2).
     */
    private fun awaitFromHandler() {
        val handling = Current.get() ?: return
        var waiting: EnginePublication? = handling
        while (waiting != null) {
            check(waiting !== this) {
                "Event '${event.id()}' is being handled and cannot be waited for by its own handlers."
            }
            waiting = waiting.awaitedBy
        }
        awaitedBy = handling
        handling.owner.awaitBegins(handling)
        onCompleted { handling.owner.awaitEnds(handling) }
        owner.runSoon(this)
    }

    override fun toString(): String = "Publication(${event.topic()} ${event.id()}, ${outcome() ?: state()})"

    /** Says whether a handler of [bus] runs on this thread, or waits for the one that does. */
    fun isAwaitedOn(bus: PublicationOwner): Boolean {
        var waiting: EnginePublication? = this
        while (waiting != null) {
            if (waiting.owner === bus) return true
            waiting = waiting.awaitedBy
        }
        return false
    }

    /** Says whether this event, or one that it descends from, is being handled on [bus]. */
    fun descendsFrom(bus: PublicationOwner): Boolean {
        var ancestor: EnginePublication? = this
        while (ancestor != null) {
            if (ancestor.owner === bus && ancestor.progress == STARTED) return true
            ancestor = ancestor.parent
        }
        return false
    }

    private class Listener(val action: Consumer<in Publication>) {
        var older: Listener? = null
    }

    private companion object {
        const val PENDING = 0
        const val STARTED = 1
        const val COMPLETED = 2
        val DONE = Any()
        val PROGRESS: AtomicIntegerFieldUpdater<EnginePublication> =
            AtomicIntegerFieldUpdater.newUpdater(EnginePublication::class.java, "progress")
        val LISTENERS: AtomicReferenceFieldUpdater<EnginePublication, Any?> =
            AtomicReferenceFieldUpdater.newUpdater(EnginePublication::class.java, Any::class.java, "listeners")
    }
}

/** What a publication asks of its bus. */
internal interface PublicationOwner {
    val pool: HandlerPool

    /** A handler of this bus, handling this event, begins to wait for another event. */
    fun awaitBegins(handling: EnginePublication)

    fun awaitEnds(handling: EnginePublication)

    /** Lets an event of this bus that a handler waits for run ahead of the queue. */
    fun runSoon(awaited: EnginePublication)

    fun reasonFor(outcome: Outcome, publication: EnginePublication): String

    fun whyNotStored(publication: EnginePublication): String
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.Level
import dev.jitney.event.Offset
import dev.jitney.event.StoredEvent
import dev.jitney.spi.Append
import dev.jitney.spi.EventStore
import dev.jitney.spi.EventTail
import dev.jitney.spi.Position
import dev.jitney.spi.StoreProblem
import dev.jitney.spi.TailOptions
import kotlinx.coroutines.suspendCancellableCoroutine
import java.time.Duration
import java.util.Collections
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletionStage
import java.util.concurrent.ExecutionException
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock
import kotlin.coroutines.resume

/**
 * The way of events through the store in front of the lane (PUB-3), and how the bus knows its own
 * events again when it follows the store (DSU-1).
 *
 * INVARIANTS: an event is appended and queued under [lock], so that the order of the lane is that of
 * the offsets. While the store is followed, [own] holds in the same order every own event that the
 * tail has not met yet.
 */
internal class StoreGate(val store: EventStore, deliverAfter: Level?, private val masking: Masking) {
    private val levels = store.capabilities().levels()
    private val highest = Collections.max(levels)
    private val visible = if (highest < Level.OS) highest else Collections.min(levels.filter { it >= Level.OS })
    private val deliverAt = deliverAfter ?: visible
    private val target = maxOf(deliverAt, if (Level.DISK in levels) Level.DISK else highest)
    private val lock = ReentrantLock()
    private var last: Append? = null
    private var own: ArrayDeque<EnginePublication>? = null

    init {
        require(deliverAt in levels) {
            "Level '${deliverAt.wireName()}' of deliverAfter is not known to the store at " +
                "${store.info().location()}. Use ${levels.sorted().joinToString(" or ") { it.wireName() }}."
        }
    }

    /**
     * Appends the event and hands it on in the order of the store. Throws what the store throws. Who has it [awaited]
     * calls [awaitHere] after this.
     */
    fun append(publication: EnginePublication, awaited: Boolean, handOn: (EnginePublication) -> Unit) {
        // Of a kind that a store which copies its batch need not copy.
        val batch = java.util.List.of(masking.kept(publication.event()))
        lock.withLock {
            val append = if (awaited) store.appendAwaited(batch, target) else store.append(batch, target)
            publication.append = append
            last = append
            own?.addLast(publication)
            handOn(publication)
        }
    }

    /** Says whether the event may be delivered, or has failed to be stored. */
    fun isOpen(publication: EnginePublication): Boolean = publication.append?.isDone(deliverAt) ?: true

    /** Suspends until [isOpen]. */
    suspend fun await(publication: EnginePublication) {
        if (publication.append == null) return
        suspendCancellableCoroutine { lane -> whenOpen(publication) { lane.resume(Unit) } }
    }

    /** Calls [action] when [isOpen], on a thread of the store or here. */
    fun whenOpen(publication: EnginePublication, action: () -> Unit) {
        publication.append!!.reached(deliverAt).whenComplete { _, _ -> action() }
    }

    /** Blocks until [isOpen], and may write the event on this thread; not longer than [limit], zero for no limit. */
    fun awaitHere(publication: EnginePublication, limit: Duration) {
        try {
            publication.append?.await(deliverAt, limit)
        } catch (e: InterruptedException) {
            throw e
        } catch (e: Exception) {
            // Its lane waits for the event then.
            engineLog.warn("The store at {} failed to wait for an append", store.info().location(), e)
        }
    }

    /** Returns why an event that [isOpen] was not stored, or null if it was. */
    fun failureOf(publication: EnginePublication): Throwable? = publication.append?.failure(deliverAt)

    /** Opens a tail at the end of the log and begins to remember own events. */
    fun follow(onProblem: (StoreProblem) -> Unit): EventTail = lock.withLock {
        // What is on its way is own and may not be met by the tail, which knows nothing of it yet.
        last?.let { offsetOf(it.reached(visible)) }
        own = ArrayDeque()
        store.tail(TailOptions.from(Position.end()).withOnProblem(onProblem))
    }

    fun unfollow(): Unit = lock.withLock { own = null }

    /** Says whether the tail has met an event of this bus. Waits for own events that are on their way. */
    fun isOwn(met: StoredEvent): Boolean {
        while (true) {
            val next = lock.withLock { own?.firstOrNull() } ?: return false
            val offset = next.append?.let { offsetOf(it.reached(visible)) }
            val order = when {
                offset == null -> -1
                offset == Offset.UNASSIGNED -> if (next.event().id() == met.event().id()) 0 else 1
                else -> offset.compareTo(met.offset())
            }
            if (order > 0) return false
            lock.withLock { own?.removeFirstOrNull() }
            if (order == 0) return true
        }
    }

    private fun offsetOf(stage: CompletionStage<Offset>): Offset? = try {
        stage.toCompletableFuture().get()
    } catch (_: ExecutionException) {
        null
    } catch (_: CancellationException) {
        null
    }
}

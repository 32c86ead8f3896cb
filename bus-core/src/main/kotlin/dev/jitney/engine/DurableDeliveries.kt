// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Publication
import dev.jitney.engine.plugin.OneLine
import dev.jitney.event.DeliveryState
import dev.jitney.event.Event
import dev.jitney.event.Outcome
import java.util.concurrent.locks.LockSupport
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/**
 * The events that a durable subscription has read and not finished, [READ_AHEAD] at the most: with
 * so many reading pauses, which bounds the checkpoint's set too. It also pauses while events of
 * [READ_AHEAD_BYTES] are on their way: those are in memory, and each may be large.
 *
 * INVARIANTS: [begun] counts deliveries whose publication has not completed, and [begunBytes] how
 * large their events are, [unfinished] those that have completed without being finished, which keep
 * their place; all state is guarded by [lock]. A finished event is in the checkpoint before its
 * place is free.
 */
internal class DurableDeliveries(
    private val core: EngineCore,
    private val publisher: Publisher,
    private val checkpoint: Checkpoint,
    private val saving: CheckpointSaving,
    private val label: String,
) {
    private val lock = ReentrantLock()
    private val moved = lock.newCondition()
    private var begun = 0
    private var begunBytes = 0L
    private var unfinished = 0
    private var abandoned = false

    @Volatile
    private var stopped = false

    @Volatile
    private var reader: Thread? = null

    /** Waits until one more event may be read; false if none will be. */
    fun awaitPlace(): Boolean = lock.withLock {
        while (!stopped && isFull()) moved.awaitUninterruptibly()
        !stopped
    }

    private fun isFull() = begun + unfinished >= READ_AHEAD || begunBytes >= READ_AHEAD_BYTES

    /** Delivers an event that [awaitPlace] has made sure of a place for; blocks until the bus has room. */
    fun deliver(event: Event, offset: Long, subscription: EngineSubscription) {
        val publication = EnginePublication(event, core, Origin.DURABLE, extraOf(event, subscription))
        val bytes = EventSize.of(event)
        publication.onCompleted { ended(publication, offset, bytes, subscription) }
        lock.withLock {
            begun++
            begunBytes += bytes
        }
        var taken = false
        reader = Thread.currentThread()
        try {
            taken = publisher.acceptBlocking(publication) { stopped }
        } finally {
            reader = null
            // One that was refused has completed, and then has left already.
            if (!taken && !publication.completed) left(bytes) { }
        }
    }

    private fun extraOf(event: Event, subscription: EngineSubscription) = PublicationExtra().apply {
        only = subscription
        lineage = core.lineages.of(event.id())
    }

    private fun ended(publication: EnginePublication, offset: Long, bytes: Long, subscription: EngineSubscription) {
        if (isFinished(publication, subscription)) {
            checkpoint.finish(offset)
            saving.changed()
            return left(bytes) { }
        }
        left(bytes) { unfinished++ }
        if (!stopped && subscription.active()) {
            engineLog.warn(
                "{} has not finished event {}, which ended as {}: it is delivered again when the cursor is next taken up",
                label,
                OneLine.of(publication.event().id()),
                publication.outcome(),
            )
        }
    }

    private inline fun left(bytes: Long, change: () -> Unit): Unit = lock.withLock {
        begun--
        begunBytes -= bytes
        change()
        moved.signalAll()
    }

    /** Whether its handler has had it: it has returned, or failed for good, and the letter of that is kept. */
    private fun isFinished(publication: EnginePublication, subscription: EngineSubscription): Boolean {
        val record = publication.recordAt(0)
        return when {
            // Not wanted; but of a closed subscription nobody knows.
            record == null -> publication.outcome() == Outcome.NO_HANDLER && subscription.active()

            record.state() == DeliveryState.COMPLETED -> true

            record.state() == DeliveryState.CANCELLED -> false

            else -> publication.extra?.more?.letterLost != true
        }
    }

    /** No more is read. */
    fun stop() {
        stopped = true
        lock.withLock { moved.signalAll() }
        LockSupport.unpark(reader)
    }

    /** Lets no one wait for deliveries any longer. */
    fun abandon(): Unit = lock.withLock {
        abandoned = true
        moved.signalAll()
    }

    /** Waits until all deliveries have ended, or were abandoned. */
    fun awaitEnd(): Unit = lock.withLock {
        while (begun > 0 && !abandoned) moved.awaitUninterruptibly()
    }

    internal companion object {
        /** The most events that are read and not finished. */
        const val READ_AHEAD = 1_024

        /** With events of so many bytes, roughly, on their way no more are read. */
        const val READ_AHEAD_BYTES = 8L shl 20
    }
}

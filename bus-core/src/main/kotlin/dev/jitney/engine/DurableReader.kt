// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.BusClosedException
import dev.jitney.event.Event
import dev.jitney.event.Offset
import dev.jitney.event.Selection
import dev.jitney.event.StoredEvent
import dev.jitney.spi.Cursor.Progress
import dev.jitney.spi.Cursors
import dev.jitney.spi.EventStore
import dev.jitney.spi.EventTail
import dev.jitney.spi.Position
import dev.jitney.spi.StoreUnavailableException
import dev.jitney.spi.TailOptions
import java.time.Duration
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit

/**
 * A durable subscription at work: follows the store from its cursor and has what it reads delivered
 * to this subscription alone (DSU-2); stands by as long as the cursor has another owner (DSU-3). One
 * thread.
 *
 * ```
 *   stands by ─▶ claim ─▶ tail ─▶ Deliveries: place ─▶ room ─▶ lane ─▶ handler ─▶ checkpoint ─▶ saved
 *
 *   stop ─▶ reads no more ─▶ deliveries that have begun end ─▶ saved ─▶ claim given up ─▶ ended
 * ```
 */
internal class DurableReader(
    private val core: EngineCore,
    private val publisher: Publisher,
    private val store: EventStore,
    private val name: String,
    private val cursor: String,
    private val selection: Selection,
    private val onEnd: (DurableReader) -> Unit,
) {
    private val label = "Durable subscription '$name' of bus '${core.name}'"
    private val cursors = store.cursors()
    private val over = CountDownLatch(1)
    private val ended = CountDownLatch(1)
    private var beginning = Offset.ZERO

    @Volatile
    private var work: Work? = null

    @Volatile
    private var thread: Thread? = null
    private val stopping get() = over.count == 0L

    /** Whether it waits for another owner of its cursor to end. */
    val standingBy: Boolean get() = work == null && !stopping

    /** What there is while it owns its cursor. */
    private class Work(
        val claim: Cursors.Claim,
        val tail: EventTail,
        val checkpoint: Checkpoint,
        val saving: CheckpointSaving,
        val deliveries: DurableDeliveries,
    ) {
        fun stop() {
            tail.close()
            deliveries.stop()
        }
    }

    // ---- beginning

    /**
     * Takes the cursor if nobody has it. From the return on nothing that is stored is missed, since
     * a new cursor is saved before.
     *
     * @param first where to begin if the cursor is new
     */
    fun open(first: Position) {
        val claim = cursors.claim(cursor)
        try {
            // Whoever stands by knows its beginning too: the owner may die before it has saved one.
            beginning = claim?.find()?.checkpoint() ?: offsetOf(first)
        } catch (e: Throwable) {
            claim?.close()
            throw e
        }
        if (claim != null) begin(claim)
    }

    private fun offsetOf(position: Position): Offset = store.tail(TailOptions.from(position)).use { it.position() }

    private fun begin(claim: Cursors.Claim) {
        try {
            val progress = progressOf(claim)
            val checkpoint = Checkpoint(progress)
            val problems = StoreProblems(core, store, label, name, checkpoint::contains)
            val from = Position.at(progress.checkpoint())
            val tail = store.tail(TailOptions.from(from).withSelection(selection).withOnProblem(problems))
            val saving = CheckpointSaving(claim, checkpoint, core.timers, { core.pool.blocking.execute(it) }, label)
            val deliveries = DurableDeliveries(core, publisher, checkpoint, saving, label)
            work = Work(claim, tail, checkpoint, saving, deliveries)
        } catch (e: Throwable) {
            claim.close()
            throw e
        }
    }

    /** What is done, saved at once: that makes the cursor, and marks it as in use. */
    private fun progressOf(claim: Cursors.Claim): Progress {
        val saved = claim.find()?.progress() ?: Progress.below(beginning)
        val end = store.end()
        val last = saved.above().lastOrNull()?.to() ?: saved.checkpoint()
        if (last <= end) return claim.save(saved).progress()
        engineLog.warn(
            "{}: cursor '{}' is ahead of the log, which ends at {}; goes on at the end. " +
                "Was the log cut or restored from a copy?",
            label,
            cursor,
            end,
        )
        claim.reset(minOf(saved.checkpoint(), end))
        return claim.save(Progress(minOf(saved.checkpoint(), end), saved.above().filter { it.to() <= end })).progress()
    }

    /** Begins to read, or to stand by; with what [open] found. */
    fun start(subscription: EngineSubscription) {
        thread = Thread({ run(subscription) }, "jitney-${core.name}-$cursor").apply {
            isDaemon = true
            start()
        }
    }

    private fun run(subscription: EngineSubscription) {
        try {
            if (work == null) standBy()
            work?.let { follow(it, subscription) }
        } catch (_: BusClosedException) {
            // the bus drains and takes no more
        } catch (e: Throwable) {
            if (!stopping) {
                engineLog.error("{} ends: it can follow its store no longer", label, e)
                subscription.close()
            }
        } finally {
            end()
        }
    }

    // ---- standing by

    private fun standBy() {
        engineLog.info("{} stands by: cursor '{}' has another owner", label, cursor)
        while (work == null && !over.await(STANDBY_MILLIS, TimeUnit.MILLISECONDS)) {
            try {
                cursors.claim(cursor)?.let(::begin)
            } catch (e: StoreUnavailableException) {
                engineLog.warn("{} cannot ask for its cursor now and tries again", label, e)
            }
        }
        work?.let { engineLog.info("{} takes over cursor '{}' at {}", label, cursor, it.tail.position()) }
    }

    // ---- following

    private fun follow(work: Work, subscription: EngineSubscription) {
        while (!stopping && work.deliveries.awaitPlace()) {
            val met = next(work) ?: continue
            val offset = met.offset().value()
            if (work.checkpoint.begin(offset)) {
                work.deliveries.deliver(met.event(), offset, subscription)
            } else {
                work.saving.changed()
            }
        }
    }

    private fun next(work: Work): StoredEvent? {
        val asked = System.nanoTime()
        try {
            val met = work.tail.next(PATIENCE)
            if (met != null || stopping) return met.takeUnless { stopping }
        } catch (e: StoreUnavailableException) {
            engineLog.warn("{} cannot read its store now and tries again", label, e)
            over.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
            return null
        }
        if (work.checkpoint.passed(work.tail.position().value())) work.saving.changed()
        work.saving.keepInUse()
        // A tail gives up early when its store is closed: this says so, with an exception.
        if (System.nanoTime() - asked < PATIENCE.toNanos() / 2) store.end()
        return null
    }

    // ---- ending

    /** Reads no more; deliveries that have begun go on. Does not wait. */
    fun stop() {
        over.countDown()
        work?.stop()
    }

    /** Gives the cursor up though deliveries go on; what they handle is delivered again. */
    fun abandon() {
        stop()
        work?.deliveries?.abandon()
    }

    /** Waits until deliveries have ended and the cursor is given up. */
    fun await(nanos: Long): Boolean = ended.await(nanos, TimeUnit.NANOSECONDS)

    /** Reads no more, and gives the cursor up when deliveries have ended; for one that was never started, too. */
    fun end() {
        stop()
        try {
            work?.let(::giveUp)
        } finally {
            work = null
            onEnd(this)
            ended.countDown()
        }
    }

    private fun giveUp(work: Work) {
        work.stop()
        work.deliveries.awaitEnd()
        try {
            work.saving.end()
        } catch (e: Exception) {
            engineLog.error("{} could not save its checkpoint: what was finished last is delivered again", label, e)
        }
        try {
            work.claim.close()
        } catch (e: Exception) {
            engineLog.error("{} could not give up cursor '{}'", label, cursor, e)
        }
    }

    override fun toString(): String = label

    private companion object {
        /** How often whoever stands by asks for the cursor. */
        const val STANDBY_MILLIS = 250L

        /** How long to wait for an event before the place in the log is noted, and after a failure. */
        val PATIENCE: Duration = Duration.ofSeconds(1)
    }
}

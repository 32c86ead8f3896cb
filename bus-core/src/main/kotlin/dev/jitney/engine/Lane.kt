// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.Outcome
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.launch
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.yield
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicReference
import kotlin.coroutines.resume

/**
 * One event at a time, in the order in which they were added (ORD-1): a queue and one coroutine that
 * empties it. The coroutine is made with the first event and parks when there is none.
 *
 * STORED STATE: [signal] is NEW, RUNNING, WOKEN (running, and something was added since it last
 * looked), or the continuation of the parked worker. [held] and [running] are written by the worker;
 * a close that finds the worker stuck in a handler reads them.
 */
internal class Lane(
    private val scope: CoroutineScope,
    private val gate: StoreGate?,
    private val deliverer: Deliverer,
    private val admission: Admission,
    private val onRefused: (EnginePublication) -> Unit,
) {
    private val queue = LaneQueue()
    val lending = Lending(::runLent)
    private val signal = AtomicReference<Any>(NEW)
    private val ended = CountDownLatch(1)
    private val running = AtomicReference<EnginePublication?>()

    @Volatile
    private var held: EnginePublication? = null

    /** Adds an accepted event. Never waits. */
    fun add(publication: EnginePublication) {
        queue.add(publication)
        wake()
    }

    /** Takes an added event ahead of the queue, for a handler that waits for it (NST-2). */
    fun runSoon(publication: EnginePublication) {
        lending.add(publication)
        wake()
    }

    // The queue passes over the event later; one that someone else has taken meanwhile is not ours to end.
    private fun runLent(publication: EnginePublication, here: Boolean) {
        var taken = false
        scope.launch(start = if (here) CoroutineStart.UNDISPATCHED else CoroutineStart.DEFAULT) {
            if (gate?.isOpen(publication) == false) gate.await(publication)
            taken = take(publication)
            if (taken) work(publication)?.let { workOn(publication, it) }
        }.invokeOnCompletion {
            lending.giveBack(if (taken) publication else null)
            wake()
        }
    }

    /** Ends the event that has waited longest and says whether there was one. */
    fun dropOldest(reason: String): Boolean {
        val oldest = queue.poll() as EnginePublication? ?: return false
        if (take(oldest)) refuse(oldest, Outcome.DROPPED, reason, null)
        return true
    }

    /** After the scope was cancelled: waits a moment for the worker, then ends all that is left. */
    fun cancelRest(reason: String) {
        if (signal.compareAndSet(NEW, RUNNING)) ended.countDown()
        ended.await(GRACE_MILLIS, TimeUnit.MILLISECONDS)
        running.get()?.complete(Outcome.CANCELLED, reason)
        held?.let { cancel(it, reason) }
        while (true) cancel(queue.poll() as EnginePublication? ?: return, reason)
    }

    private fun cancel(publication: EnginePublication, reason: String) {
        if (take(publication)) refuse(publication, Outcome.CANCELLED, reason, null)
    }

    private fun wake() {
        while (true) {
            val now = signal.get()
            when {
                now === WOKEN -> return

                now === RUNNING -> if (signal.compareAndSet(RUNNING, WOKEN)) return

                now === NEW -> if (signal.compareAndSet(NEW, RUNNING)) return start()

                else -> if (signal.compareAndSet(now, RUNNING)) {
                    @Suppress("UNCHECKED_CAST")
                    return (now as CancellableContinuation<Unit>).resume(Unit)
                }
            }
        }
    }

    private fun start() {
        scope.launch { run() }.invokeOnCompletion { ended.countDown() }
    }

    private suspend fun run() {
        var done = 0
        while (true) {
            val next = if (lending.lent) null else held ?: lending.poll() ?: queue.poll() as EnginePublication?
            if (next == null) {
                park()
                continue
            }
            if (gate?.isOpen(next) == false) {
                // Only the head waits, with one callback; those behind it are asked when it is their turn.
                held = next
                gate.await(next)
            }
            held = null
            // Before the taking: whoever sees the event started must see that it is the lane's.
            lending.taken = true
            if (take(next)) {
                running.lazySet(next)
                val rest = work(next)
                if (rest != null) workOn(next, rest)
                running.lazySet(null)
                lending.taken = false
                lending.ended(next)
            } else {
                lending.taken = false
                lending.ended(null)
            }
            if (++done % BATCH == 0) yield()
        }
    }

    private suspend fun park() {
        if (signal.compareAndSet(WOKEN, RUNNING)) return
        suspendCancellableCoroutine { worker ->
            if (!signal.compareAndSet(RUNNING, worker)) {
                signal.set(RUNNING)
                worker.resume(Unit)
            }
        }
    }

    /** Runs an event that was taken; returns what is left to wait for. */
    private fun work(publication: EnginePublication): Deliverer.Rest? {
        try {
            val failure = gate?.failureOf(publication)
            if (failure != null) {
                refuse(publication, Outcome.REJECTED, "The store refused the event: ${failure.message}", failure)
                return null
            }
            val rest = deliverer.begin(publication)
            if (rest == null) admission.settled()
            return rest
        } catch (e: Throwable) {
            fault(publication, e)
            return null
        } finally {
            Thread.interrupted()
        }
    }

    private suspend fun workOn(publication: EnginePublication, rest: Deliverer.Rest) {
        try {
            deliverer.resume(publication, rest)
            admission.settled()
        } catch (e: CancellationException) {
            refuse(publication, Outcome.CANCELLED, "The bus was closed while a handler was running.", null)
            throw e
        } catch (e: Throwable) {
            fault(publication, e)
        }
    }

    private fun take(publication: EnginePublication): Boolean {
        if (!publication.claim()) return false
        admission.started()
        return true
    }

    private fun refuse(publication: EnginePublication, outcome: Outcome, reason: String, cause: Throwable?) {
        onRefused(publication)
        publication.complete(outcome, reason, cause)
        admission.settled()
    }

    // Handlers cannot get here; a mistake of ours must not stop the lane.
    private fun fault(publication: EnginePublication, error: Throwable) {
        engineLog.error("The engine failed on event {}; this is a bug in Jitney", publication.event().id(), error)
        refuse(publication, Outcome.REJECTED, "The engine failed: $error", error)
    }

    private companion object {
        val NEW = Any()
        val RUNNING = Any()
        val WOKEN = Any()

        // After so many events a lane lets others have its thread.
        const val BATCH = 1_024
        const val GRACE_MILLIS = 1_000L
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.DeliveryState
import java.util.concurrent.atomic.AtomicReferenceArray
import kotlin.coroutines.Continuation
import kotlin.coroutines.intrinsics.COROUTINE_SUSPENDED
import kotlin.coroutines.intrinsics.intercepted
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn
import kotlin.coroutines.resume

/**
 * The handlers of one event that run all at once (ORD-5), each in a place of its own. Deferred ones
 * begin on this thread, in the order of their priorities; inline ones on threads of the pool. Where one of the
 * former holds this thread up, those that have not begun begin on another ([heldUp]).
 *
 * INVARIANTS: [left] counts the handlers that have not ended, and the starting itself; [asleep] has those
 * of them that wait to be tried again; [starter] waits for the end, and is null once it goes on. [begins] is the
 * thread that begins them, and null when all have begun; handlers below [begun] have. The event leaves its lane,
 * where it may (ERR-3), once all that are left sleep, and takes its permit again for each attempt, where it needs
 * one. Guarded by this.
 */
internal class Together(
    private val publication: EnginePublication,
    private val core: EngineCore,
    private val runner: Runner,
) {
    private val handlers = publication.handlers!!
    private val places = AtomicReferenceArray<Execution?>(handlers.size)
    private val asleep = LinkedHashSet<Int>(0)
    private var left = handlers.size + 1
    private var deadline = Timers.NEVER
    private var starter: Continuation<Ending>? = null
    private var from: Execution? = null
    private var begins: Thread? = null
    private var begun = 0

    /** Runs all handlers and suspends until the last has ended, or the event has left its lane. */
    suspend fun run(execution: Execution): Ending {
        publication.extra().more().together = this
        deadline = execution.eventDeadline
        publication.lane?.runTogether(publication, handlers.size)
        return suspendCoroutineUninterceptedOrReturn { continuation ->
            starter = continuation.intercepted()
            from = execution
            begin(execution) ?: COROUTINE_SUSPENDED
        }
    }

    /** Begins those that have not begun, on this thread; returns how the event goes on if nothing is left to wait for. */
    private fun begin(execution: Execution): Ending? {
        val thread = Thread.currentThread()
        synchronized(this) { begins = thread }
        while (true) {
            val at = synchronized(this) {
                // Another thread has gone on with it.
                if (begins !== thread) return null
                if (begun == handlers.size) {
                    begins = null
                    left--
                    return next()
                }
                begun++
            }
            begin(execution, at)
        }
    }

    /** The thread is held up in a handler, one of these perhaps: then the others do not wait for it to begin. */
    fun heldUp(thread: Thread) {
        val waits = synchronized(this) {
            if (begins !== thread) return
            begins = null
            starter!!
        }
        core.pool.execute { begin(from!!)?.let(waits::resume) }
    }

    private fun begin(execution: Execution, at: Int) {
        val place = core.executions.take()
        place.continueFrom(execution, this)
        places.set(at, place)
        if (handlers[at].invoker.inline) {
            core.pool.coroutines.launch { run(place, at, null) }
        } else {
            core.pool.coroutines.launchHere { run(place, at, null) }
        }
    }

    private suspend fun run(place: Execution, at: Int, before: HandlerRun?) {
        if (before == null && publication.stop != null) return ended(place)
        val verdict = try {
            runner.retrying.attempt(publication, place, at, before)
        } catch (e: Throwable) {
            if (runner.broken(publication, place, e)) Verdict.ENDED else Verdict.TAKEN
        }
        goOn(place, at, verdict)
    }

    /** Goes on after an attempt. */
    suspend fun goOn(place: Execution, at: Int, verdict: Verdict) {
        places.set(at, place)
        when (verdict) {
            Verdict.TAKEN -> return

            Verdict.RETRY -> {
                val failed = publication.runAt(at)!!
                if (sleep(place, at)) {
                    runner.hold(publication, place)
                    return run(place, at, failed)
                }
                runner.retrying.cancel(publication, at, failed)
            }

            Verdict.WON -> runner.finishing.won(publication)

            Verdict.ENDED -> Unit
        }
        ended(place)
    }

    private suspend fun sleep(place: Execution, at: Int): Boolean {
        rests { asleep.add(at) }
        val due = runner.retrying.pause(publication, place, place.retries.removeLast())
        synchronized(this) { asleep.remove(at) }
        publication.lane?.oneOfTogetherWakes(publication)
        return due
    }

    private fun ended(place: Execution) {
        place.ends(publication)
        place.giveBack()
        rests { left-- }
        place.left(publication)
    }

    private inline fun rests(change: () -> Unit) {
        publication.lane?.oneOfTogetherRests(publication)
        var waits: Continuation<Ending>? = null
        val ending = synchronized(this) {
            change()
            waits = starter
            next()
        } ?: return
        waits?.resume(ending) ?: finish()
    }

    /** How the event goes on with one handler less that runs; null as long as others do. */
    private fun next(): Ending? {
        val lane = publication.lane
        if (left > asleep.size) return null
        if (left > 0) {
            if (starter == null) return null.also { runner.retrying.rests(publication, over = false) }
            if (lane == null || !core.goesOnMeanwhile(publication, asleep)) return null
        }
        starter = null
        return if (left == 0) Ending.OVER else runner.retrying.detach(publication, lane!!)
    }

    private fun finish() {
        runner.retrying.rests(publication, over = true)
        runner.finishing.finish(publication, deadline)
        core.past.keepOpen(publication)
    }

    /** Ends all handlers that run. */
    fun end(state: DeliveryState, error: Throwable) {
        for (at in handlers.indices) places.get(at)?.end(publication, state, error)
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.HandlerResult.State
import kotlinx.coroutines.suspendCancellableCoroutine
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicReferenceArray
import kotlin.coroutines.resume

/**
 * The handlers of one event that run all at once (ORD-5), each in a place of its own. Deferred ones
 * begin on this thread, in the order of their priorities; inline ones on threads of the pool.
 */
internal class Together(
    private val publication: EnginePublication,
    private val core: EngineCore,
    private val runner: Runner,
) {
    private val handlers = publication.handlers!!
    private val places = AtomicReferenceArray<Execution?>(handlers.size)

    // One more than there are handlers: the starting itself.
    private val left = AtomicInteger(handlers.size + 1)
    private var onEnd: Runnable? = null

    /** Runs all handlers and suspends until the last has ended. */
    suspend fun run(execution: Execution): Ending {
        publication.extra().together = this
        publication.lane?.runTogether(publication, handlers.size)
        suspendCancellableCoroutine { starter ->
            onEnd = Runnable { starter.resume(Unit) }
            for (at in handlers.indices) begin(execution, at)
            endOne()
        }
        return Ending.OVER
    }

    private fun begin(execution: Execution, at: Int) {
        val place = core.executions.take()
        place.continueFrom(execution, this)
        places.set(at, place)
        if (handlers[at].invoker.inline) {
            core.pool.launch { run(place, at, null) }
        } else {
            core.pool.launchHere { run(place, at, null) }
        }
    }

    private suspend fun run(place: Execution, at: Int, before: HandlerRun?) {
        if (before == null && publication.stop != null) return ended(place)
        goOn(place, at, core.runner.retrying.attempt(publication, place, at, before))
    }

    /** Goes on after an attempt. */
    suspend fun goOn(place: Execution, at: Int, verdict: Verdict) {
        places.set(at, place)
        when (verdict) {
            Verdict.TAKEN -> return

            Verdict.RETRY -> {
                val failed = publication.runAt(at)!!
                if (core.runner.retrying.pause(publication, place, place.retries.removeLast())) {
                    return run(place, at, failed)
                }
                core.runner.retrying.cancel(publication, at, failed)
            }

            Verdict.WON -> runner.won(publication)

            Verdict.ENDED -> Unit
        }
        ended(place)
    }

    private fun ended(place: Execution) {
        publication.lane?.oneOfTogetherEnded(publication)
        place.giveBack()
        endOne()
    }

    private fun endOne() {
        if (left.decrementAndGet() == 0) onEnd!!.run()
    }

    /** Ends all handlers that run. */
    fun end(state: State, error: Throwable) {
        for (at in handlers.indices) places.get(at)?.end(publication, state, error)
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.DeliveryState
import kotlinx.coroutines.suspendCancellableCoroutine
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.coroutines.resume

/** Makes failed attempts again when their back-off is over, after the event's other handlers (ERR-3). */
internal class Retrying(private val core: EngineCore, private val runner: Runner) {

    /** Runs all retries; on a lane that need not wait for them, beside it. */
    suspend fun run(publication: EnginePublication, execution: Execution): Ending {
        execution.retrying = true
        val lane = publication.lane
        if (lane == null || publication.detached || publication.stop != null ||
            !core.goesOnMeanwhile(publication, execution.retries.map { it.at })
        ) {
            return attempts(publication, execution)
        }
        val aside = core.executions.take()
        aside.continueFrom(execution)
        execution.retries.clear()
        val ending = detach(publication, lane)
        publication.execution = aside
        core.pool.coroutines.launch { runner.finishAlone(publication, aside, Rest(publication.handlers!!.size)) }
        return ending
    }

    /** Takes the event out of its lane: for good, or on a serial one until each of its attempts, which overlap no other event. */
    fun detach(publication: EnginePublication, lane: Lane): Ending {
        core.watch.moved()
        val key = publication.event().key()
        if (key != null && core.keepsKeys(publication)) {
            lane.hold(key)
            publication.extra().more().atEnd = Runnable { lane.release(key) }
        }
        return lane.detach(publication, comesBack = core.isSerial(publication))
    }

    private suspend fun attempts(publication: EnginePublication, execution: Execution): Ending {
        while (execution.retries.isNotEmpty()) {
            rests(publication, over = false)
            val next = execution.retries.minBy { it.due }
            execution.retries.remove(next)
            val run = publication.runAt(next.at)!!
            if (!pause(publication, execution, next)) {
                cancel(publication, next.at, run)
                continue
            }
            runner.hold(publication, execution)
            when (attempt(publication, execution, next.at, run)) {
                Verdict.TAKEN -> return Ending.TAKEN
                Verdict.WON -> runner.finishing.won(publication)
                else -> Unit
            }
        }
        return Ending.OVER
    }

    /** An event without a place keeps no permit while it runs no handler. */
    fun rests(publication: EnginePublication, over: Boolean) {
        if (publication.detached) publication.lane?.giveUp(publication, over)
    }

    suspend fun attempt(publication: EnginePublication, execution: Execution, at: Int, before: HandlerRun?): Verdict {
        val inline = publication.handlers!![at].invoker.inline
        return if (inline) {
            runner.calls.callInline(publication, execution, at, before)
        } else {
            runner.calls.callDeferred(publication, execution, at, before)
        }
    }

    /** Suspends until the retry is due; false if the event is stopped. */
    suspend fun pause(publication: EnginePublication, execution: Execution, retrial: Retrial): Boolean {
        val begun = core.timers.nanoTime()
        if (retrial.due > begun && publication.stop == null) sleep(publication, retrial.due)
        execution.paused(core.timers.nanoTime() - begun)
        return publication.stop == null
    }

    private suspend fun sleep(publication: EnginePublication, due: Long) {
        val more = publication.extra().more()
        var wake: Runnable? = null
        var timer: AutoCloseable? = null
        suspendCancellableCoroutine { sleeper ->
            val awake = AtomicBoolean()
            val wakeUp = Runnable { if (awake.compareAndSet(false, true)) sleeper.resume(Unit) }
            wake = wakeUp
            more.addBackOff(wakeUp)
            timer = core.timers.scheduleAt(due, wakeUp)
            if (publication.stop != null) wakeUp.run()
        }
        more.removeBackOff(wake!!)
        timer?.close()
    }

    /** Ends a handler whose event was stopped during its back-off. */
    fun cancel(publication: EnginePublication, at: Int, run: HandlerRun) {
        run.end(DeliveryState.CANCELLED, null, core.stopped(publication, publication.stop!!), core.eventClock.millis())
        core.reports.cancelled(publication, run, at)
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.DeliveryState

/** Decides what the end of an attempt means: a value, a failure, or another attempt (ERR-1 to ERR-4). */
internal class Settling(private val core: EngineCore) {

    fun settle(
        publication: EnginePublication,
        execution: Execution,
        subscription: EngineSubscription,
        at: Int,
        run: HandlerRun,
        state: DeliveryState,
        value: Any?,
        error: Throwable?,
    ): Verdict {
        val problem = if (state == DeliveryState.COMPLETED &&
            value != null
        ) {
            mismatch(publication, run, value)
        } else {
            error
        }
        val settled = if (problem != null && state == DeliveryState.COMPLETED) DeliveryState.FAILED else state
        if (problem != null) {
            if (run.isCut) Stopping.cancelAwaited(run)
            // Whoever has cancelled it wants no other attempt.
            if (state != DeliveryState.CANCELLED && retries(publication, execution, subscription, at, run, problem)) {
                run.tried()
                waitsNoMore(publication, run)
                return Verdict.RETRY
            }
        }
        run.end(settled, if (problem == null) value else null, problem, core.eventClock.millis())
        waitsNoMore(publication, run)
        subscription.count(run, execution.lasted(), execution.standsFor(subscription))
        core.reports.ended(publication, subscription, at, run, execution.lasted())
        raise(problem)
        return if (value != null && settled == DeliveryState.COMPLETED && core.runner.firstWins(publication)) {
            Verdict.WON
        } else {
            Verdict.ENDED
        }
    }

    /** What the handler began to wait for and no longer does is no wait; called when it is known to have ended. */
    private fun waitsNoMore(publication: EnginePublication, run: HandlerRun) {
        if (run.waits > 0) publication.lane?.handlerEnded(run)
        if (!run.waitsFor.isEmpty) core.pool.waits.handlerEnded(run)
    }

    private fun mismatch(publication: EnginePublication, run: HandlerRun, value: Any): Throwable? {
        val type = publication.options?.resultType() ?: return null
        if (Results.boxed(type).isInstance(value)) return null
        return ClassCastException(
            "Handler '${run.subscription()}' returned a ${value.javaClass.name}, but ${type.name} was asked for.",
        )
    }

    private fun retries(
        publication: EnginePublication,
        execution: Execution,
        subscription: EngineSubscription,
        at: Int,
        run: HandlerRun,
        error: Throwable,
    ): Boolean {
        if (publication.stop != null || run.cutState() == DeliveryState.CANCELLED) return false
        val delay = subscription.retryDelay(error, run.attempts()) ?: return false
        val nanos = nanosOf(delay)
        // Without a delay it is due now; to a time limit zero would mean never.
        val due = core.timers.nanoTime().let { if (nanos == 0L) it else Timers.after(it, nanos) }
        execution.retries.add(Retrial(at, due))
        subscription.countRetry()
        core.reports.retry(publication, subscription, run, error, delay, execution.lasted())
        return true
    }

    // ERR-2: the others are failures like any exception; these concern the whole machine.
    private fun raise(error: Throwable?) {
        if (error !is VirtualMachineError || error is StackOverflowError) return
        val thread = Thread.currentThread()
        try {
            thread.uncaughtExceptionHandler.uncaughtException(thread, error)
        } catch (e: Throwable) {
            logged(e) {
                engineLog.error("The handler of uncaught errors of thread '{}' failed", thread.name, it)
            }
        }
    }
}

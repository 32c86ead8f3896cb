// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.HandlerResult.State
import dev.jitney.event.Outcome

/** Decides what the end of an attempt means: a value, a failure, or another attempt (ERR-1 to ERR-4). */
internal class Settling(private val core: EngineCore) {

    fun settle(
        publication: EnginePublication,
        execution: Execution,
        subscription: EngineSubscription,
        at: Int,
        run: HandlerRun,
        state: State,
        value: Any?,
        error: Throwable?,
    ): Verdict {
        val problem = if (state == State.COMPLETED && value != null) mismatch(publication, run, value) else error
        val settled = if (problem != null && state == State.COMPLETED) State.FAILED else state
        publication.lane?.handlerEnded(run)
        if (problem != null) {
            cancelAwaited(run)
            if (retries(publication, execution, subscription, at, run, problem)) return Verdict.RETRY
        }
        run.end(settled, if (problem == null) value else null, problem, core.clock.millis())
        core.reports.ended(publication, subscription, at, run, execution.lasted())
        raise(problem)
        return if (value != null && settled == State.COMPLETED && core.runner.firstWins(publication)) {
            Verdict.WON
        } else {
            Verdict.ENDED
        }
    }

    private fun mismatch(publication: EnginePublication, run: HandlerRun, value: Any): Throwable? {
        val type = publication.options?.resultType() ?: return null
        if (Results.boxed(type).isInstance(value)) return null
        return ClassCastException(
            "Handler '${run.subscription()}' returned a ${value.javaClass.name}, but ${type.name} was asked for.",
        )
    }

    /** Children that the handler was awaiting end with it, all the way down (TMO-4). */
    private fun cancelAwaited(run: HandlerRun) {
        if (!run.isCut) return
        for (child in run.takeAwaited()) {
            child.owner.cancel(
                child,
                Stop(
                    Outcome.CANCELLED,
                    "Handler '${run.subscription()}', which waited for the event, was ended.",
                    null,
                ),
            )
        }
    }

    private fun retries(
        publication: EnginePublication,
        execution: Execution,
        subscription: EngineSubscription,
        at: Int,
        run: HandlerRun,
        error: Throwable,
    ): Boolean {
        if (publication.stop != null || run.state() == State.CANCELLED) return false
        val delay = subscription.retryDelay(error, run.attempts()) ?: return false
        val now = core.timers.nanoTime()
        // Not Timers.after, for which no delay is no limit.
        execution.retries.add(Retrial(at, now + minOf(nanosOf(delay), Timers.NEVER - now)))
        subscription.countRetry()
        core.reports.retry(publication, subscription, run, error, delay, execution.lasted())
        return true
    }

    // ERR-2: the others are failures like any exception; these concern the whole machine.
    private fun raise(error: Throwable?) {
        if (error is VirtualMachineError && error !is StackOverflowError) {
            val thread = Thread.currentThread()
            thread.uncaughtExceptionHandler.uncaughtException(thread, error)
        }
    }
}

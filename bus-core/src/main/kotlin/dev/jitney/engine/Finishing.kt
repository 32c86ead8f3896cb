// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.engine.plugin.OneLine
import dev.jitney.event.DeliveryState
import dev.jitney.event.Outcome

/** How an event ends, as its handlers have left it or as it was stopped. */
internal class Finishing(private val core: EngineCore, private val retrying: Retrying) {
    /** A handler has returned the value that ends the event: the others are cancelled (ORD-6). */
    fun won(publication: EnginePublication) {
        Stopping.stop(publication, Stop(Outcome.HANDLED, "Another handler has returned the first value.", null))
    }

    /** Ends the publication as its handlers have left it; [deadline] is when its time is over. */
    fun finish(publication: EnginePublication, deadline: Long) {
        try {
            end(publication)
        } catch (e: Throwable) {
            logged(e) {
                engineLog.error(
                    "Bus '{}' failed at the end of event {}",
                    core.name,
                    OneLine.of(publication.event().id()),
                    it,
                )
            }
            publication.end(Outcome.REJECTED, "Bus '${core.name}' failed at the end of the event: ${said(e)}", e)
        }
        publication.extra?.more?.atEnd?.run()
        publication.closeOne()
        // Whoever stops it from now on sees that its handlers have ended.
        val last = publication.stop
        if (last != null && last.outcome != Outcome.HANDLED) Stopping.cancelAwaited(publication)
        if (!publication.completed && deadline != Timers.NEVER && awaits(publication)) limitOpen(publication, deadline)
    }

    private fun end(publication: EnginePublication) {
        val handlers = publication.handlers
        val stop = publication.stop
        if (handlers != null && stop != null) cancelRest(publication, handlers, stop)
        if (handlers != null) core.reports.handlersEnded(publication)
        val outcome = stop?.outcome?.takeIf { it != Outcome.HANDLED } ?: outcomeOf(publication, stop != null)
        val reason = stop?.reason?.takeIf { outcome == stop.outcome && outcome != Outcome.HANDLED }
        if (stop == null && outcome == Outcome.HANDLED) {
            publication.endHandled()
        } else {
            publication.end(outcome, reason, stop?.cause)
        }
    }

    /** An event that is held open by children ends with its time, too (TMO-3); buses that it was forwarded to have their own. */
    private fun limitOpen(publication: EnginePublication, deadline: Long) {
        val timer = core.timers.scheduleAt(deadline) { core.pool.execute { expire(publication) } }
        publication.onCompleted { timer.close() }
    }

    private fun awaits(publication: EnginePublication) =
        (0 until publication.recordCount).any { publication.runAt(it)?.awaits == true }

    private fun expire(publication: EnginePublication) {
        if (!awaits(publication)) return
        val why = core.limits.eventTimeout(publication)
        if (publication.overrule(why)) Stopping.cancelAwaited(publication)
    }

    /** Handlers that have not begun, or wait to be tried again, never will. */
    private fun cancelRest(publication: EnginePublication, handlers: Array<EngineSubscription>, stop: Stop) {
        // One for all of them: that it is made is most of what the end of a handler costs.
        var error: Throwable? = null
        for (at in handlers.indices) {
            val begun = publication.recordAt(at)
            if (begun == null) {
                if (error == null) error = core.stopped(publication, stop)
                val run = HandlerRun.unbegun(publication, handlers[at], DeliveryState.CANCELLED, error)
                publication.place(at, run)
                core.reports.cancelled(publication, run, at)
            } else if (begun is HandlerRun && !begun.settled) {
                retrying.cancel(publication, at, begun)
            }
        }
    }

    private fun outcomeOf(publication: EnginePublication, won: Boolean): Outcome {
        val count = publication.recordCount
        var handled = false
        for (at in 0 until count) {
            val record = publication.recordAt(at)!!
            handled = handled || record.shown
            when (record.state()) {
                DeliveryState.COMPLETED -> Unit
                DeliveryState.CANCELLED -> if (!won) return Outcome.HANDLED_WITH_FAILURES
                else -> return Outcome.HANDLED_WITH_FAILURES
            }
        }
        return if (handled) Outcome.HANDLED else Outcome.NO_HANDLER
    }
}

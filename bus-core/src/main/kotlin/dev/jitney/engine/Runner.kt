// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Completion
import dev.jitney.CorrelationContext
import dev.jitney.HandlerOrder
import dev.jitney.event.DeliveryState
import dev.jitney.event.Outcome
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlin.coroutines.resume

/** Where to go on with an event: at a handler that has to be waited for, or with retries at the end. */
internal class Rest(val at: Int) {
    companion object {
        /** Nowhere: a time limit passed in a handler, and someone else has gone on. */
        val TAKEN = Rest(-1)
    }
}

/** A failed attempt that is to be made again: of which handler, and when. */
internal class Retrial(val at: Int, val due: Long)

/**
 * Runs the handlers of an event: one after the other by priority, or together, until all have ended,
 * one has won, or the event was stopped (ORD-5, ORD-6, TMO). Used by whoever has claimed the event;
 * what it keeps is in the [Execution].
 *
 * In two halves, because a suspending function costs an object per event: [begin] runs as far as no
 * handler has to be waited for, [resume] goes on from there.
 */
internal class Runner(private val core: EngineCore) {
    private val settling = Settling(core)
    val retrying: Retrying = Retrying(core, this)

    /** Takes the right to run an event that waited; false if someone else has it. */
    fun take(publication: EnginePublication): Boolean {
        if (!publication.claim()) return false
        core.admission.started()
        return true
    }

    /** Runs the event as far as no handler has to be waited for; null when that was to the end. */
    fun begin(publication: EnginePublication, execution: Execution): Rest? = try {
        tryToBegin(publication, execution)
    } catch (e: Throwable) {
        if (broken(publication, execution, e)) null else Rest.TAKEN
    }

    private fun tryToBegin(publication: EnginePublication, execution: Execution): Rest? {
        if (core.refuses(publication)) return null
        val handlers = core.handlersFor(publication)
        publication.starts(handlers)
        core.reports.started(publication)
        if (handlers.isEmpty()) return null
        publication.runsIn(execution)
        execution.beginEvent(publication)
        if (handlers.size > 1 && handlerOrder(publication) == HandlerOrder.PARALLEL) return Rest(0)
        return inline(publication, execution, handlers, 0)
    }

    /** Goes on after [begin], and after whatever has to be waited for. */
    suspend fun resume(publication: EnginePublication, execution: Execution, from: Rest): Ending = try {
        tryToResume(publication, execution, from)
    } catch (e: Throwable) {
        if (broken(publication, execution, e)) Ending.OVER else Ending.TAKEN
    }

    /**
     * What no one is to blame for but this engine, or a clock or an executor of the user's, ends the event
     * and nothing else: its lane goes on. Says whether the event is still the caller's.
     */
    fun broken(publication: EnginePublication, execution: Execution, e: Throwable): Boolean {
        engineLog.error(
            "Bus '{}' failed on event {}; its lane goes on",
            core.name,
            publication.event().id(),
            core.masking.shown(e),
        )
        if (!execution.takeBack()) return false
        publication.stop(Stop(Outcome.REJECTED, "Bus '${core.name}' failed on the event: $e", e))
        return true
    }

    private suspend fun tryToResume(publication: EnginePublication, execution: Execution, from: Rest): Ending {
        if (from === Rest.TAKEN) return Ending.TAKEN
        val handlers = publication.handlers!!
        if (from.at == 0 && handlers.size > 1 && handlerOrder(publication) == HandlerOrder.PARALLEL) {
            return Together(publication, core, this).run(execution)
        }
        var at = from.at
        while (at < handlers.size && publication.stop == null) {
            hold(publication, execution)
            if (!handlers[at].invoker.inline) {
                when (callDeferred(publication, execution, at)) {
                    Verdict.TAKEN -> return Ending.TAKEN
                    Verdict.WON -> return Ending.OVER.also { won(publication) }
                    else -> at++
                }
            } else {
                val rest = inline(publication, execution, handlers, at) ?: return Ending.OVER
                if (rest === Rest.TAKEN) return Ending.TAKEN
                at = rest.at
            }
        }
        return if (execution.retries.isEmpty()) Ending.OVER else retrying.run(publication, execution)
    }

    private fun inline(
        publication: EnginePublication,
        execution: Execution,
        handlers: Array<EngineSubscription>,
        from: Int,
    ): Rest? {
        var at = from
        // Who follows, carries a context or times wants more than the calls themselves.
        val quiet = core.quiet && publication.extra?.isQuiet != false && !core.context.shown
        while (at < handlers.size && publication.stop == null) {
            if (!handlers[at].invoker.inline || !publication.holds) {
                if (publication.holds && forwards(publication, execution, handlers, at)) {
                    at++
                    continue
                }
                return Rest(at)
            }
            if (quiet) at = callQuietly(publication, execution, handlers, at)
            if (at == handlers.size) break
            when (if (quiet) settleLast(publication, execution, at) else callInline(publication, execution, at, null)) {
                null -> Unit
                Verdict.TAKEN -> return Rest.TAKEN
                Verdict.WON -> return null.also { won(publication) }
                else -> at++
            }
        }
        return if (execution.retries.isEmpty()) null else Rest(handlers.size)
    }

    /** Hands the event to the bus that it is forwarded to, if that can be done at once. */
    private fun forwards(
        publication: EnginePublication,
        execution: Execution,
        handlers: Array<EngineSubscription>,
        at: Int,
    ): Boolean {
        val subscription = handlers[at]
        val invoker = subscription.invoker as? ForwardInvoker ?: return false
        // With a handler still to come this thread might wait for the other bus, and so for itself.
        val last = (at + 1 until handlers.size).all { handlers[it].invoker is ForwardInvoker }
        try {
            if (!invoker.handOver(publication, execution.takeIf { last })) return false
            publication.place(at, subscription.quietResult(core, core.eventClock.millis()))
        } catch (e: Throwable) {
            val run = start(publication, subscription, at, null)
            settling.settle(publication, execution, subscription, at, run, DeliveryState.FAILED, null, e)
        }
        return true
    }

    // ---- many attempts of which there is nothing to tell

    /**
     * Calls handlers for as long as they do nothing but return, within one context for all of them. Returns
     * where that ended: the call that [settleLast] has to see to, or that was not made, or the end.
     */
    private fun callQuietly(
        publication: EnginePublication,
        execution: Execution,
        handlers: Array<EngineSubscription>,
        from: Int,
    ): Int {
        val event = publication.event()
        val correlation = CorrelationContext.install(event)
        val outer = Current.enter(execution)
        execution.inside(outer)
        var at = from
        try {
            while (callOne(publication, execution, handlers[at], at)) {
                if (++at == handlers.size) break
                // What a handler has bound and not given back is not the next one's.
                CorrelationContext.install(event)
            }
        } finally {
            Current.leave(outer)
            CorrelationContext.restore(correlation)
        }
        return at
    }

    /** Whether that was all that there is to it. */
    private fun callOne(
        publication: EnginePublication,
        execution: Execution,
        subscription: EngineSubscription,
        at: Int,
    ): Boolean {
        execution.loud(Loud.NOT_CALLED, null, null)
        if (!subscription.invoker.inline || !publication.holds || core.mayNotCall(subscription)) return false
        val calling = execution.call(at, null, subscription, null)
        if (publication.stop != null) return loud(execution, calling, Loud.STOPPED, null, null)
        val value = try {
            subscription.invoker.call(publication.event())
        } catch (e: Throwable) {
            return loud(execution, calling, Loud.RETURNED, null, e)
        }
        if (value != null) return loud(execution, calling, Loud.RETURNED, value, null)
        if (!execution.returned(calling)) return false.also { execution.loud(Loud.TAKEN, null, null) }
        execution.looked()
        val result = execution.quietResult() ?: return false.also { execution.loud(Loud.RETURNED, null, null) }
        publication.place(at, result)
        val serial = publication.lane?.serial == true
        subscription.countQuiet(serial, execution.lasted(), execution.standsFor(subscription))
        unInterrupt(execution.outside)
        return true
    }

    private fun loud(execution: Execution, calling: Long, how: Loud, value: Any?, error: Throwable?): Boolean {
        val returned = execution.returned(calling)
        if (returned) execution.looked()
        execution.loud(if (returned) how else Loud.TAKEN, value, error)
        return false
    }

    /** A handler's interrupt is not the next one's, but for the one that waits on this thread, see [ownInterrupt]. */
    private fun unInterrupt(outer: Any?) {
        val thread = Thread.currentThread()
        if (thread is PoolThread && thread.isInterrupted) Thread.interrupted()
        ownInterrupt(outer)
    }

    /** The handler that waits on this thread was ended meanwhile, and its interrupt may have been taken for ours. */
    private fun ownInterrupt(outer: Any?) {
        if (outer != null && Current.runOf(outer)!!.isCut) Thread.currentThread().interrupt()
    }

    /** Settles the call at which [callQuietly] has ended; null if there is none to settle. */
    private fun settleLast(publication: EnginePublication, execution: Execution, at: Int): Verdict? =
        when (execution.loudness) {
            Loud.TAKEN -> left(execution)

            Loud.NOT_CALLED ->
                if (core.mayNotCall(publication.handlers!![at])) callInline(publication, execution, at, null) else null

            else -> {
                unInterrupt(execution.outside)
                settleCall(publication, execution, at)
            }
        }

    // ---- one attempt

    fun callInline(publication: EnginePublication, execution: Execution, at: Int, before: HandlerRun?): Verdict {
        val subscription = publication.handlers!![at]
        val run = start(publication, subscription, at, before)
        val refusal = core.refusal(publication, subscription)
        if (refusal != null) {
            return settling.settle(publication, execution, subscription, at, run, DeliveryState.FAILED, null, refusal)
        }
        val calling = execution.call(at, run, subscription, null)
        var value: Any? = null
        var error: Throwable? = null
        val outer = Current.enter(run)
        execution.inside(outer)
        if (outer != null) run.depth = Current.runOf(outer)!!.depth + 1
        val stopped = publication.stop != null
        if (!stopped) {
            try {
                value = attempt(publication, subscription.invoker, run, at)
            } catch (e: Throwable) {
                error = e
            }
        }
        Current.leave(outer)
        if (!execution.returned(calling)) return left(execution)
        unInterrupt(outer)
        execution.looked()
        execution.loud(if (stopped) Loud.STOPPED else Loud.RETURNED, value, error)
        return settleCall(publication, execution, at)
    }

    /** Settles what the execution knows of its last call. */
    private fun settleCall(publication: EnginePublication, execution: Execution, at: Int): Verdict {
        val stopped = execution.loudness == Loud.STOPPED
        val value = execution.value
        val error = execution.error
        val state = if (stopped) {
            DeliveryState.CANCELLED
        } else if (error == null) {
            DeliveryState.COMPLETED
        } else {
            DeliveryState.FAILED
        }
        val problem = if (stopped) core.stopped(publication, publication.stop!!) else error
        val subscription = publication.handlers!![at]
        val run = execution.currentRun()
        execution.loud(Loud.NOT_CALLED, null, null)
        return settling.settle(publication, execution, subscription, at, run, state, value, problem)
    }

    /** Calls a handler in the context of its event, which ends with the attempt: none leaks to the next (CTX-4). */
    private fun attempt(publication: EnginePublication, invoker: Invoker, run: HandlerRun, at: Int): Any? =
        core.context.within(publication) {
            core.reports.attempt(publication, run, at)
            core.reports.within(run) { invoker.call(publication.event()) }
        }

    suspend fun callDeferred(
        publication: EnginePublication,
        execution: Execution,
        at: Int,
        before: HandlerRun? = null,
    ): Verdict {
        val subscription = publication.handlers!![at]
        val run = start(publication, subscription, at, before)
        val refusal = core.refusal(publication, subscription)
        if (refusal != null) {
            return settling.settle(publication, execution, subscription, at, run, DeliveryState.FAILED, null, refusal)
        }
        val delivery = EngineDelivery(subscription, run)
        val calling = execution.call(at, run, subscription, delivery)
        val stopped = publication.stop
        if (stopped == null) {
            begin(delivery, subscription, at)
        } else {
            delivery.end(DeliveryState.CANCELLED, core.stopped(publication, stopped))
        }
        if (!execution.waits(calling)) return left(execution)
        val settled = delivery.await()
        execution.waited()
        return settling.settle(
            publication,
            execution,
            subscription,
            at,
            run,
            settled.state,
            settled.value,
            settled.error,
        )
    }

    private fun begin(delivery: EngineDelivery, subscription: EngineSubscription, at: Int) {
        try {
            delivery.begin(at) { subscription.invoker.start(delivery) }
        } catch (e: Throwable) {
            delivery.fail(e)
        }
    }

    /** Notes the attempt. */
    private fun start(
        publication: EnginePublication,
        subscription: EngineSubscription,
        at: Int,
        before: HandlerRun?,
    ): HandlerRun {
        val run = HandlerRun(publication, subscription, core.eventClock.millis(), before)
        publication.place(at, run)
        return run
    }

    /** The handler was ended while this thread was in it: there is nothing left to do here. */
    private fun left(execution: Execution): Verdict {
        execution.leave()
        // The handler that waited for this one may have been ended with it.
        ownInterrupt(execution.outside)
        return Verdict.TAKEN
    }

    /** Goes on with an event whose handler was ended while a thread was in it; that thread is left behind. */
    fun goOnAfter(
        publication: EnginePublication,
        execution: Execution,
        run: HandlerRun,
        at: Int,
        together: Together?,
        state: DeliveryState,
        error: Throwable,
    ): Unit = core.pool.launch {
        val subscription = publication.handlers!![at]
        publication.execution = execution
        val verdict = try {
            settling.settle(publication, execution, subscription, at, run, state, null, error)
        } catch (e: Throwable) {
            broken(publication, execution, e)
            Verdict.ENDED
        }
        if (together != null) return@launch together.goOn(execution, at, verdict)
        if (verdict == Verdict.WON) won(publication)
        val rest = Rest(if (execution.retrying) publication.handlers!!.size else at + 1)
        val lane = if (publication.detached) null else publication.lane
        lane?.goOn(publication, execution, rest) ?: finishAlone(publication, execution, rest)
    }

    /** Runs the rest of an event that has no place in a lane. */
    suspend fun finishAlone(publication: EnginePublication, execution: Execution, rest: Rest) {
        val ending = resume(publication, execution, rest)
        if (ending == Ending.TAKEN) return
        val deadline = execution.eventDeadline
        execution.giveBack()
        retrying.rests(publication, over = true)
        finish(publication, deadline)
    }

    // ---- the end

    /** A handler has returned the value that ends the event: the others are cancelled (ORD-6). */
    fun won(publication: EnginePublication) {
        Stopping.stop(publication, Stop(Outcome.HANDLED, "Another handler has returned the first value.", null))
    }

    /** Ends the publication as its handlers have left it; [deadline] is when its time is over. */
    fun finish(publication: EnginePublication, deadline: Long) {
        try {
            end(publication)
        } catch (e: Throwable) {
            engineLog.error("Bus '{}' failed at the end of event {}", core.name, publication.event().id(), e)
            publication.end(Outcome.REJECTED, "Bus '${core.name}' failed at the end of the event: $e", e)
        }
        publication.extra?.atEnd?.run()
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
        val timer = core.timers.schedule(maxOf(0, deadline - core.timers.nanoTime())) {
            core.pool.execute { expire(publication) }
        }
        publication.onCompleted { timer.close() }
    }

    private fun awaits(publication: EnginePublication) =
        (0 until publication.runCount).any { publication.runAt(it)?.awaits == true }

    private fun expire(publication: EnginePublication) {
        if (!awaits(publication)) return
        val why = core.limits.eventTimeout(publication)
        if (publication.overrule(why)) Stopping.cancelAwaited(publication)
    }

    /** Handlers that have not begun, or wait to be tried again, never will. */
    private fun cancelRest(publication: EnginePublication, handlers: Array<EngineSubscription>, stop: Stop) {
        for (at in handlers.indices) {
            val begun = publication.runAt(at)
            if (begun == null) {
                val error = core.stopped(publication, stop)
                val run = HandlerRun.unbegun(publication, handlers[at], DeliveryState.CANCELLED, error)
                publication.place(at, run)
                core.reports.cancelled(publication, run, at)
            } else if (!begun.settled) {
                retrying.cancel(publication, at, begun)
            }
        }
    }

    private fun outcomeOf(publication: EnginePublication, won: Boolean): Outcome {
        val count = publication.runCount
        var handled = false
        for (at in 0 until count) {
            val run = publication.runAt(at)!!
            handled = handled || run.shown
            when (run.state()) {
                DeliveryState.COMPLETED -> Unit
                DeliveryState.CANCELLED -> if (!won) return Outcome.HANDLED_WITH_FAILURES
                else -> return Outcome.HANDLED_WITH_FAILURES
            }
        }
        return if (handled) Outcome.HANDLED else Outcome.NO_HANDLER
    }

    // ---- options

    private fun handlerOrder(publication: EnginePublication): HandlerOrder =
        publication.options?.handlerOrder() ?: core.settings.handlerOrder

    fun firstWins(publication: EnginePublication): Boolean =
        (publication.options?.completion() ?: core.settings.completion) == Completion.FIRST

    /** Suspends until the event has its lane's permit, which a handler's wait may have lent. */
    suspend fun hold(publication: EnginePublication, execution: Execution) {
        if (publication.holds) return
        val lane = publication.lane ?: return
        suspendCancellableCoroutine { waiting -> lane.whenHeld(publication) { waiting.resume(Unit) } }
    }
}

/** What an attempt was for its event. */
internal enum class Verdict {
    /** The handler has ended. */
    ENDED,

    /** The attempt has failed and another follows. */
    RETRY,

    /** The handler has returned the value that ends the event (ORD-6). */
    WON,

    /** A limit passed while a thread was in the handler; the event is someone else's. */
    TAKEN,
}

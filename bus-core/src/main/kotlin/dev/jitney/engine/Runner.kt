// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Completion
import dev.jitney.HandlerOrder
import dev.jitney.engine.plugin.OneLine
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
    val calls: Calls = Calls(core, settling)
    val retrying: Retrying = Retrying(core, this)
    val finishing: Finishing = Finishing(core, retrying)

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
        // First: predicates and interceptors may take their time.
        execution.takes(publication)
        if (core.refuses(publication)) return null
        val handlers = core.handlersFor(publication)
        publication.starts(handlers)
        core.reports.started(publication)
        if (handlers.isEmpty()) return null
        execution.beginEvent(publication)
        publication.runsIn(execution)
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
        logged(core.masking.shown(e)) {
            engineLog.error(
                "Bus '{}' failed on event {}; its lane goes on",
                core.name,
                OneLine.of(publication.event().id()),
                it,
            )
        }
        if (!execution.takeBack()) return false
        publication.stop(Stop(Outcome.REJECTED, "Bus '${core.name}' failed on the event: ${said(e)}", e))
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
                when (calls.callDeferred(publication, execution, at)) {
                    Verdict.TAKEN -> return Ending.TAKEN
                    Verdict.WON -> return Ending.OVER.also { finishing.won(publication) }
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
        val quiet = core.quiet && publication.extra?.isQuiet != false
        while (at < handlers.size && publication.stop == null) {
            if (!handlers[at].invoker.inline || !publication.holds) {
                if (publication.holds && forwards(publication, execution, handlers, at)) {
                    at++
                    continue
                }
                return Rest(at)
            }
            if (quiet) at = calls.callQuietly(publication, execution, handlers, at)
            if (at == handlers.size) break
            when (
                if (quiet) {
                    calls.settleLast(
                        publication,
                        execution,
                        at,
                    )
                } else {
                    calls.callInline(publication, execution, at, null)
                }
            ) {
                null -> Unit
                Verdict.TAKEN -> return Rest.TAKEN
                Verdict.WON -> return null.also { finishing.won(publication) }
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
            publication.put(at, subscription.quietRecord(core, core.eventClock.millis()))
        } catch (e: Throwable) {
            val run = calls.start(publication, subscription, at, null)
            settling.settle(publication, execution, subscription, at, run, DeliveryState.FAILED, null, e)
        }
        return true
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
    ): Unit = core.pool.coroutines.launch {
        val subscription = publication.handlers!![at]
        publication.execution = execution
        val verdict = try {
            settling.settle(publication, execution, subscription, at, run, state, null, error)
        } catch (e: Throwable) {
            broken(publication, execution, e)
            Verdict.ENDED
        }
        if (together != null) return@launch together.goOn(execution, at, verdict)
        if (verdict == Verdict.WON) finishing.won(publication)
        val rest = Rest(if (execution.retrying) publication.handlers!!.size else at + 1)
        val lane = if (publication.detached) null else publication.lane
        lane?.goOn(publication, execution, rest) ?: finishAlone(publication, execution, rest)
    }

    /** Runs the rest of an event that has no place in a lane. */
    suspend fun finishAlone(publication: EnginePublication, execution: Execution, rest: Rest) {
        val ending = resume(publication, execution, rest)
        if (ending == Ending.TAKEN) return
        val deadline = execution.eventDeadline
        execution.ends(publication)
        execution.giveBack()
        retrying.rests(publication, over = true)
        finishing.finish(publication, deadline)
        execution.ended(publication)
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

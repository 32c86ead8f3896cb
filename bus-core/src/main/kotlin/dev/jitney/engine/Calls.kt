// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Completion
import dev.jitney.CorrelationContext
import dev.jitney.event.DeliveryState

/**
 * Calls one handler after the other, and tells whether and how each call has ended. A call that only
 * returns leaves nothing behind but its place in the results; [settling] sees to all others.
 */
internal class Calls(private val core: EngineCore, private val settling: Settling) {
    // ---- many attempts of which there is nothing to tell

    /**
     * Calls handlers for as long as they do nothing but return, within one context for all of them. Returns
     * where that ended: the call that [settleLast] has to see to, or that was not made, or the end.
     */
    fun callQuietly(
        publication: EnginePublication,
        execution: Execution,
        handlers: Array<EngineSubscription>,
        from: Int,
    ): Int {
        val event = publication.event()
        val correlation = CorrelationContext.install(event)
        val logged = core.context.logValues(event)
        val places = Current.places()
        val outer = Current.enter(places, execution)
        execution.inside(outer)
        var at = from
        try {
            while (callOne(publication, execution, handlers[at], at)) {
                if (++at == handlers.size) break
                // What a handler has bound and not given back is not the next one's.
                CorrelationContext.install(event)
                logged?.renew()
            }
        } finally {
            Current.leave(places, outer)
            logged?.close()
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
        if (!execution.returned(calling)) return false.also { execution.loud(Loud.TAKEN, null, null) }
        execution.looked()
        val record =
            record(publication, execution, value) ?: return false.also { execution.loud(Loud.RETURNED, value, null) }
        publication.put(at, record)
        val serial = publication.lane?.serial == true
        subscription.countQuiet(serial, execution.lasted(), execution.standsFor(subscription))
        unInterrupt(execution, execution.outside)
        return true
    }

    /** What there is to keep of a handler that has returned; null where there is more to it. */
    private fun record(publication: EnginePublication, execution: Execution, value: Any?): HandlerRecord? = when {
        value == null -> execution.quietRecord()

        // It may have the wrong type, or end the event.
        publication.options != null || core.settings.completion == Completion.FIRST -> null

        else -> execution.valueRecord(value)
    }

    private fun loud(execution: Execution, calling: Long, how: Loud, value: Any?, error: Throwable?): Boolean {
        val returned = execution.returned(calling)
        if (returned) execution.looked()
        execution.loud(if (returned) how else Loud.TAKEN, value, error)
        return false
    }

    /** A handler's interrupt is not the next one's, but for the one that waits on this thread, see [ownInterrupt]. */
    private fun unInterrupt(execution: Execution, outer: Any?) {
        val thread = Thread.currentThread()
        if (thread.isInterrupted) {
            Thread.interrupted()
            if (thread !is PoolThread) execution.keepInterrupt()
        }
        ownInterrupt(outer)
    }

    /** The handler that waits on this thread was ended meanwhile, and its interrupt may have been taken for ours. */
    private fun ownInterrupt(outer: Any?) {
        if (outer != null && Current.runOf(outer)!!.isCut) Thread.currentThread().interrupt()
    }

    /** Settles the call at which [callQuietly] has ended; null if there is none to settle. */
    fun settleLast(publication: EnginePublication, execution: Execution, at: Int): Verdict? =
        when (execution.loudness) {
            Loud.TAKEN -> left(execution)

            Loud.NOT_CALLED ->
                if (core.mayNotCall(publication.handlers!![at])) callInline(publication, execution, at, null) else null

            else -> {
                unInterrupt(execution, execution.outside)
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
        val places = Current.places()
        val outer = Current.enter(places, run)
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
        Current.leave(places, outer)
        if (!execution.returned(calling)) return left(execution)
        unInterrupt(execution, outer)
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
            // Not one that was ended while its context was made.
            if (run.isCut) return null
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
        if (delivery.settlement == null) delivery.await()
        val settled = delivery.settlement!!
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
    fun start(
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

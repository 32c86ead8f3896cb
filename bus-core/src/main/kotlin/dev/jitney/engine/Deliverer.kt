// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.HandlerResult.State
import java.time.InstantSource

/**
 * Runs the handlers of one event, one after the other by priority, and settles its publication.
 * Used by whoever has claimed the publication; holds no state of its own.
 */
internal class Deliverer(private val bus: String, private val routes: Routes, private val clock: InstantSource) {

    /** Where to go on once the handler at [at] has settled. */
    class Rest(val handlers: Array<EngineSubscription>, val at: Int)

    /**
     * Runs the event as far as no handler has to be waited for. Returns null when that was to the
     * end; else [resume] goes on. Two functions, because a suspending one costs an object per event.
     */
    fun begin(publication: EnginePublication): Rest? {
        val route = routes.of(publication.event().topic())
        if (publication.origin == Origin.PUBLISHED) for (view in route.views) view.feed(publication.event())
        val handlers = if (publication.origin == Origin.REMOTE) route.remote else route.all
        return runInline(publication, handlers, 0)
    }

    suspend fun resume(publication: EnginePublication, from: Rest) {
        var rest: Rest? = from
        while (rest != null) {
            runDeferred(publication, rest.handlers[rest.at], rest.handlers.size)
            rest = runInline(publication, rest.handlers, rest.at + 1)
        }
    }

    private fun runInline(publication: EnginePublication, handlers: Array<EngineSubscription>, from: Int): Rest? {
        // Entered for a handler only: with none it would cost each event an entry of the thread's map.
        if (from < handlers.size) {
            var at = from
            Current.within(publication) {
                while (at < handlers.size) {
                    val subscription = handlers[at]
                    if (!subscription.invoker.inline) return Rest(handlers, at)
                    runOne(publication, subscription, handlers.size)
                    at++
                }
            }
        }
        publication.complete(publication.outcomeOfHandlers())
        return null
    }

    private fun runOne(publication: EnginePublication, subscription: EngineSubscription, atMost: Int) {
        val start = clock.millis()
        try {
            val event = publication.event()
            if (!subscription.wants(event)) return
            val value = subscription.invoker.call(event)
            record(publication, subscription, atMost, State.COMPLETED, value, null, start)
        } catch (e: Throwable) {
            recordFailure(publication, subscription, atMost, e, start)
        }
    }

    private suspend fun runDeferred(publication: EnginePublication, subscription: EngineSubscription, atMost: Int) {
        val start = clock.millis()
        val delivery = EngineDelivery(publication, subscription)
        try {
            if (!subscription.wants(publication.event())) return
            Current.within(publication) { subscription.invoker.start(delivery) }
        } catch (e: Throwable) {
            delivery.fail(e)
        }
        val settled = delivery.await()
        if (settled.error == null) {
            record(publication, subscription, atMost, State.COMPLETED, settled.value, null, start)
        } else {
            recordFailure(publication, subscription, atMost, settled.error, start)
        }
    }

    private fun recordFailure(
        publication: EnginePublication,
        subscription: EngineSubscription,
        atMost: Int,
        error: Throwable,
        start: Long,
    ) {
        record(publication, subscription, atMost, State.FAILED, null, error, start)
        engineLog.warn(
            "Handler '{}' of bus '{}' failed on event {} ({})",
            subscription.name(),
            bus,
            publication.event().id(),
            publication.event().topic(),
            error,
        )
        // ERR-2: the others are failures like any exception; these concern the whole machine.
        if (error is VirtualMachineError && error !is StackOverflowError) {
            val thread = Thread.currentThread()
            thread.uncaughtExceptionHandler.uncaughtException(thread, error)
        }
    }

    private fun record(
        publication: EnginePublication,
        subscription: EngineSubscription,
        atMost: Int,
        state: State,
        value: Any?,
        error: Throwable?,
        start: Long,
    ) {
        subscription.count(state)
        val result = EngineHandlerResult(
            subscription.id(),
            subscription.name(),
            state,
            value,
            error,
            start,
            clock.millis(),
        )
        publication.addResult(result, atMost)
    }
}

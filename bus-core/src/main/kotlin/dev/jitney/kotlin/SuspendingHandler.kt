// SPDX-License-Identifier: Apache-2.0
package dev.jitney.kotlin

import dev.jitney.Delivery
import dev.jitney.DeliveryHandler
import dev.jitney.event.Event
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.ThreadContextElement
import kotlinx.coroutines.launch
import java.util.concurrent.RejectedExecutionException
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext

/** Lets a suspend function handle deliveries: one coroutine each, begun on the lane's thread. */
internal class SuspendingHandler(
    private val context: CoroutineContext,
    private val handler: suspend (Event) -> Any?,
) : DeliveryHandler {
    // On a dispatcher of the user's a handler begins there too.
    private val dispatched = context[ContinuationInterceptor] != null
    private val parent = context[Job]
    private val start = if (dispatched) CoroutineStart.DEFAULT else CoroutineStart.UNDISPATCHED

    // With a context of the user's, elements of it may come before ours on each thread.
    override fun settlesLast(): Boolean = context === EmptyCoroutineContext

    override fun handle(delivery: Delivery) {
        val own = if (dispatched) InsideHandler(delivery) else HandlerDispatcher(delivery) + InsideHandler(delivery)
        // A job of the user's is the handler's parent: it ends the handler with it, and waits for it.
        val run = Plain(context + own).launch(start = start) {
            try {
                val value = handler(delivery.event())
                delivery.complete(if (value === Unit) null else value)
            } catch (e: Throwable) {
                // A cancellation is one if the handler's scope was cancelled; else the bus knows (ERR-2).
                if (e is CancellationException && parent?.isActive == false) delivery.cancel(e) else delivery.fail(e)
            }
        }
        // In a scope that has ended, or on a dispatcher that is closed, the coroutine never begins.
        if (parent != null || dispatched) run.invokeOnCompletion { if (it != null) delivery.cancel(it) }
        if (run.isActive) delivery.onCancel { run.cancel() }
    }

    companion object {
        /** Whether a coroutine with this context is part of a handler of this kind. */
        fun runsIn(context: CoroutineContext): Boolean = context[InsideHandler] != null
    }
}

/** A scope that makes no job of its own where there is none: the handler's is enough. */
private class Plain(override val coroutineContext: CoroutineContext) : CoroutineScope

/** Resumes a handler on the bus's threads. */
private class HandlerDispatcher(private val delivery: Delivery) : CoroutineDispatcher() {
    override fun dispatch(context: CoroutineContext, block: Runnable) {
        try {
            delivery.executor().execute(block)
        } catch (_: RejectedExecutionException) {
            // The bus is closed: a cancelled handler must still get to its finally blocks.
            Dispatchers.IO.dispatch(context, block)
        }
    }
}

/** Keeps what the handler publishes its own on whatever thread it goes on (NST-1). */
private class InsideHandler(private val delivery: Delivery) :
    ThreadContextElement<Delivery.Entry>,
    Private {
    override val key: CoroutineContext.Key<*> get() = Key

    override fun updateThreadContext(context: CoroutineContext): Delivery.Entry = delivery.enter()

    override fun restoreThreadContext(context: CoroutineContext, oldState: Delivery.Entry): Unit = oldState.close()

    companion object Key : CoroutineContext.Key<InsideHandler>
}

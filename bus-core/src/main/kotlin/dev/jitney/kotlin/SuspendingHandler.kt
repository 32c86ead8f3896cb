// SPDX-License-Identifier: Apache-2.0
package dev.jitney.kotlin

import dev.jitney.Delivery
import dev.jitney.DeliveryHandler
import dev.jitney.event.Event
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ThreadContextElement
import kotlinx.coroutines.launch
import java.util.concurrent.RejectedExecutionException
import kotlin.coroutines.CoroutineContext

/** Lets a suspend function handle deliveries: one coroutine each, begun on the lane's thread. */
internal class SuspendingHandler(private val handler: suspend (Event) -> Any?) : DeliveryHandler {
    override fun handle(delivery: Delivery) {
        val scope = CoroutineScope(HandlerDispatcher(delivery) + InsideHandler(delivery))
        val run = scope.launch(start = CoroutineStart.UNDISPATCHED) {
            try {
                val value = handler(delivery.event())
                delivery.complete(if (value === Unit) null else value)
            } catch (e: Throwable) {
                // A cancellation too: the bus knows whether it has cancelled the delivery (ERR-2).
                delivery.fail(e)
            }
        }
        if (run.isActive) delivery.onCancel { run.cancel() }
    }
}

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
private class InsideHandler(private val delivery: Delivery) : ThreadContextElement<Delivery.Entry> {
    override val key: CoroutineContext.Key<*> get() = Key

    override fun updateThreadContext(context: CoroutineContext): Delivery.Entry = delivery.enter()

    override fun restoreThreadContext(context: CoroutineContext, oldState: Delivery.Entry): Unit = oldState.close()

    private companion object Key : CoroutineContext.Key<InsideHandler>
}

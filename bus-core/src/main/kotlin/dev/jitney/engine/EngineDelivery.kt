// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Delivery
import dev.jitney.Subscription
import dev.jitney.event.Event
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import java.util.concurrent.Executor
import java.util.concurrent.atomic.AtomicReference
import kotlin.coroutines.resume

/**
 * One event offered to one handler that says itself when it is done.
 *
 * STORED STATE: [settlement] is null, then the one [Settlement]; [waiting] is null, the lane's
 * continuation, or DONE. [actions] is guarded by this.
 */
internal class EngineDelivery(
    private val publication: EnginePublication,
    private val subscription: EngineSubscription,
) : Delivery, Executor {
    private val settlement = AtomicReference<Settlement?>()
    private val waiting = AtomicReference<Any?>()
    private var actions: MutableList<Runnable>? = null

    @Volatile
    var cancelled: Boolean = false
        private set

    val settled: Settlement? get() = settlement.get()

    override fun event(): Event = publication.event()

    override fun subscription(): Subscription = subscription

    override fun attempt(): Int = 1

    override fun complete(value: Any?): Boolean = settle(Settlement(value, null))

    override fun fail(error: Throwable): Boolean = settle(Settlement(null, error))

    override fun executor(): Executor = this

    override fun execute(task: Runnable) {
        publication.owner.pool.execute { Current.within(publication) { task.run() } }
    }

    override fun enter(): Delivery.Entry {
        val previous = Current.enter(publication)
        return Delivery.Entry { Current.leave(previous) }
    }

    override fun onCancel(action: Runnable) {
        val now = synchronized(this) {
            if (!cancelled) (actions ?: mutableListOf<Runnable>().also { actions = it }).add(action)
            cancelled
        }
        if (now && settled == null) action.run()
    }

    /** Suspends until the handler has settled it; a cancellation of the lane cancels the delivery. */
    suspend fun await(): Settlement {
        settled?.let { return it }
        suspendCancellableCoroutine { lane ->
            lane.invokeOnCancellation { cancel() }
            if (!waiting.compareAndSet(null, lane)) lane.resume(Unit)
        }
        return settled!!
    }

    private fun settle(how: Settlement): Boolean {
        if (!settlement.compareAndSet(null, how)) return false
        @Suppress("UNCHECKED_CAST")
        (waiting.getAndSet(DONE) as CancellableContinuation<Unit>?)?.resume(Unit)
        return true
    }

    private fun cancel() {
        val told = synchronized(this) {
            cancelled = true
            actions.orEmpty().also { actions = null }
        }
        if (settled == null) told.forEach(::tell)
    }

    private fun tell(action: Runnable) {
        try {
            action.run()
        } catch (e: Throwable) {
            engineLog.warn("Cancelling handler '{}' on event {} failed", subscription.name(), event().id(), e)
        }
    }

    /** How a delivery was settled. */
    class Settlement(val value: Any?, val error: Throwable?)

    private companion object {
        val DONE = Any()
    }
}

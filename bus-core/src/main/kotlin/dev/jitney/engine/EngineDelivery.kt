// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Delivery
import dev.jitney.Subscription
import dev.jitney.event.DeliveryState
import dev.jitney.event.Event
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import java.util.concurrent.Executor
import java.util.concurrent.atomic.AtomicReference
import kotlin.coroutines.resume

/**
 * One attempt at an event of a handler that says itself when it is done.
 *
 * STORED STATE: [settlement] is null, then the one [Settlement]; [waiting] is null, the runner's
 * continuation, or DONE. [actions] and [threads] are guarded by this.
 */
internal class EngineDelivery(
    private val subscription: EngineSubscription,
    private val run: HandlerRun,
) : Delivery, Executor {
    private val settlement = AtomicReference<Settlement?>()
    private val waiting = AtomicReference<Any?>()
    private var actions: ArrayList<Runnable>? = null
    private var threads: ArrayList<Thread>? = null
    private var ended = false

    val publication: EnginePublication get() = run.publication

    override fun event(): Event = run.publication.event()

    override fun subscription(): Subscription = subscription

    override fun attempt(): Int = run.attempts()

    override fun complete(value: Any?): Boolean = settle(Settlement(DeliveryState.COMPLETED, value, null))

    override fun fail(error: Throwable): Boolean = settle(Settlement(DeliveryState.FAILED, null, error))

    override fun cancel(cause: Throwable): Boolean = settle(Settlement(DeliveryState.CANCELLED, null, cause))

    override fun executor(): Executor = this

    override fun execute(task: Runnable) {
        run.publication.owner.pool.execute { enter().use { onThread(goesOn = true, task) } }
    }

    override fun enter(): Delivery.Entry = run.enter()

    /** Begins the attempt on this thread. */
    inline fun begin(at: Int, start: () -> Unit) {
        publication.owner.context.within(publication) {
            Current.get()?.let { run.depth = it.depth + 1 }
            Current.within(run) {
                publication.owner.reports.attempt(publication, run, at)
                publication.owner.reports.within(run) { start() }
            }
        }
    }

    /**
     * Runs the task so that it is interrupted when the delivery is ended, and never before or after. A
     * delivery that has been ended is not begun; what [goesOn] runs, to its finally blocks at least.
     */
    fun onThread(goesOn: Boolean, task: Runnable) {
        val thread = Thread.currentThread()
        val late = synchronized(this) {
            (threads ?: ArrayList<Thread>(1).also { threads = it }).add(thread)
            ended
        }
        try {
            if (goesOn || !late) task.run()
        } finally {
            val leftBehind = synchronized(this) {
                threads!!.remove(thread)
                ended && !late
            }
            if (leftBehind) {
                Thread.interrupted()
                run.publication.owner.executions.returned(thread)
            }
        }
    }

    override fun onCancel(action: Runnable) {
        val now = synchronized(this) {
            if (!ended) (actions ?: ArrayList<Runnable>(1).also { actions = it }).add(action)
            ended
        }
        if (now) tell(action)
    }

    /** Ends the attempt from outside, unless it is settled: cancels and interrupts what still runs. */
    fun end(state: DeliveryState, error: Throwable): Boolean {
        if (!settlement.compareAndSet(null, Settlement(state, null, error))) return false
        run.cut(state)
        // Before the interrupt: a child that runs on the same thread is cancelled, and does not fail.
        Stopping.cancelAwaited(run)
        val told = synchronized(this) {
            ended = true
            threads?.forEach {
                run.publication.owner.executions.leftBehind(it)
                it.interrupt()
            }
            actions.orEmpty().also { actions = null }
        }
        // Not here: this is the timer's thread, and no limit would be kept while an action hangs.
        if (told.isNotEmpty()) publication.owner.pool.execute { told.forEach(::tell) }
        goOn()
        return true
    }

    /** Suspends until the handler has settled it or it was ended. */
    suspend fun await(): Settlement {
        settlement.get()?.let { return it }
        suspendCancellableCoroutine { runner ->
            if (!waiting.compareAndSet(null, runner)) runner.resume(Unit)
        }
        return settlement.get()!!
    }

    private fun settle(how: Settlement): Boolean {
        if (!settlement.compareAndSet(null, how)) return false
        goOn()
        return true
    }

    private fun goOn() {
        @Suppress("UNCHECKED_CAST")
        (waiting.getAndSet(DONE) as CancellableContinuation<Unit>?)?.resume(Unit)
    }

    private fun tell(action: Runnable) {
        try {
            action.run()
        } catch (e: Throwable) {
            val shown = publication.owner.masking.shown(e)
            engineLog.warn("Cancelling handler '{}' on event {} failed", subscription.name(), event().id(), shown)
        }
    }

    /** How an attempt ended. */
    class Settlement(val state: DeliveryState, val value: Any?, val error: Throwable?)

    private companion object {
        val DONE = Any()
    }
}

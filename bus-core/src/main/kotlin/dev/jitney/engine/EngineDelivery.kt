// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Delivery
import dev.jitney.Subscription
import dev.jitney.engine.plugin.OneLine
import dev.jitney.event.DeliveryState
import dev.jitney.event.Event
import java.util.concurrent.Executor
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater
import kotlin.coroutines.Continuation
import kotlin.coroutines.intrinsics.COROUTINE_SUSPENDED
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn
import kotlin.coroutines.resume

/**
 * One attempt at an event of a handler that says itself when it is done.
 *
 * STORED STATE: [settlement] is null, then the one [Settlement]; [waiting] is null, the runner's
 * continuation, or DONE. [actions], [threads] and [ended] are guarded by this.
 */
internal class EngineDelivery(
    private val subscription: EngineSubscription,
    private val run: HandlerRun,
) : Delivery, Executor {
    /** How it was settled, or null if it was not yet. */
    @Volatile
    var settlement: Settlement? = null
        private set

    @Volatile
    private var waiting: Any? = null
    private var actions: ArrayList<Runnable>? = null
    private var threads = Few.none<Thread>()
    private var ended = false

    val publication: EnginePublication get() = run.publication

    /** See [dev.jitney.DeliveryHandler.settlesLast]. */
    val settlesLast: Boolean get() = subscription.invoker.settlesLast

    override fun event(): Event = run.publication.event()

    override fun subscription(): Subscription = subscription

    override fun attempt(): Int = run.attempts()

    override fun complete(value: Any?): Boolean = settle(Settlement(DeliveryState.COMPLETED, value, null))

    override fun fail(error: Throwable): Boolean = settle(Settlement(DeliveryState.FAILED, null, error))

    override fun cancel(cause: Throwable): Boolean = settle(Settlement(DeliveryState.CANCELLED, null, cause))

    override fun executor(): Executor = this

    override fun execute(task: Runnable): Unit = publication.owner.pool.execute(DeliveryTask(this, task))

    override fun enter(): Delivery.Entry {
        val thread = Thread.currentThread() as? PoolThread
        if (thread == null || thread.entering !== this) return run.enter()
        // Its first step: nothing has changed since the thread became part of the handler.
        thread.entering = null
        return INSIDE
    }

    /** Runs the block where this thread is part of the handler, and nothing else was done yet. */
    inline fun entering(block: () -> Unit) {
        val thread = (if (settlesLast) Thread.currentThread() else null) as? PoolThread ?: return block()
        thread.entering = this
        try {
            block()
        } finally {
            thread.entering = null
        }
    }

    /** Runs the block as part of the handler, as [enter] says. */
    inline fun within(block: () -> Unit): Unit = run.within(block)

    /** Begins the attempt on this thread. */
    inline fun begin(at: Int, start: () -> Unit) {
        publication.owner.context.within(publication) {
            Current.get()?.let { run.depth = it.depth + 1 }
            Current.within(run) {
                // Not one that was ended while its context was made.
                if (!run.isCut) {
                    publication.owner.reports.attempt(publication, run, at)
                    publication.owner.reports.within(run) { entering(start) }
                }
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
            threads = threads.plus(thread)
            ended
        }
        try {
            if (goesOn || !late) task.run()
        } finally {
            val leftBehind = synchronized(this) {
                threads = threads.minus(thread)
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
        if (!SETTLEMENT.compareAndSet(this, null, Settlement(state, null, error))) return false
        run.cut(state, error, subscription.isOverAfter(state))
        // Before the interrupt: a child that runs on the same thread is cancelled, and does not fail.
        Stopping.cancelAwaited(run)
        val told = synchronized(this) {
            ended = true
            threads.toList().forEach {
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
    suspend fun await(): Unit = suspendCoroutineUninterceptedOrReturn { runner ->
        if (WAITING.compareAndSet(this, null, runner)) COROUTINE_SUSPENDED else Unit
    }

    private fun settle(how: Settlement): Boolean {
        if (!SETTLEMENT.compareAndSet(this, null, how)) return false
        val thread = Thread.currentThread()
        if (thread is PoolThread && thread.task === this) thread.goesOn = runner() else goOn()
        return true
    }

    private fun goOn() {
        val runner = runner() ?: return
        publication.owner.pool.execute { runner.resume(Unit) }
    }

    @Suppress("UNCHECKED_CAST")
    private fun runner() = WAITING.getAndSet(this, DONE) as Continuation<Unit>?

    private fun tell(action: Runnable) {
        try {
            action.run()
        } catch (e: Throwable) {
            logged(publication.owner.masking.shown(e)) {
                engineLog.warn(
                    "Cancelling handler '{}' on event {} failed",
                    subscription.name(),
                    OneLine.of(event().id()),
                    it,
                )
            }
        }
    }

    /** How an attempt ended. */
    class Settlement(val state: DeliveryState, val value: Any?, val error: Throwable?)

    private companion object {
        val DONE = Any()
        val INSIDE = Delivery.Entry { }
        val SETTLEMENT: AtomicReferenceFieldUpdater<EngineDelivery, Settlement?> =
            AtomicReferenceFieldUpdater.newUpdater(EngineDelivery::class.java, Settlement::class.java, "settlement")
        val WAITING: AtomicReferenceFieldUpdater<EngineDelivery, Any?> =
            AtomicReferenceFieldUpdater.newUpdater(EngineDelivery::class.java, Any::class.java, "waiting")
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.Event
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import kotlinx.coroutines.suspendCancellableCoroutine
import java.util.concurrent.Flow
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.atomic.AtomicReference
import kotlin.coroutines.resume

/**
 * Hands a live view to one Java subscriber by the rules of Reactive Streams: no event without demand,
 * one signal at a time, nothing after the end.
 *
 * STORED STATE: [demand] is what was requested and not yet given; [waiting] is the collector's
 * continuation while there is no demand; [refused] is a request that the rules forbid.
 */
internal class LiveSubscription(
    private val subscriber: Flow.Subscriber<in Event>,
    private val view: EngineLiveEvents,
    private val closed: () -> Boolean,
) : Flow.Subscription {
    private val demand = AtomicLong()
    private val waiting = AtomicReference<CancellableContinuation<Unit>?>()
    private val refused = AtomicReference<Throwable?>()
    private val cancelled = AtomicBoolean()
    private val job = AtomicReference<Job?>()

    /** Subscribes at once, on the calling thread, so that no event published from now on is missed. */
    fun start(scope: CoroutineScope, onEnd: () -> Unit) {
        subscriber.onSubscribe(this)
        val begun = scope.launch(start = CoroutineStart.UNDISPATCHED) { run() }
        job.set(begun)
        if (cancelled.get() || refused.get() != null) begun.cancel()
        // Not in the coroutine: in a scope that is cancelled already its body does not run at all.
        begun.invokeOnCompletion {
            end(refused.get())
            onEnd()
        }
    }

    private suspend fun run() {
        try {
            view.collect { event ->
                if (awaitDemand()) {
                    demand.updateAndGet { if (it == Long.MAX_VALUE) it else it - 1 }
                    subscriber.onNext(event)
                } else {
                    view.countLost()
                }
            }
        } catch (e: CancellationException) {
            throw e
        } catch (e: Throwable) {
            logged(view.masking.shown(e)) {
                engineLog.warn("A subscriber of the live events of '{}' failed and was left", view.pattern, it)
            }
            cancelled.set(true)
        }
    }

    private fun end(error: Throwable?) {
        if (!cancelled.compareAndSet(false, true)) return
        try {
            if (error == null) subscriber.onComplete() else subscriber.onError(error)
        } catch (e: Throwable) {
            logged(view.masking.shown(e)) {
                engineLog.warn("A subscriber of the live events of '{}' failed at its end", view.pattern, it)
            }
        }
    }

    /** Whether there is any: who asks for nothing when the bus closes gets nothing more. */
    private suspend fun awaitDemand(): Boolean {
        while (demand.get() == 0L) {
            if (closed()) return false
            suspendCancellableCoroutine { collector ->
                waiting.set(collector)
                if (demand.get() > 0 || closed()) wake()
            }
        }
        return true
    }

    private fun wake() {
        waiting.getAndSet(null)?.resume(Unit)
    }

    /** The bus closes: without demand there is nothing to wait for. */
    fun onBusClosed(): Unit = wake()

    override fun request(events: Long) {
        if (events <= 0) {
            val error = IllegalArgumentException("Request of $events events refused. Ask for 1 or more.")
            refused.compareAndSet(null, error)
            job.get()?.cancel()
        } else {
            demand.updateAndGet { if (it + events < 0) Long.MAX_VALUE else it + events }
            wake()
        }
    }

    override fun cancel() {
        cancelled.set(true)
        job.get()?.cancel()
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Publication
import java.time.Duration
import java.util.concurrent.locks.LockSupport
import java.util.function.Consumer

/**
 * Waiting for a publication, from outside of handlers and from inside, where the handler's lane
 * lends itself meanwhile and the awaited event comes first on its own (NST-2).
 */
internal object Waits {

    fun join(publication: EnginePublication, limit: Duration): Boolean {
        require(!limit.isNegative) { "Limit '$limit' is negative. Use zero to wait without limit, or more." }
        if (publication.completed) return true
        if (Thread.interrupted()) throw InterruptedException()
        val deadline = Deadline(limit)
        val wait = begin(publication)
        if (wait != null) return joinInside(wait, limit, deadline)
        if (mayRunHere(publication, limit)) publication.lane?.tryRunHere(publication)
        return publication.completed || publication.owner.pool.blockingWait { park(publication, deadline) }
    }

    private fun joinInside(wait: HandlerWait, limit: Duration, deadline: Deadline): Boolean {
        val publication = wait.publication
        try {
            hurry(publication, mayRunHere(publication, limit))
            if (!publication.completed) publication.owner.pool.blockingWait { park(publication, deadline) }
        } finally {
            end(wait)
            regain(wait.run)
        }
        return publication.completed
    }

    /** Runs the action when the publication has completed; in a handler, when the handler may go on. */
    fun whenCompleted(publication: EnginePublication, here: Boolean, action: Consumer<in Publication>) {
        val wait = if (publication.completed) null else begin(publication)
        if (wait == null) return publication.onCompleted(action)
        val waiting = wait.run.publication
        val held = wait.child && waiting.holdOpen()
        publication.onCompleted {
            end(wait)
            goOn(wait.run) {
                try {
                    action.accept(it)
                } finally {
                    if (held) waiting.closeOne()
                }
            }.accept(it)
        }
        hurry(publication, here)
    }

    // Its lane may be out on loan: the handler goes on when it has it back.
    private fun goOn(run: HandlerRun, action: (Publication) -> Unit) = Consumer<Publication> { completed ->
        val lane = run.publication.lane
        if (lane == null) action(completed) else lane.waitEnds(run, quick = false) { action(completed) }
    }

    /** Notes that the handler on this thread waits; null outside of handlers, and in one that has ended. */
    private fun begin(publication: EnginePublication): HandlerWait? {
        val run = Current.get() ?: return null
        if (run.ended) return null
        val wait = HandlerWait(run, publication)
        if (!run.publication.owner.pool.waits.begin(wait)) return null
        run.publication.lane?.waitBegins(run)
        return wait
    }

    private fun end(wait: HandlerWait): Unit = wait.run.publication.owner.pool.waits.end(wait)

    /** Lets the awaited event run as soon as its lanes allow, on all buses that it is on. */
    private fun hurry(publication: EnginePublication, here: Boolean) {
        val awaited = publication.extra?.first ?: publication
        awaited.lane?.runSoon(awaited, here)
        awaited.extra?.path?.publications()?.forEach { if (it !== awaited) it.lane?.runSoon(it, here) }
    }

    /** Waits without limit; an interrupt is kept for later. */
    fun joinUninterruptibly(publication: EnginePublication) {
        var interrupted = false
        while (!publication.completed) {
            try {
                join(publication, Duration.ZERO)
            } catch (_: InterruptedException) {
                interrupted = true
            }
        }
        if (interrupted) Thread.currentThread().interrupt()
    }

    /** Whether a caller that waits may run the handlers itself (ORD-10). */
    fun mayRunHere(publication: EnginePublication, limit: Duration): Boolean =
        limit.isZero || !publication.owner.routes.of(publication.event().topic()).blocking

    /** Blocks until the handler's event has its lane again. */
    private fun regain(run: HandlerRun) {
        val lane = run.publication.lane ?: return
        val gate = Regained(Thread.currentThread())
        lane.waitEnds(run, quick = true, gate)
        if (!gate.open) run.publication.owner.pool.blockingWait { gate.await() }
    }

    private fun park(publication: EnginePublication, deadline: Deadline): Boolean {
        val waiter = Thread.currentThread()
        publication.onCompleted { LockSupport.unpark(waiter) }
        while (!publication.completed) {
            if (Thread.interrupted()) throw InterruptedException()
            if (deadline.never) {
                LockSupport.park(publication)
            } else {
                val left = deadline.left()
                if (left <= 0) return false
                LockSupport.parkNanos(publication, left)
            }
        }
        return true
    }

    private class Deadline(limit: Duration) {
        val never = limit.isZero
        private val at = System.nanoTime() + nanosOf(limit)

        fun left(): Long = at - System.nanoTime()
    }

    private class Regained(private val waiter: Thread) : Runnable {
        @Volatile
        var open = false

        override fun run() {
            open = true
            LockSupport.unpark(waiter)
        }

        /** An interrupt is kept for whoever looks at it next: without the lane the handler may not go on. */
        fun await() {
            var interrupted = false
            while (!open) {
                LockSupport.park(this)
                interrupted = Thread.interrupted() || interrupted
            }
            if (interrupted) Thread.currentThread().interrupt()
        }
    }
}

/** The duration in nanoseconds, a very long one as half of what there are. */
internal fun nanosOf(limit: Duration): Long = try {
    limit.toNanos()
} catch (_: ArithmeticException) {
    Long.MAX_VALUE / 2
}

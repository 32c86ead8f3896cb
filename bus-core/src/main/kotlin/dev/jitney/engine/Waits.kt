// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Publication
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.locks.LockSupport

/**
 * Waiting for a publication, from outside of handlers and from inside, where the handler's lane
 * lends itself meanwhile and the awaited event comes first on its own (NST-2).
 */
internal object Waits {
    /** The end of a wait that has no limit. */
    val NEVER = Deadline(Duration.ZERO)

    /** Refuses a limit that is negative. */
    fun check(limit: Duration) {
        if (limit.isNegative) throw negative(limit)
    }

    private fun negative(limit: Duration) =
        IllegalArgumentException("Limit '$limit' is negative. Use zero to wait without limit, or more.")

    fun join(publication: EnginePublication, limit: Duration): Boolean {
        check(limit)
        if (publication.completed) return true
        if (Thread.interrupted()) throw InterruptedException()
        val deadline = Deadline(limit)
        val wait = begin(publication)
        if (wait != null) return joinInside(wait, limit, deadline) { here -> hurry(publication, here) }
        if (mayRunHere(publication, limit)) publication.lane?.tryRunHere(publication)
        val pool = publication.owner.pool
        if (!publication.completed) pool.looks { publication.completed || deadline.over }
        return publication.completed || pool.blockingWait { park(publication, deadline) }
    }

    /**
     * As [join], of an event that nobody knows yet: [start] has it run, on this thread if told so. In a handler its
     * lane is lent before that, so that the event need not be queued first.
     */
    fun joinNew(publication: EnginePublication, limit: Duration, start: (here: Boolean) -> Unit): Boolean {
        val wait = if (limit.isNegative || Thread.currentThread().isInterrupted) null else begin(publication)
        if (wait != null) return joinInside(wait, limit, Deadline(limit), start)
        start(false)
        return join(publication, limit)
    }

    private inline fun joinInside(
        wait: HandlerWait,
        limit: Duration,
        deadline: Deadline,
        start: (here: Boolean) -> Unit,
    ): Boolean {
        val publication = wait.publication
        try {
            start(mayRunHere(publication, limit) && wait.run.depth < MOST_NESTED)
            if (!publication.completed) publication.owner.pool.blockingWait { park(publication, deadline) }
        } finally {
            end(wait)
            regain(wait.run)
        }
        return publication.completed
    }

    /** Completes the future with the publication; in a handler, when the handler may go on, and as part of it. */
    fun complete(publication: EnginePublication, future: CompletableFuture<Publication>) {
        val wait = if (publication.completed) null else begin(publication)
        if (wait == null) {
            // Whoever asks for it in an action on completion is likely to wait for it there.
            (Thread.currentThread() as? PoolThread)?.leavePlace()
            publication.onCompleted { future.complete(it) }
            return
        }
        Later(wait) { wait.run.within { future.complete(publication) } }.begin { hurry(publication, here = false) }
    }

    /** See [Publication.awaitThen]. */
    fun awaitThen(publication: EnginePublication, goOn: Runnable): Publication.Waiting {
        val wait = if (publication.completed) null else begin(publication)
        if (wait == null) {
            val listener = publication.onCompleted { goOn.run() }
            return Publication.Waiting { instead ->
                publication.forget(listener)
                instead.run()
            }
        }
        return Later(wait, goOn).apply { begin { here -> hurry(publication, here) } }
    }

    /** As [awaitThen], of an event that nobody knows yet; see [joinNew]. */
    fun awaitNewThen(
        publication: EnginePublication,
        goOn: Runnable,
        start: (here: Boolean) -> Unit,
    ): Publication.Waiting {
        val wait = begin(publication)
        if (wait != null) return Later(wait, goOn).apply { begin(start) }
        start(false)
        return awaitThen(publication, goOn)
    }

    /** A handler's wait that blocks no thread. It ends once, by completion or by [giveUp]; then the action runs. */
    private class Later(private val wait: HandlerWait, goOn: Runnable) : Publication.Waiting {
        private val over = AtomicBoolean()
        private val held = wait.child && wait.run.publication.holdOpen()

        // What to do when the handler may go on; null when it has. Guarded by this.
        private var next: Runnable? = goOn

        inline fun begin(start: (here: Boolean) -> Unit) {
            wait.publication.onCompleted { finish() }
            try {
                start(wait.run.depth < MOST_NESTED)
            } catch (e: Throwable) {
                // Else it has ended all the same, with the handler that waits: whoever goes on knows already.
                if (!over.compareAndSet(false, true)) return
                leave()
                throw e
            }
        }

        // There is nothing to wait for, and no one who would go on later.
        private fun leave() {
            end(wait)
            regain(wait.run)
            if (held) wait.run.publication.closeOne()
        }

        override fun giveUp(goOn: Runnable) {
            val gone = synchronized(this) { (next == null).also { if (!it) next = goOn } }
            if (gone) goOn.run() else finish()
        }

        private fun finish() {
            if (!over.compareAndSet(false, true)) return
            end(wait)
            val lane = wait.run.publication.lane
            val next = if (Current.isOnTopOfOther(wait.run)) {
                Runnable {
                    wait.run.publication.owner.pool.execute(::goOn)
                }
            } else {
                Runnable(::goOn)
            }
            // Its lane may be out on loan: the handler goes on when it has it back.
            if (lane == null) next.run() else lane.waitEnds(wait.run, quick = false, next)
        }

        private fun goOn() {
            val action = synchronized(this) { next!!.also { next = null } }
            wait.run.publication.owner.pool.waits.lookAgain()
            try {
                action.run()
            } finally {
                if (held) wait.run.publication.closeOne()
            }
        }
    }

    /** Notes that the handler on this thread waits; null outside of handlers, and in one that has ended. */
    private fun begin(publication: EnginePublication): HandlerWait? {
        val run = Current.get() ?: return null
        if (run.ended) return null
        val wait = HandlerWait.of(run, publication)
        if (!run.publication.owner.pool.waits.begin(wait)) return null
        run.publication.lane?.waitBegins(run)
        // It may keep its thread, or have what it waits for run on it: handlers that this was about to begin, too,
        // would keep the permit from being lent.
        run.publication.extra?.more?.together?.heldUp(Thread.currentThread())
        return wait
    }

    private fun end(wait: HandlerWait): Unit = wait.run.publication.owner.pool.waits.end(wait)

    /** Lets the awaited event run as soon as its lanes allow, on all buses that it is on. */
    fun hurry(publication: EnginePublication, here: Boolean) {
        val awaited = publication.extra?.more?.first ?: publication
        awaited.lane?.runSoon(awaited, here)
        awaited.extra?.path?.publications()?.forEach { if (it !== awaited) it.lane?.runSoon(it, here) }
        awaited.owner.pool.waits.lookAgain()
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
        CallerWaits.of(limit).mayRun(publication.owner, publication)

    /** Blocks until the handler's event has its lane again. */
    private fun regain(run: HandlerRun) {
        val lane = run.publication.lane ?: return
        val gate = Regained(Thread.currentThread())
        lane.waitEnds(run, quick = true, gate)
        if (!gate.open) run.publication.owner.pool.blockingWait { gate.await() }
    }

    private fun park(publication: EnginePublication, deadline: Deadline): Boolean {
        val waiter = Thread.currentThread()
        val listener = publication.onCompleted { LockSupport.unpark(waiter) }
        try {
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
        } finally {
            publication.forget(listener)
        }
    }

    class Deadline(limit: Duration) {
        val never = limit.isZero
        private val at = System.nanoTime() + nanosOf(limit)

        val over: Boolean get() = !never && left() <= 0

        fun left(): Long = at - System.nanoTime()
    }

    // So many handlers run on top of one waiting thread; deeper ones get a stack of their own.
    private const val MOST_NESTED = 32

    private class Regained(private val waiter: Thread) : Runnable {
        @Volatile
        var open = false

        override fun run() {
            open = true
            if (waiter !== Thread.currentThread()) LockSupport.unpark(waiter)
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

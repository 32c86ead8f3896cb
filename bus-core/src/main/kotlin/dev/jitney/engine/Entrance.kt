// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.BackpressureException
import dev.jitney.Overflow
import dev.jitney.event.Outcome
import java.time.Duration
import java.util.concurrent.CancellationException
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.locks.LockSupport

// So often making room is tried while nothing can be dropped.
private const val SPINS = 100

/** Whether an event was let in. */
internal enum class Admitted { YES, NO, FULL }

/** Lets events into a bus, or not, or later: what [Admission] counts, by the bus's policy (BPR-1). */
internal class Entrance(private val core: EngineCore) {
    private val settings = core.settings
    private val admission = core.admission

    /** Takes a place for the event if there is room or the policy does not wait for it. */
    fun admit(publication: EnginePublication): Admitted {
        if (core.onBehalfOfHandler()) {
            admission.acquireAnyway()
        } else if (!admission.tryAcquire()) {
            when (settings.overflow) {
                Overflow.SUSPEND -> return Admitted.FULL

                Overflow.DROP_LATEST -> return Admitted.NO.also { drop(publication) }

                Overflow.DROP_OLDEST -> if (!makeRoom()) return Admitted.FULL

                Overflow.FAIL -> throw full(
                    "Bus '${core.name}' is full: ${admission.pending} events wait and Overflow.FAIL is set.",
                )
            }
        }
        publication.admitted = true
        return Admitted.YES
    }

    private fun drop(publication: EnginePublication) {
        publication.complete(
            Outcome.DROPPED,
            "Bus '${core.name}' was full: ${settings.pendingLimit} events waited.",
        )
    }

    /** Whether there is room now, or [makeRoom] would make some. */
    fun canMakeRoom(): Boolean {
        repeat(SPINS) {
            if (core.lanes.oldest(core) != null || admission.pending < admission.limit) return true
            Thread.yield()
        }
        return false
    }

    /** False if all that waits is on its way to durable subscriptions, which are to miss nothing. */
    private fun makeRoom(): Boolean {
        val reason = "Bus '${core.name}' was full: ${settings.pendingLimit} events waited, and this one longest."
        var tries = 0
        while (!admission.tryAcquire()) {
            if (core.lanes.dropOldest(core, reason)) continue
            // An event that has its place may not be in its lane yet.
            if (tries++ == SPINS) return false
            Thread.yield()
        }
        return true
    }

    /** Gives the event's place back, if it has one. */
    fun leave(publication: EnginePublication) {
        if (publication.admitted) {
            publication.admitted = false
            admission.giveBack()
        }
    }

    // ---- waiting

    /** Lets an event in whose publisher does not wait, where others were quicker to take the room that could be made. */
    fun enterAnyway(publication: EnginePublication) {
        admission.acquireAnyway()
        publication.admitted = true
    }

    /** Blocks until the event has a place, for up to [limit], zero for ever; returns what is left of that. */
    fun waitForRoom(publication: EnginePublication, limit: Duration = Duration.ZERO): Duration {
        val until = Waits.Deadline(limit)
        val found = core.pool.blockingWait { parkForRoom(until) }
        if (!found) {
            val pending = admission.pending
            throw full("Bus '${core.name}' had no room within ${Limits.text(limit)}: $pending events wait.")
        }
        publication.admitted = true
        return if (until.never) limit else Duration.ofNanos(maxOf(1, until.left()))
    }

    /**
     * Blocks until there is a place and takes it; false if the time is over, or it [stopped] before, which whoever
     * says so unparks this thread for.
     */
    fun parkForRoom(until: Waits.Deadline = Waits.NEVER, stopped: () -> Boolean = { false }): Boolean {
        val thread = Thread.currentThread()
        val waiter = Runnable { LockSupport.unpark(thread) }
        val handlers = waitOfHandler(waiter)
        try {
            while (true) {
                // It may have been called, which is no more than a hint.
                admission.renewWaiter(waiter)
                if (takePlace(handlers)) return true
                core.life.check(onBehalf = false)
                if (stopped() || until.over) return false
                if (until.never) LockSupport.park(this) else LockSupport.parkNanos(this, until.left())
                if (Thread.interrupted()) throw interrupted(thread)
            }
        } finally {
            admission.removeWaiter(waiter)
            handlers?.let(core.pool.waits::roomFound)
        }
    }

    private fun takePlace(handlers: RoomWait?): Boolean {
        if (admission.tryAcquire()) return true
        if (handlers?.anyway != true) return false
        admission.acquireAnyway()
        return true
    }

    private fun interrupted(thread: Thread): BackpressureException {
        thread.interrupt()
        return full("Publishing to bus '${core.name}' was interrupted while ${admission.pending} events waited.")
    }

    /** A handler that waits for room on a bus which waits for the handler would wait for ever. */
    private fun waitOfHandler(wake: Runnable): RoomWait? {
        val run = Current.get()
        return if (run == null || run.ended) null else core.pool.waits.waitForRoom(run, core, wake)
    }

    /**
     * Calls [then] when the event has a place: with null, or with what keeps it from ever having one.
     * [taken] is done if its publisher waits no more.
     */
    fun admitLater(publication: EnginePublication, taken: Acceptance, then: (Throwable?) -> Unit) {
        val later = Later(publication, taken, then)
        later.begin()
        taken.waits(later::giveUp)
    }

    /**
     * An event that waits for a place and blocks no thread.
     *
     * STORED STATE: [waiting] is true while it waits; whoever makes it false tries to take a place for it.
     */
    private inner class Later(
        private val publication: EnginePublication,
        private val taken: Acceptance,
        private val then: (Throwable?) -> Unit,
    ) : Runnable {
        private val waiting = AtomicBoolean(true)
        private var handlers: RoomWait? = null

        fun begin() {
            handlers = waitOfHandler(this)
            admission.addWaiter(this)
            lookAgain()
        }

        // Between the refusal and the waiting room may have come, or the publisher have given up.
        private fun lookAgain() {
            val ends = core.life.closed || handlers?.anyway == true || taken.isDone
            if (ends || admission.pending < admission.limit) run()
        }

        override fun run() {
            if (!waiting.compareAndSet(true, false)) return admission.wakeWaiters()
            core.pool.execute(::tryAgain)
        }

        /** The publisher waits no more: nothing of the event is left when it comes back with it. */
        fun giveUp() {
            if (waiting.compareAndSet(true, false)) tryAgain()
        }

        private fun tryAgain() {
            try {
                // The place it was woken for is another's then.
                if (taken.isDone) throw CancellationException("The publisher waits no more for room.")
                core.life.check(onBehalf = false)
                if (!takePlace(handlers)) {
                    waiting.set(true)
                    admission.renewWaiter(this)
                    return lookAgain()
                }
                publication.admitted = true
            } catch (e: Throwable) {
                leave()
                return then(e)
            }
            leave()
            then(null)
        }

        private fun leave() {
            admission.removeWaiter(this)
            handlers?.let(core.pool.waits::roomFound)
        }
    }

    fun full(message: String) = BackpressureException(message, admission.pending, admission.limit.toLong())
}

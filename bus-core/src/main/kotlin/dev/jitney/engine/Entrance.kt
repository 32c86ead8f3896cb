// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.BackpressureException
import dev.jitney.Overflow
import dev.jitney.event.Outcome
import java.util.concurrent.CompletableFuture
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.locks.LockSupport

/** Whether an event was let in. */
internal enum class Admitted { YES, NO, FULL }

/** Lets events into a bus, or not, or later: what [Admission] counts, by the bus's policy (BPR-1). */
internal class Entrance(private val core: EngineCore) {
    private val settings = core.settings
    private val admission = core.admission
    private val window = core.window
    private val wasFull = "Bus '${core.name}' was full: ${settings.pendingLimit} events waited."

    /** Takes a place for the event if there is room or the policy does not wait for it. */
    fun admit(publication: EnginePublication): Admitted {
        if (core.onBehalfOfHandler()) {
            admission.acquireAnyway()
        } else if (!admission.tryAcquire()) {
            when (settings.overflow) {
                Overflow.SUSPEND -> return Admitted.FULL
                Overflow.DROP_LATEST -> return Admitted.NO.also { drop(publication) }
                Overflow.DROP_OLDEST -> makeRoom()
                Overflow.FAIL -> throw noPlace(publication)
            }
        }
        publication.admitted = true
        return Admitted.YES
    }

    private fun noPlace(publication: EnginePublication): BackpressureException {
        val refusal = full("Bus '${core.name}' is full: ${admission.pending} events wait and Overflow.FAIL is set.")
        refused(publication, refusal)
        return refusal
    }

    private fun drop(publication: EnginePublication) {
        publication.complete(Outcome.DROPPED, wasFull)
    }

    private fun makeRoom() {
        val reason = "Bus '${core.name}' was full: ${settings.pendingLimit} events waited, and this one longest."
        while (!admission.tryAcquire()) {
            // What is on its way in or out can neither be dropped nor does it stay.
            if (!core.lanes.dropOldest(core, reason)) Thread.yield()
        }
    }

    /** The event is not taken in after all: its key is free again, and so is its place. */
    fun refused(publication: EnginePublication, why: Throwable) {
        window?.release(publication)
        if (publication.admitted) {
            publication.admitted = false
            admission.giveBack()
        }
        publication.refuse(why.message ?: why.javaClass.name, why)
    }

    /** The event is not taken in now; its publisher may try again. */
    fun notNow(publication: EnginePublication) {
        window?.release(publication)
        publication.refuse(wasFull, null)
    }

    // ---- waiting

    /** Blocks until the event has a place. */
    fun waitForRoom(publication: EnginePublication) {
        try {
            core.pool.blockingWait { parkForRoom() }
            publication.admitted = true
        } catch (e: Throwable) {
            refused(publication, e)
            throw e
        }
    }

    /** Blocks until there is a place, and takes it. */
    fun parkForRoom() {
        val thread = Thread.currentThread()
        val waiter = Runnable { LockSupport.unpark(thread) }
        val handlers = waitOfHandler(waiter)
        try {
            while (!acquire(waiter, handlers)) {
                LockSupport.park(this)
                if (Thread.interrupted()) throw interrupted(thread)
            }
        } finally {
            admission.removeWaiter(waiter)
            handlers?.let(core.pool.waits::roomFound)
        }
    }

    private fun acquire(waiter: Runnable, handlers: RoomWait?): Boolean {
        // It may have been called once, which is no more than a hint.
        admission.renewWaiter(waiter)
        if (admission.tryAcquire()) return true
        core.life.check(onBehalf = false)
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

    /** Takes the event in as soon as there is a place, and then [submit]s it. */
    fun admitLater(
        publication: EnginePublication,
        taken: CompletableFuture<EnginePublication>,
        submit: (EnginePublication) -> Unit,
    ): Unit = Later(publication, taken, submit).begin()

    /**
     * An event that waits for a place and blocks no thread.
     *
     * STORED STATE: [waiting] is true while it waits; whoever makes it false tries to take a place for it.
     */
    private inner class Later(
        private val publication: EnginePublication,
        private val taken: CompletableFuture<EnginePublication>,
        private val submit: (EnginePublication) -> Unit,
    ) : Runnable {
        private val waiting = AtomicBoolean(true)
        private var handlers: RoomWait? = null

        fun begin() {
            handlers = waitOfHandler(this)
            admission.addWaiter(this)
            // Room may have come between the refusal and the waiting.
            if (admission.pending < admission.limit || core.life.closed || handlers?.anyway == true) run()
        }

        override fun run() {
            if (!waiting.compareAndSet(true, false)) return admission.wakeWaiters()
            core.pool.execute(::tryAgain)
        }

        private fun tryAgain() {
            try {
                core.life.check(onBehalf = false)
                if (taken.isDone) return cancelled()
                if (!takePlace()) return waitOn()
                publication.admitted = true
                leave()
                submit(publication)
                taken.complete(publication)
            } catch (e: Throwable) {
                leave()
                refused(publication, e)
                taken.completeExceptionally(e)
            }
        }

        private fun takePlace(): Boolean {
            if (admission.tryAcquire()) return true
            if (handlers?.anyway != true) return false
            admission.acquireAnyway()
            return true
        }

        private fun waitOn() {
            waiting.set(true)
            admission.renewWaiter(this)
            if (admission.pending < admission.limit || core.life.closed || handlers?.anyway == true) run()
        }

        // Its caller has cancelled it: the place it was woken for is another's.
        private fun cancelled() {
            leave()
            refused(publication, full("Publishing to bus '${core.name}' was cancelled while it waited for room."))
        }

        private fun leave() {
            admission.removeWaiter(this)
            handlers?.let(core.pool.waits::roomFound)
        }
    }

    private fun full(message: String) = BackpressureException(message, admission.pending, admission.limit.toLong())
}

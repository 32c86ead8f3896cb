// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Dispatch
import dev.jitney.Publication
import dev.jitney.PublishOptions
import java.time.Duration

// So many on their way: with 8 callers it takes half of the time, with 16 a quarter more.
private const val FEW = 12

/** The way of an event that was let in to its lane: through the store, into the queue, or past both onto this thread (ORD-9, ORD-10). */
internal class Submitting(private val core: EngineCore) {
    private val settings = core.settings
    private val admission = core.admission

    // ---- into the queue

    /** Hands an admitted event on to store and lane. */
    fun submit(publication: EnginePublication): Publication {
        checkLife()
        queue(publication)
        // A handler's task that outlived its event may come after the last look at the queues.
        if (core.life.closed) core.lanes.cancelQueued(core)
        return publication
    }

    /**
     * As [submit], for a handler that waits and has lent its lane: ahead of the queue, and on this thread if [here].
     * One that blocks while it waits says how long, and writes the event itself as [submitAwaited] says.
     */
    fun submitAhead(publication: EnginePublication, here: Boolean, blocking: Duration? = null) {
        if (here && core.gate == null && ranAhead(publication)) return
        if (here && blocking != null && isWrittenHere(publication)) {
            checkLife()
            queue(publication, left = true, awaited = true)
            awaitStored(publication, blocking) { Waits.hurry(publication, true) }
        } else {
            submit(publication)
            Waits.hurry(publication, here)
        }
    }

    /**
     * As [submit], for a caller that waits so long for the event, zero for no limit: where it goes through a store the
     * caller writes it, and runs it when it is stored, on its own thread if it can (ORD-10). Not where many are on their
     * way: one thread that writes and one that runs them all wake each caller once. Returns what is left of the limit;
     * null if that is nothing.
     */
    fun submitAwaited(publication: EnginePublication, limit: Duration): Duration? {
        if (!isWrittenHere(publication) || !Waits.mayRunHere(publication, limit)) {
            submit(publication)
            return limit
        }
        checkLife()
        val begun = System.nanoTime()
        queue(publication, left = true, awaited = true)
        awaitStored(publication, limit) { publication.lane!!.runHereOrLeave(publication) }
        if (limit.isZero) return limit
        return limit.minusNanos(System.nanoTime() - begun).takeUnless { it.isNegative || it.isZero }
    }

    /** Whether it goes through a store, and few are on their way. */
    private fun isWrittenHere(publication: EnginePublication): Boolean =
        core.gate != null && publication.stores && admission.inFlight <= FEW

    private inline fun awaitStored(publication: EnginePublication, limit: Duration, then: () -> Unit) {
        try {
            core.pool.blockingWait { core.gate!!.awaitHere(publication, limit) }
        } catch (_: InterruptedException) {
            // For the wait that follows.
            Thread.currentThread().interrupt()
        } finally {
            then()
        }
        if (core.life.closed) core.lanes.cancelQueued(core)
    }

    /**
     * As [submitAwaited], for a caller that must not block: the event runs here where the store has it at once. Else a
     * thread is sent to its lane when the store has it, and not before, to wait for that.
     */
    fun submitAwaitedLater(publication: EnginePublication) {
        val gate = core.gate
        if (gate == null || !publication.stores || !CallerWaits.FOR_SOME_TIME.mayRun(core, publication)) {
            submit(publication)
            return
        }
        checkLife()
        queue(publication, left = true)
        val lane = publication.lane!!
        if (gate.isOpen(publication)) lane.runHereOrLeave(publication) else lane.comeFor(publication)
        if (core.life.closed) core.lanes.cancelQueued(core)
    }

    /** Whatever runs its lane comes for the event, unless it is [left] to the caller, who may have the store [awaited], too. */
    fun queue(publication: EnginePublication, left: Boolean = false, awaited: Boolean = false) {
        val lane = core.lanes.of(publication)
        core.reports.pending(publication)
        if (publication.stop != null) Stopping.end(publication)
        if (core.gate == null || !publication.stores) {
            queue(publication, lane, left)
        } else {
            publication.extra?.lineage?.let { core.lineages.remember(publication.event().id(), it) }
            core.gate.append(publication, awaited) { queue(it, lane, left) }
        }
    }

    // Offered before it is handled; and again, for whoever has begun to look in between.
    private fun queue(publication: EnginePublication, lane: Lane, left: Boolean) {
        val findable = publication.extra?.more?.findable
        // What a durable subscription gets is no news to whoever looks for some.
        val isNews = publication.origin != Origin.DURABLE
        core.reports.accepted(publication)
        if (isNews) core.past.offer(publication)
        if (left) lane.addLeft(publication) else lane.add(publication)
        if (isNews) core.past.offer(publication)
        findable?.run()
    }

    // For the handler that publishes it (NST-1).
    fun note(publication: EnginePublication) {
        publication.parent?.addPublished(publication.event())
    }

    fun checkLife() {
        if (!core.life.open) core.life.check(core.onBehalfOfHandler())
    }

    // ---- past the queue

    /** Runs the event at once if its lane is idle, without a place in the queue; false if it is not. */
    private fun runInstead(publication: EnginePublication, caller: CallerWaits?): Boolean {
        checkLife()
        val lane = core.lanes.of(publication)
        val execution = lane.enterIdle(core.executions) ?: return false
        execution.caller = caller
        begins(publication, lane)
        lane.runNew(publication, execution)
        return true
    }

    private fun ranAhead(publication: EnginePublication): Boolean {
        checkLife()
        val lane = core.lanes.of(publication)
        val place = lane.enterAhead(core.executions) ?: return false
        announce(publication, lane)
        // It has its place among the accepted, and whoever stops its handler may know of it.
        lane.runHere(publication, place)
        return true
    }

    private fun begins(publication: EnginePublication, lane: Lane) {
        if (publication.admitted) admission.started() else admission.runsAtOnce(lane.serial)
        publication.admitted = true
        note(publication)
        announce(publication, lane)
    }

    private fun announce(publication: EnginePublication, lane: Lane) {
        publication.lane = lane
        core.reports.pending(publication)
        core.reports.accepted(publication)
        core.past.offer(publication)
    }

    /** Takes the place that the event needs here now, for whoever waits for it to run it there soon. */
    fun forwardInPlace(source: EnginePublication, from: Execution, by: ForwardInvoker): Boolean {
        if (core.gate != null || !from.mayRunOn(core, source)) return false
        val lane = core.lanes.of(source)
        val place = lane.enterIdle(core.executions) ?: return false
        val publication = by.next(source)
        if (publication == null) {
            lane.leaveUnused(place)
            return true
        }
        begins(publication, lane)
        from.later(publication, place)
        by.hurry(source, publication)
        return true
    }

    fun isDirect(publication: EnginePublication): Boolean = isDirect(publication.options)

    fun isDirect(options: PublishOptions?): Boolean = (options?.dispatch() ?: settings.dispatch) == Dispatch.DIRECT

    /** Whether it has run on the thread of whoever waits for it, outside of handlers. */
    fun ranAwaited(publication: EnginePublication, caller: CallerWaits): Boolean =
        core.gate == null && caller.mayRun(core, publication) && runInstead(publication, caller)

    /** Whether it is to run on this thread, and has: outside of handlers, where its lane is idle. */
    fun ranDirect(publication: EnginePublication): Boolean {
        if (!isDirect(publication) || core.gate != null || publication.parent != null ||
            !runInstead(publication, null)
        ) {
            return false
        }
        if (!publication.completed) Waits.joinUninterruptibly(publication)
        return true
    }

    /** Runs the handlers on this thread, in the event's turn (ORD-9); in a handler at once (NST-2). */
    fun runDirect(publication: EnginePublication): Publication {
        if (Current.isSet) {
            submit(publication)
            Waits.joinUninterruptibly(publication)
            return publication
        }
        val turn = DirectTurn()
        publication.extra().more().turn = turn
        submitAwaited(publication, Duration.ZERO)
        if (turn.await(publication)) publication.lane?.runHere(publication)
        if (!publication.completed) Waits.joinUninterruptibly(publication)
        return publication
    }
}

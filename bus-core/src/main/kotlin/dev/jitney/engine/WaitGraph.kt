// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

/** A handler's wait for an event: from its asking until the event has completed, or it waits no more. */
internal open class HandlerWait protected constructor(val run: HandlerRun, val publication: EnginePublication) {
    /** The event that is really waited for. */
    open val awaited: EnginePublication get() = publication

    /** Whether the event is the handler's own, which is cancelled with it (TMO-4) and holds its event open (NST-3). */
    // Not asked again at the end: by then the event has forgotten its parent.
    val child: Boolean = publication.parent === run

    /** Its neighbours among all waits; guarded by the [WaitGraph]. */
    var before: HandlerWait? = null
    var after: HandlerWait? = null

    /** A wait for the first of its like. It keeps it, as a duplicate that has completed no longer knows of it. */
    private class ForFirst(run: HandlerRun, duplicate: EnginePublication, override val awaited: EnginePublication) :
        HandlerWait(run, duplicate)

    companion object {
        fun of(run: HandlerRun, publication: EnginePublication): HandlerWait {
            val first = publication.extra?.more?.first
            return if (first == null) HandlerWait(run, publication) else ForFirst(run, publication, first)
        }
    }
}

/** A handler's wait for room on a bus that is full (BPR-1). */
internal class RoomWait(val run: HandlerRun, val bus: EngineCore, private val wake: Runnable) {
    /** Whether it is to go on without room, because there would never be any. */
    @Volatile
    var anyway: Boolean = false
        private set

    fun goOnAnyway() {
        anyway = true
        wake.run()
    }
}

/**
 * Who waits for whom, over all buses of the process, so that a wait for an event which could never end
 * is told (NST-2), one for room is no longer waited for (ORD-8), and a bus knows that one of its
 * handlers is behind a call.
 *
 * INVARIANTS: the waiters of an event are those waits of handlers that have begun and not ended; they
 * change under the monitor, as does the list of all such waits, from [newest] back. A handler that has ended
 * waits for nothing any more, but that a child which it has begun to wait for still holds its event open.
 */
internal class WaitGraph {
    private var newest: HandlerWait? = null
    private val rooms = ArrayList<RoomWait>(0)

    /** Notes a wait; false if the handler has ended, which waits as anyone else does. Throws if it would never end. */
    @Synchronized
    fun begin(wait: HandlerWait): Boolean {
        val run = wait.run
        if (run.ended) return false
        check(!isBehind(run.publication) { it === wait.awaited }) {
            "Event '${wait.awaited.event().id()}' is being handled and cannot be waited for by its own handlers."
        }
        if (wait.child && !run.addAwaited(wait.publication)) return false
        val extra = wait.awaited.extra()
        extra.waiters = extra.waiters.plus(wait)
        run.waitsFor = run.waitsFor.plus(wait)
        link(wait)
        lookAgain()
        return true
    }

    /** An awaited event has come to a lane, or a handler got its lane back: one that waits for room may hold it up. */
    @Synchronized
    fun lookAgain() {
        if (rooms.isNotEmpty()) for (room in rooms.filter(::neverEnds)) room.goOnAnyway()
    }

    /** The wait is over. */
    @Synchronized
    fun end(wait: HandlerWait) {
        wait.run.waitsFor = wait.run.waitsFor.minus(wait)
        drop(wait)
        if (wait.child) wait.run.removeAwaited(wait.publication)
    }

    /** The handler has ended: only children that hold its event open are still waited for. */
    @Synchronized
    fun handlerEnded(run: HandlerRun) {
        for (wait in run.waitsFor.toList().filterNot { it.child }) {
            run.waitsFor = run.waitsFor.minus(wait)
            drop(wait)
        }
    }

    /** All waits, the newest first. */
    @Synchronized
    fun all(): List<HandlerWait> = generateSequence(newest) { it.before }.toList()

    private fun link(wait: HandlerWait) {
        wait.before = newest
        newest?.after = wait
        newest = wait
    }

    private fun unlink(wait: HandlerWait) {
        val before = wait.before
        val after = wait.after
        // Of a handler that has ended meanwhile it was dropped then.
        if (after == null && newest !== wait) return
        before?.after = after
        if (after == null) newest = before else after.before = before
        wait.before = null
        wait.after = null
    }

    private fun drop(wait: HandlerWait) {
        unlink(wait)
        wait.awaited.extra?.let { it.waiters = it.waiters.minus(wait) }
    }

    /** Notes that a handler begins to wait for room; it looks at [RoomWait.anyway] before it does. */
    @Synchronized
    fun waitForRoom(run: HandlerRun, bus: EngineCore, wake: Runnable): RoomWait {
        val room = RoomWait(run, bus, wake)
        rooms.add(room)
        if (neverEnds(room)) room.goOnAnyway()
        return room
    }

    /** The handler waits for room no more. */
    @Synchronized
    fun roomFound(room: RoomWait) {
        rooms.remove(room)
    }

    /**
     * Whether the bus whose room is waited for is itself held up, in the end, by the one that waits: by way of
     * handlers that wait for it, or for room on its bus, or for events that wait for its lane.
     */
    private fun neverEnds(room: RoomWait): Boolean {
        if (room.anyway) return false
        val stuck = LinkedHashSet(above(room.run.publication))
        val next = ArrayDeque(stuck)
        while (true) {
            val event = next.removeFirstOrNull() ?: return false
            if (event.holdsUp(room.bus)) return true
            for (behind in heldUpBy(event, room)) if (stuck.add(behind)) next.addLast(behind)
        }
    }

    private fun heldUpBy(event: EnginePublication, room: RoomWait): List<EnginePublication> {
        val lane = event.lane
        val forRoom = rooms.filter { it !== room && !it.anyway && event.holdsUp(it.bus) }.map { it.run.publication }
        // Whether they have not begun or wait to go on: the lane's permit is not there for them.
        val forLane = if (lane == null || !event.holds) {
            emptyList()
        } else {
            all().flatMap { onAllBuses(it.awaited) }.filter { it !== event && it.lane === lane && !it.completed }
        }
        return (forRoom + forLane).flatMap(::above)
    }

    private fun onAllBuses(awaited: EnginePublication): List<EnginePublication> =
        awaited.extra?.path?.publications() ?: listOf(awaited)

    private fun EnginePublication.holdsUp(bus: EngineCore): Boolean =
        !completed && !pending && (owner === bus || lane.let { it != null && it in bus.lanes.all() })

    /** Says whether a handler waits for the event. */
    @Synchronized
    fun isAwaited(publication: EnginePublication): Boolean = publication.extra?.waiters?.isEmpty == false

    /** Says whether any event for which this holds cannot end before this one has. */
    @Synchronized
    fun isBehind(publication: EnginePublication, holds: (EnginePublication) -> Boolean): Boolean =
        if (publication.extra?.isBehindNone != false) holds(publication) else above(publication).any(holds)

    /** The event and all that cannot end before it has: their handlers wait for it, or it was forwarded for them. */
    private fun above(publication: EnginePublication): Set<EnginePublication> {
        val found = LinkedHashSet<EnginePublication>()
        val next = ArrayDeque<EnginePublication>()
        next.addLast(publication)
        while (true) {
            val event = next.removeFirstOrNull() ?: return found
            if (!found.add(event)) continue
            val extra = event.extra ?: continue
            extra.path?.let { next.addLast(it.first) }
            extra.waiters.toList().forEach { next.addLast(it.run.publication) }
        }
    }
}

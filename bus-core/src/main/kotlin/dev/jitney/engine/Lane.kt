// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

/**
 * The unit of order: events in the order in which they were added, a capacity of them at a time; one
 * for a serial bus or for a lane of keyed ones (ORD-1 to ORD-4). Buses of one serial group share one.
 *
 * ```
 *   add ─▶ queue ─▶ drain ─▶ event ─▶ next event …     a [Drain] ends when the queue is empty
 *                     ▲         │ its handler waits
 *                     │         ▼
 *                     └── permits ─▶ awaited events ─▶ … ─▶ the handler goes on
 * ```
 *
 * [LanePlaces] counts the events that have begun, and those of them that may run handlers.
 *
 * INVARIANTS: events leave the queue only while started <= capacity, those on loan included, so what was
 * queued waits until the handlers in front of it have returned. Whoever leaves a place looks at the queue
 * after that, whoever adds to the queue looks for a place after that.
 */
internal class Lane(
    capacity: Int,
    pool: HandlerPool,
    /** Whether handlers on it overlap no others of their bus, so that they may count without an exchange. */
    val serial: Boolean = false,
) : LanePlaces(capacity, pool) {
    private val queue = LaneQueue()

    // Where events run in mode RUN, until one is taken from it; belongs to whoever has set the mode.
    private var quick: Execution? = null

    // Whether a drain is sent for in a moment, which then finds whatever is in the queue now.
    @Volatile
    private var comesLater = false

    // Taken from the queue, and waiting for their store.
    private val atGate = ArrayList<EnginePublication>(0)

    private val startDrain = Runnable { pool.execute(Drain(this, pool)) }

    /** Adds an accepted event. Never waits. */
    fun add(publication: EnginePublication) {
        addLeft(publication)
        if (started < capacity && !runsItsOnly) comeFor(publication)
    }

    /** Sends for a drain when the store has an added event, since one that comes before could only wait. */
    fun comeFor(publication: EnginePublication) {
        val gate = publication.owner.gate
        if (gate == null || gate.isOpen(publication)) return pump()
        if (comesLater) return
        comesLater = true
        gate.whenOpen(publication) {
            comesLater = false
            pump()
        }
    }

    /** Adds an event that the caller runs [here][runHereOrLeave] in a moment, or leaves to a drain there. */
    fun addLeft(publication: EnginePublication) {
        publication.lane = this
        queue.add(publication)
    }

    fun runHereOrLeave(publication: EnginePublication) {
        if (!tryRunHere(publication)) pump()
    }

    // ---- draining the queue

    /** Ends an event that a drain has run, and says whether the drain still has its place. */
    fun finish(publication: EnginePublication, execution: Execution): Boolean {
        val thread = Thread.currentThread() as? PoolThread
        thread?.completed = publication
        thread?.lane = this
        publication.owner.runner.finishing.finish(publication, execution.eventDeadline)
        publication.owner.past.keepOpen(publication)
        if (thread == null) return true
        thread.completed = null
        return (thread.lane != null).also { thread.lane = null }
    }

    /** The drain that ran the event goes on without its place. */
    fun leavePlace(publication: EnginePublication) {
        locked { leaveWith(publication) }
        pump()
    }

    /** Leaves place and event to a publisher that waits to run it on its own thread (ORD-9). */
    fun handOver(publication: EnginePublication): Boolean {
        val turn = publication.extra?.more?.turn ?: return false
        lendPlace(1)
        return turn.offer().also { if (!it) lendPlace(-1) }
    }

    /** The next event for a drain, or null when the drain has to end, and then has left its place. */
    fun next(): EnginePublication? {
        val next = if (attention) null else queue.poll() as EnginePublication?
        val chosen = next ?: locked { choose() ?: null.also { leave() } }
        // Where others may run beside it each drain starts the next one, while there is something to do.
        if (chosen == null || (started < capacity && !queue.isEmpty)) pump()
        return chosen
    }

    private fun choose(): EnginePublication? {
        if (resuming.isNotEmpty() || started > capacity) return null
        nextSoon()?.let { return it }
        held.poll()?.let { return it.also(queue::takes) }
        while (true) {
            val next = queue.poll() as EnginePublication? ?: return null
            if (!held.keeps(next)) return next
            queue.leaves(next)
        }
    }

    /** Whether a drain still has its place after an event. */
    fun keeps(publication: EnginePublication): Boolean {
        // The permit may be with an event that has no place, and then there are as many permits as places all the same.
        if (!attention && publication.holds) return true
        val holds = locked {
            // Else the permit is out on loan and comes back to no one.
            if (!publication.holds) publication.left = true
            publication.holds
        }
        return holds || keepBare()
    }

    /** A drain whose permit is out on loan ends. */
    fun keepBare(): Boolean {
        locked {
            started--
            refresh()
        }
        pump()
        return false
    }

    /** Starts whatever may start now, but for one drain only, which starts the next. */
    override fun pump() {
        while (true) {
            val next = locked { decide() ?: drainIfAny() } ?: return
            next.run()
            if (next === startDrain) return
        }
    }

    private fun drainIfAny(): Runnable? {
        if (active >= capacity || started >= capacity) return null
        // What a handler has waited for was run ahead of the queue: a drain for its node alone would find nothing.
        if (queue.sweep() && !held.hasReady) return null
        started++
        active++
        coming++
        refresh()
        return startDrain
    }

    private fun decide(): Runnable? {
        nextResumption()?.let {
            if (!it.goesWithout) permit(it.publication)
            refresh()
            return it.action
        }
        if (active >= capacity || resuming.isNotEmpty()) return null
        return nextSoon()?.let { loan(it) }
    }

    private fun loan(publication: EnginePublication): Runnable {
        enter()
        return Runnable { pool.execute { runBeside(publication) } }
    }

    /** Takes an added event ahead of the queue, for a handler that waits for it (NST-2); [here] on this thread. */
    fun runSoon(publication: EnginePublication, here: Boolean) {
        val mayRun = here && !isShut(publication)
        val now = locked {
            if (mayRun && resuming.isEmpty() && takePlace(active)) {
                true
            } else {
                soon.addLast(publication)
                attention = true
                false
            }
        }
        if (now) runHere(publication) else pump()
    }

    /**
     * Runs the event on this thread if it would be the next one anyway and nothing runs (ORD-10), also where a drain
     * is on its way to it: whoever waits need not wait for that drain to get a thread and a processor. On
     * return it may still be going on elsewhere.
     */
    fun tryRunHere(publication: EnginePublication): Boolean {
        if (isShut(publication)) return false
        val now = locked { !attention && queue.isNext(publication) && takePlace(started) }
        if (now) runHere(publication)
        return now
    }

    /** Takes the place for an event that nobody knows yet, to be run there by [runNew]; null if it has to be added. */
    fun enterIdle(home: Executions): Execution? {
        if (!queue.isEmpty) return null
        if (beginRun()) return quickIn(home)
        if (runsItsOnly) return null
        val now = locked {
            val idle = started < capacity && !attention && queue.isEmpty
            if (idle) enter()
            idle
        }
        return if (now) home.take() else null
    }

    /** Takes a place ahead of the queue, for an event that a handler waits for (NST-2) and [runHere] runs; null if there is none. */
    fun enterAhead(home: Executions): Execution? {
        if (beginRun()) return quickIn(home)
        return if (locked { resuming.isEmpty() && takePlace(active) }) home.take() else null
    }

    /** Gives back what [enterIdle] or [enterAhead] has given. */
    fun leaveUnused(execution: Execution) {
        execution.beside = true
        leave(execution) { leave() }
        if (attention || !queue.isEmpty) pump()
    }

    private fun quickIn(home: Executions): Execution {
        val last = quick
        if (last != null && last.home === home && !last.isTaken) return last
        if (last != null && !last.isTaken) last.giveBack()
        return home.take().also { quick = it }
    }

    /** Runs an event that has its place beside the drains, as far as no handler has to be waited for. */
    fun runHere(publication: EnginePublication): Unit = runHere(publication, publication.owner.executions.take())

    fun runHere(publication: EnginePublication, execution: Execution) {
        execution.beside = true
        if (!publication.owner.runner.take(publication)) return leaveUnused(execution)
        begin(publication, execution)
    }

    /** Runs an event that was never added in the place that [enterIdle] gave it; as [runHere]. */
    fun runNew(publication: EnginePublication, execution: Execution) {
        execution.beside = true
        publication.begins()
        begin(publication, execution)
    }

    private fun begin(publication: EnginePublication, execution: Execution) {
        // The interrupt of a publisher is not for the handlers that run on its thread; it is there again after them.
        val interrupted = Thread.currentThread() !is PoolThread && Thread.interrupted()
        // What an event has left that went on as a coroutine is nobody's here.
        execution.takeInterrupt()
        val rest = publication.owner.runner.begin(publication, execution)
        val left = rest !== Rest.TAKEN && execution.takeInterrupt()
        when {
            rest == null -> ended(publication, execution, Ending.OVER)
            rest !== Rest.TAKEN -> pool.coroutines.launchHere { goOn(publication, execution, rest) }
        }
        if (interrupted || left) Thread.currentThread().interrupt()
    }

    private fun runBeside(publication: EnginePublication) {
        if (!isShut(publication)) return runHere(publication)
        pool.coroutines.launchHere {
            awaitStore(publication)
            runHere(publication)
        }
    }

    /** Whether the event must not be handled yet, since its store has not got it. */
    fun isShut(publication: EnginePublication): Boolean = publication.owner.gate?.isOpen(publication) == false

    suspend fun awaitStore(publication: EnginePublication) {
        val gate = publication.owner.gate ?: return
        if (gate.isOpen(publication)) return
        synchronized(atGate) { atGate.add(publication) }
        gate.await(publication)
        synchronized(atGate) { atGate.remove(publication) }
    }

    /** Goes on with an event whose place in the lane is taken. */
    suspend fun goOn(publication: EnginePublication, execution: Execution, rest: Rest) {
        ended(publication, execution, publication.owner.runner.resume(publication, execution, rest))
    }

    private fun ended(publication: EnginePublication, execution: Execution, ending: Ending) {
        if (ending == Ending.TAKEN) return
        val deadline = execution.eventDeadline
        val later = execution.takeLater()
        if (ending == Ending.OVER) execution.ends(publication)
        // Before the completion: a handler that waits for it finds the lane free and goes on at once.
        leave(execution) {
            if (ending == Ending.OVER) {
                leaveWith(publication)
            } else {
                started--
                if (ending == Ending.DETACHED) active--
            }
        }
        if (attention || !queue.isEmpty) pump()
        if (ending == Ending.OVER) publication.owner.runner.finishing.finish(publication, deadline)
        // Not before: their handlers may wait for this lane.
        if (later != null) runLater(later)
        if (ending == Ending.OVER) execution.ended(publication)
    }

    private fun runLater(place: Execution) {
        val publication = place.takeReserved()
        publication.lane!!.runNew(publication, place)
    }

    /** Leaves the place that the execution has in the lane, and what is [more] to leave. */
    private inline fun leave(execution: Execution, more: () -> Unit) {
        val beside = execution.beside
        if (execution === quick) execution.clear() else execution.giveBack()
        if (endRun()) return
        locked {
            if (beside) loans--
            more()
            refresh()
        }
    }

    /** The event of the bus that has waited longest, for its store, its key or its turn, and may be dropped. */
    fun oldest(core: EngineCore): EnginePublication? =
        taken().find { it.mayBeDropped(core) } ?: queue.find { (it as EnginePublication).mayBeDropped(core) }
            as EnginePublication?

    // From the queue, and waiting for their store or their key.
    private fun taken(): MutableList<EnginePublication> {
        val taken = synchronized(atGate) { ArrayList(atGate) }
        locked { taken.addAll(held.all()) }
        return taken
    }

    /** An event that was taken will not run: nothing is to keep it. */
    fun forget(publication: EnginePublication) {
        queue.remove(publication)
        locked { held.sweep() }
    }

    /** Whether nothing runs or waits, and every place and permit is back. */
    val atRest: Boolean
        get() = locked { queue.isEmpty && started == 0 && active == 0 && !attention } &&
            synchronized(atGate) { atGate.isEmpty() }

    override fun toString(): String = locked {
        "Lane(started $started, active $active of $capacity, loans $loans, " +
            "soon ${soon.size}, resuming ${resuming.size}, queued ${queue.toList().size}, held ${held.all().size})"
    }

    /** A drain goes without taking another event. */
    fun takesNoMore(): Unit = queue.forgetBegun()

    /** All events that were added and have not begun, in order. */
    fun queued(): Collection<EnginePublication> {
        // In the order in which they go through these, so that none goes from where was not looked yet to where was.
        val waiting = queue.toList()
        val kept = taken()
        val all = LinkedHashSet<EnginePublication>()
        for (node in queue.taken()) all.add(node as EnginePublication)
        all.addAll(kept)
        for (node in waiting) all.add(node as EnginePublication)
        return all
    }
}

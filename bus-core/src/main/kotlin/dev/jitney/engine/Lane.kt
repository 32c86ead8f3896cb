// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import kotlinx.coroutines.yield
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater

// After so many events a lane lets others have its thread.
private const val BATCH = 1_024

/**
 * The unit of order: events in the order in which they were added, [capacity] of them at a time; one
 * for a serial bus or for a lane of keyed ones (ORD-1 to ORD-4). Buses of one serial group share one.
 *
 * ```
 *   add ─▶ queue ─▶ drain ─▶ event ─▶ next event …     a drain is a coroutine; it ends when the queue is empty
 *                     ▲         │ its handler waits
 *                     │         ▼
 *                     └── permits ─▶ awaited events ─▶ … ─▶ the handler goes on
 * ```
 *
 * An event that has begun and not ended is *started*; one that may run handlers has a *permit*. While
 * all handlers of an event wait for others, its permit is free for events that some handler waits for
 * ([soon]), and it is taken back before the handler goes on ([resuming]). So handlers of one lane never
 * overlap, and no one waits while holding a permit, which is why waits that cross cannot lock up.
 *
 * Most of the time one caller after the other runs its event on its own thread and nobody else looks. So a
 * lane has a [mode]: IDLE, and RUN while one event runs that nobody had to wait for, change by one exchange
 * each; whatever else is to be done makes the mode BUSY first, which counts that event like any other
 * ([locked]), and IDLE again when nothing is left to count.
 *
 * INVARIANTS: active <= capacity; events leave the queue only while started <= capacity, those on loan
 * included, so what was queued waits until the handlers in front of it have returned. All state but
 * the queue is guarded by this and counts while the mode is BUSY; [started] and [attention] are volatile
 * for a look without the lock: attention says that a drain may not simply go on with the queue. Whoever
 * leaves a place looks at the queue after that, whoever adds to the queue looks for a place after that.
 */
internal class Lane(
    private val capacity: Int,
    private val pool: HandlerPool,
    /** Whether handlers on it overlap no others of their bus, so that they may count without an exchange. */
    val serial: Boolean = false,
) {
    private val queue = LaneQueue()

    @Volatile
    private var started = 0
    private var active = 0
    private var loans = 0
    private val soon = ArrayDeque<EnginePublication>(0)
    private val resuming = ArrayDeque<Resumption>(0)
    private val held = HeldKeys()

    @Volatile
    private var mode = IDLE

    // Where events run in mode RUN, until one is taken from it; belongs to whoever has set the mode.
    private var quick: Execution? = null

    // Taken from the queue, and waiting for their store.
    private val atGate = ArrayList<EnginePublication>(0)

    @Volatile
    private var attention = false
    private val startDrain = Runnable { pool.launch { drain() } }

    /** Adds an accepted event. Never waits. */
    fun add(publication: EnginePublication) {
        publication.lane = this
        queue.add(publication)
        if (started < capacity && !(mode == RUN && capacity == 1)) pump()
    }

    // ---- the lock

    private inline fun <T> locked(action: () -> T): T = synchronized(this) {
        if (mode != BUSY) beBusy()
        val result = action()
        if (started == 0 && active == 0 && !attention) mode = IDLE
        result
    }

    private fun beBusy() {
        while (!MODE.compareAndSet(this, IDLE, BUSY)) {
            if (MODE.compareAndSet(this, RUN, BUSY)) return enter()
        }
    }

    // ---- draining the queue

    private suspend fun drain() {
        var execution: Execution? = null
        var done = 0
        while (true) {
            val next = next() ?: break
            awaitStore(next)
            if (handOver(next)) break
            if (!next.owner.runner.take(next)) continue
            execution = next.owner.executions.instead(execution)
            when (run(next, execution)) {
                Ending.TAKEN -> return
                Ending.OVER -> if (!finish(next, execution) || (attention && !keep(next))) break
                Ending.DETACHED -> Unit
                Ending.DETACHED_LENT -> if (!keepBare()) break
            }
            if (++done % BATCH == 0) yield()
        }
        execution?.giveBack()
    }

    private suspend fun run(publication: EnginePublication, execution: Execution): Ending {
        val runner = publication.owner.runner
        execution.beside = false
        return runner.begin(publication, execution)?.let { runner.resume(publication, execution, it) } ?: Ending.OVER
    }

    /** Ends an event that a drain has run, and says whether the drain still has its place. */
    private fun finish(publication: EnginePublication, execution: Execution): Boolean {
        val thread = Thread.currentThread() as? PoolThread
        thread?.completed = publication
        thread?.lane = this
        publication.owner.runner.finishing.finish(publication, execution.eventDeadline)
        if (thread == null) return true
        thread.completed = null
        return (thread.lane != null).also { thread.lane = null }
    }

    /** The drain that ran the event goes on without its place. */
    fun leavePlace(publication: EnginePublication) {
        locked { leaveWith(publication) }
        pump()
    }

    // Of an event that has ended.
    private fun leaveWith(publication: EnginePublication) {
        started--
        if (publication.holds) active-- else publication.left = true
        refresh()
    }

    /** Leaves place and event to a publisher that waits to run it on its own thread (ORD-9). */
    private fun handOver(publication: EnginePublication): Boolean {
        val turn = publication.extra?.more?.turn ?: return false
        lendPlace(1)
        return turn.offer().also { if (!it) lendPlace(-1) }
    }

    private fun lendPlace(by: Int): Unit = locked {
        loans += by
        refresh()
    }

    /** The next event for a drain, or null when the drain has to end, and then has left its place. */
    private fun next(): EnginePublication? {
        val next = if (attention) null else queue.poll() as EnginePublication?
        val chosen = next ?: locked { choose() ?: null.also { leave() } }
        // Where others may run beside it each drain starts the next one, while there is something to do.
        if (chosen == null || (started < capacity && !queue.isEmpty)) pump()
        return chosen
    }

    private fun choose(): EnginePublication? {
        if (resuming.isNotEmpty() || started > capacity) return null
        nextSoon()?.let { return it }
        held.poll()?.let { return it }
        while (true) {
            val next = queue.poll() as EnginePublication? ?: return null
            if (!held.keeps(next)) return next
        }
    }

    /** Whether a drain still has its place after an event. */
    private fun keep(publication: EnginePublication): Boolean {
        val holds = locked {
            // Else the permit is out on loan and comes back to no one.
            if (!publication.holds) publication.left = true
            publication.holds
        }
        return holds || keepBare()
    }

    /** A drain whose permit is out on loan ends. */
    private fun keepBare(): Boolean {
        locked {
            started--
            refresh()
        }
        pump()
        return false
    }

    private fun leave() {
        started--
        active--
        refresh()
    }

    private fun refresh() {
        attention = loans > 0 || started != active || soon.isNotEmpty() || resuming.isNotEmpty() || !held.isEmpty
    }

    /** Starts whatever may start now, but for one drain only, which starts the next. */
    fun pump() {
        while (true) {
            val next = locked { decide() ?: drainIfAny() } ?: return
            next.run()
            if (next === startDrain) return
        }
    }

    private fun drainIfAny(): Runnable? {
        if (active >= capacity || started >= capacity) return null
        // What a handler has waited for was run ahead of the queue: a drain for its node alone would find nothing.
        if (queue.sweep { !(it as EnginePublication).pending } && !held.hasReady) return null
        started++
        active++
        refresh()
        return startDrain
    }

    private fun decide(): Runnable? {
        nextResumption()?.let {
            if (!it.handlerEnded) permit(it.publication)
            refresh()
            return it.action
        }
        if (active >= capacity || resuming.isNotEmpty()) return null
        return nextSoon()?.let { loan(it) }
    }

    /** The first handler that may go on; those whose event has its permit again need no other. */
    private fun nextResumption(): Resumption? {
        if (resuming.isEmpty()) return null
        if (active < capacity) return resuming.removeFirst()
        val at = resuming.indexOfFirst { it.publication.holds || it.handlerEnded }
        return if (at < 0) null else resuming.removeAt(at)
    }

    private fun permit(publication: EnginePublication) {
        if (!publication.holds && !publication.left) {
            active++
            publication.lent = false
        }
    }

    private fun nextSoon(): EnginePublication? {
        if (soon.isEmpty()) return null
        while (true) {
            val next = soon.removeFirstOrNull() ?: return null.also { refresh() }
            if (next.pending) return next.also { refresh() }
        }
    }

    private fun loan(publication: EnginePublication): Runnable {
        enter()
        return Runnable { pool.launch { runBeside(publication) } }
    }

    private fun enter() {
        started++
        active++
        loans++
        refresh()
    }

    /** Takes an added event ahead of the queue, for a handler that waits for it (NST-2); [here] on this thread. */
    fun runSoon(publication: EnginePublication, here: Boolean) {
        val open = publication.owner.gate?.isOpen(publication) ?: true
        val now = locked {
            if (here && open && active < capacity && resuming.isEmpty()) {
                enter()
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
     * Runs the event on this thread if it would be the next one anyway and nothing runs (ORD-10). On
     * return it may still be going on elsewhere.
     */
    fun tryRunHere(publication: EnginePublication): Boolean {
        if (publication.owner.gate?.isOpen(publication) == false) return false
        val now = locked {
            val next = started < capacity && !attention && queue.isNext(publication)
            if (next) enter()
            next
        }
        if (now) runHere(publication)
        return now
    }

    /** Takes the place for an event that nobody knows yet, to be run there by [runNew]; null if it has to be added. */
    fun enterIdle(home: Executions): Execution? {
        if (!queue.isEmpty) return null
        if (mode == IDLE && MODE.compareAndSet(this, IDLE, RUN)) return quickIn(home)
        if (mode == RUN && capacity == 1) return null
        val now = locked {
            val idle = started < capacity && !attention && queue.isEmpty
            if (idle) enter()
            idle
        }
        return if (now) home.take() else null
    }

    /** Gives back what [enterIdle] has given. */
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
        val rest = publication.owner.runner.begin(publication, execution)
        when {
            rest == null -> ended(publication, execution, Ending.OVER)
            rest !== Rest.TAKEN -> pool.launchHere { goOn(publication, execution, rest) }
        }
    }

    private suspend fun runBeside(publication: EnginePublication) {
        awaitStore(publication)
        runHere(publication)
    }

    private suspend fun awaitStore(publication: EnginePublication) {
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
        later?.let { it.publication.lane!!.runNew(it.publication, it.place) }
    }

    /** Leaves the place that the execution has in the lane, and what is [more] to leave. */
    private inline fun leave(execution: Execution, more: () -> Unit) {
        val beside = execution.beside
        if (execution === quick) execution.clear() else execution.giveBack()
        if (mode == RUN && MODE.compareAndSet(this, RUN, IDLE)) return
        locked {
            if (beside) loans--
            more()
            refresh()
        }
    }

    // ---- waiting handlers

    /** A handler begins to wait for another event. */
    fun waitBegins(run: HandlerRun) {
        val publication = run.publication
        locked {
            if (++run.waits == 1) {
                publication.waiting++
                // Whoever ended the handler may have looked for waits before this one.
                if (run.ended) closeWaits(run) else lend(publication)
            }
        }
        pump()
    }

    private fun closeWaits(run: HandlerRun) {
        if (run.waits > 0) run.publication.waiting--
        run.waits = 0
    }

    private fun lend(publication: EnginePublication) {
        if (publication.holds && publication.waiting >= publication.running) {
            publication.lent = true
            active--
            refresh()
        }
    }

    /**
     * A handler waits no more; [goOn] runs as soon as its event has its permit again: at once, or on
     * the thread that frees the permit if it is [quick], else on the pool's, since that thread may have
     * a handler of its own to go on with.
     */
    fun waitEnds(run: HandlerRun, quick: Boolean, goOn: Runnable) {
        if (locked {
                noMoreWaits(run) || resumeLater(run, if (quick) goOn else Runnable { pool.execute(goOn) })
            }
        ) {
            goOn.run()
        }
    }

    /** Whether the handler may go on: it waits for more, or its event has its permit. */
    private fun noMoreWaits(run: HandlerRun): Boolean {
        if (run.waits == 0 || --run.waits > 0) return true
        run.publication.waiting--
        return regain(run.publication)
    }

    private fun resumeLater(run: HandlerRun, goOn: Runnable): Boolean {
        resuming.addLast(Resumption(run.publication, run, goOn))
        attention = true
        return false
    }

    private fun regain(publication: EnginePublication): Boolean {
        if (publication.holds) return true
        if (active >= capacity || resuming.isNotEmpty()) return false
        permit(publication)
        refresh()
        return true
    }

    /** A handler has ended: what it began to wait for and no longer does is no wait. */
    fun handlerEnded(run: HandlerRun): Unit = locked { closeWaits(run) }

    /** So many handlers of the event run at once: its permit is lent when all of them wait. */
    fun runTogether(publication: EnginePublication, handlers: Int): Unit = locked { publication.running = handlers }

    /** One of them has ended, or waits to be tried again. */
    fun oneOfTogetherRests(publication: EnginePublication) {
        locked { if (--publication.running > 0) lend(publication) }
        pump()
    }

    /** One of them is tried again. */
    fun oneOfTogetherWakes(publication: EnginePublication): Unit = locked { publication.running++ }

    /**
     * The event leaves its place, though its handlers are to be tried again (ERR-3): for good, or to
     * [return][comesBack] for its permit at each attempt. Says whether the permit stays with the place.
     */
    fun detach(publication: EnginePublication, comesBack: Boolean): Ending = locked {
        val ending = if (publication.holds) Ending.DETACHED else Ending.DETACHED_LENT
        publication.lent = true
        publication.detached = true
        if (!comesBack) publication.lane = null
        ending
    }

    /** An event without a place gives its permit back until its next attempt, or [for good][over]. */
    fun giveUp(publication: EnginePublication, over: Boolean) {
        val had = locked {
            publication.left = over
            val had = publication.holds
            if (had) {
                publication.lent = true
                active--
                refresh()
            }
            had
        }
        if (had) pump()
    }

    /** Calls [goOn] when the event has its permit, now or later; for the next handler of an event that lent it. */
    fun whenHeld(publication: EnginePublication, goOn: Runnable) {
        val now = locked {
            regain(publication).also {
                if (!it) {
                    resuming.addLast(Resumption(publication, null, goOn))
                    attention = true
                }
            }
        }
        if (now) goOn.run()
    }

    // ---- keys that wait for a retry

    /** Lets later events of the key wait, others pass (ERR-3). */
    fun hold(key: String): Unit = locked {
        held.hold(key)
        attention = true
    }

    fun release(key: String) {
        locked {
            held.release(key)
            refresh()
        }
        pump()
    }

    /** The event of the bus that has waited longest, for its store, its key or its turn, and may be dropped. */
    fun oldest(core: EngineCore): EnginePublication? {
        val ahead = synchronized(atGate) { atGate.toList() } + locked { held.all() }
        return ahead.find { it.mayBeDropped(core) } ?: queue.find { (it as EnginePublication).mayBeDropped(core) }
            as EnginePublication?
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

    /** All events that wait in the queue, in order. */
    fun queued(): List<EnginePublication> {
        val ahead = synchronized(atGate) { atGate.toList() } + locked { held.all() }
        return ahead + queue.toList().map { it as EnginePublication }
    }

    private companion object {
        const val IDLE = 0
        const val RUN = 1
        const val BUSY = 2
        val MODE: AtomicIntegerFieldUpdater<Lane> = AtomicIntegerFieldUpdater.newUpdater(Lane::class.java, "mode")
    }
}

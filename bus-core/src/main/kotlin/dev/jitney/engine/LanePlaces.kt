// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import java.util.ArrayDeque
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater

/**
 * The places and permits of a [Lane]: which events have begun, which of them may run handlers, and the
 * handlers that wait for other events meanwhile.
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
 * The lane extends this instead of having one: its every event would go through one object more.
 *
 * INVARIANTS: active <= capacity. All state is guarded by this and counts while the mode is BUSY; [started]
 * and [attention] are volatile for a look without the lock: attention says that a drain may not simply go on
 * with the queue. Whoever leaves a place looks at the queue after that ([pump]).
 */
internal abstract class LanePlaces(
    @JvmField protected val capacity: Int,
    @JvmField protected val pool: HandlerPool,
) {
    @Volatile
    @JvmField
    internal var started = 0

    @JvmField
    internal var active = 0

    @JvmField
    protected var loans = 0

    // Drains that have a place and have not begun, and those that will find it taken when they do.
    @JvmField
    protected var coming = 0
    private var dismissed = 0

    @JvmField
    protected val soon = ArrayDeque<EnginePublication>(0)

    @JvmField
    protected val resuming = ArrayDeque<Resumption>(0)

    @JvmField
    protected val held = HeldKeys()

    @Volatile
    @JvmField
    internal var attention = false

    @Volatile
    @JvmField
    internal var mode = LaneMode.IDLE

    /** Starts whatever may start now. */
    abstract fun pump()

    // ---- the lock

    // Written out where it is used, and on internal fields, as protected ones would be reached by a call: with
    // calls for all of it the JIT cuts an event's path in other places, and that costs 7 % (S1, DIRECT).
    protected inline fun <T> locked(action: () -> T): T = synchronized(this) {
        if (mode != LaneMode.BUSY) beBusy()
        val result = action()
        if (started == 0 && active == 0 && !attention) mode = LaneMode.IDLE
        result
    }

    internal fun beBusy() {
        while (!MODE.compareAndSet(this, LaneMode.IDLE, LaneMode.BUSY)) {
            if (MODE.compareAndSet(this, LaneMode.RUN, LaneMode.BUSY)) return enter()
        }
    }

    /** Takes the lane for one event, if it is idle; [endRun] gives it back if nobody else has looked. */
    protected fun beginRun(): Boolean = mode == LaneMode.IDLE && MODE.compareAndSet(this, LaneMode.IDLE, LaneMode.RUN)

    protected fun endRun(): Boolean = mode == LaneMode.RUN && MODE.compareAndSet(this, LaneMode.RUN, LaneMode.IDLE)

    /** Whether one event runs that nobody had to wait for, so that no other can begin. */
    protected val runsItsOnly: Boolean get() = mode == LaneMode.RUN && capacity == 1

    // ---- places

    protected fun enter() {
        started++
        active++
        loans++
        refresh()
    }

    /** Whether a drain still has its place: somebody who waits anyway may have been faster ([takePlace]). */
    fun begins(): Boolean = locked {
        val begins = dismissed == 0
        if (begins) coming-- else dismissed--
        begins
    }

    /** Takes a place beside the drains where one is free of so many [used], or that of a drain which has not begun. */
    protected fun takePlace(used: Int): Boolean {
        if (used < capacity) {
            enter()
            return true
        }
        if (coming == 0) return false
        coming--
        dismissed++
        loans++
        refresh()
        return true
    }

    protected fun leave() {
        started--
        active--
        refresh()
    }

    /** Of an event that has ended. */
    protected fun leaveWith(publication: EnginePublication) {
        started--
        if (publication.holds) active-- else publication.left = true
        refresh()
    }

    protected fun lendPlace(by: Int): Unit = locked {
        loans += by
        refresh()
    }

    protected fun refresh() {
        attention = loans > 0 || started != active || soon.isNotEmpty() || resuming.isNotEmpty() || !held.isEmpty
    }

    /** The first handler that may go on; those whose event has its permit again need no other. */
    protected fun nextResumption(): Resumption? {
        if (resuming.isEmpty()) return null
        if (active < capacity) return resuming.removeFirst()
        val all = resuming.iterator()
        for (next in all) if (next.publication.holds || next.goesWithout) return next.also { all.remove() }
        return null
    }

    protected fun permit(publication: EnginePublication) {
        if (!publication.holds && !publication.left) {
            active++
            publication.lent = false
        }
    }

    protected fun nextSoon(): EnginePublication? {
        if (soon.isEmpty()) return null
        while (true) {
            val next = soon.poll() ?: return null.also { refresh() }
            if (next.pending) return next.also { refresh() }
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

    private companion object {
        val MODE: AtomicIntegerFieldUpdater<LanePlaces> =
            AtomicIntegerFieldUpdater.newUpdater(LanePlaces::class.java, "mode")
    }
}

/** What [LanePlaces] tells apart at a look. */
internal object LaneMode {
    const val IDLE = 0
    const val RUN = 1
    const val BUSY = 2
}

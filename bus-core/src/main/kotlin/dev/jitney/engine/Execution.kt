// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.DeliveryState
import java.lang.invoke.VarHandle
import java.util.concurrent.atomic.AtomicLongFieldUpdater
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater

/**
 * The place where handlers run, one at a time: a drain, a caller that waits, or one of the handlers
 * of an event whose handlers run together. Used over and over, so that a time limit costs an event no
 * object and no timer (TMO-6).
 *
 * STORED STATE: [phase] is a count of the handler calls, four times, plus IDLE, CALLING (a thread is
 * in the handler's code) or WAITING (the handler has returned and settles its delivery later), or
 * TAKEN for good. Only the runner moves it forward, but for the one exchange from CALLING to TAKEN:
 * whoever does that has taken the handler's attempt, its event and their place in the lane, and the
 * runner finds out when the handler returns. Everything else is written by the runner before phase
 * is, and read by others after it, who then look at phase again; a fence keeps the two looks apart.
 * The exchange at the end of a call is what it costs to have a limit; its beginning is written lazily where
 * a moment more does not matter.
 */
internal class Execution(val home: Executions) {
    @Volatile
    private var phase = IDLE

    private var interrupted = false

    /** Whether the event has its place in the lane beside the drains. */
    @JvmField
    var beside: Boolean = false

    /** Whether all handlers have had their turn and failed ones are tried again. */
    @JvmField
    var retrying: Boolean = false

    /** The moment of the last look at the clock. */
    @JvmField
    var now: Long = 0

    // Whether the event's limits are short, and whether this call is timed: else a coarse clock will do.
    private var exactEvent = false
    private var timed = false
    private var sampled = false

    /** Failed attempts that wait to be made again, by the event's own order. */
    @JvmField
    val retries: ArrayList<Retrial> = ArrayList(0)

    private var publication: EnginePublication? = null
    private var leaving: EnginePublication? = null
    private var at = NOWHERE
    private var subscription: EngineSubscription? = null
    private var startMillis = 0L
    private var outer: Any? = null

    // Null for as long as nobody asks for it.
    @Volatile
    private var run: HandlerRun? = null
    private var delivery: EngineDelivery? = null
    private var together: Together? = null
    private var thread: Thread? = null
    private var eventStart = 0L

    /** When the event's time is over. */
    @JvmField
    var eventDeadline: Long = Timers.NEVER
    private var eventSlow = Timers.NEVER
    private var limit = 0L
    private var deadline = Timers.NEVER
    private var callStart = 0L
    private var handlerSlow = Timers.NEVER

    // Which of these moments have passed and were told of: written by whoever looks.
    private var toldHandler = Timers.NEVER
    private var toldEvent = Timers.NEVER

    // The handler's thread has come back; guarded by this, and looked at after TAKEN only.
    private var returned = false

    // ---- the runner's side

    /** An event that was taken from its lane can be found here from now on (HIS-1). */
    fun takes(publication: EnginePublication) {
        at = NOWHERE
        this.publication = publication
    }

    /** The event leaves the place, and can be found here until its end is told, see [ended] (HIS-1). */
    fun ends(publication: EnginePublication) {
        // Another thread may still be telling the end of the one before.
        if (leaving == null) leaving = publication else publication.owner.past.keepOpen(publication)
        // Before the place is empty; on most processors that costs nothing.
        VarHandle.storeStoreFence()
    }

    /** The end of the event is told, as far as its handlers go; whoever is in the place by now has nothing to do with that. */
    fun ended(publication: EnginePublication) {
        publication.owner.past.keepOpen(publication)
        left(publication)
    }

    /** It can be found elsewhere. */
    fun left(publication: EnginePublication) {
        if (leaving === publication) leaving = null
    }

    /** The event that this place has taken begins. */
    fun beginEvent(publication: EnginePublication) {
        val limits = publication.owner.limits
        exactEvent = home.exact || !limits.areLong(publication)
        now = look(exactEvent)
        together = null
        retrying = false
        eventStart = now
        val from = if (exactEvent) now else now + Timers.LATE_NANOS
        eventDeadline = Timers.after(from, limits.event(publication))
        eventSlow = Timers.after(from, limits.slowEvent(publication))
        if (retries.isNotEmpty()) retries.clear()
    }

    private fun look(exactly: Boolean) = if (exactly) home.timers.nanoTime() else home.timers.coarseNanoTime()

    /** The event's time stood still for so long: a back-off counts toward no limit (ERR-3). */
    fun paused(nanos: Long) {
        now = home.timers.nanoTime()
        if (eventDeadline != Timers.NEVER) eventDeadline += nanos
        if (eventSlow != Timers.NEVER && eventSlow != toldEvent) eventSlow += nanos
    }

    /** The event goes on elsewhere, within the limits that it has had so far. */
    fun continueFrom(other: Execution, together: Together? = other.together) {
        now = home.timers.nanoTime()
        at = NOWHERE
        publication = other.publication
        this.together = together
        retrying = other.retrying
        beside = other.beside
        later = other.takeLater()
        exactEvent = other.exactEvent
        eventStart = other.eventStart
        eventDeadline = other.eventDeadline
        eventSlow = other.eventSlow
        toldEvent = other.toldEvent
        retries.clear()
        retries.addAll(other.retries)
    }

    /** This thread is about to call a handler, whose [run] may be made later; give the result to [returned]. */
    fun call(at: Int, run: HandlerRun?, subscription: EngineSubscription, delivery: EngineDelivery?): Long {
        val publication = publication!!
        this.at = at
        this.subscription = subscription
        if (run == null) startMillis = publication.owner.eventClock.millis()
        RUN.lazySet(this, run)
        this.delivery = delivery
        thread = Thread.currentThread()
        val limits = publication.owner.limits
        limit = limits.handler(publication, subscription)
        val exact = exactEvent || !subscription.limitsAreLong || !subscription.invoker.inline
        sampled = !exact && subscription.isSample
        timed = exact || sampled
        now = look(timed)
        val from = if (timed) now else now + Timers.LATE_NANOS
        deadline = minOf(eventDeadline, Timers.after(from, limit))
        callStart = now
        handlerSlow = Timers.after(from, limits.slowHandler(subscription))
        val calling = (phase and KIND.inv()) + STEP + CALLING
        // Without a fence whoever looks now may miss the call, and looks once more: see [Watch].
        if (timed) phase = calling else PHASE.lazySet(this, calling)
        home.watch.arm(minOf(deadline, handlerSlow, if (eventSlow == toldEvent) Timers.NEVER else eventSlow))
        return calling
    }

    /** The handler runs inside of [outer], see [Current]. */
    fun inside(outer: Any?) {
        this.outer = outer
    }

    val outside: Any? get() = outer

    /** How the caller waits on whose thread the event runs; null if it does not, or on none. */
    @JvmField
    var caller: CallerWaits? = null
    private var hops = 0
    private var reservedFor: EnginePublication? = null
    private var later: Execution? = null

    /**
     * Whether the caller may run an event that was forwarded, too (ORD-10). One only: while it runs one, the other
     * would keep a lane from a handler that waits for it.
     */
    fun mayRunOn(other: EngineCore, publication: EnginePublication): Boolean =
        later == null && hops < MOST_HOPS && caller?.mayRun(other, publication) == true

    /** Has the caller run an event of another bus in its [place] there, when it has left this lane. */
    fun later(publication: EnginePublication, place: Execution) {
        place.caller = caller
        place.hops = hops + 1
        place.reservedFor = publication
        later = place
    }

    /** The place of an event that is to be run when this one's has left its lane, see [takeReserved]. */
    fun takeLater(): Execution? = later?.also { later = null }

    /** Which event that is. */
    fun takeReserved(): EnginePublication = reservedFor!!.also { reservedFor = null }

    /** What there is to settle of the last call, for the thread that has made it. */
    @JvmField
    var loudness: Loud = Loud.NOT_CALLED

    @JvmField
    var value: Any? = null

    @JvmField
    var error: Throwable? = null

    fun loud(how: Loud, value: Any?, error: Throwable?) {
        loudness = how
        this.value = value
        this.error = error
    }

    /**
     * The run of the handler that is called here. It is made when someone asks for it, since most handlers
     * publish nothing, wait for nothing and end well: by the handler's thread, or by whoever has taken the
     * handler from it.
     */
    fun currentRun(): HandlerRun {
        run?.let { return it }
        val publication = publication!!
        val made = HandlerRun(publication, subscription!!, startMillis)
        Current.runOf(outer)?.let { made.depth = it.depth + 1 }
        val first = if (RUN.compareAndSet(this, null, made)) made else run!!
        publication.place(at, first)
        return first
    }

    /** The run, if someone has asked for it. */
    val runIfMade: HandlerRun? get() = run

    /** What becomes of a handler that has returned null, unless somebody has asked for its run. */
    fun quietRecord(): HandlerRecord? =
        if (run == null) subscription!!.quietRecord(publication!!.owner, startMillis) else null

    /** The same of one that has returned a value. */
    fun valueRecord(value: Any): HandlerRecord? {
        if (run != null) return null
        val publication = publication!!
        val now = maxOf(startMillis, publication.owner.eventClock.millis())
        return ValueRecord.of(publication.event(), subscription!!.handler, startMillis, now, value)
    }

    /** Whether this handler of the event was the last to be called here: it has begun, and may have ended. */
    fun hasCalled(publication: EnginePublication, at: Int): Boolean {
        while (true) {
            val seen = phase
            val same = this.publication === publication && this.at == at
            VarHandle.loadLoadFence()
            if (phase == seen) return same
        }
    }

    /** The handler has returned and is done; false if it was ended meanwhile and everything is someone else's. */
    fun returned(calling: Long): Boolean = PHASE.compareAndSet(this, calling, calling - CALLING)

    /** The handler has returned and is not done. */
    fun waits(calling: Long): Boolean = PHASE.compareAndSet(this, calling, calling - CALLING + WAITING)

    /** The wait is over. */
    fun waited() {
        phase = phase and KIND.inv()
        looked()
    }

    /** The handler has returned: how long it took is known from now on. */
    fun looked() {
        now = look(timed)
        // What a coarse clock saw pass twice took longer than it is late: worth an exact look.
        if (!timed && now - callStart >= Timers.LATE_NANOS) now = home.timers.nanoTime()
    }

    /** Leaves a call that has failed in the engine itself; false if the handler was ended meanwhile. */
    fun takeBack(): Boolean {
        while (true) {
            val seen = phase
            if (seen == TAKEN) return false
            if (PHASE.compareAndSet(this, seen, seen and KIND.inv())) return true
        }
    }

    /** After [returned] said no: this thread has nothing more to do, and keeps no interrupt that was not its own. */
    fun leave() {
        synchronized(this) { returned = true }
        Thread.interrupted()
        home.returned(Thread.currentThread())
    }

    /** A handler has left the publisher's thread interrupted, on which the next one runs: for when all have run. */
    fun keepInterrupt() {
        interrupted = true
    }

    fun takeInterrupt(): Boolean = interrupted.also { if (it) interrupted = false }

    /** How long the last call has taken, in nanoseconds; what took less than [Timers.LATE_NANOS] is [UNTIMED] mostly. */
    fun lasted(): Long = if (timed || now - callStart >= Timers.LATE_NANOS) maxOf(0, now - callStart) else UNTIMED

    /** How many calls the last one stands for in the latencies of its handler. */
    fun standsFor(subscription: EngineSubscription): Int =
        if (sampled && now - callStart < Timers.LATE_NANOS) subscription.sampleSize else 1

    fun giveBack(): Unit = home.giveBack(this)

    fun clear() {
        publication = null
        subscription = null
        outer = null
        caller = null
        hops = 0
        loud(Loud.NOT_CALLED, null, null)
        RUN.lazySet(this, null)
        delivery = null
        together = null
        thread = null
    }

    // ---- everyone else's side

    val event: EnginePublication? get() = publication

    /** The event that has run here last, until its end is told. */
    val lastEvent: EnginePublication? get() = leaving

    /** Whether it is a thread's that was left behind in a handler, and of no more use. */
    val isTaken: Boolean get() = phase == TAKEN

    /** Looks at the limits and returns the next moment at which to look again. */
    fun check(now: Long): Long {
        while (true) {
            val seen = phase
            if (seen and KIND == IDLE || seen == TAKEN) return Timers.NEVER
            val publication = publication
            val subscription = subscription
            val eventDeadline = eventDeadline
            val deadline = deadline
            val handlerSlow = handlerSlow
            val eventSlow = eventSlow
            VarHandle.loadLoadFence()
            // It has gone on, perhaps to wait in the same call, which nobody would look at again.
            if (phase != seen) continue
            if (publication == null || subscription == null) return Timers.NEVER
            // Whoever has stopped the event may have missed the beginning of this call.
            val stop = publication.stop
            if (stop != null) {
                end(seen, stop.running, publication.owner.stopped(publication, stop))
            } else if (now >= deadline) {
                passed(seen, publication, subscription, now >= eventDeadline)
            } else {
                if (now >= handlerSlow) tellOfHandler(publication, subscription, handlerSlow)
                if (now >= eventSlow) tellOfEvent(publication, eventSlow, now)
                return minOf(deadline, comes(handlerSlow, now), comes(eventSlow, now))
            }
            return Timers.NEVER
        }
    }

    private fun comes(moment: Long, now: Long) = if (now < moment) moment else Timers.NEVER

    /** The limit of the call has passed, or that of its [event]. */
    private fun passed(seen: Long, publication: EnginePublication, subscription: EngineSubscription, event: Boolean) {
        val limits = publication.owner.limits
        if (event) {
            Stopping.stop(publication, limits.eventTimeout(publication))
            return
        }
        // Its frames are those of this call if the call can still be ended after that.
        val thread = if (seen and KIND == CALLING) thread else null
        end(seen, DeliveryState.TIMED_OUT, limits.handlerTimeout(publication, subscription.name(), limit, thread))
    }

    private fun tellOfHandler(publication: EnginePublication, subscription: EngineSubscription, moment: Long) {
        if (toldHandler == moment) return
        toldHandler = moment
        publication.owner.reports.slowHandler(publication, subscription.name(), run?.following)
    }

    private fun tellOfEvent(publication: EnginePublication, moment: Long, now: Long) {
        if (toldEvent == moment) return
        toldEvent = moment
        // Its handlers may run in several places.
        if (publication.extra().more().isFirstSlow()) publication.owner.reports.slowEvent(publication, now - eventStart)
    }

    /** Ends the handler of the event that runs here now, if one does. */
    fun end(publication: EnginePublication, state: DeliveryState, error: Throwable) {
        val seen = phase
        if (this.publication === publication) end(seen, state, error)
    }

    private fun end(seen: Long, state: DeliveryState, error: Throwable) {
        if (seen == TAKEN || seen and KIND == IDLE) return
        val delivery = delivery
        VarHandle.loadLoadFence()
        if (seen and KIND == CALLING && PHASE.compareAndSet(this, seen, TAKEN)) return take(state, error)
        // It may have begun to wait since it was seen in its call, and no one else would end it then.
        if (phase == (seen and KIND.inv()) + WAITING) delivery?.end(state, error)
    }

    private fun take(state: DeliveryState, error: Throwable) {
        val publication = publication!!
        home.leftBehind(thread!!)
        together?.heldUp(thread!!)
        delivery?.end(state, error)
        val next = home.take()
        next.continueFrom(this)
        home.watch.moved()
        home.watch.remove(this)
        val run = currentRun()
        run.cut(state, error, subscription!!.isOverAfter(state))
        // Before the interrupt: a child that runs on the same thread is cancelled, and does not fail.
        Stopping.cancelAwaited(run)
        synchronized(this) { if (!returned) thread!!.interrupt() }
        publication.owner.runner.goOnAfter(publication, next, run, at, together, state, error)
    }

    companion object {
        /** The time of a call that was too short to be timed each time (LIF-4). */
        const val UNTIMED: Long = -1

        // So many buses deep the events of a chain run on one stack.
        private const val MOST_HOPS = 32

        // Of the handlers of the event none was called here yet.
        private const val NOWHERE = -1

        private const val IDLE = 0L
        private const val CALLING = 1L
        private const val WAITING = 2L
        private const val KIND = 3L
        private const val STEP = 4L
        private const val TAKEN = -1L
        private val RUN: AtomicReferenceFieldUpdater<Execution, HandlerRun?> =
            AtomicReferenceFieldUpdater.newUpdater(Execution::class.java, HandlerRun::class.java, "run")
        private val PHASE: AtomicLongFieldUpdater<Execution> = AtomicLongFieldUpdater.newUpdater(
            Execution::class.java,
            "phase",
        )
    }
}

/** What there is to settle of a call: nothing, as it was not made; nothing any more, as it was taken; or what it gave. */
internal enum class Loud { NOT_CALLED, STOPPED, RETURNED, TAKEN }

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.BusStats
import dev.jitney.Ordering
import dev.jitney.engine.plugin.BusPlugins
import dev.jitney.event.DeliveryState
import dev.jitney.event.Event
import dev.jitney.event.EventClock
import dev.jitney.event.Outcome
import dev.jitney.spi.BusMetric
import java.time.InstantSource
import java.util.concurrent.CancellationException
import java.util.concurrent.CopyOnWriteArraySet

/** Why an event is cancelled that nobody has begun. */
internal const val CLOSED_FIRST: String = "The bus was closed before the event was handled."

/** The working parts of one bus, and what they ask of each other. */
internal class EngineCore(
    val settings: BusSettings,
    val pool: HandlerPool,
    val timers: Timers,
    val gate: StoreGate?,
    shared: Lane?,
    val plugins: BusPlugins,
    val masking: Masking,
    /** This bus among all of the process, so that subscriptions of two buses are told apart. */
    val number: Int,
    system: SystemEvents,
) {
    val name: String = settings.name
    val clock: InstantSource = settings.clock
    val eventClock: EventClock = EventClock.of(clock)
    val life = Life(name, clock)
    val topics = KnownTopics(this)
    val routes = Routes(topics)
    val admission = Admission(settings.pendingLimit)
    val window: DuplicateWindow? = settings.duplicateWindow.takeIf { it != 0 }?.let {
        DuplicateWindow(it, settings.duplicateAge.toMillis(), eventClock)
    }
    val watch = Watch(timers)
    val limits = Limits(settings)
    val meters: Meters? = plugins.metrics()?.let { Meters(it, name) }
    val executions = Executions(timers, watch, pool, timesAll = meters != null)
    val letters = DeadLettering(eventClock, meters, plugins, masking)
    val reports = Reports(name, topics, plugins.interceptors(), meters, letters, system, masking, timers)
    val context = EventContext(plugins.carriers(), plugins.log())
    val runner = Runner(this)
    val lanes = Lanes(settings, pool, shared)
    val past = Past(this, gate?.store)
    val lineages = Lineages()

    /** Those that run. */
    val replays = CopyOnWriteArraySet<Replay>()
    val noise: Noise? = settings.noiseWindow?.let { Noise(settings.noiseThreshold, it, clock, timers, pool, system) }

    /** Whether nobody is to hear of each handler that ends well. */
    val quiet: Boolean = meters == null

    // ---- what runs

    /** Who handles the event; decided when its processing starts (SUB-5). */
    fun handlersFor(publication: EnginePublication): Array<EngineSubscription> {
        val event = publication.event()
        val route = routes.of(publication.topic)
        val origin = publication.origin
        if (origin == Origin.PUBLISHED || origin == Origin.FORWARDED) for (view in route.views) view.feed(event)
        publication.extra?.only?.let { return only(publication, it) }
        val named = publication.extra?.more?.onlyNamed
        val handlers = when {
            named != null -> route.durableToo.filter { it.name() in named }.toTypedArray()
            origin == Origin.REPLAYED -> route.durableToo
            origin == Origin.REMOTE -> route.remote
            else -> route.all
        }
        return if (route.selective) select(publication, handlers) else handlers
    }

    /** The handler of a dead letter, whatever it wanted; or that of a durable subscription. */
    private fun only(publication: EnginePublication, subscription: EngineSubscription): Array<EngineSubscription> {
        val chosen = arrayOf(subscription)
        if (publication.origin != Origin.DURABLE) return chosen
        if (!subscription.active()) return emptyArray()
        return if (subscription.selective) select(publication, chosen) else chosen
    }

    /** Whether ordinary handlers are not all that an event can hope for. */
    fun handledDurably(publication: EnginePublication): Boolean =
        publication.origin == Origin.DURABLE || routes.of(publication.topic).durable

    private fun select(
        publication: EnginePublication,
        handlers: Array<EngineSubscription>,
    ): Array<EngineSubscription> {
        val chosen = ArrayList<EngineSubscription>(handlers.size)
        for (subscription in handlers) if (wants(publication, subscription)) chosen.add(subscription)
        return chosen.toTypedArray()
    }

    private fun wants(publication: EnginePublication, subscription: EngineSubscription): Boolean = try {
        subscription.wants(publication.event())
    } catch (e: Throwable) {
        val more = publication.extra().more()
        more.refusals = more.refusals + (subscription to e)
        true
    }

    /** Why the handler may not run on the event now, or null if it may. */
    fun refusal(publication: EnginePublication, subscription: EngineSubscription): Throwable? {
        if (mayNotCall(subscription)) return tooManyAbandoned()
        val refusals = publication.extra?.more?.refusals ?: return null
        return refusals[subscription]
    }

    /** Whether too many of its like were left behind. */
    fun mayNotCall(subscription: EngineSubscription): Boolean =
        executions.abandoned >= settings.abandonedLimit && subscription.invoker.mayBlock

    private fun tooManyAbandoned() = IllegalStateException(
        "Bus '$name' runs no more blocking handlers: ${executions.abandoned} were left behind at their time limits " +
            "and have not returned. Let them heed the interrupt, or raise EventBusBuilder.abandonedLimit.",
    )

    /** Whether an event may not run because its store has failed; it is stopped then. */
    fun refuses(publication: EnginePublication): Boolean {
        val failure = gate?.failureOf(publication)
        if (failure != null) {
            publication.stop(Stop(Outcome.REJECTED, "The store refused the event: ${failure.message}", failure))
        } else if (life.closed) {
            publication.stop(Stop(Outcome.CANCELLED, CLOSED_FIRST, null))
        }
        return publication.stop != null
    }

    /** Whether the lane goes on during the back-off of these handlers of an event (ERR-3). */
    fun goesOnMeanwhile(publication: EnginePublication, handlers: Iterable<Int>): Boolean {
        if (lanes.ordering(publication) != Ordering.SERIAL) return true
        return handlers.all { publication.handlers!![it].retry?.releasesOrder() == true }
    }

    fun isSerial(publication: EnginePublication): Boolean = lanes.ordering(publication) == Ordering.SERIAL

    /** Whether later events of the same key wait meanwhile. */
    fun keepsKeys(publication: EnginePublication): Boolean = lanes.ordering(publication) == Ordering.KEYED

    // ---- numbers

    fun stats(): BusStats {
        val counted = topics.snapshot()
        val subscriptions = routes.subscriptions()
        val total = counted.total
        val pending = admission.pending
        return BusStats(
            subscriptions.size,
            pending,
            maxOf(0, admission.inFlight - pending),
            total.published,
            total.handled,
            total.failed,
            total.dropped,
            total.suppressed,
            total.deadLetters,
            counted.busiest,
            counted.others,
            subscriptions.map { it.stats() },
        )
    }

    /** Shows the metrics backend what can be looked at. */
    fun measure() {
        val shown = meters ?: return
        shown.gauge(BusMetric.PENDING) { admission.pending }
        shown.gauge(BusMetric.IN_FLIGHT) { maxOf(0, admission.inFlight - admission.pending) }
        shown.gauge(BusMetric.SUBSCRIPTIONS) { routes.count.toLong() }
    }

    // ---- ending before the end

    /** The error of a handler that was ended, or never begun, because its event was. */
    fun stopped(publication: EnginePublication, why: Stop): Throwable =
        why.cause ?: CancellationException("Event '${publication.event().id()}' was stopped: ${why.reason}")

    // ---- the end

    /**
     * The publication has its outcome, and is about to be completed. This bus has its [own] part in that: what another
     * one has dropped or refused counts there, and is no reason to run a handler of this one again.
     */
    fun completes(publication: EnginePublication, own: Outcome) {
        val outcome = publication.outcomeSoFar()!!
        val counted = if (outcome.ok()) outcome else endsBadly(publication, own, outcome)
        if (publication.admitted && isHistory(publication, outcome)) past.keep(publication)
        reports.count(publication, counted)
    }

    /** Forgets the key of what was lost before this bus had handled it; returns what counts here. */
    private fun endsBadly(publication: EnginePublication, own: Outcome, outcome: Outcome): Outcome {
        val lost = outcome == Outcome.REJECTED || outcome == Outcome.DROPPED || outcome == Outcome.CANCELLED
        val handled = own == Outcome.HANDLED || own == Outcome.HANDLED_WITH_FAILURES
        if (lost && !handled) window?.release(publication)
        // A duplicate ends as the first one did, which was counted and has its letter.
        return if (publication.extra?.more?.first != null) Outcome.DUPLICATE else own
    }

    private fun isHistory(publication: EnginePublication, outcome: Outcome) = when (publication.origin) {
        Origin.REPLAYED -> false
        Origin.DURABLE -> outcome != Outcome.NO_HANDLER
        else -> true
    }

    /** The publication's listeners have been told. */
    fun settled(publication: EnginePublication) {
        if (publication.admitted) admission.settled()
        if (past.history.isNone) past.forget(publication)
    }

    fun reasonFor(publication: EnginePublication): String = when (publication.outcome()) {
        Outcome.HANDLED -> "Every handler has returned."

        Outcome.HANDLED_WITH_FAILURES ->
            publication.handlerResults().filter { it.state() != DeliveryState.COMPLETED }
                .joinToString(" ") {
                    val how = if (it.state() == DeliveryState.CANCELLED) "was cancelled" else "failed"
                    "Handler '${it.subscription()}' $how: ${it.error()?.let(::said)?.removeSuffix(".")}."
                }

        Outcome.NO_HANDLER -> whyUnhandled(publication)

        else -> ""
    }

    private fun whyUnhandled(publication: EnginePublication) = when {
        publication.origin == Origin.DURABLE -> "The durable subscription did not want the event, or was closed."

        handledDurably(publication) ->
            "Only durable subscriptions of bus '$name' want the event; they get it from the store."

        else -> "No subscription of bus '$name' wanted the event."
    }

    fun whyNotStored(publication: EnginePublication): String = when {
        gate == null -> "Bus '$name' has no store. Set one with EventBusBuilder.store."
        publication.outcome() != null -> "The event was not given to the store: ${publication.reason()}"
        else -> "The event came from the store and was not given to it again."
    }

    // ---- who calls

    /**
     * Says whether the caller is a handler of this bus, or one that such a handler waits for, or an
     * action on the completion of one of its events: whoever would wait for the bus waited for itself.
     */
    fun insideHandler(): Boolean {
        if (Current.completing()?.owner === this) return true
        val run = Current.get() ?: return false
        return pool.waits.isBehind(run.publication) { it.owner === this && !it.completed }
    }

    /**
     * Says whether the end of this bus must not be waited for: by one of its handlers, by whoever a handler
     * waits for, and by whatever a handler has published, for which it may begin to wait at any time.
     */
    fun mayHoldUpItsEnd(): Boolean = insideHandler() || onBehalfOfHandler()

    /** Says whether the caller publishes on behalf of an event that this bus is still handling. */
    fun onBehalfOfHandler(): Boolean {
        var run = Current.get()
        while (run != null) {
            val publication = run.publication
            if (publication.owner === this && !publication.completed) return true
            run = publication.parent
        }
        return false
    }
}

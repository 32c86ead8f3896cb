// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.BackpressureException
import dev.jitney.CorrelationContext
import dev.jitney.DeliveryEndedException
import dev.jitney.Dispatch
import dev.jitney.Overflow
import dev.jitney.Publication
import dev.jitney.PublishOptions
import dev.jitney.event.Event
import dev.jitney.event.Outcome
import dev.jitney.spi.PublicationInfo
import dev.jitney.spi.ValidationException
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage
import java.util.concurrent.locks.LockSupport

/** The way of an event from its publisher to its lane: completed, checked, let in, stored, queued (PUB). */
internal class Publisher(private val core: EngineCore) {
    private val settings = core.settings
    private val admission = core.admission
    private val window = core.window
    private val validators = core.plugins.validators()
    private val carriers = core.plugins.carriers()

    // ---- in several ways

    fun publish(topic: String, payload: Any?): Publication {
        val run = caller()
        val cause = run?.publication?.event()
        val event = Event.published(core.eventClock, topic, payload, core.name, correlation(cause), cause?.id())
        return publish(checked(event, null, run), run)
    }

    fun publish(event: Event, options: PublishOptions): Publication {
        val run = caller()
        return publish(prepare(event, options, run), run)
    }

    private fun publish(publication: EnginePublication, run: HandlerRun?): Publication {
        if (endsAtOnce(publication)) return publication
        if (admit(publication) == Admitted.FULL) waitForRoom(publication)
        if (publication.completed) return publication
        note(run, publication)
        if (isDirect(publication)) return runDirect(publication)
        return submit(publication)
    }

    fun tryPublish(event: Event, options: PublishOptions): Publication? {
        val run = caller()
        val publication = prepare(event, options, run)
        if (endsAtOnce(publication)) return publication
        if (admit(publication) == Admitted.FULL) return null.also { window?.release(publication) }
        if (publication.completed) return publication
        note(run, publication)
        return submit(publication)
    }

    fun publishAsync(event: Event, options: PublishOptions): CompletionStage<Publication> {
        val taken = CompletableFuture<Publication>()
        try {
            val run = caller()
            val publication = prepare(event, options, run)
            if (endsAtOnce(publication)) {
                taken.complete(publication)
            } else {
                note(run, publication)
                takeIn(publication, taken)
            }
        } catch (e: Throwable) {
            taken.completeExceptionally(e)
        }
        return taken
    }

    fun publishAndJoin(event: Event, options: PublishOptions, limit: Duration): Publication {
        val run = caller()
        val publication = prepare(event, options, run)
        if (endsAtOnce(publication)) {
            publication.join(limit)
            return publication
        }
        if (admit(publication) == Admitted.FULL) waitForRoom(publication)
        if (publication.completed) return publication
        note(run, publication)
        if (run == null && core.gate == null && Waits.mayRunHere(publication, limit) && runInstead(publication)) {
            if (publication.completed) return publication
        } else {
            submit(publication)
        }
        publication.join(limit)
        return publication
    }

    /** Takes in an event that is not published here for the first time: forwarded or delivered again. */
    fun accept(publication: EnginePublication): CompletionStage<Publication> {
        val taken = CompletableFuture<Publication>()
        try {
            core.life.check(core.onBehalfOfHandler())
            takeIn(publication, taken)
        } catch (e: Throwable) {
            taken.completeExceptionally(e)
        }
        return taken
    }

    /** As [accept], but blocks until there is room, whatever the bus says of overflow; false if it [stopped] before. */
    fun acceptBlocking(publication: EnginePublication, stopped: () -> Boolean = { false }): Boolean {
        if (!parkForRoom(stopped)) return false
        publication.admitted = true
        submit(publication, store = false)
        return true
    }

    // ---- what it lacks

    private fun caller(): HandlerRun? {
        val run = Current.get()
        core.life.check(run != null && core.onBehalfOfHandler())
        if (run != null && run.isCut) throw ended(run)
        return run
    }

    private fun ended(run: HandlerRun) = DeliveryEndedException(
        "Handler '${run.subscription()}' cannot publish any more: its delivery of event " +
            "'${run.publication.event().id()}' has ended as ${run.state()}.",
    )

    /** Fills in what the event lacks (EVT-1, CTX-1). */
    private fun prepare(event: Event, options: PublishOptions, run: HandlerRun?): EnginePublication {
        val cause = run?.publication?.event()
        val filled = event.published(core.name, correlation(cause), cause?.id())
        return checked(filled, options.takeUnless { it === PublishOptions.defaults() }, run)
    }

    private fun correlation(cause: Event?): String? =
        CorrelationContext.current() ?: cause?.correlationId() ?: core.plugins.carriers().correlationId()

    /** Lets interceptors and validators look at the event, and takes along the context of this thread. */
    private fun checked(event: Event, options: PublishOptions?, run: HandlerRun?): EnginePublication {
        val observer = core.reports.follow(event, Origin.PUBLISHED)
        val passed = check(event, observer)
        val carried = if (carriers.isEmpty) null else carriers.capture()
        val plain = options == null && run == null && observer == null && carried == null
        if (plain) return EnginePublication(passed, core, Origin.PUBLISHED)
        val extra = PublicationExtra(options, run)
        extra.carried = carried
        if (run != null) extra.lineage = lineage(run)
        val publication = EnginePublication(passed, core, Origin.PUBLISHED, extra)
        if (observer != null) extra.following = Following(observer, publication)
        return publication
    }

    private fun check(event: Event, observer: PublicationInfo.Observer?): Event {
        var passed = event
        try {
            if (observer != null) passed = observer.beforePublish(event)
            if (!validators.isEmpty) validators.check(passed)
        } catch (refusal: ValidationException) {
            core.reports.refused(passed, refusal, observer)
            throw refusal
        }
        return passed
    }

    /** Lets the validators look at an event that they have refused before. */
    fun check(event: Event): Unit = validators.check(event)

    private fun lineage(run: HandlerRun) = Lineage.next(
        run.publication.extra?.lineage,
        run.sequence,
        run.subscription(),
        run.publication.event().topic(),
        run.publication.event().id(),
        settings.generationLimit,
    )

    /** As publish, for plugins, which wait for nothing. */
    fun publishForPlugin(event: Event) {
        publish(event, PublishOptions.defaults())
    }

    /** Publishes an event if there is room; [findable] is called when it can be found. */
    fun publishIfRoom(event: Event, findable: () -> Unit): Publication? =
        tryPublish(event, PublishOptions.defaults())?.also { findable() }

    /** Blocks until there may be room. */
    fun awaitRoom() {
        core.pool.blockingWait { parkForRoom() }
        admission.giveBack()
    }

    /** Publishes an event of the bus's own: whatever room there is, and while it drains. */
    fun publishOwn(event: Event) {
        if (core.life.closed) return
        val filled = event.published(core.name, null, null)
        val publication = EnginePublication(filled, core, Origin.PUBLISHED)
        core.reports.follow(filled, Origin.PUBLISHED)?.let {
            publication.extra().following = Following(it, publication)
        }
        admission.acquireAnyway()
        publication.admitted = true
        queue(publication, store = true)
    }

    private fun note(run: HandlerRun?, publication: EnginePublication) {
        run?.addPublished(publication.event())
    }

    // ---- letting in

    /** Whether the event is noise, or was accepted before: then it completes with the first one (PUB-4). */
    private fun endsAtOnce(publication: EnginePublication): Boolean {
        if (core.noise?.silences(publication) == true) {
            publication.complete(
                Outcome.SUPPRESSED,
                "More than ${settings.noiseThreshold} events of source '${publication.event().source()}' and topic " +
                    "'${publication.event().topic()}' came within ${Limits.text(settings.noiseWindow!!)}.",
            )
            return true
        }
        val first = window?.reserve(publication) ?: return false
        val reason = "An event with source '${publication.event().source()}' and id " +
            "'${publication.event().id()}' was accepted before."
        publication.extra().first = first
        first.onCompleted { publication.complete(Outcome.DUPLICATE, reason) }
        return true
    }

    private enum class Admitted { YES, NO, FULL }

    /** Takes a place for the event if there is room or the policy does not wait for it. */
    private fun admit(publication: EnginePublication): Admitted {
        if (core.onBehalfOfHandler()) {
            admission.acquireAnyway()
        } else if (!admission.tryAcquire()) {
            when (settings.overflow) {
                Overflow.SUSPEND -> return Admitted.FULL
                Overflow.DROP_LATEST -> return Admitted.NO.also { drop(publication) }
                Overflow.DROP_OLDEST -> if (!makeRoom()) return Admitted.FULL
                Overflow.FAIL -> refuse(publication)
            }
        }
        publication.admitted = true
        return Admitted.YES
    }

    private fun refuse(publication: EnginePublication): Nothing {
        window?.release(publication)
        throw full("Bus '${core.name}' is full: ${admission.pending} events wait and Overflow.FAIL is set.")
    }

    private fun drop(publication: EnginePublication) {
        publication.complete(
            Outcome.DROPPED,
            "Bus '${core.name}' was full: ${settings.pendingLimit} events waited.",
        )
    }

    /** False if all that waits is on its way to durable subscriptions, which are to miss nothing. */
    private fun makeRoom(): Boolean {
        val reason = "Bus '${core.name}' was full: ${settings.pendingLimit} events waited, and this one longest."
        var tries = 0
        while (!admission.tryAcquire()) {
            if (core.lanes.dropOldest(core, reason)) continue
            // An event that has its place may not be in its lane yet.
            if (tries++ == SPINS) return false
            Thread.onSpinWait()
        }
        return true
    }

    private fun waitForRoom(publication: EnginePublication) {
        try {
            core.pool.blockingWait { parkForRoom() }
            publication.admitted = true
        } catch (e: Throwable) {
            window?.release(publication)
            throw e
        }
    }

    /** Blocks until there is room; false if it [stopped] before, which whoever says so unparks this thread for. */
    fun parkForRoom(stopped: () -> Boolean = { false }): Boolean {
        val thread = Thread.currentThread()
        val waiter = Runnable { LockSupport.unpark(thread) }
        while (true) {
            admission.addWaiter(waiter)
            try {
                if (admission.tryAcquire()) return true
                core.life.check(onBehalf = false)
                if (stopped()) return false
                LockSupport.park(this)
                if (Thread.interrupted()) {
                    thread.interrupt()
                    throw full(
                        "Publishing to bus '${core.name}' was interrupted while ${admission.pending} events waited.",
                    )
                }
            } finally {
                admission.removeWaiter(waiter)
            }
        }
    }

    private fun takeIn(publication: EnginePublication, taken: CompletableFuture<Publication>) {
        if (admit(publication) == Admitted.FULL) return admitLater(publication, taken)
        taken.complete(if (publication.completed) publication else submit(publication))
    }

    private fun admitLater(publication: EnginePublication, taken: CompletableFuture<Publication>) {
        admission.addWaiter { core.pool.execute { tryLater(publication, taken) } }
        // Room may have come between the refusal and the waiting.
        if (admission.pending < admission.limit || core.life.closed) admission.wakeWaiters()
    }

    private fun tryLater(publication: EnginePublication, taken: CompletableFuture<Publication>) {
        if (taken.isDone) {
            // Its caller has cancelled it: the place it was woken for is another's.
            window?.release(publication)
            return admission.wakeWaiters()
        }
        try {
            core.life.check(onBehalf = false)
            if (!admission.tryAcquire()) return admitLater(publication, taken)
            publication.admitted = true
            taken.complete(submit(publication))
        } catch (e: Throwable) {
            window?.release(publication)
            taken.completeExceptionally(e)
        }
    }

    private fun full(message: String) = BackpressureException(message, admission.pending, admission.limit.toLong())

    // ---- on to the lane

    /** Hands an admitted event on to store and lane. */
    private fun submit(publication: EnginePublication, store: Boolean = true): Publication {
        try {
            core.life.check(core.onBehalfOfHandler())
            queue(publication, store)
            // A handler's task that outlived its event may come after the last look at the queues.
            if (core.life.closed) core.lanes.cancelQueued(core)
            return publication
        } catch (e: Throwable) {
            giveUp(publication)
            throw e
        }
    }

    // Offered before it is handled; and again, for whoever has begun to look in between.
    private fun queue(publication: EnginePublication, store: Boolean) {
        val lane = core.lanes.of(publication)
        // A retried dead letter was stored when it was published.
        if (core.gate == null || !store || publication.origin == Origin.REDELIVERED) {
            queue(publication, lane)
        } else {
            publication.extra?.lineage?.let { core.lineages.remember(publication.event().id(), it) }
            core.gate.append(publication) { queue(it, lane) }
        }
    }

    private fun queue(publication: EnginePublication, lane: Lane) {
        core.reports.pending(publication)
        // What a durable subscription gets is no news to whoever looks for some.
        val isNews = publication.origin != Origin.DURABLE
        if (isNews) core.past.offer(publication)
        lane.add(publication)
        if (isNews) core.past.offer(publication)
    }

    private fun giveUp(publication: EnginePublication) {
        window?.release(publication)
        if (publication.admitted) {
            publication.admitted = false
            admission.giveBack()
        }
    }

    private fun runInstead(publication: EnginePublication): Boolean {
        try {
            core.life.check(core.onBehalfOfHandler())
        } catch (e: Throwable) {
            giveUp(publication)
            throw e
        }
        val lane = core.lanes.of(publication)
        return lane.runInstead(publication) {
            core.reports.pending(publication)
            core.past.offer(publication)
        }
    }

    // ---- on this thread

    private fun isDirect(publication: EnginePublication): Boolean =
        (publication.options?.dispatch() ?: settings.dispatch) == Dispatch.DIRECT

    /** Runs the handlers on this thread, in the event's turn (ORD-9); in a handler at once (NST-2). */
    private fun runDirect(publication: EnginePublication): Publication {
        if (Current.get() != null) {
            submit(publication)
            Waits.joinUninterruptibly(publication)
            return publication
        }
        if (core.gate == null && runInstead(publication)) {
            if (!publication.completed) Waits.joinUninterruptibly(publication)
            return publication
        }
        val turn = DirectTurn()
        publication.extra().turn = turn
        submit(publication)
        if (turn.await(publication)) publication.lane?.runHere(publication)
        if (!publication.completed) Waits.joinUninterruptibly(publication)
        return publication
    }

    private companion object {
        // So often making room is tried while nothing can be dropped.
        const val SPINS = 1_000
    }
}

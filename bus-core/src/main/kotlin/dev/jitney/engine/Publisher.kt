// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.DeliveryEndedException
import dev.jitney.Overflow
import dev.jitney.Publication
import dev.jitney.PublishOptions
import dev.jitney.event.Event
import dev.jitney.event.Outcome
import java.time.Duration
import java.util.concurrent.CompletionStage
import java.util.function.Consumer

/** The way of an event from its publisher until it is let in, and is [submitted][Submitting]: completed, checked, counted (PUB). */
internal class Publisher(private val core: EngineCore) {
    private val settings = core.settings
    private val admission = core.admission
    private val window = core.window
    val preparing: Preparing = Preparing(core)
    private val entrance = Entrance(core)
    private val submitting = Submitting(core)

    // ---- in several ways

    fun publish(topic: String, payload: Any?): Publication {
        val run = caller()
        val begun = begun()
        return take(preparing.prepare(topic, payload, run), begun)
    }

    fun publish(event: Event, options: PublishOptions): Publication {
        val run = caller()
        val begun = begun()
        return take(preparing.prepare(event, options, run), begun)
    }

    /** Takes a prepared event in and hands it on; [waits] for room, and for handlers on this thread, if it has to. */
    private fun take(
        publication: EnginePublication,
        begun: Long,
        awaited: Boolean = false,
        waits: Boolean = true,
        hand: ((EnginePublication) -> Unit)? = null,
    ): Publication {
        val following = publication.extra?.following
        orRefuse(publication, following) {
            val ran =
                endsAtOnce(publication) || submitting.ranDirect(publication) ||
                    (awaited && submitting.ranAwaited(publication, CallerWaits.FOR_SOME_TIME))
            if (!ran && admitted(publication) { enter(publication, waits) }) {
                when {
                    hand != null -> hand(publication)
                    submitting.isDirect(publication) -> submitting.runDirect(publication)
                    awaited -> submitting.submitAwaitedLater(publication)
                    else -> submitting.submit(publication)
                }
            }
        }
        core.reports.published(publication, following, begun)
        return publication
    }

    /**
     * Returns null, as if it had not been called, if there is no room now and the policy is to wait for it.
     * [findable] runs when the event can be found. Who has [awaited] it may run it. What is not over at once goes to [hand].
     */
    fun tryPublish(
        event: Event,
        options: PublishOptions,
        findable: Runnable? = null,
        awaited: Boolean = false,
        hand: ((EnginePublication) -> Unit)? = null,
    ): Publication? {
        val run = caller()
        val begun = begun()
        // The place comes first: interceptors are not to see an event that then is not published.
        val waits = settings.overflow == Overflow.SUSPEND || settings.overflow == Overflow.DROP_OLDEST
        val wanted = waits && !core.onBehalfOfHandler()
        val placed = wanted && admission.tryAcquire()
        // Room is not made before it is known that the event is let in: it may be a duplicate.
        if (wanted && !placed && (settings.overflow == Overflow.SUSPEND || !entrance.canMakeRoom())) return null
        val publication = try {
            preparing.prepare(event, options, run)
        } catch (e: Throwable) {
            if (placed) admission.giveBack()
            throw e
        }
        publication.admitted = placed
        if (findable != null) publication.extra().more().findable = findable
        return take(publication, begun, awaited && run == null, waits = false, hand)
    }

    fun publishAsync(event: Event, options: PublishOptions): CompletionStage<Publication> {
        val taken = Acceptance()
        try {
            val run = caller()
            val begun = begun()
            val publication = preparing.prepare(event, options, run)
            val following = publication.extra?.following
            orRefuse(publication, following) {
                if (endsAtOnce(publication)) {
                    core.reports.published(publication, following, begun)
                    taken.complete(publication)
                } else {
                    takeIn(publication, taken) { core.reports.published(it, following, begun) }
                }
            }
        } catch (e: Throwable) {
            taken.completeExceptionally(e)
        }
        return taken
    }

    fun publishAndJoin(event: Event, options: PublishOptions, limit: Duration): Publication {
        Waits.check(limit)
        val run = caller()
        val begun = begun()
        return takeAndJoin(preparing.prepare(event, options, run), run, begun, limit)
    }

    fun publishAndJoin(topic: String, payload: Any?, limit: Duration): Publication {
        Waits.check(limit)
        val run = caller()
        val begun = begun()
        return takeAndJoin(preparing.prepare(topic, payload, run), run, begun, limit)
    }

    private fun takeAndJoin(
        publication: EnginePublication,
        run: HandlerRun?,
        begun: Long,
        limit: Duration,
    ): Publication {
        val following = publication.extra?.following
        var ahead = false
        var left = limit
        var waits = true
        orRefuse(publication, following) {
            // With a limit it may have to end before its turn has come.
            val direct = limit.isZero && submitting.isDirect(publication)
            val ran =
                endsAtOnce(publication) || (run == null && submitting.ranAwaited(publication, CallerWaits.of(limit)))
            if (!ran && admitted(publication) { left = entrance.waitForRoom(publication, limit) }) {
                ahead = run != null && !direct
                if (direct) {
                    submitting.runDirect(publication)
                } else if (!ahead) {
                    submitting.submitAwaited(publication, left).let { if (it == null) waits = false else left = it }
                }
            }
        }
        if (ahead) {
            val rest = left
            Waits.joinNew(publication, rest) { here ->
                orRefuse(publication, following) { submitting.submitAhead(publication, here, rest) }
                core.reports.published(publication, following, begun)
            }
        } else {
            core.reports.published(publication, following, begun)
            if (!publication.completed && waits) publication.join(left)
        }
        return publication
    }

    /** As [tryPublish], followed by a wait for the event, of which the handler that asks may be part (NST-2). */
    fun tryPublishThen(event: Event, options: PublishOptions, goOn: Consumer<in Publication>): Publication.Waiting? {
        var waiting: Publication.Waiting? = null
        val ahead = { publication: EnginePublication ->
            waiting = Waits.awaitNewThen(publication, { goOn.accept(publication) }) { here ->
                submitting.submitAhead(publication, here)
            }
        }
        val hand = if (Current.isSet && !submitting.isDirect(options)) ahead else null
        val publication = tryPublish(event, options, awaited = true, hand = hand) ?: return null
        return waiting ?: publication.awaitThen { goOn.accept(publication) }
    }

    /** Takes in an event that is not published here for the first time: forwarded or delivered again. */
    fun accept(publication: EnginePublication, store: Boolean): CompletionStage<Publication> {
        val taken = Acceptance()
        try {
            core.life.check(core.onBehalfOfHandler())
            if (publication.extra?.following == null) core.reports.follow(publication)
            publication.stores = store
            takeIn(publication, taken) {}
        } catch (e: Throwable) {
            giveUp(publication, e)
            taken.completeExceptionally(e)
        }
        return taken
    }

    /**
     * Takes in an event of another bus as [by] hands it over, or sees that there is nothing to take in. False, and
     * nothing has happened, where that would take waiting or somebody's code: carriers, interceptors, a bus that closes.
     */
    fun forwardHere(source: EnginePublication, place: Execution?, by: ForwardInvoker): Boolean {
        if (!core.life.open || !core.context.isEmpty || core.reports.isObserved) return false
        if (place != null && submitting.forwardInPlace(source, place, by)) return true
        if (!admission.tryAcquire()) return false
        val publication = by.next(source) ?: return true.also { admission.giveBack() }
        publication.admitted = true
        try {
            submitting.submit(publication)
        } catch (e: Throwable) {
            giveUp(publication, e)
            by.refused(publication, e)
            throw e
        }
        by.hurry(source, publication)
        return true
    }

    /**
     * As [accept], but blocks until there is room, whatever the bus says of overflow; false if it [stopped] before.
     * Nothing is stored.
     */
    fun acceptBlocking(publication: EnginePublication, stopped: () -> Boolean = { false }): Boolean {
        if (!entrance.parkForRoom(stopped = stopped)) return false
        publication.admitted = true
        publication.stores = false
        try {
            core.life.check(onBehalf = false)
            core.reports.follow(publication)
            submitting.submit(publication)
        } catch (e: Throwable) {
            giveUp(publication, e)
            publication.complete(Outcome.REJECTED, e.message, e)
            throw e
        }
        return true
    }

    /**
     * Gives back what the event has taken so far, and says that it is refused, when [block] throws. One that was ended
     * before, with the handler that waits for it, is not refused: it is cancelled (TMO-4), and its publisher gets it back.
     */
    private inline fun orRefuse(publication: EnginePublication, following: Following?, block: () -> Unit) {
        try {
            block()
        } catch (e: Throwable) {
            refuse(publication, following, e)
        }
    }

    private fun refuse(publication: EnginePublication, following: Following?, why: Throwable) {
        if (!publication.claim() && publication.stop != null) return
        giveUp(publication, why)
        if (publication.origin == Origin.PUBLISHED) {
            core.reports.refused(publication.event(), publication.options, why, following?.observer)
        }
        throw why
    }

    private fun begun(): Long = if (core.meters == null) 0 else core.timers.nanoTime()

    private fun caller(): HandlerRun? {
        val run = Current.get()
        submitting.checkLife()
        if (run != null && run.isCut) throw ended(run)
        return run
    }

    private fun ended(run: HandlerRun) = DeliveryEndedException(
        "Handler '${run.subscription()}' cannot publish any more: its delivery of event " +
            "'${run.publication.event().id()}' has ended as ${run.cutState()}.",
    )

    /** As publish, for plugins, which wait for nothing. */
    fun publishForPlugin(event: Event) {
        publish(event, PublishOptions.defaults())
    }

    /** Blocks until there may be room. */
    fun awaitRoom() {
        core.pool.blockingWait { entrance.parkForRoom() }
        admission.giveBack()
    }

    /**
     * Publishes an event of the bus's own, about what the handler of [about] did: whatever room there is,
     * and while it drains. Never throws, since what it tells of must go on (ERR-6).
     */
    fun publishOwn(event: Event, about: HandlerRun?) {
        if (core.life.closed) return
        val publication = EnginePublication(event.published(core.name, null, null), core, Origin.PUBLISHED)
        try {
            core.reports.follow(publication)
            if (about != null) publication.extra().lineage = preparing.lineage(about)
            val following = publication.extra?.following
            admission.acquireAnyway()
            publication.admitted = true
            orRefuse(publication, following) { submitting.queue(publication) }
            core.reports.published(publication, following, begun())
        } catch (e: Exception) {
            core.plugins.log().say(
                "events of the bus's own",
                "Bus '${core.name}' could not publish '${event.topic()}': ${said(e).removeSuffix(".")}.",
                e,
            )
        }
    }

    // ---- letting in

    /** Whether the event is noise, or was accepted before: then it completes with the first one (PUB-4). */
    private fun endsAtOnce(publication: EnginePublication): Boolean {
        if (core.noise?.silences(publication) == true) {
            entrance.leave(publication)
            publication.complete(
                Outcome.SUPPRESSED,
                "More than ${settings.noiseThreshold} events of source '${publication.event().source()}' and topic " +
                    "'${publication.event().topic()}' came within ${Limits.text(settings.noiseWindow!!)}.",
            )
            return true
        }
        val taken = window?.reserve(publication) ?: return false
        entrance.leave(publication)
        val reason = "An event with source '${publication.event().source()}' and id " +
            "'${publication.event().id()}' was accepted before."
        val first = taken.by
        if (first == null) {
            publication.complete(Outcome.DUPLICATE, reason)
        } else {
            publication.extra().more().first = first
            first.onCompleted { endWith(first, publication, reason) }
        }
        return true
    }

    /** An event that was lost or refused is no reason to call another one its duplicate (PUB-2). */
    private fun endWith(first: EnginePublication, publication: EnginePublication, reason: String) {
        val outcome = first.outcome()!!
        when (outcome) {
            Outcome.DROPPED, Outcome.REJECTED, Outcome.CANCELLED ->
                publication.complete(outcome, first.reason(), first.cause())

            else -> publication.complete(Outcome.DUPLICATE, reason)
        }
    }

    private fun enter(publication: EnginePublication, waits: Boolean) {
        if (waits) entrance.waitForRoom(publication) else entrance.enterAnyway(publication)
    }

    /** Takes a place for the event, by [full] where there is none; false if it was dropped instead. */
    private inline fun admitted(publication: EnginePublication, full: () -> Unit): Boolean {
        if (!publication.admitted && entrance.admit(publication) == Admitted.FULL) full()
        if (publication.completed) return false
        submitting.note(publication)
        return true
    }

    private fun takeIn(publication: EnginePublication, taken: Acceptance, onTaken: (EnginePublication) -> Unit) {
        if (entrance.admit(publication) == Admitted.FULL) return takeInLater(publication, taken, onTaken)
        if (!publication.completed) {
            submitting.note(publication)
            submitting.submit(publication)
        }
        onTaken(publication)
        taken.complete(publication)
    }

    private fun takeInLater(publication: EnginePublication, taken: Acceptance, onTaken: (EnginePublication) -> Unit) {
        val following = publication.extra?.following
        entrance.admitLater(publication, taken) { refusal ->
            try {
                orRefuse(publication, following) {
                    if (refusal != null) throw refusal
                    submitting.note(publication)
                    submitting.submit(publication)
                }
                onTaken(publication)
                taken.complete(publication)
            } catch (e: Throwable) {
                taken.completeExceptionally(e)
            }
        }
    }

    /** The event is not taken in after all: its key is free again, and so is its place. */
    private fun giveUp(publication: EnginePublication, why: Throwable) {
        window?.release(publication)
        entrance.leave(publication)
        // Of others those tell who have asked for them.
        if (publication.origin == Origin.PUBLISHED) publication.refuse(why.message ?: why.javaClass.name, why)
    }
}

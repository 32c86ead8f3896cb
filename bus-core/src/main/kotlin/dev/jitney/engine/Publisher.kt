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
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage
import java.util.concurrent.locks.LockSupport

/** The way of an event from its publisher to its lane: completed, checked, let in, stored, queued (PUB). */
internal class Publisher(private val core: EngineCore) {
    private val settings = core.settings
    private val admission = core.admission
    private val window = core.window

    // ---- in several ways

    fun publish(topic: String, payload: Any?): Publication {
        val run = caller()
        val cause = run?.publication?.event()
        val correlation = CorrelationContext.current() ?: cause?.correlationId()
        val event = Event.published(core.eventClock, topic, payload, core.name, correlation, cause?.id())
        return publish(publicationOf(event, null, run), run)
    }

    fun publish(event: Event, options: PublishOptions): Publication {
        val run = caller()
        return publish(prepare(event, options, run), run)
    }

    private fun publish(publication: EnginePublication, run: HandlerRun?): Publication {
        if (isDuplicate(publication)) return publication
        if (admit(publication) == Admitted.FULL) waitForRoom(publication)
        if (publication.completed) return publication
        note(run, publication)
        if (isDirect(publication)) return runDirect(publication)
        return submit(publication)
    }

    fun tryPublish(event: Event, options: PublishOptions): Publication? {
        val run = caller()
        val publication = prepare(event, options, run)
        if (isDuplicate(publication)) return publication
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
            if (isDuplicate(publication)) {
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
        if (isDuplicate(publication)) {
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

    /** As [accept], but blocks until there is room, whatever the bus says of overflow. */
    fun acceptBlocking(publication: EnginePublication) {
        parkForRoom()
        publication.admitted = true
        submit(publication, store = false)
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
        val correlation = CorrelationContext.current() ?: cause?.correlationId()
        val filled = event.published(core.name, correlation, cause?.id())
        return publicationOf(filled, options.takeUnless { it === PublishOptions.defaults() }, run)
    }

    private fun publicationOf(event: Event, options: PublishOptions?, run: HandlerRun?): EnginePublication {
        if (options == null && run == null) return EnginePublication(event, core, Origin.PUBLISHED)
        val extra = PublicationExtra(options, run)
        if (run != null) extra.lineage = lineage(event, run)
        return EnginePublication(event, core, Origin.PUBLISHED, extra)
    }

    private fun lineage(event: Event, run: HandlerRun) = Lineage.next(
        run.publication.extra?.lineage,
        run.sequence,
        run.subscription(),
        event.topic(),
        event.id(),
        settings.generationLimit,
    )

    private fun note(run: HandlerRun?, publication: EnginePublication) {
        run?.addPublished(publication.event())
    }

    // ---- letting in

    /** Whether the event was accepted before; its publication then completes with the first one's (PUB-4). */
    private fun isDuplicate(publication: EnginePublication): Boolean {
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
                Overflow.DROP_OLDEST -> makeRoom()
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

    private fun makeRoom() {
        val reason = "Bus '${core.name}' was full: ${settings.pendingLimit} events waited, and this one longest."
        while (!admission.tryAcquire()) {
            if (!core.lanes.dropOldest(core, reason)) Thread.onSpinWait()
        }
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

    fun parkForRoom() {
        val thread = Thread.currentThread()
        val waiter = Runnable { LockSupport.unpark(thread) }
        while (true) {
            admission.addWaiter(waiter)
            try {
                if (admission.tryAcquire()) return
                core.life.check(onBehalf = false)
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
            val lane = core.lanes.of(publication)
            if (core.gate == null || !store) lane.add(publication) else core.gate.append(publication, lane::add)
            // A handler's task that outlived its event may come after the last look at the queues.
            if (core.life.closed) core.lanes.cancelQueued(core)
            return publication
        } catch (e: Throwable) {
            giveUp(publication)
            throw e
        }
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
        return core.lanes.of(publication).runInstead(publication)
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
}

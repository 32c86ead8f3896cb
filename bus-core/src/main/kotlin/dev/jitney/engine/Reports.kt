// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.PublishOptions
import dev.jitney.engine.plugin.Interceptors
import dev.jitney.engine.plugin.OneLine
import dev.jitney.event.DeadLetter
import dev.jitney.event.DeliveryState
import dev.jitney.event.Event
import dev.jitney.event.Outcome
import dev.jitney.spi.BusMetric
import dev.jitney.spi.DeliveryInfo
import dev.jitney.spi.PublicationInfo
import java.time.Duration

/**
 * Tells everyone who wants to know what happens to events and handlers: the log, the counters, the
 * metrics backend, the interceptors, the dead letters and the bus itself.
 */
internal class Reports(
    private val bus: String,
    private val topics: KnownTopics,
    private val interceptors: Interceptors,
    private val meters: Meters?,
    private val letters: DeadLettering,
    private val system: SystemEvents,
    private val masking: Masking,
    private val timers: Timers,
) {
    private val hooks = interceptors.hooks()

    /** Whether there are interceptors. */
    val isObserved: Boolean get() = !interceptors.isEmpty

    // ---- events

    /** Returns who follows an event from now on, or null for nobody. */
    fun observer(event: Event, origin: Origin): PublicationInfo.Observer? =
        if (interceptors.isEmpty) null else interceptors.observe(event, origin.shown)

    /** Lets interceptors follow an event that they do not look at before. */
    fun follow(publication: EnginePublication) {
        val observer = observer(publication.event(), publication.origin) ?: return
        publication.extra().following = Following(observer, publication)
    }

    /** Lets who follows an event change it, or refuse it by an exception. */
    fun beforePublish(observer: PublicationInfo.Observer, event: Event): Event = hooks.beforePublish(observer, event)

    /** `publish` throws. */
    fun refused(event: Event, options: PublishOptions?, error: Throwable, observer: PublicationInfo.Observer?) {
        meters?.add(BusMetric.REFUSED, event.topic())
        letters.ofRefusal(event, error, options)?.let { lettered(it, observer) }
        if (observer != null) refused(event, error, observer)
    }

    /** Tells who follows an event that is not taken in, and nobody else. */
    fun refused(event: Event, error: Throwable, observer: PublicationInfo.Observer) {
        hooks.refused(observer, event, error)
    }

    /** There is room for the event; its store, if any, is next. */
    fun pending(publication: EnginePublication) {
        val following = publication.extra?.following ?: return
        hooks.pending(following.observer, following)
        following.isEntering = false
    }

    /** The event is accepted. */
    fun accepted(publication: EnginePublication) {
        if (publication.origin != Origin.PUBLISHED) return
        publication.topic.count(Tally.PUBLISHED)
        meters?.add(BusMetric.PUBLISHED, publication.topic.name)
    }

    /** `publish` returns; the event may have ended by now. */
    fun published(publication: EnginePublication, following: Following?, begun: Long) {
        meters?.add(BusMetric.PUBLISH_LATENCY, "", maxOf(0, timers.nanoTime() - begun))
        if (following != null) hooks.published(following.observer, following)
    }

    /** Who handles the event is decided. */
    fun started(publication: EnginePublication) {
        val following = publication.extra?.following ?: return
        val observer = following.observer
        hooks.started(observer, following)
        val handlers = publication.handlers!!
        if (handlers.size == 1) {
            val only = following(publication, handlers[0], observer)
            following.starts(only)
            pending(only)
        } else {
            val all = Array(handlers.size) { following(publication, handlers[it], observer) }
            following.starts(all)
            for (delivery in all) pending(delivery)
        }
    }

    private fun following(
        publication: EnginePublication,
        subscription: EngineSubscription,
        observer: PublicationInfo.Observer,
    ): DeliveryFollowing? {
        if (subscription.invoker.hidden) return null
        val delivery = DeliveryFollowing(publication, subscription)
        delivery.observer = hooks.observe(observer, delivery)
        return delivery
    }

    private fun pending(delivery: DeliveryFollowing?) {
        delivery?.observer?.let { hooks.handlerPending(it, delivery) }
    }

    fun completed(publication: EnginePublication) {
        publication.extra?.following?.let { hooks.completed(it.observer, it) }
    }

    /** Counts an event that is about to be completed. */
    fun count(publication: EnginePublication, outcome: Outcome) {
        val topic = publication.topic
        if (outcome == Outcome.NO_HANDLER && publication.owner.handledDurably(publication)) return
        when (outcome) {
            Outcome.HANDLED -> topic.count(Tally.HANDLED)
            Outcome.HANDLED_WITH_FAILURES, Outcome.TIMED_OUT -> topic.count(Tally.FAILED)
            Outcome.DROPPED -> dropped(publication)
            Outcome.SUPPRESSED -> topic.count(Tally.SUPPRESSED)
            else -> Unit
        }
        meters?.add(metricOf(outcome), topic.name)
    }

    private fun dropped(publication: EnginePublication) {
        publication.topic.count(Tally.DROPPED)
        letters.ofDrop(publication)?.let { lettered(it, publication.extra?.following?.observer) }
    }

    /** All handlers of an event have ended; its outcome is next. */
    fun handlersEnded(publication: EnginePublication) {
        letters.ofAll(publication)?.let { lettered(it, publication.extra?.following?.observer) }
    }

    // ---- handlers

    /** An attempt begins, on the thread that begins it. */
    fun attempt(publication: EnginePublication, run: HandlerRun, at: Int) {
        val delivery = followingOf(publication, at) ?: return
        delivery.attempts(run)
        run.following = delivery
        val observer = delivery.observer ?: return
        if (run.attempts() == 1) hooks.handlerStarted(observer, delivery)
        hooks.attemptStarted(observer, delivery)
    }

    /** Makes this thread part of the attempt, for interceptors; give what is returned to [leave]. */
    fun enter(run: HandlerRun): AutoCloseable? {
        val delivery = run.following ?: return null
        return delivery.observer?.let { hooks.enter(it, delivery) }
    }

    fun leave(entered: AutoCloseable?) {
        if (entered != null) hooks.leave(entered)
    }

    /** Runs the block as part of the attempt, as [enter] says. */
    inline fun <T> within(run: HandlerRun, block: () -> T): T {
        val entered = enter(run)
        try {
            return block()
        } finally {
            leave(entered)
        }
    }

    fun retry(
        publication: EnginePublication,
        subscription: EngineSubscription,
        run: HandlerRun,
        error: Throwable,
        delay: Duration,
        nanos: Long,
    ) {
        meters?.add(BusMetric.RETRIES, subscription.name())
        meters?.add(BusMetric.HANDLER_LATENCY, subscription.name(), nanos)
        val delivery = run.following
        if (delivery != null) {
            delivery.failed(error)
            delivery.observer?.let {
                hooks.attemptEnded(it, delivery)
                hooks.retryScheduled(it, delivery, delay)
            }
        }
        if (!engineLog.isDebugEnabled) return
        logged(masking.shown(error)) {
            engineLog.debug(
                "Handler '{}' of bus '{}' failed on event {} in attempt {} and is tried again in {}",
                subscription.name(),
                bus,
                OneLine.of(publication.event().id()),
                run.attempts(),
                Limits.text(delay),
                it,
            )
        }
    }

    /** A handler has ended for good, after its last attempt took so long. */
    fun ended(publication: EnginePublication, subscription: EngineSubscription, at: Int, run: HandlerRun, nanos: Long) {
        if (!run.shown) return
        meters?.let { measure(it, subscription, run, nanos) }
        val delivery = run.following ?: followingOf(publication, at)
        // The attempt may be beginning just now, on a thread that is left behind.
        delivery?.attempts(run)
        // One that may not be called has no attempt.
        val observer = delivery?.observer
        if (observer != null && run.following != null) hooks.attemptEnded(observer, delivery)
        val error = run.error()
        if (error != null &&
            run.state() != DeliveryState.CANCELLED
        ) {
            failed(publication, subscription, delivery, run, error)
        }
        if (observer != null) hooks.handlerCompleted(observer, delivery)
    }

    private fun followingOf(publication: EnginePublication, at: Int): DeliveryFollowing? =
        publication.extra?.following?.deliveryAt(at)

    private fun measure(meters: Meters, subscription: EngineSubscription, run: HandlerRun, nanos: Long) {
        meters.add(BusMetric.HANDLER_LATENCY, subscription.name(), nanos)
        when (run.state()) {
            DeliveryState.COMPLETED -> meters.add(BusMetric.HANDLER_COMPLETED, subscription.name())
            DeliveryState.TIMED_OUT -> meters.add(BusMetric.HANDLER_TIMED_OUT, subscription.name())
            DeliveryState.FAILED -> meters.add(BusMetric.HANDLER_FAILED, subscription.name())
            else -> Unit
        }
    }

    private fun failed(
        publication: EnginePublication,
        subscription: EngineSubscription,
        delivery: DeliveryFollowing?,
        run: HandlerRun,
        error: Throwable,
    ) {
        logged(masking.shown(error)) {
            engineLog.warn(
                "Handler '{}' of bus '{}' failed on event {} ({})",
                subscription.name(),
                bus,
                OneLine.of(publication.event().id()),
                publication.event().topic(),
                it,
            )
        }
        letters.ofFailure(publication, subscription, run, error)?.let { lettered(it, delivery?.observer) }
        system.handlerError(publication.event(), subscription, run, error)
    }

    /** A stored line could not be decoded (DSU-4). */
    fun undecodable(letter: DeadLetter.Builder) {
        lettered(letters.ofLine(letter), null)
    }

    private fun lettered(letter: DeadLetter, observer: DeliveryInfo.Observer?) {
        topics.of(letter.event().topic()).count(Tally.DEAD_LETTER)
        meters?.add(BusMetric.DEAD_LETTERS, letter.reason().name)
        if (observer != null) hooks.deadLettered(observer, letter)
    }

    /** A handler was cancelled before it began, or between two attempts. */
    fun cancelled(publication: EnginePublication, run: HandlerRun, at: Int) {
        if (!run.shown) return
        val delivery = followingOf(publication, at) ?: return
        delivery.attempts(run)
        delivery.observer?.let { hooks.handlerCompleted(it, delivery) }
    }

    fun slowHandler(publication: EnginePublication, handler: String, following: DeliveryFollowing?) {
        meters?.add(BusMetric.SLOW_HANDLERS, handler)
        following?.observer?.let { hooks.slow(it, following) }
        engineLog.warn(
            "Handler '{}' of bus '{}' is slow on event {} ({}): it has taken longer than its slow threshold",
            handler,
            bus,
            OneLine.of(publication.event().id()),
            publication.event().topic(),
        )
    }

    fun slowEvent(publication: EnginePublication, nanos: Long) {
        engineLog.warn(
            "Bus '{}' is slow on event {} ({}): its handlers have taken {} so far",
            bus,
            OneLine.of(publication.event().id()),
            publication.event().topic(),
            Limits.text(nanos),
        )
    }

    fun abandoned(run: HandlerRun) {
        meters?.add(BusMetric.ABANDONED, run.subscription())
    }

    private fun metricOf(outcome: Outcome) = when (outcome) {
        Outcome.HANDLED -> BusMetric.HANDLED
        Outcome.HANDLED_WITH_FAILURES -> BusMetric.FAILED
        Outcome.NO_HANDLER -> BusMetric.UNHANDLED
        Outcome.DUPLICATE -> BusMetric.DUPLICATES
        Outcome.SUPPRESSED -> BusMetric.SUPPRESSED
        Outcome.DROPPED -> BusMetric.DROPPED
        Outcome.REJECTED -> BusMetric.REJECTED
        Outcome.TIMED_OUT -> BusMetric.TIMED_OUT
        Outcome.CANCELLED -> BusMetric.CANCELLED
    }
}

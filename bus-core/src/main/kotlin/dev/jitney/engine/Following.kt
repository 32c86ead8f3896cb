// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.DeliveryState
import dev.jitney.event.Event
import dev.jitney.event.Outcome
import dev.jitney.event.TopicPattern
import dev.jitney.spi.DeliveryInfo
import dev.jitney.spi.PublicationInfo
import java.time.Instant
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater

/** One event as interceptors see it, and the one who follows it; there only while there are interceptors. */
internal class Following(
    val observer: PublicationInfo.Observer,
    private val publication: EnginePublication,
) : PublicationInfo {
    /** Whether interceptors are yet to learn that the event was taken in: they learn of its end after that. */
    @Volatile
    var isEntering: Boolean = true

    // The delivery itself where there can be one only, else an array of them.
    private var deliveries: Any? = null

    /** Says who is to follow the deliveries, in the order of the handlers; null where nobody may. */
    fun starts(all: Array<DeliveryFollowing?>) {
        deliveries = all
    }

    /** As [starts], for the only handler. */
    fun starts(only: DeliveryFollowing?) {
        deliveries = only
    }

    fun deliveryAt(at: Int): DeliveryFollowing? {
        val all = deliveries
        return if (all is Array<*>) all[at] as DeliveryFollowing? else all as DeliveryFollowing?
    }

    override fun bus(): String = publication.owner.name

    override fun event(): Event = publication.event()

    override fun origin(): PublicationInfo.Origin = publication.origin.shown

    override fun outcome(): Outcome? = publication.outcome()

    override fun reason(): String = publication.reason()

    override fun cause(): Throwable? = publication.cause()

    override fun lane(): Int = publication.owner.lanes.numberOf(publication)
}

/**
 * One delivery as interceptors see it, and the one who follows it.
 *
 * Its fields are written by whoever runs the handler, one at a time, and lazily: nobody else waits for what they say,
 * and a fence for each costs as much as the rest of following.
 */
internal class DeliveryFollowing(
    private val publication: EnginePublication,
    subscription: EngineSubscription,
) : DeliveryInfo {
    private val handler = subscription.handler

    @Volatile
    private var run: HandlerRun? = null

    @Volatile
    private var failure: Throwable? = null

    /** Null for a delivery that nobody follows; set before it begins. */
    var observer: DeliveryInfo.Observer? = null

    fun attempts(run: HandlerRun) {
        RUN.lazySet(this, run)
        if (failure != null) failure = null
    }

    /** An attempt has failed and another follows. */
    fun failed(error: Throwable) {
        failure = error
    }

    override fun event(): Event = publication.event()

    override fun subscriptionId(): String = handler.id()

    override fun subscription(): String = handler.name()

    override fun pattern(): TopicPattern = handler.pattern

    override fun attempt(): Int = run?.attempts() ?: 0

    override fun state(): DeliveryState {
        val now = run ?: return DeliveryState.PENDING
        // An attempt that was cut off at its limit has ended; the delivery goes on.
        return if (failure != null) DeliveryState.STARTED else now.state()
    }

    override fun value(): Any? = run?.value()

    override fun error(): Throwable? = run?.error() ?: failure

    override fun start(): Instant? = run?.start()

    override fun end(): Instant? = run?.end()

    private companion object {
        val RUN: AtomicReferenceFieldUpdater<DeliveryFollowing, HandlerRun?> =
            AtomicReferenceFieldUpdater.newUpdater(DeliveryFollowing::class.java, HandlerRun::class.java, "run")
    }
}

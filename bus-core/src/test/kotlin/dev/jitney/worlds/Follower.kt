// SPDX-License-Identifier: Apache-2.0
package dev.jitney.worlds

import dev.jitney.event.DeadLetter
import dev.jitney.event.DeliveryState
import dev.jitney.event.Event
import dev.jitney.spi.DeliveryInfo
import dev.jitney.spi.Interceptor
import dev.jitney.spi.PublicationInfo
import java.time.Duration
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicReference

/** Writes the hooks down that a bus calls, a [Way] for each event. */
internal class Follower(private val journal: Journal, private val bus: String, private val dangers: Set<Danger>) :
    Interceptor {
    override fun name(): String = "follower"

    override fun observe(event: Event, origin: PublicationInfo.Origin): PublicationInfo.Observer =
        Way(journal, bus, event, origin, dangers).also(journal.ways::add)
}

/** A list of hooks that were called, in that order. */
internal class Trace {
    private val hooks = ArrayList<String>()

    @Synchronized
    fun add(hook: String) {
        hooks += hook
    }

    @Synchronized
    override fun toString(): String = hooks.joinToString(" ")
}

/** The hooks of one event. */
internal class Way(
    private val journal: Journal,
    val bus: String,
    val event: Event,
    val origin: PublicationInfo.Origin,
    dangers: Set<Danger>,
) : PublicationInfo.Observer {
    val trace = Trace()
    val returned = AtomicInteger()
    private val deliveries = ArrayList<DeliveryWay>()
    private val inside = AtomicReference<Thread?>()

    // Where handlers run side by side or are cut, hooks may do so too.
    private val alone = dangers.none { it == Danger.TOGETHER || it == Danger.LIMITS || it == Danger.CLOSING }

    @Synchronized
    fun deliveries(): List<DeliveryWay> = deliveries.toList()

    /** Notes the hook down, and that no other of this event runs meanwhile. */
    fun note(trace: Trace, hook: String) {
        val other = if (alone) inside.getAndSet(Thread.currentThread()) else null
        journal.check(other == null) { "ICP-1 hook $hook of $event runs at once with one on $other" }
        trace.add(hook)
        if (alone) {
            if (event.hashCode() % 8 == 0) Thread.yield()
            inside.set(null)
        }
    }

    override fun beforePublish(event: Event): Event = event.also { note(trace, "before") }

    override fun refused(event: Event, cause: Throwable) = note(trace, "refused")

    override fun pending(publication: PublicationInfo) = note(trace, "pending")

    override fun published(publication: PublicationInfo) {
        returned.incrementAndGet()
    }

    override fun started(publication: PublicationInfo) = note(trace, "started")

    override fun completed(publication: PublicationInfo) {
        journal.check(deliveries().all { it.ended != null }) { "ICP-1 $event completed before its deliveries" }
        note(trace, "completed")
    }

    override fun observe(delivery: DeliveryInfo): DeliveryInfo.Observer {
        journal.check("started" in trace.toString()) { "ICP-1 a delivery of $event came before it was started" }
        val way = DeliveryWay(this, delivery.subscriptionId(), delivery.subscription())
        synchronized(this) { deliveries += way }
        return way
    }
}

/** The hooks of one delivery. */
internal class DeliveryWay(private val way: Way, val subscriptionId: String, val subscription: String) :
    DeliveryInfo.Observer {
    val trace = Trace()
    val entered = AtomicInteger()

    /** How it ended, once it has. */
    @Volatile
    var ended: DeliveryState? = null
        private set

    override fun handlerPending(delivery: DeliveryInfo) = way.note(trace, "pending")

    override fun handlerStarted(delivery: DeliveryInfo) = way.note(trace, "started")

    override fun attemptStarted(delivery: DeliveryInfo) = way.note(trace, "attempt")

    override fun enter(delivery: DeliveryInfo): AutoCloseable {
        trace.add("enter")
        entered.incrementAndGet()
        val thread = Thread.currentThread()
        return AutoCloseable { if (Thread.currentThread() === thread) entered.decrementAndGet() }
    }

    override fun attemptEnded(delivery: DeliveryInfo) = way.note(trace, "ended")

    override fun retryScheduled(delivery: DeliveryInfo, delay: Duration) = way.note(trace, "retry")

    override fun deadLettered(letter: DeadLetter) = way.note(trace, "letter")

    override fun handlerCompleted(delivery: DeliveryInfo) {
        ended = delivery.state()
        way.note(trace, "completed")
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater

/** How many handlers of an event run beside each other, and how many of them wait; guarded by the event's lane. */
internal class Crowd {
    @JvmField
    var running: Int = 0

    @JvmField
    var waiting: Int = 0
}

/** What few publications need: those that end badly, are tried again, wait for their turn, or are sought. */
internal class PublicationMore {
    @Volatile
    var stop: Stop? = null
        private set

    /** Of an event whose handlers run together; set before the first of them runs, and never again. */
    @Volatile
    @JvmField
    var crowd: Crowd? = null

    /** The names of the subscriptions that this delivery is for, where it is not for all (HIS-4). */
    @JvmField
    var onlyNamed: Set<String>? = null

    /** The publication that this one is a duplicate of (PUB-4), which ends first; null from then on. */
    @JvmField
    var first: EnginePublication? = null

    /** A publisher that waits to run the event on its own thread (ORD-9). */
    @JvmField
    var turn: DirectTurn? = null

    /** The handlers of a [HandlerOrder.PARALLEL][dev.jitney.HandlerOrder.PARALLEL] event. */
    @Volatile
    @JvmField
    var together: Together? = null

    /** What to do as soon as the event can be found (HIS-3). */
    @JvmField
    var findable: Runnable? = null

    /** What to do when the last handler has ended. */
    @JvmField
    var atEnd: Runnable? = null

    /** Failures of predicates, which are failures of their handlers. */
    @JvmField
    var refusals: Map<EngineSubscription, Throwable> = emptyMap()

    /** Whether a dead letter of it could not be kept. */
    @Volatile
    @JvmField
    var letterLost: Boolean = false

    // Guarded by this, as is slow.
    private var backOffs: ArrayList<Runnable>? = null

    private var slow = false

    @JvmField
    var reason: String? = null

    @JvmField
    var cause: Throwable? = null

    /** Says why the event is to end; false if that was said before. */
    fun stop(why: Stop): Boolean = STOP.compareAndSet(this, null, why)

    /** Whether nobody was told so far that it is slow (TMO-5). */
    @Synchronized
    fun isFirstSlow(): Boolean = !slow.also { slow = true }

    /** At completion: what would hold other events or handlers. */
    fun forget() {
        first = null
        turn = null
        if (together != null) together = null
        findable = null
        atEnd = null
        refusals = emptyMap()
    }

    @Synchronized
    fun addBackOff(wake: Runnable) {
        (backOffs ?: ArrayList<Runnable>(1).also { backOffs = it }).add(wake)
    }

    @Synchronized
    fun removeBackOff(wake: Runnable) {
        backOffs?.remove(wake)
    }

    /** Ends all back-offs early: the event was stopped. */
    fun wake(): Unit = synchronized(this) { backOffs?.toList().orEmpty() }.forEach { it.run() }

    private companion object {
        val STOP: AtomicReferenceFieldUpdater<PublicationMore, Stop?> =
            AtomicReferenceFieldUpdater.newUpdater(PublicationMore::class.java, Stop::class.java, "stop")
    }
}

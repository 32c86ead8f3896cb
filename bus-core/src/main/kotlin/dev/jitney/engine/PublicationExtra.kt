// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.PublishOptions

/**
 * What only some publications need: those with options, of handlers, under a carried context, that
 * are waited for by a handler, or that have more to say about their end.
 */
internal class PublicationExtra(
    @JvmField val options: PublishOptions? = null,
    parent: HandlerRun? = null,
) {
    @Volatile
    @JvmField
    var parent: HandlerRun? = null

    /** How the chain of causes came here (NST-5). */
    @JvmField
    var lineage: Lineage? = null

    /** The one handler that this delivery is for, where it is not for all (ERR-5). */
    @JvmField
    var only: EngineSubscription? = null

    /** Whoever follows the event for interceptors. */
    @JvmField
    var following: Following? = null

    /** What context carriers took along from the publisher's thread (CTX-4). */
    @JvmField
    var carried: Any? = null

    /** The names of the subscriptions that this delivery is for, where it is not for all (HIS-4). */
    @JvmField
    var onlyNamed: Set<String>? = null

    /** The buses that the event has been on, shared by its publications on all of them. */
    @JvmField
    var path: Path? = null

    /** The publication that this one is a duplicate of (PUB-4). */
    @JvmField
    var first: EnginePublication? = null

    /** A publisher that waits to run the event on its own thread (ORD-9). */
    @JvmField
    var turn: DirectTurn? = null

    /** The handlers that wait for this event; guarded by the [WaitGraph]. */
    @Volatile
    @JvmField
    var waiters: ArrayList<HandlerWait>? = null

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

    // Guarded by this.
    private var backOffs: ArrayList<Runnable>? = null

    @JvmField
    var reason: String? = null

    @JvmField
    var cause: Throwable? = null

    init {
        if (parent != null) this.parent = parent
    }

    /** Whether it asks for nothing around the calls of handlers. */
    val isQuiet: Boolean
        get() = following == null && carried == null && refusals.isEmpty() && options?.context() == null

    /** Whether no other event waits for the end of this one. */
    val isBehindNone: Boolean get() = path == null && waiters.isNullOrEmpty()

    /** At completion: what would hold other events or handlers. */
    fun forget() {
        // Volatile ones only where there is something: each writing costs a fence.
        if (parent != null) parent = null
        lineage = null
        only = null
        turn = null
        if (waiters != null) waiters = null
        if (together != null) together = null
        following = null
        carried = null
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
}

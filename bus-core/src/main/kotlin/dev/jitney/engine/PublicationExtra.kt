// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.PublishOptions

/**
 * What only some publications need: those with options, of handlers, under a carried context, of a durable
 * subscription, that are forwarded or followed, or that are waited for by a handler. [more] is for the few that need
 * anything else. INVARIANT: [more] is set once, under the monitor.
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

    /** The buses that the event has been on, shared by its publications on all of them. */
    @JvmField
    var path: Path? = null

    /** The handlers that wait for this event; guarded by the [WaitGraph]. */
    @Volatile
    var waiters: Few<HandlerWait> = Few.none()

    @Volatile
    @JvmField
    var more: PublicationMore? = null

    init {
        if (parent != null) this.parent = parent
    }

    /** What few publications need, made now if this one did not so far. */
    fun more(): PublicationMore = more ?: synchronized(this) { more ?: PublicationMore().also { more = it } }

    /** Whether it asks for nothing around the calls of handlers. */
    val isQuiet: Boolean
        get() = following == null && carried == null && more?.refusals.isNullOrEmpty() && options?.context() == null

    /** Whether no other event waits for the end of this one. */
    val isBehindNone: Boolean get() = path == null && waiters.isEmpty

    /** At completion: what would hold other events or handlers. */
    fun forget() {
        // Volatile ones only where there is something: each writing costs a fence.
        if (parent != null) parent = null
        lineage = null
        only = null
        if (!waiters.isEmpty) waiters = Few.none()
        following = null
        carried = null
        more?.forget()
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Handler
import dev.jitney.ReplyHandler
import dev.jitney.Scope
import dev.jitney.StageHandler
import dev.jitney.SubscribeOptions
import dev.jitney.Subscription

/**
 * Subscriptions with a common end (SUB-6).
 *
 * INVARIANTS: [members] is null exactly when the scope is closed; guarded by this. Members that were
 * closed by themselves are forgotten whenever the set has doubled, so that a long-lived scope stays small.
 */
internal class EngineScope(private val bus: EngineBus, private val life: Life) : Scope {
    private var members: ArrayList<Subscription>? = ArrayList()
    private var sweepAt = FIRST_SWEEP

    override fun <S : Subscription> add(subscription: S): S {
        val open = synchronized(this) { members?.let { keep(it, subscription) } != null }
        if (!open) subscription.close()
        return subscription
    }

    private fun keep(members: ArrayList<Subscription>, added: Subscription) {
        members.add(added)
        if (members.size < sweepAt) return
        members.removeIf { !it.active() }
        sweepAt = maxOf(FIRST_SWEEP, 2 * members.size)
    }

    override fun subscribe(pattern: String, options: SubscribeOptions, handler: Handler): Subscription =
        add(bus.subscribe(pattern, options, handler))

    override fun subscribeReplying(pattern: String, options: SubscribeOptions, handler: ReplyHandler): Subscription =
        add(bus.subscribeReplying(pattern, options, handler))

    override fun subscribeAsync(pattern: String, options: SubscribeOptions, handler: StageHandler): Subscription =
        add(bus.subscribeAsync(pattern, options, handler))

    override fun active(): Boolean = !life.closed && synchronized(this) { members != null }

    override fun close() {
        val closed = synchronized(this) { members.also { members = null } }
        closed?.forEach { it.close() }
    }

    private companion object {
        const val FIRST_SWEEP = 64
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.Outcome

/**
 * The buses that one event has been on, in order, with its publication on each (FWD-1). Shared by all
 * of these; the first one is the publisher's and completes when all have (FWD-2). Whoever looks and then adds
 * holds the monitor for both.
 */
internal class Path(@JvmField val first: EnginePublication) {
    private var taken = arrayOfNulls<EnginePublication>(FEW).also { it[0] = first }
    private var size = 1

    @Synchronized
    fun has(bus: EngineCore): Boolean {
        for (at in 0 until size) if (taken[at]!!.owner === bus) return true
        return false
    }

    @Synchronized
    fun add(publication: EnginePublication) {
        if (size == taken.size) taken = taken.copyOf(2 * size)
        taken[size++] = publication
    }

    @Synchronized
    fun publications(): List<EnginePublication> = List(size) { taken[it]!! }

    fun names(): List<String> = publications().map { it.owner.name }

    /** What all buses together have made of the event; [own] is the first one's part. */
    @Synchronized
    fun outcome(own: Outcome): Outcome {
        var handled = own == Outcome.HANDLED
        for (at in 1 until size) {
            val outcome = taken[at]!!.outcome() ?: continue
            if (!outcome.ok()) return outcome
            handled = handled || outcome == Outcome.HANDLED
        }
        return when {
            !own.ok() -> own
            handled -> Outcome.HANDLED
            else -> Outcome.NO_HANDLER
        }
    }

    companion object {
        private const val FEW = 4

        /** The path of an event, begun with this publication if it has none. */
        fun of(publication: EnginePublication): Path {
            val extra = publication.extra()
            return synchronized(extra) { extra.path ?: Path(publication).also { extra.path = it } }
        }
    }
}

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

    /** The bus has not taken the event after all. */
    @Synchronized
    fun remove(publication: EnginePublication) {
        val at = taken.indexOf(publication)
        taken.copyInto(taken, at, at + 1, size)
        taken[--size] = null
    }

    /**
     * Which publication has made of the event what all buses together have: the first of another bus that has gone
     * wrong, or handled it where [own] did not, else the publisher's, whose part [own] is.
     */
    @Synchronized
    fun deciding(own: Outcome): EnginePublication {
        var handled: EnginePublication? = null
        for (at in 1 until size) {
            val other = taken[at]!!
            val outcome = other.outcome() ?: continue
            if (!outcome.ok()) return other
            if (outcome == Outcome.HANDLED) handled = other
        }
        return if (own == Outcome.NO_HANDLER) handled ?: first else first
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

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.Outcome

/**
 * The buses that one event has been on, in order, with its publication on each (FWD-1). Shared by all
 * of these; the first one is the publisher's and completes when all have (FWD-2).
 */
internal class Path(val first: EnginePublication) {
    private val taken = arrayListOf(first)

    /** Adds the event's publication on one more bus, unless it has been there. */
    @Synchronized
    fun add(target: EngineCore, make: (Path) -> EnginePublication): EnginePublication? {
        if (taken.any { it.owner === target }) return null
        return make(this).also(taken::add)
    }

    @Synchronized
    fun publications(): List<EnginePublication> = taken.toList()

    fun names(): List<String> = publications().map { it.owner.name }

    /** What all buses together have made of the event; [own] is the first one's part. */
    fun outcome(own: Outcome): Outcome {
        val all = publications().drop(1).mapNotNull { it.outcome() } + own
        return all.firstOrNull { !it.ok() } ?: if (Outcome.HANDLED in all) Outcome.HANDLED else Outcome.NO_HANDLER
    }

    companion object {
        /** The path of an event, begun with this publication if it has none. */
        fun of(publication: EnginePublication): Path {
            val extra = publication.extra()
            return synchronized(extra) { extra.path ?: Path(publication).also { extra.path = it } }
        }
    }
}

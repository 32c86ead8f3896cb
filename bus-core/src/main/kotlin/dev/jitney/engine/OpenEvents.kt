// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Publication
import java.util.concurrent.ConcurrentHashMap
import java.util.function.Consumer

/** Events whose handlers have ended and that have not completed: they wait for other buses, or for children. */
internal class OpenEvents : Consumer<Publication> {
    private val events = ConcurrentHashMap.newKeySet<EnginePublication>()

    /** Keeps the event until it has completed. */
    fun add(publication: EnginePublication) {
        events.add(publication)
        publication.onCompleted(this)
    }

    fun addTo(found: MutableCollection<EnginePublication>) {
        found.addAll(events)
    }

    override fun accept(completed: Publication) {
        events.remove(completed)
    }
}

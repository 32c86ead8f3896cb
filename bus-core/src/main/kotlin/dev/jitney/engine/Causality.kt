// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Publication
import dev.jitney.event.Event

/**
 * Which of some publications led to which, by causation id (NST-4). Forwarded events have one id on every
 * bus, so the publications may be those of several. A circle of causes, as events from outside may form,
 * is walked once. Never changed; each question costs no more than the chain that it is about.
 *
 * An id is taken to be that of one event, whatever its source: a causation id names none.
 */
internal class Causality(publications: Iterable<Publication>) {
    private val byId = LinkedHashMap<String, Event>()

    private val byCause: Map<String, List<Event>> by lazy(LazyThreadSafetyMode.PUBLICATION) {
        byId.values.filter { it.causationId() != null }.sortedBy { it.time() }.groupBy { it.causationId()!! }
    }

    init {
        for (publication in publications) byId.putIfAbsent(publication.event().id(), publication.event())
    }

    /** Returns the events that handlers of [event] have published, the oldest first. */
    fun children(event: Event): List<Event> = byCause[event.id()].orEmpty().filter { it.id() != event.id() }

    /** Returns what led to [event], its cause first, as far as it is known. */
    fun ancestors(event: Event): List<Event> {
        val seen = hashSetOf(event.id())
        val found = ArrayList<Event>()
        var cause = event.causationId()
        while (cause != null && seen.add(cause)) {
            val ancestor = byId[cause] ?: break
            found += ancestor
            cause = ancestor.causationId()
        }
        return found
    }

    /** Says whether [ancestor], which need not be among the publications, led to [event]; false for itself. */
    fun isDescendantOf(event: Event, ancestor: Event): Boolean {
        val wanted = ancestor.id()
        if (event.id() == wanted) return false
        val seen = hashSetOf(event.id())
        var cause = event.causationId()
        while (cause != null && seen.add(cause)) {
            if (cause == wanted) return true
            cause = byId[cause]?.causationId()
        }
        return false
    }
}

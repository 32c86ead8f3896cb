// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.HandlerResult
import dev.jitney.Publication
import dev.jitney.event.Event

/**
 * The forest of causes and effects as plain text (NST-6): events that nobody known has caused stand at the
 * left, under each its handlers, under each handler the events that it published. Single use.
 *
 * ```
 * order.placed 4d5e-7abc-8def  handled  2026-01-01T00:00:00.000Z  15 ms
 * ├─ invoice  completed  4 ms  → "INV-1"
 * │  └─ order.invoiced 4d5e-7b01-8def  no handler  2026-01-01T00:00:00.011Z
 * └─ mailer  failed  3 attempts  11 ms  ! IllegalStateException: no route
 * ```
 *
 * Every event is shown once: one that turns up again, as in a circle of causes, says so and ends there. A
 * chain is shown for [MAX_DEPTH] generations, what is below is counted. Deep chains cost no stack.
 *
 * @param published the events that a handler's run has published
 */
internal class EventTree(
    publications: Collection<Publication>,
    private val published: (HandlerResult) -> List<Event>,
    private val texts: EventTreeTexts = EventTreeTexts(),
) {
    private val known = LinkedHashMap<String, Publication>()

    // Several of one event: delivered to a durable subscription, or again.
    private val all = HashMap<String, ArrayList<Publication>>()
    private val byCause: Map<String, List<Publication>>
    private val shown = HashSet<String>()
    private val text = StringBuilder()

    /** A line to come, and what will stand under it; both are worked out when it is its turn. */
    private class Line(val text: () -> String, val below: () -> List<Line>)

    /** Where a line stands: [before] is drawn under all lines around it, [last] among its neighbours or not. */
    private class Place(val line: Line, val before: String, val last: Boolean, val root: Boolean)

    init {
        for (publication in publications.sortedBy { it.event().time() }) {
            val id = publication.event().id()
            val before = known[id]
            if (before == null || before.handlerResults().isEmpty()) known[id] = publication
            all.getOrPut(id) { ArrayList(1) }.add(publication)
        }
        byCause = known.values.filter { causeOf(it) != null }.groupBy { causeOf(it)!! }
    }

    /** Returns the text, each line ended, under the head line [title]. */
    fun print(title: String): String {
        text.append(title).append('\n')
        if (known.isEmpty()) text.append("No events are known.\n")
        val roots = known.values.filter { causeOf(it) !in known }
        // What is left after the roots is caused in circles: begin with the oldest.
        for (publication in roots + known.values) {
            if (publication.event().id() !in shown) draw(lineOf(publication.event(), depth = 1))
        }
        return text.toString()
    }

    private fun causeOf(publication: Publication): String? {
        val event = publication.event()
        return event.causationId().takeIf { it != event.id() }
    }

    private fun draw(root: Line) {
        val places = ArrayDeque(listOf(Place(root, "", last = true, root = true)))
        while (places.isNotEmpty()) {
            val place = places.removeLast()
            text.append(place.before)
            if (!place.root) text.append(if (place.last) "└─ " else "├─ ")
            text.append(place.line.text()).append('\n')
            val before = if (place.root) "" else place.before + if (place.last) "   " else "│  "
            val below = place.line.below()
            for (i in below.indices.reversed()) {
                places.addLast(Place(below[i], before, last = i == below.lastIndex, root = false))
            }
        }
    }

    private fun lineOf(event: Event, depth: Int): Line {
        var first = false
        return Line(
            {
                first = shown.add(event.id())
                val publication = known[event.id()]
                when {
                    !first -> texts.name(event) + "  shown above"
                    publication == null -> texts.name(event) + "  no longer known"
                    else -> texts.event(publication)
                }
            },
            { if (first) below(event, depth) else emptyList() },
        )
    }

    private fun below(event: Event, depth: Int): List<Line> {
        val lines = ArrayList<Line>()
        val claimed = HashSet<String>()
        for (result in resultsOf(event)) {
            val events = published(result)
            events.mapTo(claimed) { it.id() }
            lines += Line({ texts.handler(result) }, { deeper(events, depth) })
        }
        val unclaimed = byCause[event.id()].orEmpty().map { it.event() }.filter { it.id() !in claimed }
        return lines + deeper(unclaimed, depth)
    }

    private fun resultsOf(event: Event): List<HandlerResult> = all[event.id()].orEmpty().flatMap { it.handlerResults() }

    private fun deeper(events: List<Event>, depth: Int): List<Line> {
        if (depth < MAX_DEPTH) return events.map { lineOf(it, depth + 1) }
        val more = countBelow(events)
        return if (more == 0) emptyList() else listOf(Line({ "… $more more below" }, ::emptyList))
    }

    private fun countBelow(events: List<Event>): Int {
        val left = ArrayDeque(events)
        var count = 0
        while (left.isNotEmpty()) {
            val event = left.removeLast()
            if (!shown.add(event.id())) continue
            count++
            byCause[event.id()].orEmpty().mapTo(left) { it.event() }
            resultsOf(event).flatMapTo(left, published)
        }
        return count
    }

    companion object {
        const val MAX_DEPTH: Int = 64
    }
}

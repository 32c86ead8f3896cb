// SPDX-License-Identifier: Apache-2.0
package dev.jitney.worlds

import dev.jitney.Ordering
import dev.jitney.event.DeliveryState

/** Handlers run one at a time and in order where the way in which events are ordered promises it. */
internal class OracleOfOrder(private val world: World) {
    private val journal = world.journal

    /** How deliveries ended, as far as that is known. */
    private val ends = HashMap<String, DeliveryState>()

    /** A handler that was ended before it had begun may begin at any time. */
    private val calls = journal.calls.toList()
    private val attempts = calls.groupingBy { it.event.id() + it.handler }.eachCount()

    init {
        for (receipt in journal.receipts) {
            val id = receipt.publication.event().id()
            for (result in receipt.publication.handlerResults()) ends[id + result.subscription()] = result.state()
        }
        for (way in journal.ways) {
            for (delivery in way.deliveries()) delivery.ended?.let { ends[way.event.id() + delivery.subscription] = it }
        }
    }

    fun judge() {
        if (Danger.AGAIN in world) return
        calls.filter { laneOf(it) != null }.groupBy { laneOf(it)!! }.values.forEach(::judgeOverlap)
        judgeOrder()
    }

    /** What the event of the call shares a lane with, whatever the number of lanes; null for no order. */
    private fun laneOf(call: Call): Any? {
        val asked = if (world.isDurable(call.handler)) null else journal.orderingOf(call.event)
        return when (asked ?: world.orderingOf(call.bus)) {
            Ordering.SERIAL -> world.roomOf(call.bus)
            Ordering.KEYED -> call.event.key()?.let { call.bus to it }
            Ordering.PARALLEL -> null
        }
    }

    /** ORD-1, ORD-2, ORD-4: no two handlers of a lane run at once, their waits apart. */
    private fun judgeOverlap(calls: List<Call>) {
        if (Danger.TOGETHER in world) return
        val spans = calls.filterNot(::mayRunOn).flatMap { call ->
            call.spans().map { call to it }
        }.sortedBy { it.second.from }
        for ((one, next) in spans.zipWithNext()) {
            journal.check(one.second.to <= next.second.from) {
                "ORD-1 ${one.first} and ${next.first} run at once"
            }
        }
    }

    /**
     * Whether its delivery may have ended before it did, or runs beside the lane: what is retried by key keeps
     * later events of the key waiting, but not those that a handler waits for.
     */
    private fun mayRunOn(call: Call): Boolean {
        val retried = retried(call)
        if (retried && laneOf(call) is Pair<*, *>) return true
        if (Danger.LIMITS !in world && Danger.CLOSING !in world) return false
        val end = ends[call.event.id() + call.handler]
        return retried || (end != DeliveryState.COMPLETED && end != DeliveryState.FAILED)
    }

    private fun retried(call: Call) = attempts.getValue(call.event.id() + call.handler) > 1

    /** ORD-1, ORD-2: each handler first gets the events of one lane in the order in which one thread published them. */
    private fun judgeOrder() {
        if (Danger.FORWARDS in world) return
        val firsts = calls
            .filter { laneOf(it) != null && Errand.of(it.event).publisher.isNotEmpty() && !mayRunOn(it) }
            .groupBy { Triple(it.handler, laneOf(it), Errand.of(it.event).publisher) }
        for ((lane, calls) in firsts) {
            val numbers = calls.sortedBy { it.begin }.map { Errand.of(it.event).number }.distinct()
            journal.check(numbers == numbers.sorted()) {
                "ORD-1 ${lane.first} gets the events of ${lane.third} in the order $numbers"
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.worlds

import dev.jitney.Await
import dev.jitney.EventBus
import dev.jitney.HandlerResult
import dev.jitney.Publication
import dev.jitney.event.DeliveryState
import dev.jitney.event.Outcome

/** What must hold of a [World] that has come to rest: of its publications and its counts. */
internal class Oracle(private val world: World) {
    private val journal = world.journal

    /** While the buses are open. */
    fun atRest() {
        val calls = journal.calls.filter { !it.replayed }.groupingBy { it.event.id() + it.handler }.eachCount()
        val own = journal.receipts.distinctBy { System.identityHashCode(it.publication) }
        for (receipt in own) {
            judge(receipt.publication)
            judgeCalls(receipt.publication, calls)
        }
        judgeChildren()
        world.buses.forEach(::judgeCounts)
        OracleOfOrder(world).judge()
    }

    /** When the buses are closed. */
    fun afterwards(): Unit = journal.ways.forEach { OracleOfHooks(world).judge(it) }

    // ---- publications

    private fun judge(publication: Publication) {
        val results = publication.handlerResults()
        val outcome = publication.outcome() ?: return
        results.forEach { judge(it) }
        val others = results.filter { it.state() != DeliveryState.COMPLETED }
        val holds = when (outcome) {
            Outcome.HANDLED -> results.isNotEmpty() && (others.isEmpty() || wasWon(results, others))
            Outcome.HANDLED_WITH_FAILURES -> others.isNotEmpty()
            Outcome.NO_HANDLER, Outcome.DUPLICATE, Outcome.SUPPRESSED -> results.isEmpty()
            Outcome.DROPPED -> Danger.FORWARDS in world || results.isEmpty()
            Outcome.TIMED_OUT -> Danger.LIMITS in world
            Outcome.CANCELLED -> mayBeCut()
            Outcome.REJECTED -> Danger.CLOSING in world
        }
        journal.check(holds && publication.reason().isNotEmpty()) {
            "PUB-2 $publication ended as $outcome (${publication.reason()}) with $results"
        }
    }

    /** With FIRST, when a value that is not null has won, the others are cancelled (ORD-6). */
    private fun wasWon(results: List<HandlerResult>, others: List<HandlerResult>): Boolean =
        others.all { it.state() == DeliveryState.CANCELLED } && results.any { it.value() != null }

    /** Whether a handler may be ended from outside, and with it what it waits for (TMO-4). */
    private fun mayBeCut() = Danger.CLOSING in world || Danger.LIMITS in world || Danger.TOGETHER in world

    private fun judge(result: HandlerResult) {
        val completed = result.state() == DeliveryState.COMPLETED
        val start = result.start()
        val end = result.end()
        val inOrder = start == null || end == null || !end.isBefore(start)
        journal.check(result.state().ended() && completed == (result.error() == null) && inOrder) {
            "RES-1 result $result from $start to $end with ${result.error()}"
        }
    }

    /** Each attempt was one call of the handler, unless that was cut before it began. */
    private fun judgeCalls(publication: Publication, calls: Map<String, Int>) {
        if (Danger.AGAIN in world) return
        for (result in publication.handlerResults()) {
            val called = calls[publication.event().id() + result.subscription()] ?: 0
            val missing = result.attempts() - called
            // An attempt that the predicate fails runs no handler, nor does one that forwards.
            val none = Danger.FAILURES in world || result.subscription().startsWith("forward")
            val holds = missing == 0 || (missing > 0 && (mayBeCut() || none))
            journal.check(holds) {
                "RES-1 $called calls for $result of $publication with ${result.attempts()} attempts"
            }
        }
    }

    /** A handler's result lists what the handler has published and its bus has taken (NST-1). */
    private fun judgeChildren() {
        val children = journal.receipts
            .filter { it.inside?.replayed == false && it.publication.outcome() != Outcome.DROPPED }
            .groupBy { it.inside!!.event.id() }
        for (receipt in journal.receipts) {
            for (child in children[receipt.publication.event().id()].orEmpty()) {
                val result =
                    receipt.publication.handlerResults().find { it.subscription() == child.inside!!.handler }
                        ?: continue
                val id = child.publication.event().id()
                journal.check(Danger.AGAIN in world || result.published().any { it.id() == id }) {
                    "NST-1 $result does not list ${child.publication}"
                }
            }
        }
    }

    // ---- counts

    private fun judgeCounts(bus: EventBus) {
        when {
            // What a durable subscription reads is not waited for.
            Danger.STORES in world -> Unit

            // What a handler has begun to publish that was ended meanwhile may come in a moment later.
            mayBeCut() -> Await.until("LIF-1 $bus comes to rest again") { unrest(bus) == null }

            else -> unrest(bus)?.let { journal.check(false) { "$bus at rest: $it" } }
        }
        judgeOutcomes(bus)
    }

    /** What says that the bus is not at rest; null if nothing does. */
    private fun unrest(bus: EventBus): String? {
        val stats = bus.stats()
        val counts = listOf(stats.pending, stats.inFlight, bus.pendingCount().toLong())
        if (counts.any { it != 0L }) return "LIF-1 pending, in flight and the pending count are $counts"
        val topics = stats.topics + stats.otherTopics
        val whole =
            listOf(stats.published, stats.handled, stats.failed, stats.dropped, stats.suppressed, stats.deadLetters)
        val parts = listOf(
            topics.sumOf { it.published },
            topics.sumOf { it.handled },
            topics.sumOf { it.failed },
            topics.sumOf { it.dropped },
            topics.sumOf { it.suppressed },
            topics.sumOf { it.deadLetters },
        )
        return if (whole == parts) null else "LIF-4 it counts $whole, but its topics $parts"
    }

    /** What the bus has counted is what publications and hooks say. */
    private fun judgeOutcomes(bus: EventBus) {
        if (Danger.CLOSING in world || Danger.STORES in world) return
        val stats = bus.stats()
        val ways = journal.ways.filter { it.bus == bus.name() }.flatMap { it.deliveries() }.filter {
            it.ended ==
                DeliveryState.COMPLETED
        }
            .groupingBy { it.subscriptionId }.eachCount()
        if (journal.ways.isEmpty()) return
        for (handler in stats.handlers) {
            if (handler.subscription().startsWith("forward")) continue
            val completed = ways[handler.subscriptionId()] ?: 0
            journal.check(handler.handled() == completed.toLong()) {
                "LIF-4 ${handler.subscription()} counts ${handler.handled()} events handled, its hooks $completed"
            }
        }
    }
}

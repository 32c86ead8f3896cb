// SPDX-License-Identifier: Apache-2.0
package dev.jitney.stress

import dev.jitney.EventBus
import dev.jitney.HandlerOrder
import dev.jitney.HandlerResult
import dev.jitney.Overflow
import dev.jitney.Publication
import dev.jitney.SubscribeOptions
import dev.jitney.event.DeliveryState
import dev.jitney.event.Outcome
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import java.time.Duration
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.concurrent.thread
import kotlin.random.Random

/** Handlers of every kind that publish and await over several buses, in every way. */
internal abstract class NestedStress(budget: Duration) : EngineStress(budget) {

    @Test
    @DisplayName(
        "NST-2 ORD-1 ORD-2 ORD-4 trees of awaited and unawaited events over buses of every order and serial groups",
    )
    fun trees() = rounds { random ->
        val (buses, orderings, lanes) = buses(random, 1 + random.nextInt(3))
        look(buses)
        val maker = TreeMaker(random, buses.size)
        val roots = List(8) { maker.tree(4) }
        val patience = if (random.nextInt(4) == 0) Duration.ofNanos(random.nextLong(1, 300_000)) else Duration.ZERO
        val forest = Forest(buses, orderings, lanes, maker.made, patience = patience)
        val publications = publish(forest, roots, random)
        completed(publications)
        awaitIdle(buses)
        // What one bus had still to do may have come to another meanwhile.
        awaitIdle(buses)
        repeat(buses.size * 4) { awaitIdle(buses) }
        completed(forest.published)
        assertThat(forest.problems).isEmpty()
        assertThat(forest.published.map { it.outcome() }).containsOnly(Outcome.HANDLED)
        assertThat((0 until maker.made).map { forest.runs[it] }).containsOnly(1)
        assertAtRest(buses)
        buses.forEach(EventBus::close)
    }

    /** From threads of their own, which wait for some of it on the lanes' behalf. */
    private fun publish(forest: Forest, roots: List<Node>, random: Random): Collection<Publication> {
        val all = ConcurrentLinkedQueue<Publication>()
        val joins = roots.map { random.nextInt(3) }
        roots.indices.chunked(4).map { mine ->
            thread {
                for (at in mine) {
                    val root = roots[at]
                    val bus = forest.busOf(root)
                    all += when (joins[at]) {
                        0 -> bus.publishAndJoin(forest.eventOf(root), Duration.ZERO).also(forest.published::add)
                        1 -> forest.publish(root).also { it.join(LONG) }
                        else -> forest.publish(root)
                    }
                }
            }
        }.forEach { it.join() }
        return all
    }

    @Test
    @DisplayName(
        "TMO-2 TMO-3 TMO-4 time limits that hit anywhere in such trees: all ends, nothing is lost or run twice",
    )
    fun limits() = rounds { random ->
        val (buses, orderings, lanes) = buses(random, 1 + random.nextInt(3)) {
            handlerTimeout(Duration.ofNanos(random.nextLong(20_000, 3_000_000)))
            eventTimeout(Duration.ofNanos(random.nextLong(20_000, 6_000_000)))
            abandonedLimit(100_000)
            if (random.nextBoolean()) handlerOrder(HandlerOrder.PARALLEL)
        }
        look(buses)
        val maker = TreeMaker(random, buses.size)
        val roots = List(8) { maker.tree(3) }
        val forest = Forest(buses, orderings, lanes, maker.made)
        completed(publish(forest, roots, random))
        repeat(buses.size * 4) { awaitIdle(buses) }
        completed(forest.published)
        for (publication in forest.published) {
            assertThat(publication.outcome()).isIn(
                Outcome.HANDLED,
                Outcome.HANDLED_WITH_FAILURES,
                Outcome.TIMED_OUT,
                Outcome.CANCELLED,
            )
            assertThat(publication.handlerResults()).allMatch { it.state().ended() }
        }
        for (id in 0 until maker.made) assertThat(forest.runs[id]).isLessThanOrEqualTo(1)
        assertAtRest(buses)
        assertNoneAbandoned(buses)
        buses.forEach(EventBus::close)
    }

    private fun assertNoneAbandoned(buses: List<EventBus>) {
        for (bus in buses) {
            dev.jitney.Await.until("all handlers that were left behind have returned") {
                (bus as dev.jitney.engine.EngineBus).core.executions.abandoned == 0
            }
        }
    }

    @Test
    @DisplayName("BPR-1 ORD-8 full queues with every policy, published to from inside and outside of handlers")
    fun fullQueues() = rounds { random ->
        val (buses, orderings, lanes) = buses(random, 1 + random.nextInt(3)) {
            pendingLimit(1 + random.nextInt(3)).overflow(Overflow.entries.random(random))
        }
        look(buses)
        val maker = TreeMaker(random, buses.size)
        val roots = List(12) { maker.tree(3) }
        val forest = Forest(buses, orderings, lanes, maker.made)
        val all = ConcurrentLinkedQueue<Publication>()
        roots.chunked(4).map { mine ->
            thread {
                for (root in mine) {
                    try {
                        all += forest.publish(root)
                    } catch (_: dev.jitney.BackpressureException) {
                        // FAIL says so
                    }
                }
            }
        }.forEach { it.join() }
        completed(all)
        repeat(buses.size * 4) { awaitIdle(buses) }
        completed(forest.published)
        val handled = forest.published.filter { it.outcome() != Outcome.DROPPED }
        assertThat(handled.map { it.outcome() }.toSet()).isSubsetOf(Outcome.HANDLED, Outcome.HANDLED_WITH_FAILURES)
        for (publication in forest.published) {
            val node = publication.event().payload() as Node
            val runs = if (publication.outcome() == Outcome.DROPPED) 0 else 1
            assertThat(forest.runs[node.id]).`as`("$node $publication").isEqualTo(runs)
        }
        for (result in handled.flatMap { it.handlerResults() }) {
            if (result.state() == DeliveryState.COMPLETED) continue
            assertThat(result.error()).isInstanceOf(dev.jitney.BackpressureException::class.java)
        }
        assertAtRest(buses)
        buses.forEach(EventBus::close)
    }

    @Test
    @DisplayName("NST-2 LIF-2 buses that close in the middle of such trees: every publication ends")
    fun closing() = rounds { random ->
        val (buses, orderings, lanes) = buses(random, 1 + random.nextInt(3)) {
            closeLimit(Duration.ofNanos(random.nextLong(1, 2_000_000)))
        }
        look(buses)
        val maker = TreeMaker(random, buses.size)
        val roots = List(12) { maker.tree(3) }
        val forest = Forest(buses, orderings, lanes, maker.made, SubscribeOptions.defaults())
        val publishers = roots.chunked(3).map { mine ->
            thread {
                for (root in mine) {
                    try {
                        forest.publish(root)
                    } catch (_: dev.jitney.BusClosedException) {
                        // one of them has closed
                    }
                }
            }
        }
        repeat(random.nextInt(1_000)) { Thread.onSpinWait() }
        buses.map { thread { it.close() } }.forEach { it.join() }
        publishers.forEach { it.join() }
        completed(forest.published)
        for (id in 0 until maker.made) assertThat(forest.runs[id]).isLessThanOrEqualTo(1)
    }
}

internal class NestedShortTest : NestedStress(Duration.ofMillis(java.lang.Long.getLong("jitney.stress.millis", 700L)))

@Tag("stress")
internal class NestedStressTest : NestedStress(Duration.ofSeconds(60))

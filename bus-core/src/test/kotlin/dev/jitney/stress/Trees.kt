// SPDX-License-Identifier: Apache-2.0
package dev.jitney.stress

import dev.jitney.Delivery
import dev.jitney.EventBus
import dev.jitney.Ordering
import dev.jitney.Publication
import dev.jitney.SubscribeOptions
import dev.jitney.event.Event
import dev.jitney.kotlin.await
import dev.jitney.kotlin.on
import dev.jitney.kotlin.publishSuspending
import kotlinx.coroutines.yield
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicIntegerArray
import kotlin.random.Random

/** How a handler is written, which is also its topic. */
internal enum class Kind { PLAIN, BLOCKING, SUSPENDING, STAGE, DELIVERY }

/** What a handler does with an event that it publishes. */
internal enum class Care { NONE, EACH, ALL }

/** One event to publish: on which bus, to which kind of handler, and what that publishes in turn. */
internal class Node(
    val id: Int,
    val bus: Int,
    val kind: Kind,
    val key: String?,
    val care: Care,
    val spins: Int,
    val children: List<Node>,
) {
    val size: Int get() = 1 + children.sumOf { it.size }

    override fun toString() = "$id:$kind@$bus${key ?: ""}/$care$children"
}

/** Makes trees of events as the seed says. */
internal class TreeMaker(private val random: Random, private val buses: Int) {
    private var ids = 0

    fun tree(depth: Int): Node {
        val id = ids++
        val count = if (depth == 0) 0 else random.nextInt(3)
        return Node(
            id,
            random.nextInt(buses),
            Kind.entries.random(random),
            "k${random.nextInt(4)}".takeIf { random.nextInt(4) > 0 },
            Care.entries.random(random),
            random.nextInt(50),
            List(count) { tree(depth - 1) },
        )
    }

    val made: Int get() = ids
}

/**
 * Buses whose handlers do what the events say, and remember it: how often each event was handled, and
 * that no two handlers of a lane ran at once, their waits apart.
 */
internal class Forest(
    private val buses: List<EventBus>,
    private val orderings: List<Ordering>,
    private val lanes: List<Any>,
    nodes: Int,
    options: SubscribeOptions = SubscribeOptions.defaults(),
    private val patience: Duration = Duration.ZERO,
) {
    val runs = AtomicIntegerArray(nodes)
    val problems = ConcurrentLinkedQueue<String>()
    val published = ConcurrentLinkedQueue<Publication>()
    private val inside = HashMap<Any, AtomicInteger>()

    init {
        for (lane in lanes) for (key in listOf("k0", "k1", "k2", "k3", "")) inside[lane to key] = AtomicInteger()
        for (bus in buses) subscribe(bus, options)
    }

    private fun subscribe(bus: EventBus, options: SubscribeOptions) {
        bus.subscribe(Kind.PLAIN.name, options) { blocking(it.payload() as Node) }
        val off = optionsOf(options).blocking().build()
        bus.subscribe(Kind.BLOCKING.name, off) { blocking(it.payload() as Node) }
        bus.on(Kind.SUSPENDING.name, options) { event: Event -> suspending(event.payload() as Node) }
        bus.subscribeAsync(Kind.STAGE.name, options) { staged(it.payload() as Node) }
        bus.subscribeDelivery(Kind.DELIVERY.name, options, ::delivered)
    }

    private fun optionsOf(options: SubscribeOptions): SubscribeOptions.Builder {
        val builder = SubscribeOptions.builder()
        options.timeout()?.let(builder::timeout)
        options.retry()?.let(builder::retry)
        return builder
    }

    fun eventOf(node: Node): Event {
        val event = Event.of(node.kind.name, node)
        return if (node.key == null) event else event.withKey(node.key)
    }

    fun busOf(node: Node): EventBus = buses[node.bus]

    fun publish(node: Node): Publication = busOf(node).publish(eventOf(node)).also(published::add)

    // ---- what handlers do

    private fun blocking(node: Node) {
        begin(node)
        val all = ArrayList<Publication>()
        for (child in node.children) {
            val publication = publish(child)
            if (node.care == Care.EACH) await(node, publication)
            all += publication
        }
        if (node.care == Care.ALL) all.forEach { await(node, it) }
        leave(node)
    }

    private fun await(node: Node, publication: Publication) {
        leave(node)
        while (!publication.join(patience)) Thread.onSpinWait()
        enter(node)
    }

    private suspend fun suspending(node: Node) {
        begin(node)
        val all = ArrayList<Publication>()
        for (child in node.children) {
            val publication = busOf(child).publishSuspending(eventOf(child)).also(published::add)
            if (node.care == Care.EACH) awaitSuspending(node, publication)
            all += publication
            if (node.spins % 7 == 0) yield()
        }
        if (node.care == Care.ALL) all.forEach { awaitSuspending(node, it) }
        leave(node)
    }

    private suspend fun awaitSuspending(node: Node, publication: Publication) {
        leave(node)
        publication.await()
        enter(node)
    }

    private fun staged(node: Node): CompletionStage<Any?> {
        begin(node)
        var stage: CompletionStage<Any?> = CompletableFuture.completedFuture(null)
        for (child in node.children) {
            stage = stage.thenCompose {
                val publication = publish(child)
                if (node.care == Care.NONE) CompletableFuture.completedFuture(null) else futureOf(node, publication)
            }
        }
        return stage.thenApply { leave(node).let { null } }
    }

    private fun futureOf(node: Node, publication: Publication): CompletionStage<Any?> {
        leave(node)
        return publication.toCompletableFuture().thenApply { enter(node).let { null } }
    }

    private fun delivered(delivery: Delivery) {
        val node = delivery.event().payload() as Node
        delivery.executor().execute {
            try {
                blocking(node)
                delivery.complete(null)
            } catch (e: Throwable) {
                delivery.fail(e)
            }
        }
    }

    private fun begin(node: Node) {
        runs.incrementAndGet(node.id)
        enter(node)
        repeat(node.spins) { Thread.onSpinWait() }
    }

    // ---- who is inside

    private fun roomOf(node: Node): AtomicInteger? = when (orderings[node.bus]) {
        Ordering.SERIAL -> inside.getValue(lanes[node.bus] to "")
        Ordering.KEYED -> node.key?.let { inside.getValue(lanes[node.bus] to it) }
        Ordering.PARALLEL -> null
    }

    private fun enter(node: Node) {
        val room = roomOf(node) ?: return
        if (room.incrementAndGet() > 1) problems += "Two handlers are at once on the lane of $node."
    }

    private fun leave(node: Node) {
        roomOf(node)?.decrementAndGet()
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import dev.jitney.EventBus
import dev.jitney.HandlerOrder
import dev.jitney.Publication
import dev.jitney.SubscribeOptions
import dev.jitney.event.Event
import dev.jitney.kotlin.on
import kotlinx.coroutines.yield
import java.util.concurrent.atomic.AtomicLong

/** The simple scenarios of the reference system. */
internal object S6 {
    private const val S = "S6"
    private const val MANY = "50 000 handlers of 1 event, each"
    private const val ONE_OFF = "one-off handlers"

    val rows: List<Row> = listOf(
        ours("events to 1 handler", "Jitney, each awaited", smoke = true) { OursAwaited(Taker.many(1)) },
        ours("events to 1 handler", "Jitney, awaited in batches of 512") { OursInBatches() },
        ours("500 buses x 100 events", "Jitney") { OursManyBuses() },
        ours(MANY, "Jitney, plain") { OursManyHandlers(suspending = false) },
        ours(MANY, "Jitney, suspending in parallel") { OursManyHandlers(suspending = true) },
        Row(S, MANY, "megamorphic loop", Kind.LIMIT, Features.NONE) { LoopManyHandlers() },
        Row(S, MANY, "greenrobot EventBus", Kind.PEER, Features.ISOLATION) {
            PeerManyHandlers { takers ->
                val bus = org.greenrobot.eventbus.EventBus.builder().build()
                takers.forEach(bus::register)
                bus::post
            }
        },
        ours(ONE_OFF, "Jitney") { OursOneOff(0) },
        ours(ONE_OFF, "Jitney, 10 000 wildcards open") { OursOneOff(10_000) },
        Row(S, ONE_OFF, "Guava EventBus", Kind.PEER, Features.ISOLATION) { GuavaOneOff() },
    )

    val targets: List<Target> = listOf(
        Target("$S/events to 1 handler/Jitney, each awaited", atMost = 40.0),
        Target("$S/events to 1 handler/Jitney, awaited in batches of 512", atMost = 120.0),
        Target("$S/500 buses x 100 events/Jitney", atMost = 120.0),
        Target("$S/$MANY/Jitney, plain", atMost = 15.0),
        Target("$S/$MANY/Jitney, plain", atMost = 1.5, than = listOf("$S/$MANY/megamorphic loop")),
        Target("$S/$MANY/Jitney, suspending in parallel", atMost = 250.0),
        Target("$S/$MANY/Jitney, suspending in parallel", "bytes", atMost = 160.0),
        Target("$S/$ONE_OFF/Jitney", atMost = 140.0),
        Target("$S/$ONE_OFF/Jitney, 10 000 wildcards open", atMost = 2000.0),
    )

    private fun ours(part: String, name: String, smoke: Boolean = false, open: () -> Contest) =
        Row(S, part, name, Kind.OURS, Features.ALL, smoke, open = open)
}

/** Publishes some, then waits for each of them. */
internal class OursInBatches : Contest() {
    private val taker = Taker.of(0)
    private val bus = ourBus().subscribeAll(listOf(taker))
    private var reads = false
    private var next = 0L

    override fun round(round: Round) {
        reads = round.reads
        super.round(round)
    }

    override fun batch(): Long {
        val publications = Array(BATCH) { bus.publish(TOPIC, Items.all[(next + it).toInt() and Items.MASK]) }
        for (publication in publications) {
            publication.join(NO_LIMIT)
            if (reads) readOutcome(publication)
        }
        next += BATCH
        check(taker.sum == Items.sum(0, next)) { "The handler has summed ${taker.sum}." }
        return BATCH.toLong()
    }

    override fun close(): Unit = bus.close()

    private companion object {
        const val BATCH = 512
    }
}

/** Made, used and closed, for each hundred events; the time is for one event. */
internal class OursManyBuses : Contest() {
    private var reads = false

    override fun round(round: Round) {
        reads = round.reads
        super.round(round)
    }

    override fun batch(): Long {
        repeat(BUSES) {
            val taker = Taker.of(it)
            ourBus().use { bus ->
                bus.subscribe(TOPIC, taker)
                for (i in 0 until EVENTS) {
                    val publication = bus.publishAndJoin(TOPIC, Items.all[i], NO_LIMIT)
                    if (reads) readOutcome(publication)
                }
            }
            check(taker.sum == Items.sum(0, EVENTS.toLong())) { "A handler has summed ${taker.sum}." }
        }
        return BUSES.toLong() * EVENTS
    }

    private companion object {
        const val BUSES = 500
        const val EVENTS = 100
    }
}

/** What is counted is not the event but each handler of it. */
internal class OursManyHandlers(private val suspending: Boolean) : Contest() {
    private val takers = Taker.many(HANDLERS)
    private val sum = AtomicLong()
    private val bus = ourBus { if (suspending) handlerOrder(HandlerOrder.PARALLEL) }
    private var reads = false
    private var expected = 0L

    init {
        if (suspending) {
            repeat(HANDLERS) { bus.on(TOPIC) { event: Event -> takeLater(event) } }
        } else {
            bus.subscribeAll(takers)
        }
    }

    private suspend fun takeLater(event: Event) {
        yield()
        sum.addAndGet((event.payload() as Item).value.toLong())
    }

    override fun round(round: Round) {
        reads = round.reads
        super.round(round)
    }

    override fun batch(): Long {
        val item = Items.all[1]
        val publication = bus.publishAndJoin(TOPIC, item, NO_LIMIT)
        if (reads) readOutcome(publication)
        expected += item.value
        if (suspending) {
            check(sum.get() == expected * HANDLERS) { "Handlers have summed ${sum.get()}." }
        } else {
            check(takers.all { it.sum == expected }) { "A handler has not had the event." }
        }
        return HANDLERS.toLong()
    }

    override fun close(): Unit = bus.close()

    companion object {
        const val HANDLERS = 50_000
    }
}

internal class LoopManyHandlers : Contest() {
    private val takers = Taker.many(OursManyHandlers.HANDLERS).toTypedArray()
    private var expected = 0L

    override fun batch(): Long {
        val item = Items.all[1]
        for (taker in takers) taker.take(item)
        expected += item.value
        check(takers.last().sum == expected) { "A handler has summed ${takers.last().sum}." }
        return takers.size.toLong()
    }
}

internal class PeerManyHandlers(open: (List<Taker>) -> (Any) -> Unit) : Contest() {
    private val takers = Taker.many(OursManyHandlers.HANDLERS)
    private val post = open(takers)
    private var expected = 0L

    override fun batch(): Long {
        post(Items.all[1])
        expected += Items.all[1].value
        check(takers.all { it.sum == expected }) { "A handler has not had the event." }
        return takers.size.toLong()
    }
}

/** Subscribes, publishes, waits and closes the subscription, for each event. */
internal class OursOneOff(wildcards: Int) : Contest() {
    private val bus: EventBus = ourBus()
    private val takers = Taker.many(4)
    private val others = Taker.of(1)
    private var reads = false
    private var next = 0L

    init {
        for (i in 0 until wildcards) bus.subscribe("other$i.*", SubscribeOptions.defaults(), others)
    }

    override fun round(round: Round) {
        reads = round.reads
        super.round(round)
    }

    override fun batch(): Long {
        for (i in 0 until BATCH) {
            val item = Items.all[(next + i).toInt() and Items.MASK]
            val subscription = bus.subscribe(TOPIC, takers[i and 3])
            val publication: Publication = bus.publishAndJoin(TOPIC, item, NO_LIMIT)
            subscription.close()
            if (reads) readOutcome(publication)
        }
        next += BATCH
        check(takers.sumOf { it.sum } == Items.sum(0, next)) { "Handlers have summed ${takers.sumOf { it.sum }}." }
        return BATCH.toLong()
    }

    override fun close(): Unit = bus.close()

    private companion object {
        const val BATCH = 1000
    }
}

internal class GuavaOneOff : Contest() {
    private val bus = com.google.common.eventbus.EventBus()
    private val takers = Taker.many(4)
    private var next = 0L

    override fun batch(): Long {
        for (i in 0 until BATCH) {
            val taker = takers[i and 3]
            bus.register(taker)
            bus.post(Items.all[(next + i).toInt() and Items.MASK])
            bus.unregister(taker)
        }
        next += BATCH
        check(takers.sumOf { it.sum } == Items.sum(0, next)) { "Handlers have summed ${takers.sumOf { it.sum }}." }
        return BATCH.toLong()
    }

    private companion object {
        const val BATCH = 1000
    }
}

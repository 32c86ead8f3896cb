// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import com.google.common.eventbus.EventBus
import dev.jitney.Dispatch
import net.engio.mbassy.bus.MBassador
import net.engio.mbassy.bus.config.BusConfiguration
import net.engio.mbassy.bus.config.Feature
import org.springframework.context.event.SimpleApplicationEventMulticaster

/** Publish on the caller's thread. */
internal object S1 {
    private const val S = "S1"
    private val BUSES = listOf("Guava EventBus", "greenrobot EventBus", "MBassador", "Spring multicaster")
    private val FACTORS = mapOf(1 to 2.0, 10 to 1.5, 100 to 0.9)

    private const val LOGBACK = "Jitney DIRECT, with Logback bound"

    val rows: List<Row> = FACTORS.keys.flatMap { handlers -> rows(handlers) } +
        Row(S, part(1), LOGBACK, Kind.OURS, Features.ALL, logging = Logging.LOGBACK) { OursDirect(Taker.many(1)) }

    val targets: List<Target> = FACTORS.flatMap { (handlers, factor) ->
        val peers = BUSES.map { "$S/${part(handlers)}/$it" }
        listOf("Jitney DIRECT", "Jitney awaited").flatMap {
            val row = "$S/${part(handlers)}/$it"
            listOf(
                Target(row, times = factor, than = peers),
                Target(row, "bytes", atMost = 88.0 + 8 * handlers),
            )
        }
    } + listOf("ns" to 130.0, "bytes" to 200.0).map { (metric, more) ->
        Target("$S/${part(1)}/$LOGBACK", metric, more = more, than = listOf("$S/${part(1)}/Jitney DIRECT"))
    }

    private fun part(handlers: Int) = if (handlers == 1) "1 handler" else "$handlers handlers"

    private fun rows(handlers: Int): List<Row> = listOf(
        row(handlers, "Jitney DIRECT", Kind.OURS, Features.ALL) { OursDirect(it) },
        row(handlers, "Jitney awaited", Kind.OURS, Features.ALL) { OursAwaited(it) },
        row(handlers, BUSES[0], Kind.PEER, Features.ISOLATION) { GuavaDirect(it) },
        row(handlers, BUSES[1], Kind.PEER, Features.ISOLATION) { GreenrobotDirect(it) },
        row(handlers, BUSES[2], Kind.PEER, Features.ISOLATION) { MbassadorDirect(it) },
        row(handlers, BUSES[3], Kind.PEER, Features.NONE) { SpringDirect(it) },
        row(handlers, "loop over handlers", Kind.LIMIT, Features.NONE) { LoopDirect(it) },
    )

    private fun row(handlers: Int, name: String, kind: Kind, features: Features, make: (List<Taker>) -> Direct) = Row(
        S,
        part(handlers),
        name,
        kind,
        features,
        smoke = handlers == 1 && name in listOf("Jitney DIRECT", BUSES[1]),
    ) {
        // All four classes have been called before one alone is measured.
        make(Taker.many(4)).use { polluted -> repeat(POLLUTING_BATCHES) { polluted.batch() } }
        make(Taker.many(handlers))
    }

    private const val POLLUTING_BATCHES = 50
}

/** Publishes on the caller's thread, so that handlers have run when it returns. */
internal abstract class Direct(private val takers: List<Taker>) : Contest() {
    protected var reads: Boolean = false
    private var next = 0L

    abstract fun publish(item: Item)

    override fun round(round: Round) {
        reads = round.reads
        super.round(round)
    }

    override fun batch(): Long {
        val from = next
        for (i in 0 until BATCH) publish(Items.all[(from + i).toInt() and Items.MASK])
        next = from + BATCH
        val expected = Items.sum(0, next)
        for (taker in takers) {
            check(taker.sum == expected) { "A handler has summed ${taker.sum}, not $expected." }
        }
        return BATCH.toLong()
    }

    private companion object {
        const val BATCH = 1000
    }
}

private class OursDirect(takers: List<Taker>) : Direct(takers) {
    private val bus = ourBus { dispatch(Dispatch.DIRECT) }.subscribeAll(takers)

    override fun publish(item: Item) {
        val publication = bus.publish(TOPIC, item)
        if (reads) readOutcome(publication)
    }

    override fun close(): Unit = bus.close()
}

internal class OursAwaited(takers: List<Taker>) : Direct(takers) {
    private val bus = ourBus().subscribeAll(takers)

    override fun publish(item: Item) {
        val publication = bus.publishAndJoin(TOPIC, item, NO_LIMIT)
        if (reads) readOutcome(publication)
    }

    override fun close(): Unit = bus.close()
}

private class GuavaDirect(takers: List<Taker>) : Direct(takers) {
    private val bus = EventBus().also { bus -> takers.forEach(bus::register) }

    override fun publish(item: Item): Unit = bus.post(item)
}

private class GreenrobotDirect(takers: List<Taker>) : Direct(takers) {
    private val bus = org.greenrobot.eventbus.EventBus.builder().build().also { bus -> takers.forEach(bus::register) }

    override fun publish(item: Item): Unit = bus.post(item)
}

private class MbassadorDirect(takers: List<Taker>) : Direct(takers) {
    private val bus = MBassador<Item>(
        BusConfiguration()
            .addFeature(Feature.SyncPubSub.Default())
            .addFeature(Feature.AsynchronousHandlerInvocation.Default())
            .addFeature(Feature.AsynchronousMessageDispatch.Default())
            .addPublicationErrorHandler { throw AssertionError(it.message, it.cause) },
    ).also { bus -> takers.forEach(bus::subscribe) }

    override fun publish(item: Item) {
        bus.publish(item)
    }

    override fun close(): Unit = bus.shutdown()
}

private class SpringDirect(takers: List<Taker>) : Direct(takers) {
    private val bus = SimpleApplicationEventMulticaster().also { bus -> takers.forEach(bus::addApplicationListener) }

    override fun publish(item: Item): Unit = bus.multicastEvent(ItemEvent(this, item))
}

private class LoopDirect(takers: List<Taker>) : Direct(takers) {
    private val all = takers.toTypedArray()

    override fun publish(item: Item) {
        for (taker in all) taker.take(item)
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import dev.jitney.EventBus
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CountDownLatch
import kotlin.concurrent.thread

/** Many topics and many wildcards, of which three match. */
internal object S10 {
    private const val S = "S10"
    private const val FIRST = "first publish on a topic"
    private const val LATER = "later publishes"
    private const val CYCLING = "100 000 topics in turn"
    private const val OPENING = "wildcards opened under load"

    val rows: List<Row> = listOf(
        row(FIRST, "Jitney, 1 000 wildcards") { OurTopics(1_000, Order.FIRST) },
        row(FIRST, "Jitney, 100 000 wildcards") { OurTopics(100_000, Order.FIRST) },
        row(LATER, "Jitney, 50 000 random topics", smoke = true) { OurTopics(1_000, Order.RANDOM) },
        Row(S, LATER, "ConcurrentHashMap.get, the same topics", Kind.LIMIT, Features.NONE) { MapTopics() },
        row(LATER, "Jitney, the 100 hottest") { OurTopics(1_000, Order.HOT) },
        row(LATER, "Jitney, 3 handlers of 1 topic, as in S1") { OursAwaited(Taker.many(3)) },
        row(CYCLING, "Jitney") { OurTopics(1_000, Order.CYCLING) },
        row(OPENING, "Jitney") { Opening() },
    ) + S10Routes.rows

    val targets: List<Target> = listOf(
        Target("$S/$FIRST/Jitney, 1 000 wildcards", atMost = 5_000.0),
        Target("$S/$FIRST/Jitney, 100 000 wildcards", atMost = 10_000.0),
        Target(
            "$S/$LATER/Jitney, 50 000 random topics",
            atMost = 4.0,
            than = listOf("$S/$LATER/ConcurrentHashMap.get, the same topics"),
        ),
        Target(
            "$S/$LATER/Jitney, the 100 hottest",
            atMost = 1.2,
            than = listOf("$S/$LATER/Jitney, 3 handlers of 1 topic, as in S1"),
        ),
        Target("$S/$CYCLING/Jitney", atMost = 6_000.0),
        Target("$S/$OPENING/Jitney", "max", atMost = 1e6),
    )

    private fun row(part: String, name: String, smoke: Boolean = false, open: () -> Contest) =
        Row(S, part, name, Kind.OURS, Features.ALL, smoke, open = open)
}

internal enum class Order { FIRST, RANDOM, HOT, CYCLING }

internal object ManyTopics {
    const val COUNT = 50_000
    val names: Array<String> = Array(COUNT) { name(it) }

    /** The same random order for all. */
    val random: IntArray = java.util.Random(42).let { r -> IntArray(1 shl 16) { r.nextInt(COUNT) } }

    fun name(i: Int): String = "area${i % 100}.place$i.seen"
}

/** Awaits events on many topics; three wildcards want each of them, all others none. */
internal class OurTopics(wildcards: Int, private val order: Order) : Contest() {
    private val bus: EventBus = ourBus()
    private val takers = Taker.many(3)
    private val never = Taker.of(3)
    private val cycling = if (order ==
        Order.CYCLING
    ) {
        Array(2 * ManyTopics.COUNT) { ManyTopics.name(it) }
    } else {
        ManyTopics.names
    }
    private var reads = false
    private var next = 0L
    private var fresh = 0

    init {
        bus.subscribe("*", takers[0])
        bus.subscribe("*.*.seen", takers[1])
        bus.subscribe("*.*.*", takers[2])
        for (i in 0 until wildcards - takers.size) bus.subscribe("other$i.*", never)
    }

    override fun round(round: Round) {
        reads = round.reads
        super.round(round)
    }

    private fun topic(i: Int): String = when (order) {
        // Never published on before.
        Order.FIRST -> "area.place${fresh++}.seen"

        Order.RANDOM -> ManyTopics.names[ManyTopics.random[(next + i).toInt() and ManyTopics.random.size - 1]]

        Order.HOT -> ManyTopics.names[i % HOT]

        Order.CYCLING -> cycling[((next + i) % cycling.size).toInt()]
    }

    override fun batch(): Long {
        for (i in 0 until BATCH) {
            val item = Items.all[(next + i).toInt() and Items.MASK]
            val publication = bus.publishAndJoin(topic(i), item, NO_LIMIT)
            if (reads) readOutcome(publication)
        }
        next += BATCH
        val expected = Items.sum(0, next)
        check(takers.all { it.sum == expected } && never.count == 0L) { "Handlers have not had their events." }
        return BATCH.toLong()
    }

    override fun close(): Unit = bus.close()

    private companion object {
        const val BATCH = 1000
        const val HOT = 100
    }
}

internal class MapTopics : Contest() {
    private val map = ConcurrentHashMap<String, Item>()
    private var next = 0L
    private var sum = 0L
    private var expected = 0L

    init {
        ManyTopics.names.forEachIndexed { i, name -> map[name] = Items.all[i] }
    }

    override fun batch(): Long {
        for (i in 0 until BATCH) {
            val at = ManyTopics.random[(next + i).toInt() and ManyTopics.random.size - 1]
            sum += map[ManyTopics.names[at]]!!.value
            expected += Items.all[at].value
        }
        next += BATCH
        check(sum == expected) { "The map has given $sum." }
        return BATCH.toLong()
    }

    private companion object {
        const val BATCH = 1000
    }
}

/** Publishes in an open loop while another thread opens and closes wildcards; the longest that a publish takes. */
internal class Opening : Contest() {
    private val bus: EventBus = ourBus()
    private val taker = Taker.of(0)
    private val other = Taker.of(1)

    @Volatile
    private var open = true

    init {
        bus.subscribe("*", taker)
        for (i in 0 until WILDCARDS) bus.subscribe("other$i.*", other)
    }

    override fun batch(): Long = throw UnsupportedOperationException()

    override fun round(round: Round) {
        val begun = CountDownLatch(1)
        open = true
        var opened = 0
        val opener = thread {
            begun.countDown()
            while (open) {
                bus.subscribe("new${opened++}.*", other).close()
                Thread.sleep(1)
            }
        }
        begun.await()
        val latencies = Latencies()
        val begin = System.nanoTime()
        val reached = CountDownLatch(1)
        val count = round.nanos / INTERVAL_NANOS
        taker.expect(count, reached)
        for (i in 0 until count) {
            val at = begin + i * INTERVAL_NANOS
            while (System.nanoTime() < at) Thread.onSpinWait()
            val topic = ManyTopics.names[i.toInt() % HOT]
            val before = System.nanoTime()
            bus.publish(topic, Items.all[0])
            latencies.add(System.nanoTime() - before)
        }
        open = false
        opener.join()
        await(reached)
        check(opened > 0) { "No wildcard was opened." }
        round.latencies("", latencies)
    }

    override fun close(): Unit = bus.close()

    private companion object {
        const val WILDCARDS = 1_000
        const val HOT = 100
        const val INTERVAL_NANOS = 20_000L
    }
}

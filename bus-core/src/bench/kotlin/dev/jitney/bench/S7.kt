// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import dev.jitney.EventBus
import dev.jitney.Ordering
import dev.jitney.event.Event
import java.time.Duration
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.atomic.AtomicLongArray
import kotlin.concurrent.thread

/** Keyed order: 1 000 keys on 4 lanes, 4 producers. */
internal object S7 {
    private const val S = "S7"
    private const val EMPTY = "empty handlers"
    private const val BUSY = "5 us of CPU a handler"
    private const val BLOCKED = "one key blocked"
    private const val HOT = "one key with 90 % of the traffic"

    val rows: List<Row> = listOf(
        row(EMPTY, "Jitney KEYED", smoke = true) { Keyed(keyed = true) },
        row(EMPTY, "Jitney SERIAL") { Keyed(keyed = false) },
        row(BUSY, "Jitney KEYED") { Keyed(keyed = true, workNanos = 5_000) },
        row(BUSY, "Jitney SERIAL") { Keyed(keyed = false, workNanos = 5_000) },
        row(BLOCKED, "Jitney KEYED") { BlockedKey() },
        row(HOT, "Jitney KEYED") { Keyed(keyed = true, hot = true) },
    )

    val targets: List<Target> = listOf(
        Target("$S/$EMPTY/Jitney KEYED", times = 0.8, than = listOf("S4/4 threads/Jitney publish")),
        Target("$S/$BUSY/Jitney KEYED", times = 1.7, than = listOf("$S/$BUSY/Jitney SERIAL")),
        Target("$S/$BLOCKED/Jitney KEYED", "others p99", atMost = 5e6),
        Target("$S/$HOT/Jitney KEYED", "pending", atMost = BOUND.toDouble()),
    )

    private fun row(part: String, name: String, smoke: Boolean = false, open: () -> Contest) =
        Row(S, part, name, Kind.OURS, Features.ALL, smoke, open = open)
}

internal const val KEYS = 1000

private fun key(i: Int) = "key$i"

/** Each producer has keys of its own, so that the order within a key is that of its producer; it is checked. */
internal class Keyed(keyed: Boolean, private val workNanos: Long = 0, private val hot: Boolean = false) : Contest() {
    private val bus: EventBus = ourBus { if (keyed) ordering(Ordering.KEYED).lanes(4) }
    private val names = Array(KEYS) { key(it) }
    private val each = if (workNanos > 0) 2_000 else 25_000
    private val last = AtomicLongArray(KEYS)
    private val outOfOrder = AtomicLong()
    private val handled = AtomicLong()
    private var pending = 0

    @Volatile
    private var reached = CountDownLatch(0)

    // Handlers of several lanes run at once, so each key has a sum of its own.
    private val sums = AtomicLongArray(KEYS)

    init {
        bus.subscribe(TOPIC) { handle(it.payload() as Item) }
    }

    private fun handle(item: Item) {
        if (workNanos > 0) work()
        val key = item.producer
        // One key's events come one at a time: no other thread writes here meanwhile.
        if (last.getPlain(key) != item.seq) outOfOrder.incrementAndGet()
        last.setPlain(key, item.seq + 1)
        sums.setPlain(key, sums.getPlain(key) + item.value)
        reached.countDown()
    }

    private fun work() {
        val end = System.nanoTime() + workNanos
        while (System.nanoTime() < end) Thread.onSpinWait()
    }

    override fun round(round: Round) {
        pending = 0
        super.round(round)
        round.metric("pending", pending.toDouble())
    }

    override fun batch(): Long {
        for (k in 0 until KEYS) {
            last.set(k, 0)
            sums.set(k, 0)
        }
        val events = (0 until PRODUCERS).sumOf { share(it) }
        reached = CountDownLatch(events)
        val sent = AtomicLong()
        val producers = List(PRODUCERS) { p -> thread { sent.addAndGet(produce(p)) } }
        producers.forEach { it.join() }
        await(reached)
        val sum = (0 until KEYS).sumOf { sums.get(it) }
        check(sum == sent.get() && outOfOrder.get() == 0L) {
            "Handlers have summed $sum, not ${sent.get()}, and had ${outOfOrder.get()} events out of the order of their keys."
        }
        return events.toLong()
    }

    private fun share(p: Int) = if (!hot) {
        each
    } else if (p == 0) {
        (PRODUCERS * each) * 9 / 10
    } else {
        PRODUCERS * each / 30
    }

    private fun produce(p: Int): Long {
        val own = KEYS / PRODUCERS
        val seqs = LongArray(KEYS)
        var sum = 0L
        for (i in 0 until share(p)) {
            val key = if (hot && p == 0) 0 else p * own + i % own
            val value = i and 0xff
            sum += value
            bus.publish(Event.builder(TOPIC).payload(Item(value, key, seqs[key]++)).key(names[key]).build())
            if (hot && i and 0xff == 0) pending = maxOf(pending, bus.pendingCount())
        }
        return sum
    }

    override fun close(): Unit = bus.close()

    private companion object {
        const val PRODUCERS = 4
    }
}

/**
 * One key's handler blocks for as long as the round; latency of events of keys that are on other lanes. Which those are
 * is found out first: their probes get through while it blocks.
 */
internal class BlockedKey : Contest() {
    private val bus: EventBus = ourBus { ordering(Ordering.KEYED).lanes(4) }
    private val arrived = AtomicLongArray(KEYS)
    private val lateness = ConcurrentLinkedQueue<Long>()

    @Volatile
    private var gate = CountDownLatch(0)
    private val entered = AtomicLong()

    init {
        bus.subscribe(TOPIC) { event ->
            val item = event.payload() as Item
            if (item.producer == 0) {
                entered.incrementAndGet()
                gate.await()
            } else {
                arrived.incrementAndGet(item.producer)
                if (item.at != 0L) lateness += System.nanoTime() - item.at
            }
        }
    }

    override fun batch(): Long = throw UnsupportedOperationException()

    override fun round(round: Round) {
        gate = CountDownLatch(1)
        val before = entered.get()
        publish(0, 0)
        while (entered.get() == before) Thread.onSpinWait()
        for (k in 1 until KEYS) arrived.set(k, 0)
        for (k in 1 until KEYS) publish(k, 0)
        Thread.sleep(SETTLE_MILLIS)
        val free = (1 until KEYS).filter { arrived.get(it) > 0 }
        check(free.size in KEYS / 2 until KEYS - 1) { "${free.size} keys are on lanes of others." }
        lateness.clear()
        val begin = System.nanoTime()
        val nanos = maxOf(round.nanos, if (round.warmUp) 0 else 1_000_000_000)
        var sent = 0
        while (true) {
            val at = begin + sent * INTERVAL_NANOS
            if (at - begin > nanos) break
            while (System.nanoTime() < at) Thread.onSpinWait()
            publish(free[sent++ % free.size], at)
        }
        gate.countDown()
        check(bus.awaitIdle(Duration.ofSeconds(WAIT_SECONDS))) { "The bus is not idle." }
        check(lateness.size == sent) { "${lateness.size} of $sent events have come." }
        val latencies = Latencies()
        lateness.forEach(latencies::add)
        round.latencies("others ", latencies)
    }

    private fun publish(key: Int, at: Long) {
        val item = Item(1, key).also { it.at = at }
        bus.publish(Event.builder(TOPIC).payload(item).key(key(key)).build())
    }

    override fun close(): Unit = bus.close()

    private companion object {
        const val SETTLE_MILLIS = 200L
        const val INTERVAL_NANOS = 20_000L
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import dev.jitney.BackpressureException
import dev.jitney.BusStats
import dev.jitney.EventBus
import dev.jitney.Overflow
import dev.jitney.bench.Item
import dev.jitney.bench.TOPIC
import dev.jitney.bench.ourBus
import java.time.Duration
import java.util.concurrent.Semaphore
import java.util.concurrent.locks.LockSupport
import kotlin.concurrent.thread

/**
 * One policy under more than the handler can take. The handler spins for [micros]; each producer has an event due every
 * `2 * micros`, so four of them offer twice what it can do, in an open loop; more if the machine holds the handler up.
 *
 * @param broken what is wrong on purpose, to show that it is seen
 */
internal class Flood(
    private val policy: Overflow,
    private val seconds: Int,
    private val micros: Int,
    private val broken: String,
) {
    private val handled = LongArray(PRODUCERS)
    private val attempts = LongArray(PRODUCERS)
    private val refused = LongArray(PRODUCERS)
    private val heap = ArrayList<Long>()
    private val kept = ArrayList<ByteArray>()
    private val failures = ArrayList<String>()
    private var mostPending = 0

    // Closed, it stops the handler within an event, so that what is counted stands still.
    private val gate = Semaphore(1)

    @Volatile
    private var stopped = false

    fun run(): Overloaded = ourBus { overflow(policy) }.use { bus ->
        bus.subscribe(TOPIC) { event -> handle(event.payload() as Item) }
        val before = Pauses.liveBytes()
        val producers = List(PRODUCERS) { at -> thread(name = "producer-$at") { produce(bus, at) } }
        watch(bus, before)
        gate.acquire()
        stopped = true
        // Who waits for room gets some while the handler goes on; nobody starts anew.
        gate.release()
        producers.forEach { it.join() }
        gate.acquire()
        val row = account(bus, before)
        gate.release()
        drain(bus)
        row
    }

    private fun handle(item: Item) {
        gate.acquire()
        try {
            val end = System.nanoTime() + micros * 1_000L
            while (System.nanoTime() < end) Thread.onSpinWait()
            handled[item.producer]++
            if (broken == "heap") kept += ByteArray(KEPT)
            if (broken == "count" && handled[0] == KEPT.toLong()) handled[0]++
        } finally {
            gate.release()
        }
    }

    private fun produce(bus: EventBus, at: Int) {
        val item = Item(1, at)
        val interval = 2_000L * micros / (if (broken == "share" && at == 0) FAVOUR else 1)
        var due = System.nanoTime()
        while (!stopped) {
            due += interval
            while (System.nanoTime() < due && !stopped) LockSupport.parkNanos(due - System.nanoTime())
            attempts[at]++
            try {
                bus.publish(TOPIC, item)
            } catch (_: BackpressureException) {
                refused[at]++
            }
        }
    }

    private fun watch(bus: EventBus, before: Long) {
        val end = System.nanoTime() + seconds * 1_000_000_000L
        var next = System.nanoTime() + seconds * 500_000_000L
        while (System.nanoTime() < end) {
            mostPending = maxOf(mostPending, bus.pendingCount())
            if (System.nanoTime() >= next) {
                heap += Pauses.liveBytes() - before
                next += seconds * 250_000_000L
            }
            Thread.sleep(1)
        }
    }

    /** Called while the handler stands still and nobody publishes. */
    private fun account(bus: EventBus, before: Long): Overloaded {
        val stats = settled(bus)
        heap += Pauses.liveBytes() - before
        val inHand = stats.inFlight()
        val sum = handled.sum() + inHand + stats.dropped() + refused.sum() + bus.pendingCount()
        must(sum == attempts.sum()) { "of ${attempts.sum()} published events $sum are accounted for." }
        must(mostPending <= LIMIT) { "$mostPending events were pending, the limit is $LIMIT." }
        must(stats.deadLetters() == stats.dropped()) {
            "${stats.dropped()} events were dropped and ${stats.deadLetters()} dead letters made."
        }
        must(heap.max() <= LIMIT * BYTES) {
            "the heap has grown by ${heap.max()} bytes, over $BYTES for each that may wait."
        }
        val fair = handled.sum().toDouble() / PRODUCERS
        val shares = handled.map { it / fair }
        must(shares.min() >= SHARE) { "a producer has had ${shares.min()} of its fair share." }
        val lost = stats.dropped() + refused.sum()
        must(if (policy == Overflow.SUSPEND) lost == 0L else lost > 0) { "$lost events were dropped or refused." }
        val offered = PRODUCERS * seconds * 1_000_000.0 / (2.0 * micros)
        val times = offered / handled.sum()
        must(times >= TWICE) { "only $times times as much was offered as handled." }
        return Overloaded(
            "$policy",
            attempts.sum(),
            handled.sum() + inHand,
            stats.dropped(),
            refused.sum(),
            bus.pendingCount().toLong(),
            mostPending,
            heap,
            shares,
            times,
            failures,
        )
    }

    /** The counts once the handler has come to the gate. */
    private fun settled(bus: EventBus): BusStats {
        val deadline = System.nanoTime() + WAIT.toNanos()
        while (!gate.hasQueuedThreads() && bus.pendingCount() > 0 && System.nanoTime() < deadline) Thread.sleep(1)
        return bus.stats()
    }

    private fun drain(bus: EventBus) {
        must(bus.awaitIdle(WAIT)) { "the bus is not idle a minute after." }
        val sum = handled.sum() + bus.stats().dropped() + refused.sum()
        must(sum == attempts.sum()) { "of ${attempts.sum()} published events $sum are accounted for at the end." }
    }

    private inline fun must(ok: Boolean, message: () -> String) {
        if (!ok) failures += message()
    }

    companion object {
        val BREAKS = listOf("nothing", "share", "heap", "count")
        private const val FAVOUR = 12
        private const val KEPT = 1_024
        private const val PRODUCERS = 4
        private const val LIMIT = 65_536
        private const val BYTES = 512L
        private const val SHARE = 0.5

        // The last burst may be on its way.
        private const val TWICE = 1.9
        private val WAIT: Duration = Duration.ofMinutes(1)
    }
}

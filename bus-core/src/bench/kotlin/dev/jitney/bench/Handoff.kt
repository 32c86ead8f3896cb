// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit

/** Hands events on to handlers on other threads; a batch ends when the slowest handler has had the last event. */
internal abstract class Handoff(protected val takers: List<Taker>) : Contest() {
    protected var reads: Boolean = false
    private var next = 0L

    /** Hands one event on, and waits for room if there is none. */
    abstract fun send(item: Item)

    /** Called when all of a batch has been handled. */
    protected open fun ended() {}

    fun reading(on: Boolean) {
        reads = on
    }

    fun finished(): Unit = ended()

    override fun round(round: Round) {
        reads = round.reads
        super.round(round)
    }

    override fun batch(): Long = batch(BATCH) { from, count ->
        for (i in from until from + count) send(Items.all[i.toInt() and Items.MASK])
    }

    fun batch(count: Int, sendAll: (Long, Int) -> Unit): Long {
        val reached = CountDownLatch(takers.size)
        for (taker in takers) taker.expect(count.toLong(), reached)
        sendAll(next, count)
        await(reached)
        next += count
        val expected = Items.sum(0, next)
        for (taker in takers) {
            check(taker.sum == expected) {
                "A handler has summed ${taker.sum} in ${taker.count} events, not $expected."
            }
        }
        ended()
        return count.toLong()
    }

    companion object {
        // More than any queue here holds: what waits at the end is a small part.
        const val BATCH = 100_000
    }
}

/** Sends from a coroutine, on the default dispatcher. */
internal abstract class SuspendingHandoff(takers: List<Taker>) : Handoff(takers) {
    abstract suspend fun sendSuspending(item: Item)

    override fun send(item: Item): Unit = throw UnsupportedOperationException()

    override fun batch(): Long = batch(BATCH) { from, count ->
        runBlocking(Dispatchers.Default) {
            for (i in from until from + count) sendSuspending(Items.all[i.toInt() and Items.MASK])
        }
    }
}

internal fun await(reached: CountDownLatch) {
    check(reached.await(WAIT_SECONDS, TimeUnit.SECONDS)) { "${reached.count} handlers have not had all events." }
}

/**
 * Sends in an open loop at half of what the contestant could take in the warm-up. Latency is from when an event was to
 * be sent until it is handled, so a sender that is held up is counted too.
 */
internal class OpenLoop(private val link: Handoff, private val taker: Taker) : Contest() {
    private var peak = Double.MAX_VALUE

    override fun batch(): Long = link.batch()

    override fun round(round: Round) {
        if (round.warmUp) {
            link.round(round)
            peak = minOf(peak, round.metrics.getValue("ns"))
            return
        }
        val interval = 2 * peak
        val count = (round.nanos / interval).toInt()
        val latencies = Latencies()
        taker.also = { latencies.add(System.nanoTime() - it.at) }
        link.batch(count) { from, many ->
            val begin = System.nanoTime()
            for (i in 0 until many) {
                val at = begin + (i * interval).toLong()
                while (System.nanoTime() < at) Thread.onSpinWait()
                val item = Items.all[(from + i).toInt() and Items.MASK]
                item.at = at
                link.send(item)
            }
        }
        taker.also = null
        round.metric("rate/s", 1e9 / interval)
        round.latencies("", latencies)
    }

    override fun close(): Unit = link.close()
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import com.lmax.disruptor.dsl.ProducerType
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import java.util.concurrent.CyclicBarrier
import java.util.concurrent.atomic.AtomicLong
import kotlin.concurrent.thread

/** Four producers, one lane: the order of each producer is checked. */
internal object S4 {
    private const val S = "S4"
    private const val THREADS = "4 threads"
    private const val COROUTINES = "4 coroutines"

    val rows: List<Row> = listOf(
        row(THREADS, "Jitney publish", Kind.OURS, Features.ALL, smoke = true) { OurLink(it) },
        row(THREADS, "Disruptor blocking", Kind.PEER, Features.NONE, smoke = true) {
            DisruptorLink(it, DisruptorLink.blocking(), ProducerType.MULTI)
        },
        row(THREADS, "Disruptor yielding", Kind.LIMIT, Features.NONE) {
            DisruptorLink(it, DisruptorLink.yielding(), ProducerType.MULTI)
        },
        row(THREADS, "Guava async (unbounded)", Kind.PEER, Features.ISOLATION) { GuavaLink(it) },
        row(THREADS, "MutableSharedFlow", Kind.PEER, Features.NONE) { SharedFlowLink(it) },
        row(THREADS, "Channel", Kind.PEER, Features.NONE) { ChannelLink(it) },
        row(THREADS, "JCTools MPSC, yielding", Kind.LIMIT, Features.NONE) { JcToolsLink(it) },
        row(THREADS, "ArrayBlockingQueue", Kind.LIMIT, Features.NONE) { BlockingQueueLink(it) },
        row(COROUTINES, "Jitney publishSuspending", Kind.OURS, Features.ALL) { OurSuspendingLink(it) },
        row(COROUTINES, "MutableSharedFlow", Kind.PEER, Features.NONE) { SharedFlowLink(it).suspending() },
        row(COROUTINES, "Channel", Kind.PEER, Features.NONE) { ChannelLink(it).suspending() },
    )

    val targets: List<Target> = listOf(
        Target("$S/$THREADS/Jitney publish", times = 1.0, than = listOf("$S/$THREADS/Disruptor blocking")),
        Target("$S/$THREADS/Jitney publish", times = 3.0, than = listOf("$S/$THREADS/Guava async (unbounded)")),
        Target("$S/$THREADS/Jitney publish", "unfair", atMost = 1 / 0.8),
        Target("$S/$COROUTINES/Jitney publishSuspending", times = 0.75, than = listOf("$S/$THREADS/Disruptor blocking")),
        Target("$S/$COROUTINES/Jitney publishSuspending", "unfair", atMost = 1 / 0.8),
    )

    private fun row(
        part: String,
        name: String,
        kind: Kind,
        features: Features,
        smoke: Boolean = false,
        make: (List<Taker>) -> Handoff,
    ) = Row(S, part, name, kind, features, smoke) {
        val takers = Taker.many(1)
        Crowd(make(takers), takers[0], part == COROUTINES)
    }
}

/** Several producers that begin together and send as many each; how far the slowest is when the first is done is its share. */
internal class Crowd(private val link: Handoff, private val taker: Taker, private val suspending: Boolean) : Contest() {
    private val items = List(PRODUCERS) { p -> Array(EACH) { Item(it and 0xff, p, it.toLong()) } }
    private val sum = PRODUCERS * items[0].sumOf { it.value.toLong() }
    private val last = LongArray(PRODUCERS)
    private val sent = Array(PRODUCERS) { AtomicLong() }
    private val unfair = ArrayList<Double>()
    private var expected = 0L
    private var outOfOrder = 0

    init {
        taker.also = { item ->
            // Counted only: what a handler throws is no one else's affair on most buses.
            if (item.seq != last[item.producer]++) outOfOrder++
        }
    }

    override fun round(round: Round) {
        unfair.clear()
        link.reading(round.reads)
        super.round(round)
        // How many times as fast as the slowest the fastest is.
        round.metric("unfair", unfair.average())
    }

    override fun batch(): Long {
        last.fill(0)
        sent.forEach { it.set(0) }
        val reached = java.util.concurrent.CountDownLatch(1)
        taker.expect(PRODUCERS.toLong() * EACH, reached)
        if (suspending) sendFromCoroutines() else sendFromThreads()
        await(reached)
        link.finished()
        check(outOfOrder == 0) { "$outOfOrder events came out of the order of their producer." }
        expected += sum
        check(taker.sum == expected) { "The handler has summed ${taker.sum}, not $expected." }
        return PRODUCERS.toLong() * EACH
    }

    private fun sendFromThreads() {
        val start = CyclicBarrier(PRODUCERS)
        val threads = List(PRODUCERS) { p ->
            thread {
                start.await()
                for (item in items[p]) {
                    link.send(item)
                    sent[p].lazySet(item.seq + 1)
                }
                done()
            }
        }
        threads.forEach { it.join() }
    }

    private fun sendFromCoroutines() {
        val sender = link as SuspendingHandoff
        runBlocking(Dispatchers.Default) {
            repeat(PRODUCERS) { p ->
                launch {
                    for (item in items[p]) {
                        sender.sendSuspending(item)
                        sent[p].lazySet(item.seq + 1)
                    }
                    done()
                }
            }
        }
    }

    // Of the first only.
    private fun done() {
        synchronized(unfair) {
            if (sent.count { it.get() == EACH.toLong() } == 1) {
                unfair += EACH.toDouble() / maxOf(1, sent.minOf { it.get() })
            }
        }
    }

    override fun close(): Unit = link.close()

    private companion object {
        const val PRODUCERS = 4
        const val EACH = 50_000
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import java.util.concurrent.CountDownLatch
import java.util.concurrent.CyclicBarrier
import kotlin.concurrent.thread

/**
 * Several producers that begin together and send for as long as the round takes. Their shares are how much each got rid
 * of in the same time, which says something only if that is many time slices of the system.
 */
internal class Crowd(
    private val link: Handoff,
    private val taker: Taker,
    private val suspending: Boolean,
    private val ordered: Boolean,
) : Contest() {
    private val items = List(PRODUCERS) { p -> Array(RING) { Item(it and 0xff, p, it.toLong()) } }
    private val next = LongArray(PRODUCERS + 1)
    private val last = LongArray(PRODUCERS)
    private val sent = LongArray(PRODUCERS)
    private var outOfOrder = 0L
    private var nanos = 0L
    private var unfair = 1.0

    @Volatile
    private var ended = CountDownLatch(1)

    init {
        taker.also = { item ->
            if (item.producer == PRODUCERS) {
                ended.countDown()
            } else {
                // Counted only: what a handler throws is no one else's affair on most buses.
                if (item.seq != last[item.producer]) outOfOrder++
                last[item.producer] = item.seq + 1 and RING - 1L
            }
        }
    }

    override fun round(round: Round) {
        link.reading(round.reads)
        nanos = round.nanos
        super.round(round)
        round.metric("unfair", unfair)
    }

    override fun batch(): Long {
        ended = CountDownLatch(1)
        val before = next.sum()
        val end = Item(0, PRODUCERS)
        val deadline = System.nanoTime() + nanos
        if (suspending) {
            val sender = link as SuspendingHandoff
            sendFromCoroutines(sender, deadline)
            runBlocking { sender.sendSuspending(end) }
        } else {
            sendFromThreads(deadline)
            link.send(end)
        }
        next[PRODUCERS]++
        await(ended)
        link.finished()
        check(!ordered || outOfOrder == 0L) { "$outOfOrder events came out of the order of their producer." }
        check(taker.sum == (0 until PRODUCERS).sumOf { sumOf(next[it]) } && taker.count == next.sum()) {
            "The handler has summed ${taker.sum} in ${taker.count} events of ${next.sum()}."
        }
        unfair = sent.max().toDouble() / maxOf(1, sent.min())
        return next.sum() - before
    }

    private fun sumOf(count: Long): Long = count / 256 * (255 * 128) + (count % 256) * (count % 256 - 1) / 2

    private fun sendFromThreads(deadline: Long) {
        val start = CyclicBarrier(PRODUCERS)
        val threads = List(PRODUCERS) { p ->
            thread {
                start.await()
                while (System.nanoTime() < deadline) {
                    for (i in next[p] until next[p] + CHUNK) link.send(items[p][i.toInt() and RING - 1])
                    next[p] += CHUNK
                    sent[p] += CHUNK
                }
            }
        }
        threads.forEach { it.join() }
    }

    private fun sendFromCoroutines(sender: SuspendingHandoff, deadline: Long) {
        runBlocking(Dispatchers.Default) {
            repeat(PRODUCERS) { p ->
                launch {
                    while (System.nanoTime() < deadline) {
                        for (i in next[p] until next[p] + CHUNK) sender.sendSuspending(items[p][i.toInt() and RING - 1])
                        next[p] += CHUNK
                        sent[p] += CHUNK
                        // Only two can run at a time: who never suspends by itself takes turns here.
                        kotlinx.coroutines.yield()
                    }
                }
            }
        }
    }

    override fun close(): Unit = link.close()

    private companion object {
        const val PRODUCERS = 4
        const val RING = 1 shl 17
        const val CHUNK = 100L
    }
}

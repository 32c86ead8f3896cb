// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import dev.jitney.EventBus
import dev.jitney.Publication
import dev.jitney.event.Event
import dev.jitney.kotlin.on
import dev.jitney.kotlin.publishAndAwait
import io.vertx.core.Handler
import io.vertx.core.eventbus.DeliveryOptions
import io.vertx.core.eventbus.Message
import kotlinx.coroutines.yield
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CyclicBarrier
import java.util.concurrent.Executors
import kotlin.concurrent.thread

/** Publish and await the result. */
internal object S5 {
    private const val S = "S5"
    private const val PLAIN = "plain handler"
    private const val SUSPENDS = "a handler that suspends once"
    private const val BUSY = "4 callers on one busy lane"
    const val AWAITED = "$S/$PLAIN/Jitney publishAndJoin"

    val rows: List<Row> = listOf(
        Row(S, PLAIN, "Jitney publishAndJoin", Kind.OURS, Features.ALL, true) { OurRequests() },
        Row(S, PLAIN, "Vert.x request on its loop", Kind.PEER, Features.REPLIES, true) { VertxRequests() },
        Row(S, SUSPENDS, "Jitney, from our threads", Kind.OURS, Features.ALL) { OurDriven() },
        Row(S, SUSPENDS, "Jitney, from a blocked thread", Kind.OURS, Features.ALL) { OurRequests(suspends = true) },
        Row(S, SUSPENDS, "CompletableFuture on an executor", Kind.PEER, Features.NONE) { FutureRequests() },
        Row(S, BUSY, "Jitney publishAndJoin", Kind.OURS, Features.ALL) { OurBusyLane() },
    )

    val targets: List<Target> = listOf(
        Target(AWAITED, atMost = 120.0),
        Target(AWAITED, "p99", atMost = 1000.0),
        Target(AWAITED, times = 4.0, than = listOf("$S/$PLAIN/Vert.x request on its loop")),
        Target("$S/$SUSPENDS/Jitney, from our threads", atMost = 1000.0),
        Target(
            "$S/$SUSPENDS/Jitney, from a blocked thread",
            atMost = 1.2,
            than = listOf("$S/$SUSPENDS/CompletableFuture on an executor"),
        ),
        Target("$S/$BUSY/Jitney publishAndJoin", "p99", atMost = 50_000.0),
        Target("$S/$BUSY/Jitney publishAndJoin", "unfair", atMost = 2.0),
    )
}

/** Batches of 1 000 one after the other, then single ones by the clock. */
internal abstract class Requests : Contest() {
    protected var reads: Boolean = false
    private var next = 0L

    /** Sends one item and returns what came back, which is its value and one. */
    abstract fun request(item: Item): Int

    override fun round(round: Round) {
        reads = round.reads
        super.round(round)
        val latencies = Latencies()
        repeat(SAMPLES) {
            val begin = System.nanoTime()
            request(Items.all[it])
            latencies.add(System.nanoTime() - begin)
        }
        round.latencies("", latencies)
    }

    override fun batch(): Long {
        var sum = 0L
        for (i in 0 until BATCH) sum += request(Items.all[(next + i).toInt() and Items.MASK])
        check(sum == Items.sum(next, BATCH) + BATCH) { "The replies add up to $sum." }
        next += BATCH
        return BATCH
    }

    protected companion object {
        const val BATCH = 1000L
        const val SAMPLES = 5000
    }
}

internal class OurRequests(suspends: Boolean = false) : Requests() {
    private val bus = ourBus()

    init {
        if (suspends) bus.on(TOPIC) { event: Event -> replyLater(event) } else bus.subscribeReplying(TOPIC, ::reply)
    }

    override fun request(item: Item): Int {
        val publication = bus.publishAndJoin(TOPIC, item, NO_LIMIT)
        if (reads) readOutcome(publication)
        return publication.result() as Int
    }

    override fun close(): Unit = bus.close()
}

internal fun reply(event: Event): Int = (event.payload() as Item).value + 1

internal suspend fun replyLater(event: Event): Int {
    yield()
    return reply(event)
}

/** The caller is a suspending handler of another bus, so it is resumed on the bus's own threads. */
internal class OurDriven : Contest() {
    private val bus = ourBus()
    private val driver = ourBus()
    private var reads = false
    private var next = 0L

    init {
        bus.on(TOPIC) { event: Event -> replyLater(event) }
        driver.on(TOPIC) { _: Event -> drive() }
    }

    private suspend fun drive(): Long {
        var sum = 0L
        for (i in 0 until BATCH) {
            val item = Items.all[(next + i).toInt() and Items.MASK]
            val publication = bus.publishAndAwait(TOPIC, item)
            if (reads) readOutcome(publication)
            sum += publication.result() as Int
        }
        return sum
    }

    override fun round(round: Round) {
        reads = round.reads
        super.round(round)
    }

    override fun batch(): Long {
        val sum = driver.publishAndJoin(TOPIC, null, NO_LIMIT).result() as Long
        check(sum == Items.sum(next, BATCH) + BATCH) { "The replies add up to $sum." }
        next += BATCH
        return BATCH
    }

    override fun close() {
        driver.close()
        bus.close()
    }

    private companion object {
        // The driver's result lists what it has published, and history keeps that: no more than a handler publishes.
        const val BATCH = 100L
    }
}

/** Each reply sends the next request, all on one event loop. */
internal class VertxRequests : Contest() {
    private val vertx = localVertx()
    private val loop = vertx.getOrCreateContext()
    private val options = DeliveryOptions().setLocalOnly(true)
    private var next = 0L

    init {
        onLoop { done ->
            vertx.eventBus().localConsumer(TOPIC, Handler { m: Message<Item> -> m.reply(m.body().value + 1) })
            done.complete(0)
        }
    }

    private fun onLoop(work: (CompletableFuture<Long>) -> Unit): Long {
        val done = CompletableFuture<Long>()
        loop.runOnContext { work(done) }
        return done.join()
    }

    private fun send(at: Long, left: Long, sum: Long, done: CompletableFuture<Long>) {
        if (left == 0L) {
            done.complete(sum)
            return
        }
        val item = Items.all[at.toInt() and Items.MASK]
        vertx.eventBus().request<Int>(TOPIC, item, options).onComplete { reply ->
            send(at + 1, left - 1, sum + reply.result().body(), done)
        }
    }

    override fun batch(): Long {
        val sum = onLoop { send(next, BATCH, 0, it) }
        check(sum == Items.sum(next, BATCH) + BATCH) { "The replies add up to $sum." }
        next += BATCH
        return BATCH
    }

    override fun close() {
        vertx.close().toCompletionStage().toCompletableFuture().join()
    }

    private companion object {
        const val BATCH = 1000L
    }
}

internal class FutureRequests : Requests() {
    private val worker = Executors.newSingleThreadExecutor()

    override fun request(item: Item): Int = CompletableFuture.supplyAsync({ item.value + 1 }, worker).join()

    override fun close(): Unit = worker.shutdown()
}

/** Callers that wait for their own events on a lane that always has others'. */
internal class OurBusyLane : Contest() {
    private val bus: EventBus = ourBus()
    private var reads = false
    private var each = List(CALLERS) { Latencies() }

    init {
        bus.subscribeReplying(TOPIC, ::reply)
    }

    override fun round(round: Round) {
        reads = round.reads
        each = List(CALLERS) { Latencies() }
        super.round(round)
        val all = Latencies().also { all -> each.forEach(all::add) }
        round.latencies("", all)
        round.metric("unfair", each.maxOf { it.mean() } / each.minOf { it.mean() })
    }

    override fun batch(): Long {
        val start = CyclicBarrier(CALLERS)
        val failures = java.util.concurrent.ConcurrentLinkedQueue<Throwable>()
        val callers = each.map { latencies ->
            thread {
                try {
                    start.await()
                    call(latencies)
                } catch (e: Throwable) {
                    failures += e
                }
            }
        }
        callers.forEach { it.join() }
        failures.peek()?.let { throw it }
        return CALLERS.toLong() * EACH
    }

    private fun call(latencies: Latencies) {
        var sum = 0L
        for (i in 0 until EACH) {
            val begin = System.nanoTime()
            val publication: Publication = bus.publishAndJoin(TOPIC, Items.all[i], NO_LIMIT)
            latencies.add(System.nanoTime() - begin)
            if (reads) readOutcome(publication)
            sum += publication.result() as Int
        }
        check(sum == Items.sum(0, EACH.toLong()) + EACH) { "The replies add up to $sum." }
    }

    override fun close(): Unit = bus.close()

    private companion object {
        const val CALLERS = 4
        const val EACH = 5000
    }
}

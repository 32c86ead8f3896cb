// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import dev.jitney.EventBus
import dev.jitney.Handler
import dev.jitney.ReplyHandler
import dev.jitney.bench.NO_LIMIT
import dev.jitney.bench.TOPIC
import dev.jitney.bench.ourBus
import dev.jitney.event.Event
import java.lang.management.ManagementFactory
import java.time.Duration
import java.util.concurrent.CountDownLatch

/**
 * The kinds that are measured. Payloads, handlers and values are one object for all, and topics too unless the case is
 * about them: what the application keeps is no bus's.
 */
internal class MemoryCases(private val count: Int, private val seconds: Int) {
    val all: Map<String, () -> List<Kept>> = linkedMapOf(
        "pending" to { pending() },
        "history" to { history() },
        "subscription" to { listOf(subscription(ownTopics = false), subscription(ownTopics = true)) },
        "bus" to { idleBus() },
        "drained" to { drained() },
    )

    private fun pending(): List<Kept> = ourBus().use { bus ->
        val gate = CountDownLatch(1)
        bus.use(USED)
        bus.subscribe(TOPIC) { gate.await() }
        repeat(FIRST) { bus.publish(TOPIC, PAYLOAD) }
        val before = Histogram.take()
        repeat(count) { bus.publish(TOPIC, PAYLOAD) }
        val after = Histogram.take()
        // One of them runs.
        check(bus.pendingCount() == FIRST + count - 1) { "${bus.pendingCount()} events are pending." }
        gate.countDown()
        check(bus.awaitIdle(LIMIT)) { "The bus is not idle." }
        listOf(Memory.kept("pending event", PENDING, count, before, after))
    }

    private fun history(): List<Kept> {
        val plain = history("1 handler that returns nothing", 1) { null }
        val one = history("1 handler that returns a value", 1) { PAYLOAD }
        val four = history("4 handlers that return a value", MANY) { PAYLOAD }
        val each = (four.bytes - one.bytes) / (MANY - 1)
        val classes = (four.classes.keys + one.classes.keys).associateWith {
            ((four.classes[it] ?: 0.0) - (one.classes[it] ?: 0.0)) / (MANY - 1)
        }
        return listOf(plain, one, four, Kept("history: a further handler's result", RESULT, each, classes))
    }

    private fun history(what: String, handlers: Int, handler: ReplyHandler): Kept =
        ourBus { historyLimit(USED + count) }.use { bus ->
            repeat(handlers) { bus.subscribeReplying(TOPIC, handler) }
            repeat(USED) { bus.publishAndJoin(TOPIC, PAYLOAD, NO_LIMIT) }
            val before = Histogram.take()
            repeat(count) { bus.publishAndJoin(TOPIC, PAYLOAD, NO_LIMIT) }
            val after = Histogram.take()
            check(bus.stats().handled() == (USED + count).toLong()) { "${bus.stats().handled()} events were handled." }
            Memory.kept("history entry, $what", ENTRY + handlers * RESULT, count, before, after)
        }

    private fun subscription(ownTopics: Boolean): Kept = ourBus().use { bus ->
        val handler = Handler { }
        bus.use(USED)
        val topics = Array(count) { if (ownTopics) "$TOPIC.t$it" else TOPIC }
        val before = Histogram.take()
        for (topic in topics) bus.subscribe(topic, handler)
        // A route is made when its first event is handled.
        for (topic in topics.distinct()) bus.publishAndJoin(topic, PAYLOAD, NO_LIMIT)
        val after = Histogram.take()
        check(bus.stats().subscriptions() == count) { "${bus.stats().subscriptions()} subscriptions are open." }
        val what = if (ownTopics) "each with a topic of its own, routed and counted" else "all of one topic"
        Memory.kept("subscription, $what", SUBSCRIPTION, count, before, after)
    }

    private fun idleBus(): List<Kept> {
        // Classes and shared pools are there before.
        ourBus().use { it.use(1) }
        ourBus().use { stays ->
            stays.use(1)
            val threads = ManagementFactory.getThreadMXBean()
            val buses = arrayOfNulls<EventBus>(count)
            val before = Histogram.take()
            val threadsBefore = threads.threadCount
            for (i in 0 until count) buses[i] = ourBus()
            val more = threads.threadCount - threadsBefore
            val after = Histogram.take()
            buses.forEach { it!!.close() }
            return listOf(
                Memory.kept("idle new bus", IDLE, count, before, after),
                Kept("threads of $count idle new buses together", 0.0, maxOf(0, more).toDouble(), mapOf()),
            )
        }
    }

    private fun drained(): List<Kept> = ourBus().use { bus ->
        val gate = CountDownLatch(1)
        bus.subscribe(TOPIC) { gate.await() }
        bus.subscribe("$TOPIC.before") { }
        bus.use(USED)
        val before = Histogram.take()
        repeat(LIMIT_OF_PENDING + 1) { bus.publish(TOPIC, PAYLOAD) }
        check(bus.pendingCount() == LIMIT_OF_PENDING) { "${bus.pendingCount()} events are pending." }
        gate.countDown()
        check(bus.awaitIdle(LIMIT)) { "The bus is not idle." }
        val once = Histogram.take()
        Thread.sleep(seconds * 1000L)
        val later = Histogram.take()
        listOf(
            Memory.kept("left at once of $LIMIT_OF_PENDING pending events", null, 1, before, once),
            Memory.kept("left $seconds s after", DRAINED, 1, before, later),
        )
    }

    /** Fills history and what remembers ids, so that they stay as they are. */
    private fun EventBus.use(events: Int) {
        repeat(events) { publishAndJoin("$TOPIC.before", PAYLOAD, NO_LIMIT) }
    }

    private companion object {
        const val PENDING = 120.0
        const val ENTRY = 200.0
        const val RESULT = 40.0
        const val SUBSCRIPTION = 600.0
        const val IDLE = 4096.0
        const val DRAINED = 65536.0
        const val LIMIT_OF_PENDING = 65_536
        const val MANY = 4
        const val FIRST = 2_000
        const val USED = 3_000
        const val PAYLOAD = "payload"
        val LIMIT: Duration = Duration.ofMinutes(1)

        inline fun check(ok: Boolean, message: () -> String) = dev.jitney.bench.check(ok, message)
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import dev.jitney.EventBus
import dev.jitney.FindOptions
import dev.jitney.Publication
import dev.jitney.bench.NO_LIMIT
import dev.jitney.bench.TOPIC
import dev.jitney.bench.check
import dev.jitney.bench.ourBus
import dev.jitney.event.Event
import dev.jitney.event.Level
import java.nio.file.Path
import java.time.Duration
import java.util.Random
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.atomic.LongAdder
import kotlin.concurrent.thread

/** What is made larger: all else stays as `build()` makes it. Each round checks that handlers have had their events. */
internal class GrowthSeries(private val jars: Path, private val most: Int) {
    private val decades = generateSequence(10) { it * 10 }.takeWhile { it <= most }.toList()

    // One more, as a bus knows 65 536: what it costs beyond them is to be seen.
    private val topics = decades + 10 * decades.last()
    private val bytes = listOf(1 shl 10, 1 shl 13, 1 shl 16, 1 shl 20)

    val all: List<Series> = listOf(
        Series("subscriptions to a topic each; events over all", "subscriptions", topics, Shape.LOGARITHMIC) {
            Awaited(ourBus(), topics(it)).apply { topics.forEach(::handle) }
        },
        Series("wildcards; 1 matches, 1 topic", "subscriptions", decades, Shape.CONSTANT) { size ->
            Awaited(ourBus(), listOf("hot.topic.of.all")).apply {
                repeat(size - 1) { bus.subscribe("cold$it.*") { error("It does not match.") } }
                handle("hot.*")
            }
        },
        Series("wildcards; 1 matches, each topic new", "subscriptions", decades, Shape.LOGARITHMIC) { size ->
            NewTopics(ourBus()).apply {
                repeat(size - 1) { bus.subscribe("cold$it.*") { error("It does not match.") } }
                handle("hot.*")
            }
        },
        Series("topics of 1 wildcard; events over all of them", "topics", topics, Shape.LOGARITHMIC) {
            Awaited(ourBus(), topics(it)).apply { handle("$TOPIC.*") }
        },
        Series("handlers of 1 topic", "handlers", decades.filter { it <= MOST_HANDLERS }, Shape.LINEAR) { size ->
            Awaited(ourBus(), listOf(TOPIC), handlers = size).apply { repeat(size) { handle(TOPIC) } }
        },
        Series("producers at once, threads, 1 lane; an event", "producers", listOf(1, 2, 4, 8), Shape.CONSTANT) {
            Producers(ourBus(), it)
        },
        Series("payload, no store", "bytes", bytes, Shape.CONSTANT) { Payloads(ourBus(), it, null) },
        Series("payload, memory store", "bytes", bytes, Shape.LINEAR) {
            Payloads(ourBus { store("memory:") }, it, Level.MEMORY)
        },
        Series("history, publish", "events kept", decades, Shape.CONSTANT) {
            Awaited(ourBus { historyLimit(it) }, listOf(TOPIC)).apply {
                handle(TOPIC)
                repeat(it) { round() }
            }
        },
        Series("history, find the newest of another topic that is not there", "events kept", decades, Shape.LINEAR) {
            Finding(ourBus { historyLimit(it) }, it)
        },
    ) + listOfNotNull(
        Series("payload, file store, level os", "bytes", bytes, Shape.LINEAR) { size ->
            val folder = Stores.folder(Path.of("target", "bench"))
            val config = mapOf("retention.size" to "256m", "segment-size" to "32m")
            val bus = ourBus { Stores.file(this, jars, folder, config) }
            Payloads(bus, size, Level.OS) { Stores.remove(folder) }
        }.takeIf { Stores.jar(jars) != null },
    )

    private fun topics(count: Int): List<String> = List(count) { "$TOPIC.t$it" }.shuffled(Random(1))

    private companion object {
        const val MOST_HANDLERS = 10_000
    }
}

/** Publishes and waits, on an idle lane, over the topics in turn. */
internal open class Awaited(val bus: EventBus, val topics: List<String>, private val handlers: Int = 1) : Work {
    private var next = 0
    private var count = 0L
    private var expected = 0L

    fun handle(pattern: String) {
        bus.subscribe(pattern) { count++ }
    }

    protected open fun topic(): String = topics[next].also { next = (next + 1) % topics.size }

    override fun round(): Long {
        repeat(EVENTS) { bus.publishAndJoin(topic(), "payload", NO_LIMIT) }
        expected += EVENTS * handlers
        check(count == expected) { "The handlers have had $count events, not $expected." }
        return EVENTS.toLong()
    }

    override fun close(): Unit = bus.close()

    private companion object {
        const val EVENTS = 100
    }
}

/** Each event has a topic that the bus has never seen. */
internal class NewTopics(bus: EventBus) : Awaited(bus, listOf()) {
    private var made = 0

    override fun topic(): String = "hot.t${made++}"
}

/** Fire and forget from several threads, to the last event handled. */
internal class Producers(private val bus: EventBus, private val producers: Int) : Work {
    private val handled = AtomicLong()
    private var expected = 0L

    override val here: Boolean get() = false

    init {
        bus.subscribe(TOPIC) { handled.lazySet(handled.plain + 1) }
    }

    override fun round(): Long {
        val threads = List(producers) { thread { repeat(EVENTS / producers) { bus.publish(TOPIC, "payload") } } }
        threads.forEach { it.join() }
        expected += EVENTS
        val idle = bus.awaitIdle(LIMIT)
        check(idle && handled.get() == expected) { "The handler has had $handled events, not $expected." }
        return EVENTS.toLong()
    }

    override fun close(): Unit = bus.close()

    private companion object {
        const val EVENTS = 40_000
        val LIMIT: Duration = Duration.ofMinutes(1)
    }
}

/** Payloads of one size, to the last one handled; with a store, and stored. */
internal class Payloads(
    private val bus: EventBus,
    size: Int,
    private val level: Level?,
    private val ended: () -> Unit = {},
) : Work {
    private val payload = "x".repeat(size)
    private val handled = LongAdder()
    private var expected = 0L

    // Without a store it is one object for all; with one, each takes its room.
    private val events = if (level == null) FREE else maxOf(MOST_BYTES / size, LEAST)

    override val here: Boolean get() = false

    init {
        bus.subscribe(TOPIC) { handled.add(it.payload(String::class.java)!!.length.toLong()) }
    }

    override fun round(): Long {
        var last: Publication? = null
        repeat(events) { last = bus.publish(Event.of(TOPIC, payload)) }
        if (level != null) last!!.stored(level).toCompletableFuture().get(1, TimeUnit.MINUTES)
        expected += events.toLong() * payload.length
        val idle = bus.awaitIdle(LIMIT)
        check(idle && handled.sum() == expected) { "The handler has had ${handled.sum()} bytes, not $expected." }
        return events.toLong()
    }

    override fun close() {
        bus.close()
        ended()
    }

    private companion object {
        const val FREE = 2_000
        const val MOST_BYTES = 4 shl 20
        const val LEAST = 16
        val LIMIT: Duration = Duration.ofMinutes(1)
    }
}

/** Looks through a full history in vain. */
internal class Finding(private val bus: EventBus, size: Int) : Work {
    private val options = FindOptions.builder("nothing.*").build()

    init {
        repeat(size) { bus.publishAndJoin(TOPIC, "payload", NO_LIMIT) }
    }

    override fun round(): Long {
        check(bus.find(options).get(1, TimeUnit.MINUTES) == null) { "What is not there was found." }
        return 1
    }

    override fun close(): Unit = bus.close()
}

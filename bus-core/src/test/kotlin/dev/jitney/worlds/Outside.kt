// SPDX-License-Identifier: Apache-2.0
package dev.jitney.worlds

import dev.jitney.Await
import dev.jitney.BusClosedException
import dev.jitney.CorrelationContext
import dev.jitney.EventBus
import dev.jitney.FindOptions
import dev.jitney.NoLeaks
import dev.jitney.Publication
import dev.jitney.event.Selection
import dev.jitney.kotlin.await
import dev.jitney.kotlin.events
import dev.jitney.kotlin.publishAndAwait
import dev.jitney.kotlin.publishSuspending
import dev.jitney.spi.DeadLetterSink
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull
import java.time.Duration
import java.util.concurrent.ExecutionException
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlin.random.Random

/**
 * What is done to a [World] from outside: one to three threads publish in every way, one may look, search,
 * replay, try dead letters again and drain, coroutines may collect live events, and buses may be closed.
 */
internal class Outside(private val world: World, private val random: Random) {
    private val journal = world.journal
    private val surroundings = Surroundings(journal)
    private val patience = Duration.ofSeconds(50)

    /** Does all that, calls [atRest], closes the buses, and returns when nothing of them is left (LIF-3). */
    fun run(atRest: () -> Unit) {
        val collectors = if (random.nextInt(3) == 0) world.buses.map(::collect) else emptyList()
        val each = 3 + random.nextInt(12)
        val workers = List(1 + random.nextInt(3)) { number ->
            val own = Random(random.nextLong())
            worker { Publisher("p$number", own).publish(each) }
        }
        val visitor = if (random.nextInt(3) ==
            0
        ) {
            listOf(Random(random.nextLong()).let { worker { visit(it) } })
        } else {
            emptyList()
        }
        if (Danger.CLOSING in world) closeSome()
        (workers + visitor).forEach { it.join() }
        awaitIdle()
        atRest()
        world.buses.forEach { it.close() }
        journal.receipts.forEach {
            journal.check(it.publication.outcome() != null) { "LIF-2 ${it.publication} has not ended with its bus" }
        }
        runBlocking { collectors.forEach { it.join() } }
        Await.until("all handlers have returned, the abandoned ones, too") { journal.running.get() == 0 }
        Await.until("every thread of the engine has ended") { NoLeaks.threads().isEmpty() }
    }

    private fun worker(action: () -> Unit): Thread = thread {
        try {
            action()
        } catch (e: Throwable) {
            journal.violated("PUB-3 a thread outside failed: ${e.stackTraceToString().take(1_000)}")
        }
    }

    private fun closeSome() {
        repeat(random.nextInt(200_000)) { Thread.onSpinWait() }
        world.buses.forEach { if (random.nextBoolean()) it.close() }
    }

    /** A bus that has come to rest may be given work by another that has not. */
    private fun awaitIdle() {
        repeat(world.buses.size * GENERATIONS) {
            for (bus in world.buses) {
                journal.check(bus.awaitIdle(patience)) { "LIF-1 ${bus.name()} does not come to rest" }
            }
        }
        for (receipt in journal.receipts) {
            val publication = receipt.publication
            journal.check(publication.join(patience)) { "PUB-1 $publication of ${receipt.bus.name()} does not end" }
        }
    }

    private fun collect(bus: EventBus): Job = CoroutineScope(Dispatchers.IO).launch {
        try {
            bus.events("*").collect { }
        } catch (_: BusClosedException) {
            // The bus was closed before the flow had begun.
        }
    }

    // ---- publishers

    private inner class Publisher(private val name: String, private val luck: Random) {
        private var last: Draft? = null

        fun publish(count: Int) {
            for (number in 0 until count) {
                val again = last?.takeIf { Danger.AGAIN in world && Danger.FORWARDS !in world && luck.nextInt(6) == 0 }
                val draft = again ?: Draft.draw(world, luck, Errand(luck.nextInt(4), luck.nextInt(1_000), name, number))
                last = draft
                if (luck.nextInt(4) == 0) {
                    CorrelationContext.with("story of $name").use { publish(draft) }
                } else {
                    publish(draft)
                }
            }
        }

        private fun publish(draft: Draft) {
            val before = CorrelationContext.current()
            try {
                inSomeWay(draft)
            } catch (e: RuntimeException) {
                journal.check(Refusals.allowed(e)) { "PUB-3 unexpected ${e.stackTraceToString().take(1_000)}" }
            } catch (_: InterruptedException) {
                // A handler that interrupts its thread was run on this one.
            }
            Thread.interrupted()
            surroundings.areBack(before, "publishing on $name")
        }

        private fun inSomeWay(draft: Draft) {
            val (bus, event, options) = Triple(draft.bus, draft.event, draft.options)
            val patience = luck.nextLong(1, 3_000_000)
            when (luck.nextInt(9)) {
                0, 1, 2 -> noted(bus, bus.publish(event, options))

                3 -> noted(bus, bus.publishAndJoin(event, options, Duration.ZERO))

                4 -> noted(bus, bus.publishAndJoin(event, options, Duration.ofNanos(patience)))

                5 -> bus.tryPublish(event, options)?.let { noted(bus, it) }

                6 -> noted(bus, join { bus.publishAsync(event, options).toCompletableFuture().get() })

                7 -> runBlocking {
                    val published = noted(bus, bus.publishSuspending(event, options))
                    withTimeoutOrNull(patience / 1_000_000) { published.await() }
                }

                8 -> runBlocking {
                    withTimeoutOrNull(patience / 1_000_000) { noted(bus, bus.publishAndAwait(event, options)) }
                }
            }
        }

        private fun noted(bus: EventBus, publication: Publication) = journal.published(bus, publication, null)
    }

    // ---- the visitor

    private fun visit(luck: Random) {
        repeat(5) {
            val bus = world.buses.random(luck)
            try {
                when (luck.nextInt(7)) {
                    0 -> if (Danger.AGAIN in world) bus.replay(Selection.all())

                    1 -> join {
                        bus.find(
                            FindOptions.builder("*").future(Duration.ofMillis(1)).build(),
                        ).get(50, TimeUnit.SECONDS)
                    }

                    2 -> bus.stats()

                    3 -> bus.logTree()

                    4 -> bus.filter(FindOptions.of("*"), 10).forEach { it.handlerResults() }

                    5 -> if (Danger.AGAIN in world) retryLetters(bus)

                    6 -> if (Danger.CLOSING in world) bus.drain(Duration.ofMillis(luck.nextLong(1, 20)))
                }
            } catch (e: RuntimeException) {
                journal.check(Refusals.allowed(e)) { "LIF-4 unexpected ${e.stackTraceToString().take(1_000)}" }
            }
        }
    }

    private fun retryLetters(bus: EventBus) {
        join {
            bus.deadLetters().retryAll(DeadLetterSink.Filter.all(), 2).toCompletableFuture().get(50, TimeUnit.SECONDS)
        }
    }

    /** The failure of a stage is its cause. */
    private fun <T> join(stage: () -> T): T = try {
        stage()
    } catch (e: ExecutionException) {
        throw e.cause!!
    }

    private companion object {
        const val GENERATIONS = 4
    }
}

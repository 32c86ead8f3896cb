// SPDX-License-Identifier: Apache-2.0
package dev.jitney.stress

import dev.jitney.EventBus
import dev.jitney.engine.EngineLiveEvents
import dev.jitney.event.Event
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import java.time.Duration
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import kotlin.concurrent.thread
import kotlin.random.Random

/** Several feeders of a live view, and collectors of all sorts. */
internal abstract class LiveStress(budget: Duration) : EngineStress(budget) {
    private data class Mark(val feeder: Int, val number: Int)

    private val events = List(FEEDERS) { feeder -> List(EVENTS) { Event.of("a", Mark(feeder, it)) } }

    /** Collects all, some slowly, and returns how many events came. [last] is told of the one that is fed last. */
    private suspend fun EngineLiveEvents.collectAll(pace: Int, last: CountDownLatch): Int {
        val next = IntArray(FEEDERS)
        var seen = 0
        collect {
            val mark = it.payload() as? Mark ?: return@collect last.countDown()
            check(mark.number >= next[mark.feeder]) { "$mark after ${next[mark.feeder] - 1}" }
            next[mark.feeder] = mark.number + 1
            seen++
            if (pace > 0 && seen % (pace * 50) == 0) yield()
            if (pace > 2) repeat(20 * pace) { Thread.onSpinWait() }
        }
        return seen
    }

    private fun CoroutineScope.comeAndGo(view: EngineLiveEvents, on: CoroutineDispatcher, random: Random) = launch(on) {
        repeat(30) {
            when (random.nextInt(3)) {
                0 -> withTimeoutOrNull(1) { view.collect { } }
                1 -> withTimeoutOrNull(random.nextLong(1, 4)) { view.first() }
                else -> withTimeoutOrNull(2) { view.take(5).collect { } }
            }
        }
    }

    @Test
    @DisplayName("SUB-8 every collector gets every feeder's events in order, and what it does not get is counted")
    fun live() = Executors.newSingleThreadExecutor().asCoroutineDispatcher().use { single ->
        rounds { random ->
            val bus = EventBus.builder("live").build()
            val view = bus.liveEvents("*") as EngineLiveEvents
            val guests = random.nextBoolean()
            val dispatchers = listOf(Dispatchers.Default, single, Dispatchers.Unconfined).shuffled(random)
            val count = 1 + random.nextInt(8)
            val last = CountDownLatch(count)
            runBlocking {
                val collectors = List(count) {
                    val pace = random.nextInt(5)
                    async(dispatchers[random.nextInt(random.nextInt(3) + 1)], CoroutineStart.UNDISPATCHED) {
                        view.collectAll(pace, last)
                    }
                }
                val comers = if (guests) comeAndGo(view, single, random) else null
                val pause = random.nextInt(3) * random.nextInt(50)
                val feeders = events.map { own ->
                    thread {
                        for (event in own) {
                            view.feed(event)
                            repeat(pause) { Thread.onSpinWait() }
                        }
                    }
                }
                feeders.forEach { it.join() }
                comers?.join()
                view.feed(Event.of("a", "last"))
                // Without an end, which would wake who still sleeps.
                last.await()
                view.end()
                val seen = collectors.awaitAll()
                if (!guests) assertThat(seen.sum() + view.lost()).isEqualTo(1L * count * FEEDERS * EVENTS)
                if (!guests) assertThat(seen).allMatch { it >= 1_023 }
            }
            assertThat(view.ring).isNull()
            bus.close()
        }
    }

    private companion object {
        const val FEEDERS = 3
        const val EVENTS = 3_000
    }
}

internal class LiveShortTest : LiveStress(Duration.ofMillis(java.lang.Long.getLong("jitney.stress.millis", 300L)))

@Tag("stress")
internal class LiveStressTest : LiveStress(Duration.ofSeconds(30))

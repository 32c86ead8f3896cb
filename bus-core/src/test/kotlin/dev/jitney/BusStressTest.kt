// SPDX-License-Identifier: Apache-2.0
package dev.jitney

import dev.jitney.event.Event
import dev.jitney.event.Outcome
import dev.jitney.kotlin.eventBus
import dev.jitney.kotlin.on
import dev.jitney.kotlin.publishAndAwait
import dev.jitney.kotlin.publishSuspending
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith
import java.time.Duration
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.ThreadLocalRandom
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread

@Tag("stress")
@ExtendWith(NoLeaks::class)
class BusStressTest {
    @Test
    @DisplayName(
        "ORD-1 PUB-2 eight publishers of every kind, a small bus: once each, in each one's order, one at a time",
    )
    fun publishers() = runBlocking<Unit> {
        repeat(20) {
            eventBus("orders") { pendingLimit(16).store("memory:") }.use { bus ->
                val seen = Array(8) { ArrayList<Int>() }
                val inside = AtomicInteger()
                val subscription = bus.on("*") { event ->
                    assertThat(inside.incrementAndGet()).isEqualTo(1)
                    if (ThreadLocalRandom.current().nextInt(64) == 0) yield()
                    seen[event.key()!!.toInt()] += event.payload() as Int
                    inside.decrementAndGet()
                }
                val each = 5_000
                val threads = List(4) { me ->
                    thread { repeat(each) { bus.publish(Event.of("t$me", it).withKey("$me")) } }
                }
                val coroutines = List(4) { me ->
                    launch(Dispatchers.Default) {
                        repeat(each) { bus.publishSuspending(Event.of("t", it).withKey("${me + 4}")) }
                    }
                }
                coroutines.joinAll()
                threads.forEach { it.join() }
                assertThat(bus.awaitIdle(LONG)).isTrue()
                assertThat(bus.pendingCount()).isZero()
                assertThat(subscription.failed()).isZero()
                seen.forEach { assertThat(it).isEqualTo((0 until each).toList()) }
            }
        }
    }

    @Test
    @DisplayName("NST-2 nested awaits of random depth on two buses never deadlock")
    fun nesting() = runBlocking<Unit> {
        repeat(50) {
            eventBus("a") { pendingLimit(4) }.use { a ->
                eventBus("b") { pendingLimit(4) }.use { b ->
                    val handled = AtomicInteger()
                    val subscriptions = listOf(a, b).flatMap { bus ->
                        val suspending = bus.on("suspending") { event ->
                            handled.incrementAndGet()
                            val depth = event.payload() as Int
                            val to = if (ThreadLocalRandom.current().nextBoolean()) a else b
                            if (depth > 0) to.publishAndAwait(anyTopic(), depth - 1)
                        }
                        val blocking = bus.subscribe("blocking") { event ->
                            handled.incrementAndGet()
                            val depth = event.payload() as Int
                            val to = if (ThreadLocalRandom.current().nextBoolean()) a else b
                            if (depth > 0) assertThat(to.publish(anyTopic(), depth - 1).join(LONG)).isTrue()
                        }
                        listOf(suspending, blocking)
                    }
                    // Roots on both buses, so that waits cross in both directions.
                    withTimeout(20_000) {
                        for (bus in listOf(a, b)) launch { repeat(40) { bus.publishAndAwait(anyTopic(), 5) } }
                    }
                    assertThat(handled.get()).isEqualTo(2 * 40 * 6)
                    assertThat(subscriptions.sumOf { it.failed() }).isZero()
                }
            }
        }
    }

    @Test
    @DisplayName("LIF-2 closing during publishes from eight threads: every publication ends, and says how")
    fun closing() {
        repeat(300) { round ->
            val bus = EventBus.builder("orders").pendingLimit(8).closeLimit(Duration.ofMillis(round % 3L)).build()
            bus.subscribe("a") { Thread.onSpinWait() }
            val taken = ConcurrentLinkedQueue<Publication>()
            val threads = List(8) { thread { publishUntilClosed(bus, taken) } }
            Await.until("it runs") { bus.pendingCount() > 0 }
            bus.close()
            threads.forEach { it.join() }
            assertThat(taken).allMatch { it.join(LONG) }
            assertThat(taken.map { it.outcome() }.toSet()).isSubsetOf(Outcome.HANDLED, Outcome.CANCELLED)
        }
    }

    private fun publishUntilClosed(bus: EventBus, taken: MutableCollection<Publication>) {
        try {
            while (true) taken += bus.publish("a", 1)
        } catch (_: BusClosedException) {
            // what the test waits for
        }
    }

    private fun anyTopic() = if (ThreadLocalRandom.current().nextBoolean()) "suspending" else "blocking"

    private companion object {
        val LONG: Duration = Duration.ofSeconds(20)
    }
}

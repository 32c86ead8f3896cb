// SPDX-License-Identifier: Apache-2.0
package dev.jitney.stress

import dev.jitney.BusClosedException
import dev.jitney.Completion
import dev.jitney.EventBus
import dev.jitney.HandlerOrder
import dev.jitney.Ordering
import dev.jitney.Publication
import dev.jitney.PublishOptions
import dev.jitney.SubscribeOptions
import dev.jitney.Subscription
import dev.jitney.event.DeliveryState
import dev.jitney.event.Event
import dev.jitney.event.Outcome
import dev.jitney.kotlin.await
import dev.jitney.kotlin.on
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import java.time.Duration
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlin.random.Random

/** Who gets an event, and how often, while subscriptions, buses and winners change. */
internal abstract class DeliveryStress(budget: Duration) : EngineStress(budget) {

    @Test
    @DisplayName("ORD-6 TMO-4 of handlers that compete and wait for children one wins, and all children end")
    fun first() = rounds { random ->
        val (buses) = buses(random, 1 + random.nextInt(2)) { handlerOrder(HandlerOrder.PARALLEL) }
        look(buses)
        val bus = buses[0]
        val children = ConcurrentLinkedQueue<Publication>()
        val spins = List(4) { random.nextInt(2_000) }
        buses.last().subscribe("child") { event -> repeat(event.payload() as Int) { Thread.onSpinWait() } }
        for (at in 0 until 4) {
            if (at % 2 == 0) {
                bus.subscribeReplying("t") {
                    buses.last().publish("child", spins[at]).also(children::add).join(LONG)
                    at
                }
            } else {
                bus.on("t") { _: Event ->
                    buses.last().publish("child", spins[at]).also(children::add).await()
                }
            }
        }
        val options = PublishOptions.builder().completion(Completion.FIRST).build()
        val all = List(4) { bus.publish(Event.of("t", it), options) }
        completed(all)
        repeat(buses.size * 2) { awaitIdle(buses) }
        completed(children)
        for (publication in all) {
            assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED)
            val results = publication.handlerResults()
            assertThat(results).hasSize(4).allMatch { it.state().ended() }
            assertThat(results.count { it.state() == DeliveryState.COMPLETED && it.value() != null }).isPositive()
        }
        assertAtRest(buses)
        buses.forEach(EventBus::close)
    }

    @Test
    @DisplayName("FWD-1 FWD-2 rings of five buses that forward to each other: each bus handles each event once")
    fun rings() = rounds { random ->
        val (buses) = buses(random, 5)
        look(buses)
        val seen = ConcurrentHashMap<String, AtomicInteger>()
        for ((at, bus) in buses.withIndex()) {
            bus.forwardTo(buses[(at + 1) % 5], "*")
            if (random.nextBoolean()) bus.forwardTo(buses[(at + 4) % 5], "*")
            bus.subscribe("*") { seen.getOrPut("${it.id()}@$at") { AtomicInteger() }.incrementAndGet() }
        }
        val all = ConcurrentLinkedQueue<Publication>()
        buses.map { bus ->
            val joins = random.nextBoolean()
            thread {
                repeat(4) {
                    all += if (joins) bus.publishAndJoin(Event.of("t", it), LONG) else bus.publish("t", it)
                }
            }
        }.forEach { it.join() }
        completed(all)
        repeat(10) { awaitIdle(buses) }
        assertThat(all.map { it.outcome() }).containsOnly(Outcome.HANDLED)
        assertThat(seen).hasSize(20 * 5)
        assertThat(seen.values.map { it.get() }).containsOnly(1)
        assertAtRest(buses)
        buses.forEach(EventBus::close)
    }

    @Test
    @DisplayName(
        "SUB-4 SUB-5 SUB-6 subscriptions that come and go get no event that was published after they were closed",
    )
    fun subscriptions() = rounds { random ->
        val (buses) = buses(random, 1)
        look(buses)
        val bus = buses[0]
        val permanent = AtomicInteger()
        val once = AtomicInteger()
        val all = ConcurrentLinkedQueue<Publication>()
        val closed = ConcurrentLinkedQueue<Triple<Int, AtomicInteger, Subscription>>()
        bus.subscribe("a.*") { permanent.incrementAndGet() }
        bus.subscribe("a.b", SubscribeOptions.builder().times(7).build()) { once.incrementAndGet() }
        val seeds = List(3) { random.nextLong() }
        val changers = seeds.map { seed ->
            val own = Random(seed)
            thread {
                repeat(20) {
                    val calls = AtomicInteger()
                    val token = Any()
                    val subscription = bus.subscribe(if (own.nextBoolean()) "a.b" else "*") { event ->
                        if (event.payload() === token) calls.incrementAndGet()
                    }
                    val before = own.nextInt(3)
                    repeat(before) { all += bus.publish("a.b", token) }
                    if (own.nextBoolean()) completed(all.toList())
                    subscription.close()
                    repeat(2) { all += bus.publish("a.b", token) }
                    closed += Triple(before, calls, subscription)
                }
            }
        }
        val publishers = List(2) { thread { repeat(50) { all += bus.publish("a.b", it) } } }
        (changers + publishers).forEach { it.join() }
        completed(all)
        awaitIdle(buses)
        assertThat(all.map { it.outcome() }).containsOnly(Outcome.HANDLED)
        assertThat(permanent.get()).isEqualTo(all.size)
        assertThat(once.get()).isEqualTo(7)
        for ((before, calls, subscription) in closed) {
            assertThat(calls.get()).`as`("events published before the end of $subscription").isLessThanOrEqualTo(before)
        }
        assertThat(bus.subscriptions()).hasSize(1)
        assertAtRest(buses)
        bus.close()
    }

    @Test
    @DisplayName("LIF-2 a bus that is drained or closed while eight threads publish handles all that it has accepted")
    fun drain() = rounds { random ->
        val (buses) = buses(random, 1)
        val bus = buses[0]
        val handled = AtomicInteger()
        bus.subscribe("t") { handled.incrementAndGet() }
        val accepted = ConcurrentLinkedQueue<Publication>()
        val refused = AtomicInteger()
        val publishers = List(8) { number ->
            thread {
                repeat(20) {
                    try {
                        accepted += bus.publish(Event.of("t", it).withKey("$number"))
                    } catch (_: BusClosedException) {
                        refused.incrementAndGet()
                    }
                }
            }
        }
        repeat(random.nextInt(20_000)) { Thread.onSpinWait() }
        if (random.nextBoolean()) {
            val report = bus.drain(LONG)
            assertThat(report.complete()).isTrue()
            assertThat(report.abandoned()).isZero()
        }
        bus.close()
        publishers.forEach { it.join() }
        completed(accepted)
        assertThat(accepted.map { it.outcome() }.toSet()).isSubsetOf(Outcome.HANDLED)
        assertThat(handled.get()).isEqualTo(accepted.size)
        assertThat(accepted.size + refused.get()).isEqualTo(160)
    }

    @Test
    @DisplayName("LIF-1 a bus is idle only when nothing runs, waits or is about to be published by a handler")
    fun idle() = rounds { random ->
        val ordering = Ordering.entries.random(random)
        EventBus.builder("idle").ordering(ordering).build().use { bus ->
            val left = AtomicInteger()
            bus.subscribe("t") { event ->
                val depth = event.payload() as Int
                if (depth > 0) {
                    left.addAndGet(2)
                    repeat(2) { bus.publish("t", depth - 1) }
                }
                left.decrementAndGet()
            }
            repeat(4) {
                left.incrementAndGet()
                bus.publish("t", random.nextInt(4))
            }
            assertThat(bus.awaitIdle(LONG)).isTrue()
            assertThat(left.get()).isZero()
        }
    }
}

internal class DeliveryShortTest :
    DeliveryStress(Duration.ofMillis(java.lang.Long.getLong("jitney.stress.millis", 300L)))

@Tag("stress")
internal class DeliveryStressTest : DeliveryStress(Duration.ofSeconds(40))

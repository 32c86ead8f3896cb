// SPDX-License-Identifier: Apache-2.0
package dev.jitney.stress

import dev.jitney.EventBus
import dev.jitney.SubscribeOptions
import dev.jitney.Subscription
import dev.jitney.event.Event
import dev.jitney.event.TopicPattern
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import java.time.Duration
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.concurrent.thread
import kotlin.random.Random

/** Who gets an event while patterns of all sorts come and go, on few topics and on many. */
internal abstract class RoutingStress(budget: Duration) : EngineStress(budget) {

    /**
     * A place for one subscription, which one thread opens and closes.
     *
     * STORED STATE: [changes] counts the beginnings and ends of its changes; odd, while one is on its way. So it is
     * open after 2 of them, closed after 4, and who finds the same even number before and after knows which.
     */
    private class Place(val name: String, val pattern: TopicPattern, val priority: Int) {
        @Volatile
        var changes = 0
            private set
        private var subscription: Subscription? = null

        fun change(bus: EventBus) {
            changes++
            val open = subscription
            subscription = if (open == null) {
                bus.subscribe(
                    pattern.text(),
                    SubscribeOptions.builder().name(name).priority(priority).build(),
                ) { }
            } else {
                open.close()
                null
            }
            changes++
        }
    }

    @Test
    @DisplayName("SUB-3 SUB-5 TOP-4 every event gets the handlers of one moment, by priority, whatever comes and goes")
    fun routing() = rounds { random ->
        val (buses) = buses(random, 1)
        look(buses)
        val bus = buses[0]
        val topics = topics(if (random.nextBoolean()) 10 else 500)
        val places = List(24) { Place("p$it", TopicPattern.parse(patterns(topics).random(random)), it % 3) }
        val wrong = ConcurrentLinkedQueue<String>()
        val changers = places.chunked(8).map { own ->
            val seed = random.nextLong()
            thread { Random(seed).let { r -> repeat(300) { own.random(r).change(bus) } } }
        }
        val publishers = List(3) {
            val seed = random.nextLong()
            thread {
                val own = Random(seed)
                do {
                    repeat(20) { wrong += publish(bus, topics.random(own), places) }
                } while (changers.any { it.isAlive })
            }
        }
        (changers + publishers).forEach { it.join() }
        assertThat(wrong).isEmpty()
        topics.forEach { assertThat(publish(bus, it, places)).isEmpty() }
        awaitIdle(buses)
        assertAtRest(buses)
        bus.close()
    }

    /** Publishes an event and says which places were left out, or had it though they should not. */
    private fun publish(bus: EventBus, topic: String, places: List<Place>): List<String> {
        val before = places.map { it.changes }
        val results = bus.publishAndJoin(Event.of(topic, 1), LONG).handlerResults().map { it.subscription() }
        val after = places.map { it.changes }
        val wrong = ArrayList<String>()
        for ((at, place) in places.withIndex()) {
            val had = place.name in results
            val still = before[at] == after[at] && before[at] % 2 == 0
            val open = before[at] % 4 == 2
            val wants = place.pattern.matches(topic)
            if ((had && !wants) ||
                (still && had != (open && wants))
            ) {
                wrong += "${place.name} ${place.pattern} $topic: $had"
            }
        }
        val priorities = results.map { name -> places.single { it.name == name }.priority }
        if (results.distinct() != results || priorities != priorities.sortedDescending()) wrong += "$topic: $results"
        return wrong
    }

    private companion object {
        fun topics(count: Int): List<String> = List(count) { if (it % 2 == 0) "a.$it" else "a.$it.b" }

        fun patterns(topics: List<String>): List<String> = topics.take(5) + topics.take(5).map { "$it.*" } +
            listOf("*", "a.*", "*.*.b", "a.*.*", "*.1.b", "*.2", "b.*")
    }
}

internal class RoutingShortTest :
    RoutingStress(Duration.ofMillis(java.lang.Long.getLong("jitney.stress.millis", 300L)))

@Tag("stress")
internal class RoutingStressTest : RoutingStress(Duration.ofSeconds(30))

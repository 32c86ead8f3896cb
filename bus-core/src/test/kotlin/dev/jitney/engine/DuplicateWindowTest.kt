// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.EventBus
import dev.jitney.event.Event
import dev.jitney.event.EventClock
import dev.jitney.event.Outcome
import dev.jitney.test.VirtualTime
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import java.time.Duration
import java.util.Random

@DisplayName("PUB-4 the window of accepted keys")
internal class DuplicateWindowTest {
    private val bus = EventBus.builder("orders").build() as EngineBus

    @AfterEach
    fun close(): Unit = bus.close()

    private val time = VirtualTime()

    private fun window(capacity: Int, age: Duration = Duration.ofMinutes(10)) =
        DuplicateWindow(capacity, age.toMillis(), EventClock.of(time))

    private fun publication(id: String, source: String = "orders") =
        EnginePublication(Event.of("a", 1).withId(id).withSource(source), bus.core, Origin.PUBLISHED)

    @Test
    fun theSameIdOfAnotherSourceIsAnotherKey() {
        val window = window(2)
        val first = publication("1")
        assertThat(window.reserve(first)).isNull()
        assertThat(window.reserve(publication("1", "invoices"))).isNull()
        assertThat(window.reserve(publication("1"))?.by).isSameAs(first)
    }

    @Test
    fun onlyTheOneThatHasTheKeyReleasesIt() {
        val window = window(2)
        val first = publication("1")
        window.reserve(first)
        window.release(publication("1"))
        assertThat(window.reserve(publication("1"))?.by).isSameAs(first)
        window.release(first)
        assertThat(window.reserve(publication("1"))).isNull()
    }

    @Test
    @DisplayName("PUB-4 HIS-1 a key alone is released by nobody, and forgotten at its age")
    fun keyAlone() {
        val window = window(9, Duration.ofSeconds(1))
        val first = publication("1")
        window.reserve(first)
        window.keepKey(publication("1"))
        assertThat(window.reserve(publication("1"))?.by).isSameAs(first)
        window.keepKey(first)
        window.keepKey(first)
        window.release(first)
        val taken = window.reserve(publication("1"))
        assertThat(taken).isNotNull()
        assertThat(taken?.by).isNull()
        time.advance(Duration.ofSeconds(1))
        assertThat(window.reserve(publication("1"))).isNull()
    }

    @Test
    fun keysWhoseHashesAreEqualAreToldApart() {
        // "Aa" and "BB" have one hash, and so have all strings made of them.
        val window = window(8)
        val alike = listOf("AaAa", "AaBB", "BBAa", "BBBB").map(::publication)
        alike.forEach { assertThat(window.reserve(it)).isNull() }
        window.release(alike[1])
        assertThat(alike.map { window.reserve(publication(it.event().id()))?.by })
            .containsExactly(alike[0], null, alike[2], alike[3])
    }

    @Test
    @DisplayName("DUP-1 keys are forgotten when they are as old as the window allows, each for itself")
    fun age() {
        val second = Duration.ofSeconds(1)
        val window = window(9, second)
        val first = publication("1")
        window.reserve(first)
        first.complete(Outcome.NO_HANDLER, null)
        time.advance(second.dividedBy(2))
        val other = publication("2")
        window.reserve(other)
        other.complete(Outcome.NO_HANDLER, null)
        time.advance(second.dividedBy(2).minusMillis(1))
        assertThat(window.reserve(publication("1"))?.by).isSameAs(first)
        time.advance(Duration.ofMillis(1))
        assertThat(window.reserve(publication("1"))).isNull()
        assertThat(window.reserve(publication("2"))?.by).isSameAs(other)
    }

    @Test
    @DisplayName("DUP-1 PUB-4 an event that has not completed is not forgotten for its age")
    fun running() {
        val window = window(9, Duration.ofSeconds(1))
        val running = publication("1")
        window.reserve(running)
        val done = publication("2")
        window.reserve(done)
        done.complete(Outcome.NO_HANDLER, null)
        time.advance(Duration.ofDays(1))
        assertThat(window.reserve(publication("1"))?.by).isSameAs(running)
        assertThat(window.reserve(publication("2"))).`as`("behind one that runs").isNull()
        running.complete(Outcome.NO_HANDLER, null)
        assertThat(window.reserve(publication("1"))).isNull()
    }

    @Test
    @DisplayName("PUB-4 DUP-1 events of clocks are told apart and found again, in the order of their ids and out of it")
    fun ticks() {
        val window = window(100)
        val clock = EventClock.of(time)
        val events = List(9) { Event.of(clock, "a", it).withSource("orders") }
        fun of(event: Event) = EnginePublication(event, bus.core, Origin.PUBLISHED)
        // 4 comes late, 2 not at all.
        val held = listOf(0, 1, 3, 5, 4, 6).associateWith { of(events[it]) }
        held.values.forEach { assertThat(window.reserve(it)).isNull() }
        for ((at, publication) in held) {
            assertThat(window.reserve(of(events[at]))?.by).`as`("%s", at).isSameAs(publication)
            // As it comes back from a store, or from another bus.
            val text = events[at].toBuilder().id(events[at].id()).build()
            assertThat(window.reserve(of(text))?.by).`as`("%s as text", at).isSameAs(publication)
        }
        assertThat(window.reserve(of(events[6].withSource("invoices")))).isNull()
        assertThat(window.reserve(of(events[2]))).isNull()
        window.release(held.getValue(3))
        assertThat(window.reserve(of(events[3]))).isNull()
    }

    @Test
    @DisplayName("PUB-4 an id that came as text first is known when its own event comes")
    fun textFirst() {
        val window = window(100)
        val event = Event.of("a", 1).withSource("orders")
        val text = publication(event.id())
        assertThat(window.reserve(text)).isNull()
        assertThat(window.reserve(EnginePublication(event, bus.core, Origin.PUBLISHED))?.by).isSameAs(text)
    }

    /** Events with texts as ids, of two clocks, as text what is of the first, and that with another source. */
    private fun all(count: Int): List<Event> {
        val clocks = List(2) { EventClock.of(time) }
        val ticked = List(count) { Event.of(clocks[it % 2], "a", it).withSource("orders") }
        return ticked + ticked.map { Event.of("a", 1).withId(it.id()).withSource("orders") } +
            ticked.map { it.withSource("invoices") } +
            List(count) { publication("$it").event() }
    }

    @Test
    fun doesWhatALinkedHashMapDoes() {
        for (capacity in listOf(1, 2, 15, 16, 17, 100)) {
            val random = Random(capacity.toLong())
            val window = window(capacity)
            val events = all(capacity)
            // Null is a key whose event is gone.
            val model = LinkedHashMap<String, EnginePublication?>()
            repeat(10_000) { step ->
                // Mostly in the order of their ids.
                val which = if (random.nextInt(3) == 0) random.nextInt(events.size) else step % events.size
                val asked = EnginePublication(events[which], bus.core, Origin.PUBLISHED)
                val id = asked.event().source() + asked.event().id()
                val holder = model[id]
                when (random.nextInt(6)) {
                    0 -> if (holder != null) {
                        window.release(holder)
                        model.remove(id)
                    }

                    1 -> if (holder != null) {
                        window.keepKey(holder)
                        model[id] = null
                    }

                    else -> {
                        val taken = window.reserve(asked)
                        assertThat(taken != null).`as`("capacity %s, step %s", capacity, step).isEqualTo(id in model)
                        assertThat(taken?.by).`as`("capacity %s, step %s", capacity, step).isSameAs(holder)
                        if (id !in model) model[id] = asked
                        if (model.size > capacity) model.remove(model.keys.first())
                    }
                }
                if (random.nextInt(1_000) == 0) {
                    window.clear()
                    model.clear()
                }
            }
        }
    }
}

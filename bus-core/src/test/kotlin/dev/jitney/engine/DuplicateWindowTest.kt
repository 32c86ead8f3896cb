// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.Event
import dev.jitney.event.Outcome
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import java.util.Random

@DisplayName("PUB-4 the window of accepted keys")
internal class DuplicateWindowTest {
    private object NoBus : PublicationOwner {
        override val pool: HandlerPool get() = error("no handler runs here")

        override fun awaitBegins(handling: EnginePublication) = error("no handler runs here")

        override fun awaitEnds(handling: EnginePublication) = error("no handler runs here")

        override fun runSoon(awaited: EnginePublication) = error("no handler runs here")

        override fun reasonFor(outcome: Outcome, publication: EnginePublication) = ""

        override fun whyNotStored(publication: EnginePublication) = ""
    }

    private fun publication(id: String, source: String = "orders") =
        EnginePublication(Event.of("a", 1).withId(id).withSource(source), NoBus, Origin.PUBLISHED)

    @Test
    fun theSameIdOfAnotherSourceIsAnotherKey() {
        val window = DuplicateWindow(2)
        val first = publication("1")
        assertThat(window.reserve(first)).isNull()
        assertThat(window.reserve(publication("1", "invoices"))).isNull()
        assertThat(window.reserve(publication("1"))).isSameAs(first)
    }

    @Test
    fun onlyTheOneThatHasTheKeyReleasesIt() {
        val window = DuplicateWindow(2)
        val first = publication("1")
        window.reserve(first)
        window.release(publication("1"))
        assertThat(window.reserve(publication("1"))).isSameAs(first)
        window.release(first)
        assertThat(window.reserve(publication("1"))).isNull()
    }

    @Test
    fun keysWhoseHashesAreEqualAreToldApart() {
        // "Aa" and "BB" have one hash, and so have all strings made of them.
        val window = DuplicateWindow(8)
        val alike = listOf("AaAa", "AaBB", "BBAa", "BBBB").map(::publication)
        alike.forEach { assertThat(window.reserve(it)).isNull() }
        window.release(alike[1])
        assertThat(alike.map { window.reserve(publication(it.event().id())) })
            .containsExactly(alike[0], null, alike[2], alike[3])
    }

    @Test
    fun doesWhatALinkedHashMapDoes() {
        for (capacity in listOf(1, 2, 15, 16, 17, 100)) {
            val random = Random(capacity.toLong())
            val window = DuplicateWindow(capacity)
            val model = LinkedHashMap<String, EnginePublication>()
            repeat(5_000) { step ->
                val asked = publication(random.nextInt(3 * capacity).toString())
                val id = asked.event().id()
                if (random.nextInt(4) == 0) {
                    model.remove(id)?.let(window::release)
                } else {
                    assertThat(window.reserve(asked)).`as`("capacity %s, step %s", capacity, step).isSameAs(model[id])
                    if (model.putIfAbsent(id, asked) == null && model.size > capacity) model.remove(model.keys.first())
                }
                if (random.nextInt(1_000) == 0) {
                    window.clear()
                    model.clear()
                }
            }
        }
    }
}

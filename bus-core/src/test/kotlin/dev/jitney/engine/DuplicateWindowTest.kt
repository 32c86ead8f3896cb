// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.EventBus
import dev.jitney.event.Event
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import java.util.Random

@DisplayName("PUB-4 the window of accepted keys")
internal class DuplicateWindowTest {
    private val bus = EventBus.builder("orders").build() as EngineBus

    @AfterEach
    fun close(): Unit = bus.close()

    private fun publication(id: String, source: String = "orders") =
        EnginePublication(Event.of("a", 1).withId(id).withSource(source), bus.core, Origin.PUBLISHED)

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

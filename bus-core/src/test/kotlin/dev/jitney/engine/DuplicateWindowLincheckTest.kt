// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.EventBus
import dev.jitney.event.Event
import dev.jitney.event.EventClock
import dev.jitney.test.VirtualTime
import org.jetbrains.lincheck.datastructures.IntGen
import org.jetbrains.lincheck.datastructures.Operation
import org.jetbrains.lincheck.datastructures.Param
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import java.time.Duration

/**
 * The model is a map from key to publication in the order in which the keys were reserved, without its first entry
 * when there is a third. Of six publications two each have one key; ids are those of a clock, but for the last two.
 */
@Param(name = "which", gen = IntGen::class, conf = "0:5")
@Tag("stress")
class DuplicateWindowLincheckTest {
    private val window = DuplicateWindow(2, Duration.ofDays(1).toMillis(), EventClock.of(VirtualTime()))

    @Operation
    fun reserve(@Param(name = "which") which: Int): Int? =
        window.reserve(PUBLICATIONS[which])?.let { PUBLICATIONS.indexOf(it.by) }

    @Operation
    fun release(@Param(name = "which") which: Int): Unit = window.release(PUBLICATIONS[which])

    @Operation
    fun keepKey(@Param(name = "which") which: Int): Unit = window.keepKey(PUBLICATIONS[which])

    class Model {
        private val held = LinkedHashMap<Int, Int>()

        fun reserve(which: Int): Int? {
            held[which / 2]?.let { return it }
            if (held.size == 2) held.remove(held.keys.first())
            held[which / 2] = which
            return null
        }

        fun release(which: Int) {
            held.remove(which / 2, which)
        }

        fun keepKey(which: Int) {
            held.replace(which / 2, which, GONE)
        }

        private companion object {
            const val GONE = -1
        }
    }

    @Test
    @DisplayName("PUB-4 DUP-1 of publications with one key one has it, whoever reserves and releases at once")
    fun window(): Unit = linearizable(javaClass, Model::class.java)

    private companion object {
        val PUBLICATIONS: List<EnginePublication> = EventBus.builder("orders").build().use { bus ->
            val clock = EventClock.of(VirtualTime())
            val events = List(2) { Event.of(clock, "a", 1) } + Event.of("a", 1).withId("text")
            List(6) { EnginePublication(events[it / 2], (bus as EngineBus).core, Origin.PUBLISHED) }
        }
    }
}

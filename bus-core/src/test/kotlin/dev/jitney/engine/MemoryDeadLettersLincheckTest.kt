// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.engine.memory.MemoryDeadLetterSink
import dev.jitney.event.DeadLetter
import dev.jitney.event.Event
import dev.jitney.spi.DeadLetterSink.Filter
import org.jetbrains.lincheck.datastructures.IntGen
import org.jetbrains.lincheck.datastructures.Operation
import org.jetbrains.lincheck.datastructures.Param
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test

/** The model is a map from id to retries, in order, without its first entry when there is a third. */
@Param(name = "which", gen = IntGen::class, conf = "0:3")
@Tag("stress")
class MemoryDeadLettersLincheckTest {
    private val sink = MemoryDeadLetterSink(2)

    @Operation
    fun add(@Param(name = "which") which: Int): String = sink.add(letter(which)).joinToString { it.id() }

    @Operation
    fun startRetry(@Param(name = "which") which: Int): Int? = sink.startRetry("$which", 2, START)?.retries()

    @Operation
    fun remove(@Param(name = "which") which: Int): Boolean = sink.remove("$which")

    @Operation
    fun list(): String = sink.list(Filter.all(), 9).joinToString { "${it.id()}:${it.retries()}" }

    @Operation
    fun evicted(): Long = sink.evicted()

    class Model {
        private val letters = LinkedHashMap<Int, Int>()
        private var evicted = 0L

        fun add(which: Int): String {
            if (letters.put(which, 0) != null || letters.size <= 2) return ""
            evicted++
            return letters.keys.first().also(letters::remove).toString()
        }

        fun startRetry(which: Int): Int? {
            val retries = letters[which] ?: return null
            return if (retries == 2) null else (retries + 1).also { letters[which] = it }
        }

        fun remove(which: Int): Boolean = letters.remove(which) != null

        fun list(): String = letters.entries.reversed().joinToString { "${it.key}:${it.value}" }

        fun evicted(): Long = evicted
    }

    @Test
    @DisplayName("ERR-5 the ring of dead letters keeps the last ones, whoever adds, retries and removes at once")
    fun ring(): Unit = linearizable(javaClass, Model::class.java)

    private companion object {
        fun letter(which: Int): DeadLetter = DeadLetter.builder(Event.of("t", 1), DeadLetter.Reason.OVERFLOW)
            .id("$which").firstTime(START).lastTime(START).build()
    }
}

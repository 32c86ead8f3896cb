// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import org.jetbrains.lincheck.datastructures.IntGen
import org.jetbrains.lincheck.datastructures.Operation
import org.jetbrains.lincheck.datastructures.Param
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test

/** The model is a list of the last three, from which the first goes when a fourth comes. */
@Param(name = "id", gen = IntGen::class, conf = "0:9")
@Tag("stress")
class HistoryLincheckTest {
    private val history = History(3)

    @Operation
    fun add(@Param(name = "id") id: Int) {
        history.add(KnownPublication(event("t", "$id")))
    }

    @Operation
    fun newestFirst(): String = history.newestFirst().joinToString { it.event().id() }

    @Operation
    fun clear(): Unit = history.clear()

    class Model {
        private val last = ArrayDeque<Int>()

        fun add(id: Int) {
            if (last.size == 3) last.removeLast()
            last.addFirst(id)
        }

        fun newestFirst(): String = last.joinToString()

        fun clear(): Unit = last.clear()
    }

    @Test
    @DisplayName("HIS-1 the history is that of the last events, whoever adds and looks at once")
    fun ring(): Unit = linearizable(javaClass, Model::class.java)
}

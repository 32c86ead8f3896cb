// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import org.jetbrains.lincheck.datastructures.Operation
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import java.util.concurrent.atomic.AtomicInteger

/**
 * The model is a queue. The queue of a lane is one but for this: while a producer is between its two steps, the node
 * before its own and all behind it are not there for who takes. The producer wakes the lane afterwards, so a taker
 * that finds nothing looks again unless no producer was at work meanwhile.
 */
@Tag("stress")
class LaneQueueLincheckTest {
    private class Node(val number: Int) : LaneNode()

    private val queue = LaneQueue()
    private val begun = AtomicInteger()
    private val ended = AtomicInteger()

    @Operation
    fun add(number: Int) {
        begun.incrementAndGet()
        queue.add(Node(number))
        ended.incrementAndGet()
    }

    @Operation
    fun poll(): Int? {
        while (true) {
            val endedBefore = ended.get()
            val node = queue.poll() as Node?
            if (node != null || begun.get() == endedBefore) return node?.number
            Thread.onSpinWait()
        }
    }

    class Model {
        private val queue = ArrayDeque<Int>()

        fun add(number: Int) {
            queue.addLast(number)
        }

        fun poll(): Int? = queue.removeFirstOrNull()
    }

    @Test
    @DisplayName("ORD-1 the queue of a lane does what a queue does, whoever adds and takes at once")
    fun queue(): Unit = linearizable(javaClass, Model::class.java)
}

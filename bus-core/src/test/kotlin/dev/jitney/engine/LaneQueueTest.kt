// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import kotlin.concurrent.thread

class LaneQueueTest {
    private class Node(val producer: Int, val number: Int) : LaneNode()

    private val queue = LaneQueue()

    @Test
    @DisplayName("ORD-1 nodes come out in the order in which they went in, also when it runs empty")
    fun order() {
        assertThat(queue.poll()).isNull()
        repeat(3) { round ->
            repeat(round) { queue.add(Node(0, it)) }
            repeat(round) { assertThat((queue.poll() as Node).number).isEqualTo(it) }
            assertThat(queue.poll()).isNull()
        }
    }

    @Test
    @DisplayName("ORD-1 a node taken out links to no later one")
    fun unlinked() {
        repeat(3) { queue.add(Node(0, it)) }
        assertThat(generateSequence { queue.poll() }.toList()).hasSize(3).allMatch { it.next == null }
    }

    @Test
    @Tag("stress")
    @DisplayName("ORD-1 four producers and two takers lose nothing and keep each producer's order")
    fun stress() {
        repeat(20) {
            val each = 200_000
            val taken = List(2) { ArrayList<Node>() }
            val queue = LaneQueue()
            val left = java.util.concurrent.atomic.AtomicInteger(4 * each)
            val takers = taken.map { own ->
                thread {
                    while (left.get() > 0) {
                        (queue.poll() as Node?)?.let {
                            own.add(it)
                            left.decrementAndGet()
                        }
                    }
                }
            }
            val producers = List(4) { producer -> thread { repeat(each) { queue.add(Node(producer, it)) } } }
            (producers + takers).forEach { it.join() }
            assertThat(taken.flatten().map { it.producer to it.number }.toSet()).hasSize(4 * each)
            for (own in taken) {
                own.groupBy { it.producer }.values.forEach { numbers ->
                    assertThat(numbers.map { it.number }).isSorted()
                }
            }
        }
    }
}

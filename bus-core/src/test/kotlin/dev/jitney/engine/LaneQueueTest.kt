// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread

class LaneQueueTest {
    private class Node(val producer: Int, val number: Int) : LaneNode() {
        @Volatile
        override var begun = false
        override var spent = false
    }

    private val queue = LaneQueue()
    private val missing = AtomicInteger()

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
    @DisplayName("HIS-1 what was taken is remembered until it has begun, also when several take beside each other")
    fun remembered() {
        val (a, b, c) = List(3) { Node(0, it).also(queue::add) }
        repeat(2) { queue.poll() }
        assertThat(queue.taken()).containsExactly(a, b)
        a.begun = true
        assertThat(queue.taken()).containsExactly(b)
        queue.poll()
        assertThat(queue.poll()).isNull()
        assertThat(queue.taken()).containsExactly(b, c)
        b.begun = true
        c.begun = true
        assertThat(queue.taken()).isEmpty()
    }

    @Test
    @DisplayName("HIS-1 what is spent is remembered until it has begun, too, and what is kept elsewhere is not")
    fun sweptAndLeft() {
        val (a, b) = List(2) { Node(0, it).also(queue::add) }
        a.spent = true
        assertThat(queue.sweep()).isFalse()
        queue.takes(b)
        assertThat(queue.taken()).containsExactly(a, b)
        queue.leaves(b)
        assertThat(queue.taken()).containsExactly(a)
    }

    @Test
    @DisplayName("HIS-1 nothing that has begun is kept in memory when a drain has gone")
    fun forgotten() {
        val nodes = List(3) { Node(0, it).also(queue::add) }
        repeat(3) { queue.poll() }
        nodes.forEach { it.begun = true }
        queue.forgetBegun()
        nodes.forEach { it.begun = false }
        assertThat(queue.taken()).isEmpty()
    }

    @Test
    @DisplayName("HIS-1 a node whose adding is over is in the list, though others are being added before it")
    fun listed() {
        val producers = List(3) { producer ->
            thread {
                repeat(20_000) {
                    val node = Node(producer, it)
                    queue.add(node)
                    if (it % 100 == 0 && node !in queue.toList()) missing.incrementAndGet()
                }
            }
        }
        producers.forEach { it.join() }
        assertThat(missing).hasValue(0)
    }

    @Test
    @Tag("stress")
    @DisplayName("ORD-1 four producers and two takers lose nothing and keep each producer's order")
    fun stress() {
        repeat(20) {
            val each = 200_000
            val taken = List(2) { ArrayList<Node>() }
            val queue = LaneQueue()
            val left = AtomicInteger(4 * each)
            val takers = taken.map { own ->
                thread {
                    while (left.get() > 0) {
                        (queue.poll() as Node?)?.let {
                            own.add(it)
                            it.begun = true
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

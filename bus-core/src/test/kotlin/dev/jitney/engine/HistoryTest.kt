// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Publication
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.concurrent.thread

class HistoryTest {
    private fun publication(id: Int): Publication = KnownPublication(event("a", "$id"))

    private fun History.ids() = newestFirst().map { it.event().id().toInt() }

    @Test
    @DisplayName("HIS-1 the last completed events are kept, the newest first, and old ones go first")
    fun keepsTheLast() {
        for (capacity in listOf(1, 2, 15, 16, 17, 32, 33, 1_000)) {
            val history = History(capacity)
            for (added in 0..3 * capacity) {
                assertThat(history.ids()).`as`("capacity %s, %s added", capacity, added)
                    .isEqualTo((added downTo 1).take(capacity))
                history.add(publication(added + 1))
            }
        }
    }

    @Test
    @DisplayName("HIS-1 a history of zero keeps none and refuses nothing")
    fun keepsNone() {
        val history = History(0)
        repeat(100) { history.add(publication(it)) }
        assertThat(history.newestFirst()).isEmpty()
    }

    @Test
    @DisplayName("HIS-1 a history can be forgotten and used again")
    fun clears() {
        val history = History(100)
        repeat(50) { history.add(publication(it)) }
        history.clear()
        assertThat(history.newestFirst()).isEmpty()
        history.add(publication(1))
        assertThat(history.ids()).containsExactly(1)
    }

    @Test
    @DisplayName("HIS-1 a negative history is refused")
    fun refusesNegative() {
        assertThatThrownBy { History(-1) }
            .isInstanceOf(IllegalArgumentException::class.java)
            .hasMessage("History '-1' is negative. Use zero to keep none, or more.")
    }

    @Test
    @DisplayName("HIS-1 a snapshot stays as it was taken, and what it holds stays whole")
    fun snapshots() {
        val history = History(2)
        val first = publication(1)
        history.add(first)
        val snapshot = history.newestFirst()
        repeat(5) { history.add(publication(it)) }
        assertThat(snapshot).containsExactly(first)
    }

    @Test
    @DisplayName("HIS-1 threads that add at once lose nothing, and each one's order is kept in every snapshot")
    fun concurrent() {
        val each = 20_000
        val publications = List(4) { thread -> List(each) { publication(thread * each + it) } }
        for (capacity in listOf(1_000, 4 * each)) {
            val history = History(capacity)
            val running = AtomicBoolean(true)
            var wrong: String? = null
            val reader = thread {
                while (running.get()) {
                    for (own in history.ids().groupBy { it / each }.values) {
                        // Without gaps too: what one thread added between two kept ones is kept.
                        if (own != (own.first() downTo own.last()).toList()) wrong = "$own"
                    }
                }
            }
            val start = CountDownLatch(1)
            val adders = publications.map { own ->
                thread {
                    start.await()
                    own.forEach(history::add)
                }
            }
            start.countDown()
            adders.forEach { it.join() }
            running.set(false)
            reader.join()
            assertThat(wrong).isNull()
            assertThat(history.ids()).hasSize(capacity).doesNotHaveDuplicates()
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Await
import dev.jitney.Gate
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CyclicBarrier
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicReference
import kotlin.concurrent.thread

class DebounceTest {
    private val debounce = Debounce()
    private val event = AtomicReference<String?>()
    private val published = AtomicInteger()

    private fun publishOnce(): String {
        published.incrementAndGet()
        return "e".also(event::set)
    }

    private fun waiting(thread: Thread) = Await.until("$thread waits") { thread.state == Thread.State.WAITING }

    private fun ends(thread: Thread) {
        thread.join(20_000)
        assertThat(thread.isAlive).`as`("%s still runs", thread).isFalse()
    }

    @Test
    @DisplayName("HIS-3 what is found is not published again, and nothing is taken for it")
    fun found() {
        assertThat(debounce.findOrPublish("a", { "found" }, { error("must not publish") })).isEqualTo("found")
        assertThat(debounce.busy).isZero()
    }

    @Test
    @DisplayName("HIS-3 of many callers at once one publishes, and all get its event")
    fun onlyOnePublishes() {
        repeat(50) {
            event.set(null)
            published.set(0)
            val barrier = CyclicBarrier(8)
            val got = ConcurrentHashMap.newKeySet<String>()
            val callers = List(8) {
                thread {
                    barrier.await()
                    got += debounce.findOrPublish("a", event::get, { publishOnce() })!!
                }
            }
            callers.forEach { ends(it) }
            assertThat(published).hasValue(1)
            assertThat(got).containsExactly("e")
        }
        assertThat(debounce.busy).isZero()
    }

    @Test
    @DisplayName("HIS-3 a turn ends when the event can be found, though its handlers still run")
    fun turnEndsEarly() {
        val gate = Gate()
        val handled = AtomicBoolean()
        val direct = thread {
            debounce.findOrPublish("a", event::get) { turn ->
                publishOnce().also {
                    turn.end()
                    try {
                        gate.pass()
                    } finally {
                        handled.set(true)
                    }
                }
            }
        }
        gate.awaitReached()
        assertThat(debounce.findOrPublish("a", { null }, { "another" })).isEqualTo("another")
        assertThat(debounce.findOrPublish("a", event::get, { error("must not publish") })).isEqualTo("e")
        assertThat(handled).`as`("whether it took the handlers to end").isFalse()
        gate.open()
        ends(direct)
        assertThat(debounce.busy).isZero()
    }

    @Test
    @DisplayName("HIS-3 looking never waits for another's turn, and other keys do not either")
    fun nobodyElseWaits() {
        val gate = Gate()
        val publisher = thread {
            debounce.findOrPublish("a", event::get) {
                gate.pass()
                publishOnce()
            }
        }
        gate.awaitReached()
        assertThat(debounce.findOrPublish("a", { "found" }, { error("must not publish") })).isEqualTo("found")
        assertThat(debounce.findOrPublish("b", { null }, { "b" })).isEqualTo("b")
        val second = thread { debounce.findOrPublish("a", event::get, { publishOnce() }) }
        waiting(second)
        gate.open()
        ends(publisher)
        ends(second)
        assertThat(published).hasValue(1)
        assertThat(debounce.busy).isZero()
    }

    @Test
    @DisplayName("HIS-3 a failed publish leaves the turn to the next caller")
    fun failedPublish() {
        assertThatThrownBy {
            debounce.findOrPublish<String>("a", event::get) { error("refused") }
        }.hasMessage("refused")
        assertThat(debounce.busy).isZero()
        assertThat(debounce.findOrPublish("a", event::get, { publishOnce() })).isEqualTo("e")
    }

    @Test
    @DisplayName("HIS-3 without room null says so, and the turn is not kept")
    fun noRoom() {
        assertThat(debounce.findOrPublish<String>("a", event::get, { null })).isNull()
        val other = thread { debounce.findOrPublish("a", event::get, { publishOnce() }) }
        ends(other)
        assertThat(debounce.findOrPublish("a", event::get, { error("must not publish") })).isEqualTo("e")
    }

    @Test
    @DisplayName("HIS-3 a handler that looks for what its own thread is publishing does not wait for itself")
    fun sameThread() {
        val value = debounce.findOrPublish("a", event::get) {
            publishOnce()
            debounce.findOrPublish("a", event::get, { error("must not publish") })
        }
        assertThat(value).isEqualTo("e")
        assertThat(debounce.busy).isZero()
    }

    @Test
    @DisplayName("HIS-3 two publishes that debounce within each other, on two buses, do not wait for each other")
    fun crossing() {
        val other = Debounce()
        val both = CyclicBarrier(2)
        fun crossed(first: Debounce, second: Debounce) = thread {
            first.findOrPublish<String>("a", { null }) {
                both.await()
                second.findOrPublish<String>("a", { null }) { publishOnce() }
            }
        }
        val threads = listOf(crossed(debounce, other), crossed(other, debounce))
        threads.forEach { ends(it) }
        assertThat(published).hasValue(2)
        assertThat(debounce.busy + other.busy).isZero()
    }

    @Test
    @DisplayName("HIS-3 a turn can be ended twice")
    fun endingTwice() {
        val value = debounce.findOrPublish("a", event::get) { turn ->
            publishOnce().also {
                turn.end()
                turn.end()
            }
        }
        assertThat(value).isEqualTo("e")
        assertThat(debounce.findOrPublish("b", { null }, { "b" })).isEqualTo("b")
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.Event
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.Runnable
import kotlinx.coroutines.launch
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import java.util.concurrent.atomic.AtomicLong
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.CoroutineContext

/** Dispatchers here run nothing by themselves, so a test says who goes on when. */
class LiveRingTest {
    private val lost = AtomicLong()
    private val ring = LiveRing(lost)
    private val dispatcher = ByHand()
    private var fed = 0

    private class ByHand : CoroutineDispatcher() {
        val tasks = ArrayDeque<Runnable>()

        override fun dispatch(context: CoroutineContext, block: Runnable) {
            tasks += block
        }

        fun runNext() = tasks.removeFirst().run()

        fun runAll() {
            while (tasks.isNotEmpty()) runNext()
        }
    }

    /** A collector that sleeps from the start. */
    private inner class Collector(on: ByHand = dispatcher) {
        val seen = ArrayList<Any?>()
        val job: Job = CoroutineScope(on).launch(start = CoroutineStart.UNDISPATCHED) {
            val cursor = ring.join(on)
            try {
                while (true) {
                    val event = cursor.poll()
                    if (event != null) {
                        seen += event.payload()
                    } else if (cursor.over) {
                        break
                    } else {
                        cursor.await()
                        cursor.rise()
                    }
                }
            } finally {
                cursor.leave()
            }
        }
    }

    private fun feed(count: Int = 1) = repeat(count) { ring.feed(Event.of("a", fed++)) }

    private fun LiveRing.Cursor.pollAll(): List<Any?> = generateSequence { poll() }.map { it.payload() }.toList()

    // ---- reading

    @Test
    @DisplayName("SUB-8 a collector gets what is fed after it has joined, in order, for as many rounds as it takes")
    fun order() {
        feed(10)
        val cursor = ring.join(null)
        assertThat(cursor.poll()).isNull()
        repeat(50) {
            feed(100)
            assertThat(cursor.pollAll()).isEqualTo((fed - 100 until fed).toList())
        }
        assertThat(lost).hasValue(0)
    }

    @Test
    @DisplayName("SUB-8 a collector may be 1 024 events behind; past that it loses the oldest, counted exactly")
    fun overtaken() {
        val cursor = ring.join(null)
        feed(1_024)
        assertThat(cursor.poll()!!.payload()).isEqualTo(0)
        assertThat(lost).hasValue(0)
        feed(2)
        assertThat(cursor.poll()!!.payload()).isEqualTo(2)
        assertThat(lost).hasValue(1)
        feed(10_000)
        assertThat(cursor.pollAll()).isEqualTo((fed - 1_024 until fed).toList())
        assertThat(lost).hasValue(fed - 2L - 1_024)
    }

    @Test
    @DisplayName("SUB-8 each collector loses for itself")
    fun losesForItself() {
        val slow = ring.join(null)
        val fast = ring.join(null)
        repeat(3) {
            feed(1_000)
            assertThat(fast.pollAll()).hasSize(1_000)
        }
        assertThat(lost).hasValue(0)
        assertThat(slow.pollAll()).isEqualTo((3_000 - 1_024 until 3_000).toList())
        assertThat(lost).hasValue(3_000L - 1_024)
    }

    @Test
    @DisplayName("SUB-8 an end lets collectors have what is there, and takes no more")
    fun end() {
        val cursor = ring.join(null)
        feed(2)
        ring.end()
        feed()
        assertThat(cursor.over).isFalse()
        assertThat(cursor.pollAll()).containsExactly(0, 1)
        assertThat(cursor.over).isTrue()
    }

    // ---- sleeping

    @Test
    @DisplayName("SUB-8 what is fed while a collector goes to sleep keeps it awake, and so does the end")
    fun fedMeanwhile() {
        val cursor = ring.join(null)
        assertThat(cursor.poll()).isNull()
        feed()
        assertThat(cursor.awaits()).isFalse()
        assertThat(cursor.pollAll()).containsExactly(0)
        ring.end()
        assertThat(cursor.awaits()).isFalse()
        assertThat(ring.asleep).isZero()
    }

    private fun LiveRing.Cursor.awaits(): Boolean {
        val job = CoroutineScope(Dispatchers.Unconfined).launch { await() }
        return job.isActive
    }

    @Test
    @DisplayName("SUB-8 one sleeper is woken, and each wakes the next")
    fun chain() {
        val collectors = List(4) { Collector() }
        assertThat(ring.asleep).isEqualTo(4)
        feed(3)
        assertThat(dispatcher.tasks).`as`("the feeder has woken one").hasSize(1)
        repeat(3) {
            dispatcher.runNext()
            assertThat(dispatcher.tasks).`as`("who was woken has woken the next").hasSize(1)
        }
        dispatcher.runAll()
        assertThat(collectors).allSatisfy { assertThat(it.seen).containsExactly(0, 1, 2) }
        assertThat(ring.asleep).isEqualTo(4)
        end(collectors)
    }

    @Test
    @DisplayName("SUB-8 collectors of a dispatcher that is held up hold up no others")
    fun dispatchers() {
        val heldUp = ByHand()
        val others = List(3) { if (it == 1) Collector(heldUp) else Collector() } + Collector(heldUp)
        feed()
        dispatcher.runAll()
        assertThat(others.map { it.seen.size }).containsExactly(1, 0, 1, 0)
        heldUp.runAll()
        assertThat(others).allSatisfy { assertThat(it.seen).containsExactly(0) }
        ring.end()
        dispatcher.runAll()
        heldUp.runAll()
        assertThat(others).allSatisfy { assertThat(it.job.isCompleted).isTrue() }
    }

    @Test
    @DisplayName("SUB-8 a collector that is cancelled in its sleep is passed over")
    fun cancelledAsleep() {
        val collectors = List(4) { Collector() }
        listOf(3, 1).forEach { collectors[it].job.cancel() }
        dispatcher.runAll()
        feed()
        dispatcher.runAll()
        assertThat(collectors.map { it.seen.size }).containsExactly(1, 0, 1, 0)
        end(collectors)
    }

    @Test
    @DisplayName("SUB-8 a collector that is cancelled when it has just been woken passes the wake on")
    fun cancelledWoken() {
        val collectors = List(3) { Collector() }
        feed()
        assertThat(dispatcher.tasks).hasSize(1)
        collectors.last().job.cancel(CancellationException("woken too late"))
        dispatcher.runAll()
        assertThat(collectors.map { it.seen.size }).containsExactly(1, 1, 0)
        end(collectors)
    }

    @Test
    @DisplayName("SUB-8 collectors that come and go in their sleep leave nothing behind that sleeps")
    fun comeAndGo() {
        val stays = Collector()
        repeat(100) {
            Collector().job.cancel()
            dispatcher.runAll()
        }
        assertThat(ring.asleep).isEqualTo(1)
        feed()
        dispatcher.runAll()
        assertThat(stays.seen).containsExactly(0)
        end(listOf(stays))
    }

    private fun end(collectors: List<Collector>) {
        ring.end()
        dispatcher.runAll()
        assertThat(collectors).allSatisfy { assertThat(it.job.isCompleted).isTrue() }
        assertThat(ring.asleep).isZero()
    }

    // ---- emptying

    @Test
    @DisplayName("SUB-8 what all collectors have got is not kept")
    fun emptied() {
        val slow = ring.join(null)
        val collectors = List(2) { Collector() }
        feed(10)
        dispatcher.runAll()
        assertThat(ring.held).`as`("one has them before it").isEqualTo(10)
        repeat(4) { slow.poll() }
        feed(2)
        dispatcher.runAll()
        assertThat(ring.held).isEqualTo(8)
        slow.leave()
        assertThat(ring.held).`as`("who kept them has left").isZero()
        feed(5_000)
        dispatcher.runAll()
        assertThat(ring.held).isZero()
        end(collectors)
    }

    @Test
    @DisplayName("SUB-8 a collector that is slow to come to an end of its events keeps but few that it has got")
    fun emptiedOnTheWay() {
        val cursor = ring.join(null)
        feed(1_000)
        repeat(1_000) {
            cursor.poll()
            assertThat(ring.held).isBetween(1_000 - it - 1, 1_000 - it + 64)
        }
    }

    @Test
    @DisplayName("SUB-8 of two that are far behind none loses more by what the other has got")
    fun emptiedBehindTheSlowest() {
        val one = ring.join(null)
        val two = ring.join(null)
        repeat(20) {
            feed(700)
            assertThat(one.pollAll()).hasSize(700)
            repeat(350) { two.poll() }
        }
        // It read 350 since it was 1 024 behind.
        assertThat(two.pollAll()).isEqualTo((fed - 674 until fed).toList())
        assertThat(lost).hasValue(fed - 20L * 350 - 674)
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.BusStats
import dev.jitney.BusStats.TopicStats
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.concurrent.thread

class TopicCountersTest {
    private fun TopicCounters.publish(topic: String, times: Int = 1) = of(topic).let { counter ->
        repeat(times) { counter.add(Tally.PUBLISHED) }
    }

    @Test
    @DisplayName("LIF-4 each kind is counted by itself, by topic and in all")
    fun kinds() {
        val counters = TopicCounters()
        Tally.entries.forEachIndexed { i, tally -> repeat(i + 1) { counters.of("a").add(tally) } }
        counters.publish("b", 2)
        val snapshot = counters.snapshot()
        assertThat(snapshot.busiest).containsExactly(
            TopicStats("a", 1, 2, 3, 4, 5, 6),
            TopicStats("b", 2, 0, 0, 0, 0, 0),
        )
        assertThat(snapshot.others).isEqualTo(TopicStats("other", 0, 0, 0, 0, 0, 0))
        assertThat(snapshot.total).isEqualTo(TopicStats("*", 3, 2, 3, 4, 5, 6))
    }

    @Test
    @DisplayName("LIF-4 the 1 000 busiest topics are listed, the busiest first, the rest is under 'other'")
    fun busiest() {
        val counters = TopicCounters()
        for (number in 1..3_000) counters.publish("t$number", number)
        val snapshot = counters.snapshot()
        assertThat(snapshot.busiest.map { it.topic }).isEqualTo((3_000 downTo 2_001).map { "t$it" })
        assertThat(snapshot.others).isEqualTo(TopicStats(BusStats.OTHER, (1L..2_000L).sum(), 0, 0, 0, 0, 0))
        assertThat(snapshot.total.published).isEqualTo((1L..3_000L).sum())
    }

    @Test
    @DisplayName(
        "LIF-4 a hundred thousand topics do not fill the memory, lose no count and do not push out the busiest",
    )
    fun manyTopics() {
        val counters = TopicCounters()
        for (number in 1..1_000) counters.publish("busy.$number", 10 + number)
        repeat(100_000) {
            counters.publish("rare.$it")
            if (it % 4_099 == 0) assertThat(counters.size).isLessThanOrEqualTo(4_096)
        }
        val snapshot = counters.snapshot()
        assertThat(snapshot.busiest.map { it.topic }).isEqualTo((1_000 downTo 1).map { "busy.$it" })
        assertThat(snapshot.others.published).isEqualTo(100_000)
        assertThat(snapshot.total.published).isEqualTo(100_000 + (11L..1_010L).sum())
    }

    @Test
    @DisplayName("LIF-4 a counter that a route has kept goes on counting for the others, and says so")
    fun keptCounter() {
        val counters = TopicCounters(limit = 4, listed = 2)
        val kept = counters.of("kept")
        kept.add(Tally.PUBLISHED)
        assertThat(kept.retired).isFalse()
        for (topic in listOf("a", "b", "c", "d")) counters.publish(topic, 5)
        assertThat(kept.retired).isTrue()
        kept.add(Tally.HANDLED)
        val others = counters.snapshot().others
        assertThat(others.published + others.handled).isGreaterThanOrEqualTo(2)
        assertThat(counters.of("kept")).isNotSameAs(kept)
        assertThat(counters.snapshot().total).isEqualTo(TopicStats("*", 21, 1, 0, 0, 0, 0))
    }

    @Test
    @DisplayName("LIF-4 a topic named 'other' is a topic, told from the others by where it stands")
    fun topicNamedOther() {
        val counters = TopicCounters(limit = 4, listed = 1)
        counters.publish("other", 3)
        counters.publish("a")
        val snapshot = counters.snapshot()
        assertThat(snapshot.busiest.single()).isEqualTo(TopicStats("other", 3, 0, 0, 0, 0, 0))
        assertThat(snapshot.others.published).isEqualTo(1)
    }

    @Test
    @DisplayName("LIF-4 a table that cannot hold what it lists is refused")
    fun refusal() {
        assertThatThrownBy { TopicCounters(limit = 5, listed = 5) }
            .isInstanceOf(IllegalArgumentException::class.java)
            .hasMessage("Listed topics '5' are out of range. Use less than 5.")
    }

    @Test
    @DisplayName("LIF-4 counting in many threads while topics come and go counts everything once")
    fun concurrent() {
        val counters = TopicCounters(limit = 8, listed = 2)
        val running = AtomicBoolean(true)
        var overcount = 0L
        val reader = thread {
            while (running.get()) overcount = maxOf(overcount, counters.snapshot().total.published - 4 * 50_000)
        }
        val threads = List(4) { number ->
            thread {
                var cached = counters.of("t$number")
                repeat(50_000) {
                    // Like a route that keeps its counter for a while, retired or not.
                    if (it % 64 == 0) cached = counters.of("t${(it / 64 + number) % 50}")
                    cached.add(Tally.PUBLISHED)
                }
            }
        }
        threads.forEach { it.join() }
        running.set(false)
        reader.join()
        assertThat(counters.snapshot().total.published).isEqualTo(4L * 50_000)
        assertThat(overcount).isLessThanOrEqualTo(0)
        assertThat(counters.size).isLessThanOrEqualTo(8)
    }
}

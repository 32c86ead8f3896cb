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

class KnownTopicsTest {
    private fun KnownTopics.publish(topic: String, times: Int = 1) = of(topic).let { known ->
        repeat(times) { known.count(Tally.PUBLISHED) }
    }

    @Test
    @DisplayName("LIF-4 each kind is counted by itself, by topic and in all")
    fun kinds() {
        val topics = KnownTopics(null)
        Tally.entries.forEachIndexed { i, tally -> repeat(i + 1) { topics.of("a").count(tally) } }
        topics.publish("b", 2)
        val snapshot = topics.snapshot()
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
        val topics = KnownTopics(null)
        for (number in 1..3_000) topics.publish("t$number", number)
        val snapshot = topics.snapshot()
        assertThat(snapshot.busiest.map { it.topic }).isEqualTo((3_000 downTo 2_001).map { "t$it" })
        assertThat(snapshot.others).isEqualTo(TopicStats(BusStats.OTHER, (1L..2_000L).sum(), 0, 0, 0, 0, 0))
        assertThat(snapshot.total.published).isEqualTo((1L..3_000L).sum())
    }

    @Test
    @DisplayName(
        "LIF-4 a hundred thousand topics do not fill the memory, lose no count and do not push out the busiest",
    )
    fun manyTopics() {
        val topics = KnownTopics(null)
        for (number in 1..1_000) topics.publish("busy.$number", 10 + number)
        repeat(200_000) {
            topics.publish("rare.$it")
            if (it % 4_099 == 0) assertThat(topics.size).isLessThanOrEqualTo(65_536)
        }
        val snapshot = topics.snapshot()
        assertThat(snapshot.busiest.map { it.topic }).isEqualTo((1_000 downTo 1).map { "busy.$it" })
        assertThat(snapshot.others.published).isEqualTo(200_000)
        assertThat(snapshot.total.published).isEqualTo(200_000 + (11L..1_010L).sum())
    }

    @Test
    @DisplayName("LIF-4 a topic that becomes busy late is listed with what it had since it is known")
    fun busyLate() {
        val topics = KnownTopics(null, limit = 100, listed = 10)
        repeat(1_000) { topics.publish("early.$it", 5) }
        repeat(50) {
            topics.publish("late")
            repeat(10) { rare -> topics.publish("rare.$it.$rare") }
        }
        val busiest = topics.snapshot().busiest.first()
        assertThat(busiest.topic).isEqualTo("late")
        // It may be forgotten until it is among the busier half.
        assertThat(busiest.published).isBetween(30, 50)
    }

    @Test
    @DisplayName("LIF-4 a topic that is looked up and has nothing to count is not listed")
    fun nothingToCount() {
        val topics = KnownTopics(null)
        topics.of("silent")
        topics.publish("a")
        assertThat(topics.snapshot().busiest.map { it.topic }).containsExactly("a")
    }

    @Test
    @DisplayName("LIF-4 TOP-4 a forgotten topic goes on to count for the others, and keeps no route")
    fun forgotten() {
        val topics = KnownTopics(null, limit = 4, listed = 2)
        val routes = Routes(topics)
        val kept = topics.of("kept")
        kept.count(Tally.PUBLISHED)
        routes.of(kept)
        assertThat(kept.forgotten).isFalse()
        val busier = generateSequence(1) { it + 1 }.takeWhile { !kept.forgotten && it < 100 }
        val count = busier.onEach { topics.publish("t$it", 5) }.last()
        assertThat(kept.forgotten).isTrue()
        assertThat(kept.route).isNull()
        Tally.entries.forEach(kept::count)
        assertThat(routes.of(kept).all).isEmpty()
        assertThat(kept.route).isNull()
        assertThat(kept.activity()).isZero()
        assertThat(topics.of("kept")).isNotSameAs(kept)
        assertThat(topics.snapshot().total).isEqualTo(TopicStats("*", 2 + 5L * count, 1, 1, 1, 1, 1))
    }

    @Test
    @DisplayName("LIF-4 a topic named 'other' is a topic, told from the others by where it stands")
    fun topicNamedOther() {
        val topics = KnownTopics(null, limit = 4, listed = 1)
        topics.publish("other", 3)
        topics.publish("a")
        val snapshot = topics.snapshot()
        assertThat(snapshot.busiest.single()).isEqualTo(TopicStats("other", 3, 0, 0, 0, 0, 0))
        assertThat(snapshot.others.published).isEqualTo(1)
    }

    @Test
    @DisplayName("LIF-4 a table that cannot protect what it lists is refused")
    fun refusal() {
        assertThatThrownBy { KnownTopics(null, limit = 5, listed = 3) }
            .isInstanceOf(IllegalArgumentException::class.java)
            .hasMessage("Listed topics '3' are out of range. Use at most 2.")
    }

    @Test
    @DisplayName("LIF-4 counting in many threads while topics come and go counts everything once")
    fun concurrent() {
        val topics = KnownTopics(null, limit = 8, listed = 2)
        val running = AtomicBoolean(true)
        var overcount = 0L
        val reader = thread {
            while (running.get()) overcount = maxOf(overcount, topics.snapshot().total.published - 4 * 50_000)
        }
        val threads = List(4) { number ->
            thread {
                var held = topics.of("t$number")
                repeat(50_000) {
                    // Like an event on its way, whose topic may be forgotten meanwhile.
                    if (it % 64 == 0) held = topics.of("t${(it / 64 + number) % 50}")
                    held.count(Tally.PUBLISHED)
                }
            }
        }
        threads.forEach { it.join() }
        running.set(false)
        reader.join()
        assertThat(topics.snapshot().total.published).isEqualTo(4L * 50_000)
        assertThat(overcount).isLessThanOrEqualTo(0)
        assertThat(topics.size).isLessThanOrEqualTo(8)
    }

    @Test
    @DisplayName("LIF-4 busy topics get more room for their counts while many threads count, and lose none")
    fun wide() {
        val topics = KnownTopics(null)
        val threads = List(4) {
            thread {
                repeat(20_000) {
                    topics.of("busy").count(Tally.PUBLISHED)
                    topics.of("busy").count(Tally.HANDLED)
                    if (it % 10 == 0) topics.of("busy").count(Tally.FAILED)
                }
            }
        }
        threads.forEach { it.join() }
        assertThat(topics.of("busy").wide).isTrue()
        assertThat(topics.of("busy").activity()).isEqualTo(168_000)
        assertThat(topics.snapshot().busiest).containsExactly(TopicStats("busy", 80_000, 80_000, 8_000, 0, 0, 0))
        topics.publish("quiet", 4_096)
        assertThat(topics.of("quiet").wide).isFalse()
    }

    @Test
    @DisplayName(
        "LIF-4 so many busy topics have more room and no more; one that is forgotten leaves its room to another",
    )
    fun mostWide() {
        val topics = KnownTopics(null, limit = 100, listed = 10)
        val first = List(70) { topics.of("t$it").also { topic -> repeat(5_000) { topic.count(Tally.PUBLISHED) } } }
        assertThat(first.count { it.wide }).isEqualTo(64)
        val busier = generateSequence(0) { it + 1 }
            .takeWhile { number -> number < 1_000 && first.none { it.wide && it.forgotten } }
        val count = busier.onEach { topics.publish("busier.$it", 6_000) }.last()
        val forgotten = first.first { it.wide && it.forgotten }
        Tally.entries.forEach(forgotten::count)
        assertThat(forgotten.activity()).isZero()
        assertThat(topics.of("busier.$count").wide).isTrue()
        val all = topics.snapshot().total
        val published = 70 * 5_000 + (count + 1) * 6_000L + 1
        assertThat(all).isEqualTo(TopicStats("*", published, 1, 1, 1, 1, 1))
    }
}

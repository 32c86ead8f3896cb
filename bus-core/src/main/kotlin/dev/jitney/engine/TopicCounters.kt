// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.BusStats
import dev.jitney.BusStats.TopicStats
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicLongArray

/** What is counted of a topic. */
internal enum class Tally { PUBLISHED, HANDLED, FAILED, DROPPED, SUPPRESSED, DEAD_LETTER }

/**
 * The counts of one topic; a route may keep it. Once [retired] it counts for the others, so one that is kept
 * for long should be asked for again then.
 *
 * INVARIANT: whoever adds to a retired counter moves what is in it on. Either that sees the retirement, or
 * the retirement, which empties the counter after it is marked, sees the count: none is lost, none counts twice.
 */
internal class TopicCounter(private val others: TopicCounter?) {
    private val counts = AtomicLongArray(Tally.entries.size)

    @Volatile
    var retired: Boolean = false
        private set

    /** One atomic addition. */
    fun add(tally: Tally) {
        counts.getAndIncrement(tally.ordinal)
        if (retired) moveOn()
    }

    fun retire() {
        retired = true
        moveOn()
    }

    private fun moveOn() {
        for (i in 0 until counts.length()) {
            if (counts.get(i) != 0L) others!!.counts.getAndAdd(i, counts.getAndSet(i, 0))
        }
    }

    fun read(): LongArray = LongArray(counts.length()) { counts.get(it) }
}

/**
 * Counts by topic, of at most [limit] topics by themselves (LIF-4). One topic too many has the least busy half
 * counted together from then on, those that a snapshot lists never among them; so finding the least busy
 * costs little for each new topic. Safe for concurrent use: the table is changed, and read as a whole, under
 * the monitor; a known topic is found without it.
 */
internal class TopicCounters(private val limit: Int = DEFAULT_LIMIT, private val listed: Int = BusStats.MAX_TOPICS) {
    private val table = ConcurrentHashMap<String, TopicCounter>()
    private val others = TopicCounter(null)

    init {
        require(listed in 0 until limit) { "Listed topics '$listed' are out of range. Use less than $limit." }
    }

    /** How many topics are counted by themselves. */
    val size: Int get() = table.size

    fun of(topic: String): TopicCounter = table[topic] ?: add(topic)

    @Synchronized
    private fun add(topic: String): TopicCounter {
        table[topic]?.let { return it }
        if (table.size >= limit) retireLeastBusy()
        return TopicCounter(others).also { table[topic] = it }
    }

    private fun retireLeastBusy() {
        val busiestFirst = table.entries.map { Row(it.key, it.value.read()) }.sortedWith(Row.BUSIEST_FIRST)
        for (row in busiestFirst.drop(maxOf(listed, limit / 2))) table.remove(row.topic)?.retire()
    }

    /** What was counted so far. */
    @Synchronized
    fun snapshot(): Snapshot {
        val rows = table.entries.map { Row(it.key, it.value.read()) }.sortedWith(Row.BUSIEST_FIRST)
        val rest = Row(BusStats.OTHER, others.read())
        rows.drop(listed).forEach(rest::plus)
        val all = Row(ALL, rest.counts.copyOf())
        val busiest = rows.take(listed)
        busiest.forEach(all::plus)
        return Snapshot(busiest.map { it.stats() }, rest.stats(), all.stats())
    }

    /** @param total the sums of all the others, so that totals need no counters of their own */
    class Snapshot(val busiest: List<TopicStats>, val others: TopicStats, val total: TopicStats)

    private class Row(val topic: String, val counts: LongArray) {
        // Counted once, since sorting asks for it often and counting goes on.
        private val activity = counts.sum()

        fun plus(other: Row) {
            for (i in counts.indices) counts[i] += other.counts[i]
        }

        private fun of(tally: Tally) = counts[tally.ordinal]

        fun stats() = TopicStats(
            topic,
            of(Tally.PUBLISHED),
            of(Tally.HANDLED),
            of(Tally.FAILED),
            of(Tally.DROPPED),
            of(Tally.SUPPRESSED),
            of(Tally.DEAD_LETTER),
        )

        companion object {
            val BUSIEST_FIRST: Comparator<Row> = compareByDescending<Row> { it.activity }.thenBy { it.topic }
        }
    }

    companion object {
        const val DEFAULT_LIMIT: Int = 4_096
        private const val ALL = "*"
    }
}

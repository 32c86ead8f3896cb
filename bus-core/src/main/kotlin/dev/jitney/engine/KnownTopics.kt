// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.BusStats
import dev.jitney.BusStats.TopicStats
import java.util.PriorityQueue
import java.util.concurrent.ConcurrentHashMap

/** So many topics are known by themselves. */
private const val DEFAULT_LIMIT: Int = 65_536
private const val SAMPLE = 4_096
private const val MOST_WIDE = 64
private const val ALL = "*"

/**
 * What a bus knows of one topic: who gets its events, and how many there were. Each event on its way holds the one of its
 * topic, so that a topic is looked up once an event. One that was forgotten meanwhile goes on to work: it counts for the
 * others, and who gets its events is worked out each time.
 */
internal class KnownTopic(@JvmField val name: String, private val table: KnownTopics) {
    /** Who gets its events; null or of another version than that of [Routes] where that is to be worked out. */
    @Volatile
    @JvmField
    var route: Route? = null

    /** The version of the route, set after it under the monitor of [Routes]; stays when the route is taken away. */
    @Volatile
    @JvmField
    var routedIn: Int = -1

    private val counter = TopicCounter()

    /** The bus whose topic it is. */
    val owner: EngineCore get() = table.owner!!

    val forgotten: Boolean get() = counter.retired

    /** One atomic addition. */
    fun count(tally: Tally) {
        if (counter.add(tally)) table.widen(counter)
    }

    fun activity(): Long = counter.activity()

    fun counts(): LongArray = counter.read()

    /** Has its counts, and those to come, counted there; after this it is asked for no more by its name. */
    fun forget(others: TopicCounter) {
        counter.retire(others)
        route = null
    }

    /** Whether it has room for its counts that others lack. */
    val wide: Boolean get() = counter.wide
}

/**
 * The topics of a bus, at most [limit] of them, and their counts (LIF-4). For one topic too many another is forgotten:
 * any of the less busy half, and never one of the [listed] busiest, but among equals. Safe for concurrent use: the table is
 * changed under the monitor; a known topic is found without it.
 *
 * INVARIANTS: [hand] goes round and forgets topics of at most as much activity as [bar], in the order of the table, which
 * is none. Each time round the bar is set anew, so that half of the topics are not above it. [wide] is how many of them
 * have a wide counter.
 *
 * @param owner the bus; null in tests of the table alone
 */
internal class KnownTopics(
    @JvmField val owner: EngineCore?,
    private val limit: Int = DEFAULT_LIMIT,
    private val listed: Int = BusStats.MAX_TOPICS,
) {
    private val table = ConcurrentHashMap<String, KnownTopic>()
    private val others = TopicCounter()
    private var hand: MutableIterator<KnownTopic> = table.values.iterator()
    private var bar = 0L
    private var wide = 0

    init {
        require(listed * 2 <= limit) { "Listed topics '$listed' are out of range. Use at most ${limit / 2}." }
    }

    /** How many topics are known. */
    val size: Int get() = table.size

    /** Returns the topic, which is known from now on. */
    fun of(name: String): KnownTopic = table[name] ?: add(name)

    /** Returns the topic if it is known. */
    fun find(name: String): KnownTopic? = table[name]

    @Synchronized
    private fun add(name: String): KnownTopic {
        table[name]?.let { return it }
        if (table.size >= limit) forgetOne()
        return KnownTopic(name, this).also { table[name] = it }
    }

    /** Gives a busy topic's counter more room, where not too many have it. */
    @Synchronized
    fun widen(counter: TopicCounter) {
        if (wide == MOST_WIDE || counter.wide || counter.retired) return
        wide++
        counter.widen()
    }

    private fun forgetOne() {
        while (true) {
            if (!hand.hasNext()) beginAgain()
            val next = hand.next()
            if (next.activity() <= bar) {
                hand.remove()
                if (next.wide) wide--
                return next.forget(others)
            }
        }
    }

    private fun beginAgain() {
        // Of very many some will do: there is room between half of all and those that are listed.
        val step = maxOf(1, limit / SAMPLE)
        var at = 0
        val sample = table.values.filter { at++ % step == 0 }.map { it.activity() }.sorted()
        bar = sample[(sample.size - 1) / 2]
        hand = table.values.iterator()
    }

    /** What was counted so far. */
    @Synchronized
    fun snapshot(): Snapshot {
        val busiest = PriorityQueue(Row.BUSIEST_FIRST.reversed())
        val rest = others.read()
        for (topic in table.values) {
            val row = Row(topic.name, topic.counts())
            if (row.activity == 0L) continue
            busiest.add(row)
            if (busiest.size > listed) busiest.poll()!!.addTo(rest)
        }
        val all = rest.copyOf()
        val rows = busiest.sortedWith(Row.BUSIEST_FIRST)
        rows.forEach { it.addTo(all) }
        return Snapshot(
            rows.map { TopicCounter.stats(it.topic, it.counts) },
            TopicCounter.stats(BusStats.OTHER, rest),
            TopicCounter.stats(ALL, all),
        )
    }

    /** @param total the sums of all the others, so that totals need no counters of their own */
    class Snapshot(val busiest: List<TopicStats>, val others: TopicStats, val total: TopicStats)

    private class Row(val topic: String, val counts: LongArray) {
        // Counted once, since sorting asks for it often and counting goes on.
        val activity = counts.sum()

        fun addTo(sums: LongArray) {
            for (i in counts.indices) sums[i] += counts[i]
        }

        companion object {
            val BUSIEST_FIRST: Comparator<Row> = compareByDescending<Row> { it.activity }.thenBy { it.topic }
        }
    }
}

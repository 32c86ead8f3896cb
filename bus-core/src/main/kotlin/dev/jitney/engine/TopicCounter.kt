// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.BusStats.TopicStats
import java.util.concurrent.atomic.AtomicLongArray
import java.util.concurrent.atomic.AtomicLongFieldUpdater
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater

/** What is counted of a topic. */
internal enum class Tally { PUBLISHED, HANDLED, FAILED, DROPPED, SUPPRESSED, DEAD_LETTER }

/**
 * The counts of one topic. Once [retired] it counts for the others.
 *
 * INVARIANT: whoever adds to a retired counter moves what is in it on. Either that sees the retirement, or
 * the retirement, which empties the counter after it is marked, sees the count: none is lost, none counts twice.
 */
internal class TopicCounter {
    @Volatile
    private var published = 0L

    @Volatile
    private var handled = 0L

    // What most topics never need: the other tallies, and where a retired one counts.
    @Volatile
    private var rare: Rare? = null

    val retired: Boolean get() = rare?.movesTo != null

    /** One atomic addition. */
    fun add(tally: Tally) {
        when (tally) {
            Tally.PUBLISHED -> PUBLISHED.getAndIncrement(this)
            Tally.HANDLED -> HANDLED.getAndIncrement(this)
            else -> rare().getAndIncrement(tally.ordinal - COMMON)
        }
        rare?.movesTo?.let(::moveTo)
    }

    private fun rare(): Rare {
        rare?.let { return it }
        RARE.compareAndSet(this, null, Rare())
        return rare!!
    }

    /** Counts for the others from now on, also what it has counted. */
    fun retire(others: TopicCounter) {
        rare().movesTo = others
        moveTo(others)
    }

    private fun moveTo(others: TopicCounter) {
        if (published != 0L) PUBLISHED.getAndAdd(others, PUBLISHED.getAndSet(this, 0))
        if (handled != 0L) HANDLED.getAndAdd(others, HANDLED.getAndSet(this, 0))
        val rare = rare!!
        for (i in 0 until rare.length()) if (rare.get(i) != 0L) others.rare().getAndAdd(i, rare.getAndSet(i, 0))
    }

    /** How much was counted, of whatever kind. */
    fun activity(): Long {
        var sum = published + handled
        rare?.let { for (i in 0 until it.length()) sum += it.get(i) }
        return sum
    }

    /** The counts by [Tally]. */
    fun read(): LongArray {
        val counts = LongArray(SIZE)
        counts[Tally.PUBLISHED.ordinal] = published
        counts[Tally.HANDLED.ordinal] = handled
        rare?.let { for (i in 0 until it.length()) counts[COMMON + i] = it.get(i) }
        return counts
    }

    private class Rare : AtomicLongArray(SIZE - COMMON) {
        @Volatile
        var movesTo: TopicCounter? = null
    }

    companion object {
        private val SIZE = Tally.entries.size

        // Those with a field of their own, which are the first.
        private const val COMMON = 2
        private val PUBLISHED = AtomicLongFieldUpdater.newUpdater(TopicCounter::class.java, "published")
        private val HANDLED = AtomicLongFieldUpdater.newUpdater(TopicCounter::class.java, "handled")
        private val RARE = AtomicReferenceFieldUpdater.newUpdater(
            TopicCounter::class.java,
            Rare::class.java,
            "rare",
        )

        fun stats(topic: String, counts: LongArray): TopicStats {
            fun of(tally: Tally) = counts[tally.ordinal]
            return TopicStats(
                topic,
                of(Tally.PUBLISHED),
                of(Tally.HANDLED),
                of(Tally.FAILED),
                of(Tally.DROPPED),
                of(Tally.SUPPRESSED),
                of(Tally.DEAD_LETTER),
            )
        }
    }
}

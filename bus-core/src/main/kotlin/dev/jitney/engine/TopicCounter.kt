// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.BusStats.TopicStats
import java.util.concurrent.atomic.AtomicLongArray
import java.util.concurrent.atomic.AtomicLongFieldUpdater

/** What is counted of a topic. */
internal enum class Tally { PUBLISHED, HANDLED, FAILED, DROPPED, SUPPRESSED, DEAD_LETTER }

/**
 * The counts of one topic. Once [retired] it counts for the others.
 *
 * Publishers and lanes count on threads of their own, and beside what both read all the time: where that
 * is one line of the processor's cache, each takes it from the other for every event. So busy topics are made
 * [wide]: what is published and what is handled has a line of its own, apart from all else, for some 200 bytes.
 *
 * INVARIANT: whoever adds to a retired counter moves what is in it on. Either that sees the retirement, or
 * the retirement, which empties the counter after it is marked, sees the count: none is lost, none counts twice.
 */
internal class TopicCounter {
    @Volatile
    private var published = 0L

    @Volatile
    private var handled = 0L

    // What most topics never need.
    @Volatile
    private var more: More? = null

    val retired: Boolean get() = more?.movesTo != null

    val wide: Boolean get() = more?.wide != null

    /** One atomic addition. Says whether it is time to [widen]. */
    fun add(tally: Tally): Boolean {
        val wide = more?.wide
        val before = when {
            tally.ordinal >= COMMON -> more().rare().getAndIncrement(tally.ordinal)
            wide != null -> wide.getAndIncrement(placeOf(tally))
            tally == Tally.PUBLISHED -> PUBLISHED.getAndIncrement(this)
            else -> HANDLED.getAndIncrement(this)
        }
        more?.movesTo?.let(::moveTo)
        return before == BUSY && wide == null
    }

    /** Gives it more room; once. */
    fun widen() {
        more().wide = AtomicLongArray(APART * (COMMON + 1))
    }

    private fun more(): More = more ?: synchronized(this) { more ?: More().also { more = it } }

    /** Counts for the others from now on, also what it has counted. */
    fun retire(others: TopicCounter) {
        more().movesTo = others
        moveTo(others)
    }

    private fun moveTo(others: TopicCounter) {
        val more = more!!
        val wide = more.wide
        if (published != 0L) PUBLISHED.getAndAdd(others, PUBLISHED.getAndSet(this, 0))
        if (handled != 0L) HANDLED.getAndAdd(others, HANDLED.getAndSet(this, 0))
        if (wide != null) {
            PUBLISHED.getAndAdd(others, wide.getAndSet(placeOf(Tally.PUBLISHED), 0))
            HANDLED.getAndAdd(others, wide.getAndSet(placeOf(Tally.HANDLED), 0))
        }
        val rare = more.rare ?: return
        for (i in COMMON until SIZE) if (rare.get(i) != 0L) others.more().rare().getAndAdd(i, rare.getAndSet(i, 0))
    }

    /** How much was counted, of whatever kind. */
    fun activity(): Long = if (more == null) published + handled else read().sum()

    /** The counts by [Tally]. */
    fun read(): LongArray {
        val counts = LongArray(SIZE)
        counts[Tally.PUBLISHED.ordinal] = published
        counts[Tally.HANDLED.ordinal] = handled
        more?.rare?.let { for (i in COMMON until SIZE) counts[i] = it.get(i) }
        val wide = more?.wide ?: return counts
        counts[Tally.PUBLISHED.ordinal] += wide.get(placeOf(Tally.PUBLISHED))
        counts[Tally.HANDLED.ordinal] += wide.get(placeOf(Tally.HANDLED))
        return counts
    }

    private class More {
        /** The other tallies, by their number. */
        @Volatile
        var rare: AtomicLongArray? = null

        @Volatile
        var wide: AtomicLongArray? = null

        /** Where a retired one counts. */
        @Volatile
        var movesTo: TopicCounter? = null

        fun rare(): AtomicLongArray = rare ?: synchronized(this) {
            rare ?: AtomicLongArray(SIZE).also { rare = it }
        }
    }

    companion object {
        private val SIZE = Tally.entries.size

        // Those with a field of their own, which are the first.
        private const val COMMON = 2
        private val PUBLISHED = AtomicLongFieldUpdater.newUpdater(TopicCounter::class.java, "published")
        private val HANDLED = AtomicLongFieldUpdater.newUpdater(TopicCounter::class.java, "handled")

        // So many longs are more than a line of the cache, also of two that are fetched together.
        private const val APART = 16

        // So many events make a topic a busy one.
        private const val BUSY = 4_096L

        private fun placeOf(tally: Tally) = APART * tally.ordinal + APART / 2

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

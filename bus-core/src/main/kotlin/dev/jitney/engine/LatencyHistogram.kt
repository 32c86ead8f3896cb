// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.BusStats.Latency
import java.time.Duration
import java.util.concurrent.atomic.AtomicLongArray
import java.util.concurrent.atomic.AtomicLongFieldUpdater
import kotlin.math.ceil
import kotlin.math.roundToLong

/**
 * How long the runs of a handler took (LIF-4). Each doubling of the time has [STEPS] equal buckets, made when
 * the first time falls among them: a bucket's middle is within 1/32, 3.2 %, of every time in it, and times
 * below 32 ns are exact. Holds some 90 bytes, and 44 more for each doubling that occurs; 144 for one with a bucket that
 * has counted to 256; 11 KiB at the most.
 * Safe for concurrent use; recording is one atomic exchange, now and then an addition too, and reading stops nobody.
 */
internal class LatencyHistogram {
    // All doublings from that of the shortest time on; null where none occurred. Never changed, but replaced.
    @Volatile
    private var doublings = NONE

    @Volatile
    private var longest = 0L

    /** Counts one run, or so many of its like; a negative time, as of a clock set back, counts as zero. */
    fun record(nanos: Long, times: Int = 1) {
        val time = maxOf(nanos, 0)
        // Before the bucket: who sees the count sees no shorter maximum.
        raise(time)
        val doubling = doublingOf(time)
        (find(doubling) ?: make(doubling)).add(stepOf(time, doubling), times)
    }

    private fun raise(time: Long) {
        while (true) {
            val now = longest
            if (time <= now || LONGEST.compareAndSet(this, now, time)) return
        }
    }

    private fun find(doubling: Int): Doubling? {
        val now = doublings
        if (now.isEmpty()) return null
        val at = doubling - now[0]!!.number
        return if (at < 0 || at >= now.size) null else now[at]
    }

    @Synchronized
    private fun make(doubling: Int): Doubling {
        find(doubling)?.let { return it }
        val made = Doubling(doubling)
        val now = doublings
        // The first and the last are there, what lies between them perhaps.
        val first = if (now.isEmpty()) doubling else minOf(doubling, now[0]!!.number)
        val last = if (now.isEmpty()) doubling else maxOf(doubling, now[0]!!.number + now.size - 1)
        val more = arrayOfNulls<Doubling>(last - first + 1)
        for (one in now) if (one != null) more[one.number - first] = one
        more[doubling - first] = made
        doublings = more
        return made
    }

    /** Returns what was recorded so far. */
    fun latency(): Latency {
        val now = doublings
        if (now.isEmpty()) return Latency.NONE
        val first = now[0]!!.number * STEPS
        val counts = LongArray(first + now.size * STEPS)
        for (one in now) for (step in 0 until STEPS) one?.let { counts[it.number * STEPS + step] = it.count(step) }
        val max = longest
        val count = counts.sum()
        if (count == 0L) return Latency.NONE
        var sum = 0.0
        for (i in counts.indices) sum += counts[i] * middleOf(i, max).toDouble()
        return Latency(
            count,
            Duration.ofNanos((sum / count).roundToLong()),
            Duration.ofNanos(quantile(counts, count, 0.50, max)),
            Duration.ofNanos(quantile(counts, count, 0.99, max)),
            Duration.ofNanos(max),
        )
    }

    private fun quantile(counts: LongArray, count: Long, share: Double, max: Long): Long {
        var left = ceil(count * share).toLong()
        val bucket = counts.indices.first { i ->
            left -= counts[i]
            left <= 0
        }
        return middleOf(bucket, max)
    }

    private fun middleOf(bucket: Int, max: Long): Long {
        val doubling = bucket / STEPS
        val step = (bucket % STEPS).toLong()
        if (doubling == 0) return step
        val width = 1L shl (doubling - 1)
        return minOf((STEPS + step) * width + width / 2, max)
    }

    // Doubling 0 has the times 0 to 15, doubling 1 those from 16 to 31, 2 those from 32 to 63, and so on.
    private fun doublingOf(time: Long) =
        if (time < STEPS) 0 else Long.SIZE_BITS - STEP_BITS - time.countLeadingZeroBits()

    private fun stepOf(time: Long, doubling: Int): Int =
        (if (doubling == 0) time else (time ushr (doubling - 1)) and (STEPS - 1L)).toInt()

    /**
     * The buckets of one doubling. Their counts' lowest eight bits are side by side in two fields; the rest, in units of
     * 256, in an array that is made when one of them is first full. An exchange takes the carry out of the
     * field before it is added to the array, so between the two a reader misses 256, and none counts them twice.
     */
    private class Doubling(@JvmField val number: Int) {
        @Volatile
        private var lower = 0L

        @Volatile
        private var upper = 0L

        @Volatile
        private var carried: AtomicLongArray? = null

        fun add(step: Int, times: Int) {
            val field = if (step < HALF) LOWER else UPPER
            val shift = (step % HALF) * CELL_BITS
            while (true) {
                val seen = field.get(this)
                val sum = (seen ushr shift and CELL) + times
                val next = seen and (CELL shl shift).inv() or (sum and CELL shl shift)
                if (!field.compareAndSet(this, seen, next)) continue
                if (sum > CELL) carry(step, sum ushr CELL_BITS)
                return
            }
        }

        private fun carry(step: Int, units: Long) {
            val all = carried ?: synchronized(this) { carried ?: AtomicLongArray(STEPS).also { carried = it } }
            all.getAndAdd(step, units)
        }

        fun count(step: Int): Long {
            // In this order: a carry between the two looks is missed, and not counted twice.
            val carries = carried?.get(step) ?: 0
            val field = if (step < HALF) lower else upper
            return (carries shl CELL_BITS) + (field ushr (step % HALF) * CELL_BITS and CELL)
        }

        private companion object {
            const val HALF = STEPS / 2
            const val CELL_BITS = 8
            const val CELL = (1L shl CELL_BITS) - 1
            val LOWER: AtomicLongFieldUpdater<Doubling> =
                AtomicLongFieldUpdater.newUpdater(Doubling::class.java, "lower")
            val UPPER: AtomicLongFieldUpdater<Doubling> =
                AtomicLongFieldUpdater.newUpdater(Doubling::class.java, "upper")
        }
    }

    private companion object {
        const val STEP_BITS = 4
        const val STEPS = 1 shl STEP_BITS
        val NONE = arrayOfNulls<Doubling>(0)
        val LONGEST: AtomicLongFieldUpdater<LatencyHistogram> =
            AtomicLongFieldUpdater.newUpdater(LatencyHistogram::class.java, "longest")
    }
}

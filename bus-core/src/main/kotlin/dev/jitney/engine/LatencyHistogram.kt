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
 * below 32 ns are exact. Holds some 100 bytes, and 160 more for each doubling that occurs; 10 KiB at the most.
 * Safe for concurrent use; recording is one atomic addition, and reading stops nobody.
 */
internal class LatencyHistogram {
    // Never changed, but replaced by a longer or fuller one.
    @Volatile
    private var doublings = NONE

    @Volatile
    private var longest = 0L

    /** Counts one run, or so many of its like; a negative time, as of a clock set back, counts as zero. */
    fun record(nanos: Long, times: Int = 1) {
        val time = maxOf(nanos, 0)
        // Before the bucket: who sees the count sees no shorter maximum.
        if (time > longest) LONGEST.accumulateAndGet(this, time, ::maxOf)
        val doubling = doublingOf(time)
        val buckets = doublings.getOrNull(doubling) ?: make(doubling)
        buckets.getAndAdd(stepOf(time, doubling), times.toLong())
    }

    @Synchronized
    private fun make(doubling: Int): AtomicLongArray {
        doublings.getOrNull(doubling)?.let { return it }
        val made = AtomicLongArray(STEPS)
        doublings = doublings.copyOf(maxOf(doublings.size, doubling + 1)).also { it[doubling] = made }
        return made
    }

    /** Returns what was recorded so far. */
    fun latency(): Latency {
        val now = doublings
        val counts = LongArray(now.size * STEPS) { now[it / STEPS]?.get(it % STEPS) ?: 0 }
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

    private companion object {
        const val STEP_BITS = 4
        const val STEPS = 1 shl STEP_BITS
        val NONE = arrayOfNulls<AtomicLongArray>(0)
        val LONGEST: AtomicLongFieldUpdater<LatencyHistogram> =
            AtomicLongFieldUpdater.newUpdater(LatencyHistogram::class.java, "longest")
    }
}

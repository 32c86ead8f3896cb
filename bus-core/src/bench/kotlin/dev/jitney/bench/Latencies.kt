// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

/** Counts nanoseconds in classes that are at most 1.6 % wide, without allocating. Not thread-safe. */
internal class Latencies {
    private val counts = LongArray(64 * PARTS)
    private var sum = 0.0
    var count: Long = 0
        private set
    var max: Long = 0
        private set

    fun add(nanos: Long) {
        val value = maxOf(0, nanos)
        counts[classOf(value)]++
        count++
        sum += value
        if (value > max) max = value
    }

    fun add(other: Latencies) {
        for (i in counts.indices) counts[i] += other.counts[i]
        count += other.count
        sum += other.sum
        max = maxOf(max, other.max)
    }

    fun mean(): Double = if (count == 0L) 0.0 else sum / count

    /** The upper end of the class in which the quantile is. */
    fun quantile(of: Double): Double {
        var left = Math.ceil(count * of).toLong()
        for (i in counts.indices) {
            left -= counts[i]
            if (left <= 0) return minOf(upperEnd(i), max).toDouble()
        }
        return max.toDouble()
    }

    private fun classOf(value: Long): Int {
        if (value < PARTS) return value.toInt()
        val shift = 63 - java.lang.Long.numberOfLeadingZeros(value) - BITS
        return ((shift + 1) shl BITS) + ((value ushr shift).toInt() - PARTS)
    }

    private fun upperEnd(at: Int): Long {
        if (at < PARTS) return at.toLong()
        val shift = (at shr BITS) - 1
        return ((PARTS + (at and PARTS - 1) + 1L) shl shift) - 1
    }

    private companion object {
        const val BITS = 6
        const val PARTS = 1 shl BITS
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import kotlin.math.max
import kotlin.math.sqrt

/**
 * Says whether something grew. The rule: a line is laid through the second half of the samples by least squares.
 * It grows if that line rises over the half by more than [SHARE] of its mean and by more than [slack], and the rise is
 * over [SURE] times its own standard error, so that it is no noise.
 *
 * @param slack what may come and go by itself, in the unit of the samples
 */
internal class Trend(samples: List<Double>, slack: Double) {
    private val half = samples.drop(samples.size / 2)
    private val middle = (half.size - 1) / 2.0
    private val width = half.indices.sumOf { (it - middle) * (it - middle) }

    val mean: Double = half.average()
    private val slope = half.indices.sumOf { (it - middle) * (half[it] - mean) } / width

    /** By how much the line rises from the first sample of the half to its last. */
    val rise: Double = slope * (half.size - 1)
    private val error: Double
    val grows: Boolean

    init {
        require(half.size >= LEAST) { "Too few samples for a trend: ${samples.size}. Run for longer." }
        val rest = half.indices.sumOf { square(half[it] - mean - slope * (it - middle)) }
        error = sqrt(rest / (half.size - 2) / width) * (half.size - 1)
        grows = rise > max(SHARE * mean, slack) && rise > SURE * error
    }

    private fun square(value: Double) = value * value

    companion object {
        const val SHARE = 0.05
        const val SURE = 3.0
        private const val LEAST = 5
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import kotlinx.serialization.Serializable
import kotlin.math.ln
import kotlin.math.sqrt

/** What was measured at one size. */
@Serializable
internal data class Point(val size: Double, val nanos: Double)

/**
 * How cost grows with size. The rule, in this order:
 *
 * 1. [CONSTANT] if the dearest point costs at most [FLAT] times the cheapest: what caches do to the same
 *    code is within that.
 * 2. [WORSE] if from the last point but one to the last it grows by more than the power [POWER] of the size.
 * 3. Else whichever fits better, `a + b ln n` or `a + b n`, by least squares of relative errors: [LOGARITHMIC] or
 *    [LINEAR].
 */
internal enum class Shape(val word: String) {
    CONSTANT("constant"),
    LOGARITHMIC("logarithmic"),
    LINEAR("linear"),
    WORSE("worse than linear"),
    ;

    companion object {
        const val FLAT = 2.0
        const val POWER = 1.3

        fun of(points: List<Point>): Shape {
            require(points.size >= LEAST) { "${points.size} points have no shape." }
            val (before, last) = points.takeLast(2)
            val power = ln(last.nanos / before.nanos) / ln(last.size / before.size)
            val costs = points.map { it.nanos }
            return when {
                costs.max() <= FLAT * costs.min() -> CONSTANT
                power > POWER -> WORSE
                error(points) { ln(it) } < error(points) { it } -> LOGARITHMIC
                else -> LINEAR
            }
        }

        /** The root mean square of relative errors of the best `a + b f(n)`, b not negative. */
        private fun error(points: List<Point>, f: (Double) -> Double): Double {
            // Weighted with 1/y², so that each point counts by its share.
            val w = points.map { 1 / (it.nanos * it.nanos) }
            val x = points.map { f(it.size) }
            val y = points.map { it.nanos }
            val all = w.sum()
            val mx = w.indices.sumOf { w[it] * x[it] } / all
            val my = w.indices.sumOf { w[it] * y[it] } / all
            val slope = w.indices.sumOf { w[it] * (x[it] - mx) * (y[it] - my) } /
                w.indices.sumOf { w[it] * (x[it] - mx) * (x[it] - mx) }
            val b = maxOf(0.0, slope)
            val a = my - b * mx
            return sqrt(w.indices.sumOf { w[it] * square(y[it] - a - b * x[it]) } / w.size)
        }

        private fun square(value: Double) = value * value

        private const val LEAST = 3
    }
}

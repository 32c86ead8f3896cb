// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import kotlinx.serialization.Serializable
import kotlin.math.ln

/** What was measured at one size. */
@Serializable
internal data class Point(val size: Double, val nanos: Double)

/**
 * How cost grows with size. The rule, in this order:
 *
 * 1. [CONSTANT] if no size costs more than [FLAT] times what a smaller one costs: caches do as much to the same code.
 * 2. Else by the power of the size with which it grows from the last point but one to the last: [WORSE] above [MOST],
 *    [LINEAR] from [LEAST] on, and [LOGARITHMIC] below, which also has what rises once, where a cache ends.
 */
internal enum class Shape(val word: String) {
    CONSTANT("constant"),
    LOGARITHMIC("logarithmic at most"),
    LINEAR("linear"),
    WORSE("worse than linear"),
    ;

    companion object {
        const val FLAT = 2.0
        const val LEAST = 0.5
        const val MOST = 1.3

        fun of(points: List<Point>): Shape {
            require(points.size >= FEWEST) { "${points.size} points have no shape." }
            val (before, last) = points.takeLast(2)
            val power = ln(last.nanos / before.nanos) / ln(last.size / before.size)
            return when {
                points.indices.all { i -> points[i].nanos <= FLAT * points.take(i + 1).minOf { it.nanos } } -> CONSTANT
                power > MOST -> WORSE
                power >= LEAST -> LINEAR
                else -> LOGARITHMIC
            }
        }

        private const val FEWEST = 3
    }
}

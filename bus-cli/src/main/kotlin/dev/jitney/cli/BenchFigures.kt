// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import java.util.Locale

/** The figures of one run, or those in the middle of all runs; latencies in nanoseconds. */
internal class BenchFigures(
    val rate: Double,
    val p50: Long,
    val p90: Long,
    val p99: Long,
    val p999: Long,
    val max: Long,
    val gcMillis: Long,
) {
    fun latencies(): Map<String, Long> = linkedMapOf(
        "p50" to p50,
        "p90" to p90,
        "p99" to p99,
        "p999" to p999,
        "max" to max,
    )

    companion object {
        fun of(run: BenchRun): BenchFigures {
            val latencies = run.latencies
            return BenchFigures(
                run.rate,
                latencies.getValueAtPercentile(50.0),
                latencies.getValueAtPercentile(90.0),
                latencies.getValueAtPercentile(99.0),
                latencies.getValueAtPercentile(99.9),
                latencies.maxValue,
                run.gcMillis,
            )
        }

        /** Returns the median of each figure. */
        fun median(runs: List<BenchFigures>): BenchFigures = BenchFigures(
            middle(runs.map { it.rate }),
            middle(runs.map { it.p50.toDouble() }).toLong(),
            middle(runs.map { it.p90.toDouble() }).toLong(),
            middle(runs.map { it.p99.toDouble() }).toLong(),
            middle(runs.map { it.p999.toDouble() }).toLong(),
            middle(runs.map { it.max.toDouble() }).toLong(),
            middle(runs.map { it.gcMillis.toDouble() }).toLong(),
        )

        private fun middle(values: List<Double>): Double {
            val sorted = values.sorted()
            val half = sorted.size / 2
            return if (sorted.size % 2 == 1) sorted[half] else (sorted[half - 1] + sorted[half]) / 2
        }

        /** Returns a span of time with three digits that tell something: `38.1 µs`. */
        fun span(nanos: Long): String = when {
            nanos < MICRO -> "$nanos ns"
            nanos < MICRO * MICRO -> digits(nanos.toDouble() / MICRO) + " µs"
            nanos < MICRO * MICRO * MICRO -> digits(nanos.toDouble() / MICRO / MICRO) + " ms"
            else -> digits(nanos.toDouble() / MICRO / MICRO / MICRO) + " s"
        }

        /** Returns events a second: `20,000`, or `0.5` where a whole number would say less. */
        fun rate(rate: Double): String =
            if (rate < TEN) String.format(Locale.ROOT, "%.2f", rate) else Sizes.count(Math.round(rate))

        private fun digits(value: Double): String = when {
            value < TEN -> String.format(Locale.ROOT, "%.2f", value)
            value < TEN * TEN -> String.format(Locale.ROOT, "%.1f", value)
            else -> Math.round(value).toString()
        }

        private const val MICRO = 1_000L
        private const val TEN = 10.0
    }
}

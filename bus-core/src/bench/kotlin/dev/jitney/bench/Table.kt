// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import java.util.Locale

/** Results as text. */
internal object Table {
    private val ELSEWHERE = setOf("ns", "bytes", "cpu", "reads")

    fun head() {
        println()
        println(
            "Features: H history, R results, I isolation of failures, D durability. " +
                "ns, B and CPU ns are for one event; in brackets the quartiles of the forks.",
        )
        println(
            String.format(
                Locale.ROOT,
                "%-4s %-41s %-41s %-8s %9s %19s %8s %9s  %s",
                "", "part", "contestant", "features", "ns", "", "B", "CPU ns", "more",
            ),
        )
    }

    fun line(row: RowResult) {
        val ns = row.metrics["ns"]
        val more = row.failure?.let { "FAILED: $it" }
            ?: row.metrics.filter(::isShown).entries.joinToString { "${it.key} ${number(it.value.median)}" }
        println(
            String.format(
                Locale.ROOT,
                "%-4s %-41s %-41s %-8s %9s %19s %8s %9s  %s",
                row.scenario,
                row.part,
                if (row.kind == Kind.OURS) "* ${row.name}" else row.name,
                row.features,
                ns?.let { number(it.median) } ?: "-",
                ns?.let { "[${number(it.q1)}; ${number(it.q3)}]" } ?: "",
                row.metrics["bytes"]?.let { number(it.median) } ?: "-",
                row.metrics["cpu"]?.let { number(it.median) } ?: "-",
                more,
            ),
        )
        System.out.flush()
    }

    private fun isShown(metric: Map.Entry<String, Spread>) =
        metric.key !in ELSEWHERE && (metric.key != Fork.JIT || metric.value.median > Fork.BUSY_MILLIS)

    fun verdicts(verdicts: List<Verdict>) {
        println()
        for (verdict in verdicts) {
            val word = when (verdict.reached) {
                true -> "reached"
                false -> "MISSED"
                null -> "unclear"
            }
            println(String.format(Locale.ROOT, "%-8s %s", word, verdict.text))
        }
        val reached = verdicts.count { it.reached == true }
        println("$reached of ${verdicts.size} targets reached.")
    }
}

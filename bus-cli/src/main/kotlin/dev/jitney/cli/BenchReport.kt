// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import java.util.Locale

/** What a benchmark has found, as text, as JSON and for files. */
internal class BenchReport(
    private val plan: BenchPlan,
    private val environment: BenchEnvironment,
    private val runs: List<BenchRun>,
    /** How the result compares with another one; null where there is none. */
    private val verdict: BenchVerdict?,
) {
    private val figures = runs.map(BenchFigures::of)
    private val median = BenchFigures.median(figures)

    private fun rows(): List<List<String>> {
        val all = figures.mapIndexed { i, run -> row((i + 1).toString(), run) }
        return listOf(HEAD) + all + listOf(row("median", median))
    }

    private fun row(name: String, of: BenchFigures): List<String> =
        listOf(name, BenchFigures.rate(of.rate)) + of.latencies().values.map(BenchFigures::span) + "${of.gcMillis} ms"

    fun text(style: Style): String = buildString {
        append(style.bold(plan.scenario.label)).append(" · ").append(load()).append('\n')
        append(style.dim("latency: ${plan.scenario.what}${if (plan.rate == null) "" else ", from when it was due"}"))
        append('\n')
        val rows = rows()
        val widths = HEAD.indices.map { column -> rows.maxOf { it[column].length } }
        for (row in rows) {
            val cells = row.mapIndexed { i, cell -> if (i == 0) cell.padEnd(widths[i]) else cell.padStart(widths[i]) }
            append(cells.joinToString("   ").trimEnd()).append('\n')
        }
        append(spread()).append(place())
        verdict?.let { append("\n\n").append(it.text(style)) }
    }

    private fun load(): String {
        val loop = plan.rate?.let { "open loop ${BenchFigures.rate(it)}/s" } ?: "closed loop"
        val amount = if (plan.events > 0) Sizes.events(plan.events) else millis(plan.durationNanos)
        return listOfNotNull(
            "${Sizes.count(plan.payload.size.toLong())} B",
            people(),
            if (plan.topics > 1) "${Sizes.count(plan.topics.toLong())} topics" else null,
            if (plan.keys > 0) "${Sizes.count(plan.keys.toLong())} keys" else null,
            plan.level?.let { "store, level ${it.wireName()}" } ?: "no store",
            loop.takeIf { plan.scenario != Scenario.REPLAY },
            "${plan.runs} × $amount after ${millis(plan.warmupNanos)} of warm-up",
        ).joinToString(" · ")
    }

    private fun people(): String {
        val handlers = Sizes.some(plan.handlers, "handler")
        val producers = Sizes.some(plan.producers, "producer")
        return when (plan.scenario) {
            Scenario.REPLAY -> handlers
            Scenario.STORE -> producers
            else -> "$producers → $handlers"
        }
    }

    private fun millis(nanos: Long): String {
        val millis = nanos / NANOS_PER_MILLI
        return if (millis % THOUSAND == 0L) "${millis / THOUSAND} s" else "$millis ms"
    }

    private fun spread(): String {
        if (figures.size < 2 || median.p99 == 0L) return ""
        val spread = HUNDRED * (figures.maxOf { it.p99 } - figures.minOf { it.p99 }) / median.p99
        return "spread of p99 $spread %.  "
    }

    private fun place(): String = listOfNotNull(
        "Java ${environment.java}",
        Sizes.some(environment.cores, "core"),
        environment.os,
        environment.fs,
        environment.load?.takeIf { environment.busy }?.let {
            "load ${String.format(Locale.ROOT, "%.1f", it)} before: treat as a rough figure"
        },
    ).joinToString()

    fun json(): String = JsonOut().obj {
        field("kind", KIND)
        field("scenario", plan.scenario.label)
        key("config").obj { config() }
        key("env").obj { env() }
        key("runs").array { runs.forEachIndexed { i, run -> obj { figures(figures[i], run) } } }
        key("median").obj { figures(median, null) }
        verdict?.let { field("verdict", it.word) }
    }.toString()

    private fun JsonOut.config() {
        if (plan.events > 0) field("events", plan.events) else field("durationMs", plan.durationNanos / NANOS_PER_MILLI)
        field("warmupMs", plan.warmupNanos / NANOS_PER_MILLI)
        field("runs", plan.runs.toLong())
        for ((name, value) in BenchBaseline.load(plan)) {
            if (value is String) field(name, value) else key(name).verbatim(value.toString())
        }
    }

    private fun JsonOut.env() {
        field("java", environment.java)
        field("cores", environment.cores.toLong())
        field("os", environment.os)
        optional("fs", environment.fs)
        environment.load?.let { key("load").verbatim(decimal(it)) }
        key("flags").array { environment.flags.forEach { text(it) } }
    }

    private fun JsonOut.figures(of: BenchFigures, run: BenchRun?) {
        run?.let { field("events", it.events) }
        key("rate").verbatim(decimal(of.rate))
        run?.takeIf { it.unsent > 0 }?.let { field("unsent", it.unsent) }
        key("latencyNs").obj { of.latencies().forEach { (name, value) -> field(name, value) } }
        field("gcMs", of.gcMillis)
    }

    /** Returns the runs and their median, a line each. */
    fun csv(): String = buildString {
        append("run,rate,p50_ns,p90_ns,p99_ns,p999_ns,max_ns,gc_ms\n")
        for ((i, run) in (figures + median).withIndex()) {
            val name = if (i < figures.size) (i + 1).toString() else "median"
            append(
                (listOf(name, decimal(run.rate)) + run.latencies().values + run.gcMillis).joinToString(","),
            ).append('\n')
        }
    }

    /** Returns a table for a document. */
    fun markdown(): String = buildString {
        append(plan.scenario.label).append(" · ").append(load()).append("\n\n")
        for ((i, row) in rows().withIndex()) {
            append(row.joinToString(" | ", "| ", " |\n"))
            if (i == 0) append("|---|").append("---:|".repeat(row.size - 1)).append('\n')
        }
        append('\n').append(spread()).append(place()).append('\n')
    }

    /** Returns the latencies of all runs together, as HdrHistogram's plotters read them, in microseconds. */
    fun hgrm(): ByteArray {
        val all = BenchLoad.histogram()
        runs.forEach { all.add(it.latencies) }
        val out = java.io.ByteArrayOutputStream()
        all.outputPercentileDistribution(java.io.PrintStream(out, false, Charsets.UTF_8), THOUSAND.toDouble())
        return out.toByteArray()
    }

    private fun decimal(value: Double): String = String.format(Locale.ROOT, "%.2f", value)

    companion object {
        const val KIND = "bus.bench/1"
        private const val NANOS_PER_MILLI = 1_000_000L
        private const val THOUSAND = 1_000L
        private const val HUNDRED = 100
        private val HEAD = listOf("run", "rate/s", "p50", "p90", "p99", "p99.9", "max", "gc")
    }
}

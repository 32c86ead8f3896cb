// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.JsonPayload
import java.io.IOException
import java.nio.file.Files
import java.util.Locale

/** How a result compares with an earlier one. */
internal class BenchVerdict(private val failed: List<String>) {
    val word: String get() = if (failed.isEmpty()) "ok" else "regressed"

    val ok: Boolean get() = failed.isEmpty()

    fun text(style: Style): String =
        if (ok) "against the baseline: ok" else style.red("against the baseline: ${failed.joinToString("; ")}")
}

/** A condition under which a result counts as worse: `p99>+10%`. */
internal class BenchCondition private constructor(
    private val text: String,
    private val figure: String,
    private val above: Boolean,
    private val percent: Double,
) {
    /** Returns what is wrong, or null. */
    fun failure(before: Map<String, Double>, now: Map<String, Double>): String? {
        val old = before[figure] ?: return null
        val new = now.getValue(figure)
        val change = if (old == 0.0) 0.0 else HUNDRED * (new - old) / old
        if (if (above) change <= percent else change >= percent) return null
        return "$figure changed by ${String.format(Locale.ROOT, "%+.1f", change)} % ($text)"
    }

    companion object {
        private const val HUNDRED = 100.0
        private val form = Regex("(rate|p50|p90|p99|p999|max)([<>])([+-]?\\d{1,6}(?:\\.\\d{1,3})?)%")

        /** What counts unless something else is asked for. */
        val usual = listOf("p99>+10%", "rate<-5%")

        /** @throws CliFailure if the text is none */
        fun of(text: String): BenchCondition {
            val (figure, sign, percent) = form.matchEntire(text.replace(" ", ""))?.destructured ?: throw CliFailure(
                ErrorCode.USAGE,
                "'--fail-if' is '$text', expected a figure (rate, p50, p90, p99, p999 or max), < or >, and a change " +
                    "in percent, such as p99>+10% or rate<-5%.",
            )
            return BenchCondition(text, figure, sign == ">", percent.toDouble())
        }
    }
}

/** An earlier result of `bus bench -o json`. */
internal class BenchBaseline private constructor(private val name: String, private val result: Map<*, *>) {
    /** @throws CliFailure if it is of another load */
    fun check(plan: BenchPlan) {
        val other = result["scenario"]
        if (other != plan.scenario.label) throw unlike("scenario", other, plan.scenario.label)
        val config = result["config"] as? Map<*, *> ?: throw noResult(name, null)
        val mine = load(plan)
        for (key in KEYS) {
            val before = config[key]
            val now = mine[key]
            if (shown(before) != shown(now)) throw unlike(key, before, now)
        }
    }

    private fun shown(value: Any?): String = if (value is Number) value.toDouble().toString() else value.toString()

    private fun unlike(key: String, before: Any?, now: Any?) = CliFailure(
        ErrorCode.USAGE,
        "'--baseline' is '$name', which is of another load: its $key is ${before ?: "not set"}, " +
            "here ${now ?: "not set"}.",
    )

    fun verdict(runs: List<BenchRun>, conditions: List<BenchCondition>): BenchVerdict {
        val median = BenchFigures.median(runs.map(BenchFigures::of))
        val now = median.latencies().mapValues { it.value.toDouble() } + ("rate" to median.rate)
        val before = figures() ?: throw noResult(name, null)
        return BenchVerdict(conditions.mapNotNull { it.failure(before, now) })
    }

    private fun figures(): Map<String, Double>? {
        val median = result["median"] as? Map<*, *> ?: return null
        val latencies = median["latencyNs"] as? Map<*, *> ?: return null
        return (latencies + ("rate" to median["rate"])).entries
            .mapNotNull { (key, value) -> (value as? Number)?.let { key.toString() to it.toDouble() } }
            .toMap()
    }

    companion object {
        private val KEYS = listOf("sizeBytes", "producers", "handlers", "topics", "keys", "ratePerSecond", "level")

        /** Returns what makes two loads the same, but for how long they last. */
        fun load(plan: BenchPlan): Map<String, Any> = buildMap {
            put("sizeBytes", plan.payload.size)
            put("producers", plan.producers)
            put("handlers", plan.handlers)
            put("topics", plan.topics)
            put("keys", plan.keys)
            plan.rate?.let { put("ratePerSecond", it) }
            plan.level?.let { put("level", it.wireName()) }
        }

        /** @throws CliFailure if it is no such result */
        fun read(name: String, io: Io): BenchBaseline {
            val text = try {
                Files.readString(BusDirectory.path("--baseline", name, io))
            } catch (e: IOException) {
                throw CliFailure(ErrorCode.INPUT, "'--baseline' is '$name', which cannot be read.", cause = e)
            }
            if (JsonText(text.toByteArray()).problem() != null) throw noResult(name, null)
            val result = JsonPayload.of(text).tree() as? Map<*, *>
            if (result == null || result["kind"] != BenchReport.KIND) throw noResult(name, null)
            return BenchBaseline(name, result).also { it.figures() ?: throw noResult(name, null) }
        }

        private fun noResult(name: String, cause: Throwable?) = CliFailure(
            ErrorCode.INPUT,
            "'--baseline' is '$name', which is no result of bus bench -o json.",
            cause = cause,
        )
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import java.nio.file.Path
import java.util.Locale
import kotlin.io.path.createDirectories
import kotlin.io.path.readText
import kotlin.io.path.writeText

/** The median of fork medians, and between which values the middle half of them lies. */
@Serializable
internal data class Spread(val median: Double, val q1: Double, val q3: Double)

/** What a row has shown: [forks] has the rounds of each fork, [metrics] what is made of them. */
@Serializable
internal data class RowResult(
    val scenario: String,
    val part: String,
    val name: String,
    val kind: Kind,
    val features: String,
    val metrics: Map<String, Spread>,
    val forks: List<List<Map<String, Double>>>,
    val failure: String? = null,
) {
    val id: String get() = "$scenario/$part/$name"
}

@Serializable
internal data class RunResult(
    val time: String,
    val machine: String,
    val java: String,
    val settings: Map<String, String>,
    val rows: List<RowResult>,
) {
    fun byId(): Map<String, RowResult> = rows.associateBy { it.id }
}

internal object Results {
    private val json = Json {
        prettyPrint = true
        allowSpecialFloatingPointValues = true
    }
    private val line = Json { allowSpecialFloatingPointValues = true }

    fun read(path: Path): RunResult = json.decodeFromString(RunResult.serializer(), path.readText())

    fun write(run: RunResult, path: Path) {
        path.toAbsolutePath().parent.createDirectories()
        path.writeText(json.encodeToString(RunResult.serializer(), run) + "\n")
    }

    fun readRounds(path: Path): List<Map<String, Double>> = line.decodeFromString(path.readText())

    fun writeRounds(rounds: List<Map<String, Double>>, path: Path) {
        path.writeText(line.encodeToString(rounds))
    }

    fun row(row: Row, forks: List<List<Map<String, Double>>>, failure: String?): RowResult {
        val names = forks.flatten().flatMap { it.keys }.toSortedSet()
        val metrics = names.associateWith { name ->
            spread(forks.mapNotNull { rounds -> median(rounds.mapNotNull { it[name] }) })
        }
        return RowResult(row.scenario, row.part, row.name, row.kind, row.features.text, metrics, forks, failure)
    }

    private fun spread(values: List<Double>) =
        Spread(quantile(values, 0.5), quantile(values, 0.25), quantile(values, 0.75))

    private fun median(values: List<Double>): Double? = if (values.isEmpty()) null else quantile(values, 0.5)

    private fun quantile(values: List<Double>, of: Double): Double {
        val sorted = values.sorted()
        val at = of * (sorted.size - 1)
        val low = at.toInt()
        val high = minOf(low + 1, sorted.size - 1)
        return sorted[low] + (sorted[high] - sorted[low]) * (at - low)
    }
}

/** A number with as many digits as it deserves. */
internal fun number(value: Double): String = when {
    value.isNaN() -> "-"
    value >= 100 || value == 0.0 -> String.format(Locale.ROOT, "%,.0f", value)
    value >= 10 -> String.format(Locale.ROOT, "%.1f", value)
    else -> String.format(Locale.ROOT, "%.2f", value)
}

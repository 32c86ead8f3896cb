// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import dev.jitney.BusStats
import dev.jitney.bench.Latencies
import kotlinx.serialization.Serializable

/** What one run has shown, and what of it is wrong. */
@Serializable
internal data class EnduranceResult(
    val time: String,
    val machine: String,
    val plan: String,
    val verdicts: List<String>,
    val failures: List<String>,
    val figures: Map<String, Double>,
    val samples: List<Vitals>,
) {
    fun text(): String {
        val word = if (failures.isEmpty()) "endured" else "not endured"
        return (verdicts + failures.map { "FAILED: $it" } + word).joinToString("\n")
    }
}

internal class EnduranceReport(
    private val samples: List<Vitals>,
    private val traffic: Traffic,
    private val pauses: Pauses,
    private val stats: BusStats,
    private val stored: Long,
    private val idle: Boolean,
) {
    private val verdicts = ArrayList<String>()
    private val failures = ArrayList<String>()
    private val figures = LinkedHashMap<String, Double>()

    fun result(time: String, machine: String, plan: EndurancePlan): EnduranceResult {
        trend("heap after a full collection, MB", HEAP_SLACK) { it.heapBytes / MEGA }
        trend("threads", 1.0) { it.threads.toDouble() }
        trend("open files", 1.0) { it.files.toDouble() }
        trend("bus directory, MB", plan.segmentBytes / MEGA) { it.directoryBytes / MEGA }
        count(plan)
        latency("publish, us", traffic.published)
        latency("publish to handled, us", traffic.delivered)
        pauses()
        return EnduranceResult(time, machine, "$plan", verdicts, failures, figures, samples)
    }

    private fun trend(name: String, slack: Double, of: (Vitals) -> Double) {
        val values = samples.map(of)
        val trend = Trend(values, slack)
        val word = if (trend.grows) "GROWS" else "flat"
        verdicts += "%-34s %s: first %,.1f, least %,.1f, most %,.1f; second half: mean %,.1f, the line rises by %+,.2f"
            .format(name, word, values.first(), values.min(), values.max(), trend.mean, trend.rise)
        figures["$name, mean"] = trend.mean
        figures["$name, rise"] = trend.rise
        if (trend.grows) failures += "$name: grows."
    }

    private fun count(plan: EndurancePlan) {
        val sent = plan.rate * plan.seconds
        verdicts += "published %,d; stored %,d; handler: ${traffic.handled}; durable: ${traffic.followed}"
            .format(traffic.sent, stored)
        figures["published"] = traffic.sent.toDouble()
        traffic.failure?.let { failures += "the publisher has ended with $it." }
        if (!idle) failures += "the bus was not idle 2 minutes after the last event."
        if (traffic.sent != sent) failures += "published ${traffic.sent} events, not $sent."
        if (stored != sent) failures += "stored $stored events, not $sent."
        if (!traffic.handled.complete(sent)) failures += "the handler has not had each event once: ${traffic.handled}."
        if (!traffic.followed.complete(sent)) {
            failures += "the durable subscription has not had each event once: ${traffic.followed}."
        }
        if (stats.failed() + stats.dropped() + stats.deadLetters() != 0L) {
            failures += "${stats.failed()} failed, ${stats.dropped()} dropped, ${stats.deadLetters()} dead letters."
        }
    }

    private fun latency(name: String, split: Split) {
        latency(name, split.own)
        latency("$name, in warm-up and around the measurement's collections", split.apart)
    }

    private fun latency(name: String, of: Latencies) {
        val quantiles = listOf("p50" to 0.5, "p99" to 0.99, "p99.9" to 0.999)
            .map { (label, share) -> label to of.quantile(share) / MICRO } + ("max" to of.max / MICRO)
        quantiles.forEach { (label, value) -> figures["$name, $label"] = value }
        verdicts += "$name: " + quantiles.joinToString { (label, value) -> "$label %,.0f".format(value) } +
            " (%,d events)".format(of.count)
    }

    private fun pauses() {
        verdicts += "%d collections, %,d ms in all; longest pause %d ms, of those that we asked for %d ms".format(
            pauses.count.get(),
            pauses.totalMillis.get(),
            pauses.longestMillis.get(),
            pauses.longestAskedMillis.get(),
        )
        figures["longest pause, ms"] = pauses.longestMillis.get().toDouble()
    }

    companion object {
        private const val MEGA = 1048576.0
        private const val MICRO = 1000.0

        // A backlog at the moment of the sample. Over half an hour at 50 000 events a second it is 0.05 bytes an event.
        private const val HEAP_SLACK = 4.0

        fun line(now: Vitals): String =
            "%5d s: heap %.1f MB, %d threads, %d files, log %.1f MB, rss %.1f MB, %,d sent, %,d handled, %,d durable"
                .format(
                    now.second,
                    now.heapBytes / MEGA,
                    now.threads,
                    now.files,
                    now.directoryBytes / MEGA,
                    now.residentBytes / MEGA,
                    now.sent,
                    now.handled,
                    now.followed,
                )
    }
}

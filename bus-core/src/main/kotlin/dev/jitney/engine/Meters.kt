// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.spi.BusMetric
import dev.jitney.spi.MetricsBackend
import java.util.concurrent.ConcurrentHashMap
import java.util.function.LongConsumer
import java.util.function.LongSupplier

/** The handles of a metrics backend, kept by metric and tag; at most 1 000 values of each tag by name. */
internal class Meters(private val backend: MetricsBackend, private val bus: String) : AutoCloseable {
    private val handles = BusMetric.entries.map { ConcurrentHashMap<String, LongConsumer>() }
    private val gauges = ArrayList<AutoCloseable>()

    fun add(metric: BusMetric, tag: String = "", amount: Long = 1): Unit = handle(metric, tag).accept(amount)

    private fun handle(metric: BusMetric, tag: String): LongConsumer {
        val known = handles[metric.ordinal]
        known[tag]?.let { return it }
        val shown = if (known.size >= MOST_VALUES) MetricsBackend.OTHER else tag
        return known.computeIfAbsent(shown) { make(metric, shown) }
    }

    private fun make(metric: BusMetric, tag: String): LongConsumer {
        val tags = tags(metric, tag)
        return if (metric.type() == MetricsBackend.Type.TIMER) {
            backend.timer(metric.metricName(), tags)
        } else {
            backend.counter(metric.metricName(), tags)
        }
    }

    fun gauge(metric: BusMetric, value: LongSupplier) {
        gauges.add(backend.gauge(metric.metricName(), tags(metric, ""), value))
    }

    private fun tags(metric: BusMetric, tag: String): Map<String, String> {
        val key = metric.tag() ?: return mapOf(BusMetric.BUS_TAG to bus)
        return mapOf(BusMetric.BUS_TAG to bus, key to tag)
    }

    override fun close() = gauges.forEach { it.close() }

    private companion object {
        const val MOST_VALUES = 1_000
    }
}
